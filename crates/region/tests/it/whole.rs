//! A whole Region on one machine: a request over HTTP, the ledger in a file, the processor, the topic, the receipt and
//! the callback, each over a real socket or file.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use fence::{Author, Holder, HolderId, RegionName, Tenure, Timing};
use hyper::{Request, Response};
use notify::{EndpointSource, Endpoints, Handed, NoEndpoints, Topic};
use payments::{Event, Gate, Gatekeeper};
use processor::Terms;
use region::{
    Assembled, Bell, HttpClient, HttpLimits, Initialized, Keeper, Parting, ProcessorClient, Reach,
    Receipts, Simulator, Trust, Webhooks, WorkPorts, Worker, WorkerOptions, initialize,
};
use service::{Drained, Listening, Numbers, Options, Service, Source};
use stores::{EmbeddedSettings, EmbeddedStore, Raised};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::lines::Lines;
use crate::outside::Outside;

/// A topic in memory.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<Event>>>);

impl Topic for Told {
    async fn publish(&self, event: &Event, _json: &str) -> Handed {
        self.0.lock().unwrap().push(*event);
        Handed::Over
    }
}

/// One endpoint, which is the test's.
struct Configured(Arc<Endpoints>);

impl EndpointSource for Configured {
    async fn endpoints(&self) -> Result<Arc<Endpoints>, NoEndpoints> {
        Ok(self.0.clone())
    }
}

/// Something that runs until it is told to stop.
struct Part<T> {
    stop: oneshot::Sender<()>,
    task: JoinHandle<T>,
}

impl<T: Send + 'static> Part<T> {
    fn start<F: Future<Output = T> + Send + 'static>(
        run: impl FnOnce(oneshot::Receiver<()>) -> F,
    ) -> Self {
        let (stop, stopped) = oneshot::channel();
        Self { stop, task: tokio::spawn(run(stopped)) }
    }

    async fn end(self) -> T {
        self.stop.send(()).unwrap();
        self.task.await.unwrap()
    }
}

type StoreKeeper = Keeper<EmbeddedStore, EmbeddedStore>;

struct Whole {
    folder: TempDir,
    store: EmbeddedStore,
    keeper: StoreKeeper,
    simulator: Simulator,
    told: Told,
    shop: Outside,
    http: HttpClient,
    url: String,
    server: Part<Drained>,
    worker: Part<()>,
    keeping: Part<Parting>,
}

fn now() -> payments::Time {
    Source::system().now()
}

fn holder(name: &str) -> Holder {
    Holder { region: RegionName::new("us-east-1"), id: HolderId::new(name), tenure: Tenure::Alone }
}

async fn simulator(folder: &TempDir) -> (Simulator, String) {
    let books = folder.path().join("books");
    let simulator = Simulator::open(&books, Terms::default(), now).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = simulator.clone();
    tokio::spawn(async move { served.serve(listener, std::future::pending()).await });
    (simulator, url)
}

impl Whole {
    async fn start() -> Self {
        let (folder, trust) = (tempfile::tempdir().unwrap(), Trust::nobody());
        let file = folder.path().join("store");
        let store = EmbeddedStore::open(&file, EmbeddedSettings::new(now)).unwrap();
        let raise = async |epoch: fence::Epoch| {
            let epoch = payments::Epoch::new(epoch.number());
            store.raise_epoch(epoch, "us-east-1").await.map(|_: Raised| ())
        };
        let (region, by) = (RegionName::new("us-east-1"), Author::new("test"));
        let first = initialize(&store, &region, by, raise).await.unwrap();
        assert_eq!(first, Initialized::First);
        let keeper =
            Keeper::new(store.clone(), store.clone(), holder("process-1"), Timing::default(), now);
        keeper.renew_if_due().await;
        let kept = keeper.clone();
        let keeping =
            Part::start(|stopped| async move { kept.run(async { stopped.await.unwrap() }).await });

        let (simulator, processor) = simulator(&folder).await;
        let (shop, told) = (Outside::start([]).await, Told::default());
        let ports = WorkPorts {
            gatekeeper: keeper.clone(),
            intents: Arc::new(store.clone()),
            ledger: Arc::new(store.clone()),
            processor: ProcessorClient::new(&trust, &processor, HttpLimits::default()).unwrap(),
            outbox: Arc::new(store.clone()),
            topic: told.clone(),
            receipts: receipts(&folder),
            endpoints: Configured(endpoints(&shop)),
            caller: Webhooks::new(&trust, Reach::Anywhere),
        };
        let numbers = Numbers::default();
        let options = WorkerOptions::default();
        let bell = Bell::default();
        let worker =
            Worker::new(bell.clone(), ports, Source::system(), Lines::default(), numbers, options);
        let region = Assembled {
            gatekeeper: keeper.clone(),
            intents: Arc::new(store.clone()),
            ledger: Arc::new(store.clone()),
            books: Arc::new(store.clone()),
            health: keeper.clone(),
            worker: bell,
        };
        let worker = Part::start(|stopped| async move {
            worker.run(async { stopped.await.unwrap() }).await;
        });
        let service = Service::new(region, Source::system(), Lines::default(), Options::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Part::start(|stopped| {
            let stopped = async { stopped.await.unwrap() };
            service::serve(listener, service::router(service), Listening::default(), stopped)
        });
        let http = HttpClient::new(&trust, Reach::Anywhere, HttpLimits::default());
        Self { folder, store, keeper, simulator, told, shop, http, url, server, worker, keeping }
    }

    /// Asks the service something.
    async fn ask(&self, method: &str, path: &str, key: &str, body: &str) -> Response<Bytes> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .body(Bytes::from(body.to_owned()));
        self.http.exchange(request.unwrap()).await.unwrap()
    }

    async fn pay(&self, key: &str) -> Response<Bytes> {
        let body = r#"{"account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,
            "currency":"USD","token":"tok_visa_abcdefgh"}"#;
        self.ask("POST", "/payments", key, body).await
    }

    /// Ends the parts in the order in which a process does.
    async fn end(self) -> Parting {
        self.server.end().await;
        self.worker.end().await;
        self.keeping.end().await
    }
}

fn receipts(folder: &TempDir) -> Receipts {
    let place = folder.path().join("bucket");
    Receipts::in_folder(&place, Source::system(), Lines::default()).unwrap()
}

/// A configuration that calls the shop when a payment succeeded.
fn endpoints(shop: &Outside) -> Arc<Endpoints> {
    let url = shop.url("/hooks").replace("127.0.0.1", "localhost");
    let configuration = format!(
        r#"{{"endpoints":[{{"id":"shop-1","url":"{url}","events":["payment.succeeded"],
            "secrets":["whsec_dGhpcnR5LXR3byBieXRlcyBvZiBhIHNlY3JldC4uLi4="]}}]}}"#
    );
    Arc::new(Endpoints::parse(&configuration).unwrap())
}

fn json(response: &Response<Bytes>) -> serde_json::Value {
    serde_json::from_slice(response.body()).unwrap()
}

/// Every file below a folder.
fn files(folder: PathBuf) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(path) } else { vec![path] }).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_goes_all_the_way() {
    let whole = Whole::start().await;
    let paid = whole.pay("order-1").await;
    assert_eq!(paid.status(), 201, "{paid:?}");
    let id = json(&paid)["id"].as_str().unwrap().to_owned();

    let callback = whole.shop.next().await;
    let told: serde_json::Value = serde_json::from_str(&callback.body).unwrap();
    assert_eq!(told["type"], "payment.succeeded");
    let found = whole.ask("GET", &format!("/payments/{id}"), "", "").await;
    assert_eq!(json(&found)["status"], "succeeded");
    let names: Vec<_> =
        whole.told.0.lock().unwrap().iter().map(|event| event.draft.kind.name()).collect();
    assert_eq!(names, ["payment.posted", "payment.succeeded"]);
    let receipts = files(whole.folder.path().join("bucket"));
    let [receipt] = &receipts[..] else { panic!("{receipts:?}") };
    assert_eq!(std::fs::read_to_string(receipt).unwrap(), callback.body);
    assert_eq!(whole.simulator.movements().len(), 1);

    let again = whole.pay("order-1").await;
    assert_eq!((again.status().as_u16(), json(&again)["id"].as_str()), (201, Some(id.as_str())));
    assert_eq!(whole.ask("GET", "/health/ready", "", "").await.status(), 200);
    let traffic = whole.ask("GET", "/health/traffic", "", "").await;
    assert_eq!(json(&traffic)["traffic_region"], "us-east-1");

    let store = whole.store.clone();
    let (simulator, keeper) = (whole.simulator.clone(), whole.keeper.clone());
    assert_eq!(whole.end().await, Parting::Left);
    assert_eq!(keeper.gate(), Gate::Closed);
    assert_eq!(store.audit().await.unwrap(), []);
    assert_eq!(simulator.movements().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_written_after_the_epoch_was_raised() {
    let whole = Arc::new(Whole::start().await);
    let clients = (0..16).map(|client| {
        let whole = whole.clone();
        tokio::spawn(async move {
            let mut paid = 0;
            loop {
                let response = whole.pay(&format!("client-{client}-{paid}")).await;
                match response.status().as_u16() {
                    201 => paid += 1,
                    503 => return paid,
                    other => panic!("{other}: {response:?}"),
                }
            }
        })
    });
    let clients: Vec<_> = clients.collect();
    // Some were paid before, so that there is traffic.
    for _ in 0..5 {
        whole.shop.next().await;
    }
    let raised = whole.store.raise_epoch(payments::Epoch::new(2), "us-west-2").await.unwrap();
    assert_eq!(raised, Raised::Done);
    let there = payments(&whole.store).await;
    let mut acknowledged = 0;
    for client in clients {
        acknowledged += client.await.unwrap();
    }
    assert_eq!(payments(&whole.store).await, there, "none came after it");
    assert!((5..=there).contains(&acknowledged), "{acknowledged} of {there} were acknowledged");
    assert_eq!(whole.pay("another").await.status(), 503);
}

/// How many payments the ledger has.
async fn payments(store: &EmbeddedStore) -> usize {
    use payments::{AccountId, Books, PageRequest};
    let account = AccountId::parse("acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD").unwrap();
    let (mut count, mut after) = (0, None::<String>);
    loop {
        let request = PageRequest::parse(Some("100"), after.as_deref()).unwrap();
        let page = store.payments(account, request).await.unwrap();
        count += page.items.len();
        match page.items.last() {
            Some(last) if page.has_more => after = Some(last.id.to_string()),
            _ => return count,
        }
    }
}
