//! `tideover serve`: one Region's payment service on this machine, until it is told to end.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use fence::{ControlStore, Holder, HolderId, LedgerEpoch, RegionName, Tenure};
use local::StoreClient;
use notify::Outbox;
use payments::{Books, Intents, Ledger};
use region::{
    Assembled, Bell, HttpLimits, Keeper, ProcessorClient, Reach, Receipts, Trust, Webhooks, Work,
    WorkPorts, Worker, WorkerOptions,
};
use service::{Exposure, Listening, Options, QueuedLines, Region, Service, Source, router};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

use crate::args::ServeArgs;
use crate::commands::processor::Beside;
use crate::failure::with_hint;
use crate::serve::signals::Signals;
use crate::serve::stores::{Folder, begin, check_folder, migrate, postgres};
use crate::serve::supervised::supervisor_gone;
use crate::serve::topic::EventFile;
use crate::serve::webhooks::WebhookFile;
use crate::serve::{clock, stoppable};

pub(crate) fn serve(args: &ServeArgs) -> anyhow::Result<()> {
    let runtime =
        Builder::new_multi_thread().enable_all().build().context("no threads can be had")?;
    runtime.block_on(serve_until_told(args))
}

/// What the parts of a Region are made of, beside its stores.
struct Site<'s> {
    args: &'s ServeArgs,
    listener: TcpListener,
    trust: Trust,
    folder: Folder,
    region: RegionName,
    ledger_is_in: &'static str,
}

async fn serve_until_told(args: &ServeArgs) -> anyhow::Result<()> {
    let signals = Signals::listen().context("cannot listen to signals")?;
    let told = signals.told_to_end();
    // Before anything is written: what cannot serve leaves nothing behind.
    let listener = listen(args.listen).await?;
    let trust = trust()?;
    let folder = Folder::make(&args.data)?;
    let region = RegionName::new(&args.region);
    let ledger_is_in = "PostgreSQL";
    let site = Site { args, listener, trust, folder, region, ledger_is_in };
    if !args.store.is_empty() {
        return serve_supervised(site, told).await;
    }
    let store = site.folder.store()?;
    match postgres(args)? {
        Some(ledger) => {
            migrate(&ledger).await?;
            check_folder(&store, &ledger).await?;
            let raise = async |epoch, region: &str| ledger.raise_epoch(epoch, region).await;
            begin(&store, &site.region, raise).await?;
            run(site, store, ledger, told).await
        }
        None => {
            let site = Site { ledger_is_in: "the embedded store", ..site };
            let raise = async |epoch, region: &str| store.raise_epoch(epoch, region).await;
            begin(&store, &site.region, raise).await?;
            run(site, store.clone(), store, told).await
        }
    }
}

/// Serves one of two Regions until whoever started this process has gone, too. Nothing is written before the gate is
/// open: the ledger may be a standby's, or away, and the control record is the other Region's as well.
async fn serve_supervised(
    site: Site<'_>,
    told_to_end: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let gone = supervisor_gone().context("no thread can be had")?;
    let ledger = postgres(site.args)?.ok_or_else(|| {
        let what = "two Regions cannot share a store and keep no ledger in PostgreSQL";
        with_hint(what.to_owned(), "put its URL into TIDEOVER_POSTGRES_URL")
    })?;
    let store = StoreClient::new(site.args.store.clone());
    let stop = async {
        tokio::select! {
            () = told_to_end => {}
            () = gone => {}
        }
    };
    run(site, store, ledger, stop).await
}

/// Serves until it is told to end. Then nothing new is accepted, open requests are answered, rows of the outbox that
/// were begun are ended, and only after that the lease is left.
async fn run<S, L>(
    site: Site<'_>,
    store: S,
    ledger: L,
    told_to_end: impl Future<Output = ()>,
) -> anyhow::Result<()>
where
    S: Clone + ControlStore + Intents + Send + Sync + 'static,
    L: Books + Clone + Ledger + LedgerEpoch + Outbox + Send + Sync + 'static,
{
    let (processor, _simulator) = processor(&site).await?;
    let (keeper, service, worker) = put_together(&site, store, ledger, processor)?;
    let (writes_end, writes_ended) = oneshot::channel::<()>();
    let (worker_end, worker_ends) = oneshot::channel::<()>();
    let (works, works_no_more) = oneshot::channel::<()>();
    let (keeps, keeps_no_more) = oneshot::channel::<()>();
    let keeping = tokio::spawn({
        let keeper = keeper.clone();
        async move {
            let _keeps = keeps;
            keeper.run(ended(writes_ended)).await
        }
    });
    let working = tokio::spawn(async move {
        let _works = works;
        worker.run(ended(worker_ends)).await;
    });
    // Whoever reads that it serves may pay at once.
    keeper.renew_if_due().await;
    tell(&site)?;
    let stop = async {
        tokio::select! {
            () = told_to_end => {}
            // Payments that nobody would carry out must not be taken.
            () = ended(works_no_more) => {}
            () = ended(keeps_no_more) => {}
        }
    };
    service::serve(site.listener, router(service), Listening::default(), stop).await;
    drop(worker_end);
    working.await.context("the outbox worker failed")?;
    drop(writes_end);
    keeping.await.context("the keeper of the gate failed")?;
    Ok(())
}

/// The keeper of the gate, the service behind it, and the worker behind that.
fn put_together<S, L>(
    site: &Site<'_>,
    store: S,
    ledger: L,
    processor: ProcessorClient,
) -> anyhow::Result<(Keeper<S, L>, Service<impl Region>, Worker<impl Work>)>
where
    S: Clone + ControlStore + Intents + Send + Sync + 'static,
    L: Books + Clone + Ledger + LedgerEpoch + Outbox + Send + Sync + 'static,
{
    let log = Arc::new(QueuedLines::new(io::stdout()).context("no thread can be had")?);
    let timing = site.args.timing.unwrap_or_default();
    let keeper = Keeper::new(store.clone(), ledger.clone(), holder(&site.region), timing, clock)
        .with_log(log.clone());
    let bell = Bell::default();
    let region = Assembled {
        gatekeeper: keeper.clone(),
        intents: Arc::new(stoppable(store.clone())),
        ledger: Arc::new(stoppable(ledger.clone())),
        books: Arc::new(ledger.clone()),
        health: keeper.clone(),
        worker: bell.clone(),
    };
    let options = Options { metrics: Exposure::Prometheus, ..Options::default() };
    let service = Service::new(region, Source::system(), log.clone(), options);
    let ports = WorkPorts {
        gatekeeper: keeper.clone(),
        intents: Arc::new(stoppable(store)),
        ledger: Arc::new(stoppable(ledger.clone())),
        processor: stoppable(processor),
        outbox: Arc::new(stoppable(ledger)),
        topic: stoppable(topic(site)?),
        receipts: stoppable(receipts(site, log.clone())?),
        endpoints: WebhookFile::open(site.args.webhooks.as_deref())?,
        caller: stoppable(Webhooks::new(&site.trust, Reach::Anywhere)),
    };
    let worker = Worker::new(
        bell,
        ports,
        Source::system(),
        log,
        service.numbers(),
        worker_options(site.args.timing.is_some()),
    );
    Ok((keeper, service, worker))
}

/// A process of its own may die at any moment, and what it held waits for its lease: as short as may be.
/// Where everything is a hundred times as fast as in AWS, a call that lasts longer is asked about later.
fn worker_options(is_fast: bool) -> WorkerOptions {
    let options = WorkerOptions::with_row_time(WorkerOptions::ROW_TIME_MIN);
    if !is_fast {
        return options;
    }
    WorkerOptions {
        lease: Duration::from_millis(1_500),
        row_time_max: Duration::from_secs(1),
        look_interval: Duration::from_millis(100),
        ..options
    }
}

/// Waits for the other end to be dropped.
async fn ended(signal: oneshot::Receiver<()>) {
    let _ = signal.await;
}

/// Whom connections over TLS believe. A machine without certificates can serve all the same: what is on it is reached
/// without TLS.
fn trust() -> anyhow::Result<Trust> {
    match Trust::native() {
        Ok(trust) => Ok(trust),
        Err(error) => {
            let error = anyhow::Error::new(error);
            writeln!(io::stderr(), "warning: nothing is reached over TLS: {error:#}")?;
            Ok(Trust::nobody())
        }
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        with_hint(
            format!("cannot listen at {address}: {error}"),
            "choose another address with `--listen`; port 0 takes a free one",
        )
    })
}

/// This process, by a name that no other has, nor this one after its next start.
fn holder(region: &RegionName) -> Holder {
    let id = HolderId::new(format!("serve-{:032x}", Source::system().bits()));
    Holder { region: region.clone(), id, tenure: Tenure::Alone }
}

/// The processor at the address that was given, or a simulated one beside the service.
async fn processor(site: &Site<'_>) -> anyhow::Result<(ProcessorClient, Option<Beside>)> {
    let beside = match &site.args.processor {
        Some(_) => None,
        None => Some(Beside::start(&site.folder.path("processor.jsonl")).await?),
    };
    let url = match (&site.args.processor, &beside) {
        (Some(url), _) => url.clone(),
        (None, Some(beside)) => beside.url(),
        (None, None) => unreachable!("there is one or the other"),
    };
    let client = ProcessorClient::new(&site.trust, &url, HttpLimits::default())?;
    Ok((client, beside))
}

fn topic(site: &Site<'_>) -> anyhow::Result<EventFile> {
    let path = site.folder.path("events.jsonl");
    EventFile::open(&path).with_context(|| format!("cannot write `{}`", path.display()))
}

fn receipts(site: &Site<'_>, log: Arc<QueuedLines>) -> anyhow::Result<Receipts> {
    Ok(Receipts::in_folder(&site.folder.path(""), Source::system(), log)?)
}

fn tell(site: &Site<'_>) -> anyhow::Result<()> {
    let address = site.listener.local_addr().context("a listener has an address")?;
    writeln!(
        io::stderr(),
        "serving {} at http://{address} with the ledger in {}, data in `{}`\n\
         try: curl http://{address}/openapi.json",
        site.region,
        site.ledger_is_in,
        site.args.data.display()
    )?;
    Ok(())
}
