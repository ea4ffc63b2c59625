//! Works the outbox off when it is woken: what wakes it says nothing, and may come twice or not at all.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use fence::Timing;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use region::{Bell, Worker, WorkerOptions};
use serde::de::IgnoredAny;
use service::{Log, Numbers, Source};
use tokio::sync::OnceCell;
use tokio::time::sleep;

use crate::ports::{Ports, ports};
use crate::settings::Outside;
use crate::site::{Gate, Money, NoMoney, Site, log};
use crate::start::{self, Boxed};

/// How long before Lambda ends an invocation nothing is waited for any more.
const RESERVE: Duration = Duration::from_secs(5);

/// How many events, and how many callbacks, are seen to at once, over the one connection to the ledger.
const AT_ONCE_MAX: usize = 16;

/// Works the outbox off at each event, until the process ends.
pub(crate) async fn work_off(site: Site, outside: Outside) -> Result<(), Error> {
    let (money, worker, numbers) = (OnceCell::new(), OnceCell::new(), Numbers::default());
    let outbox = Arc::new(Outbox { site, outside, money, worker, numbers });
    let warm = outbox.clone();
    start::warm(Box::pin(async move {
        // What fails here is tried again at the first event, which fails with it.
        if let Ok(money) = warm.money().await {
            money.gate.renew_if_due().await;
        }
    }))
    .await;
    let handle = move |event: LambdaEvent<IgnoredAny>| {
        let outbox = outbox.clone();
        let worked: Boxed<Result<(), Error>> =
            Box::pin(async move { outbox.work_off(event.context.deadline()).await });
        worked
    };
    lambda_runtime::run(service_fn(handle)).await
}

struct Outbox {
    site: Site,
    outside: Outside,
    money: OnceCell<Money>,
    worker: OnceCell<Worker<Ports>>,
    numbers: Numbers,
}

impl Outbox {
    async fn work_off(&self, deadline: SystemTime) -> Result<(), Error> {
        start::thaw().await;
        let time = || deadline.duration_since(SystemTime::now()).unwrap_or_default();
        let gate = &self.money().await?.gate;
        let worker = self.worker.get_or_try_init(|| self.worker(time())).await?;
        gate.renew_if_due().await;
        tokio::select! {
            // Whether its time was over does not matter: it is woken each minute.
            _ = worker.run_until_idle(time().saturating_sub(RESERVE)) => {}
            () = keep_open(gate) => {}
        }
        log().line(&self.numbers.emf_line(&self.site.settings.service, Source::system().now()));
        Ok(())
    }

    async fn money(&self) -> Result<&Money, NoMoney> {
        self.money.get_or_try_init(|| self.site.money()).await
    }

    /// The worker of invocations that take so long at most. Half of that is for rows that were begun last.
    async fn worker(&self, time: Duration) -> Result<Worker<Ports>, Error> {
        let row_time_max = (time / 2).min(WorkerOptions::default().row_time_max);
        let options = WorkerOptions {
            events_max: AT_ONCE_MAX,
            callbacks_max: AT_ONCE_MAX,
            ..WorkerOptions::with_row_time(row_time_max)
        };
        let ports = ports(&self.site, &self.outside, self.money().await?)?;
        let (source, numbers) = (Source::system(), self.numbers.clone());
        Ok(Worker::new(Bell::default(), ports, source, log(), numbers, options))
    }
}

/// Renews the lease when that is due, for as long as this is awaited: work takes longer than a lease lasts.
async fn keep_open(gate: &Gate) {
    let pause = Duration::from(Timing::default().renewal_interval) / 3;
    loop {
        sleep(pause).await;
        gate.renew_if_due().await;
    }
}
