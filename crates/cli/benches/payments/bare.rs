//! The HTTP service without what comes after its answers: no outbox worker takes the database's time.

use std::future::pending;
use std::io::sink;
use std::net::SocketAddr;
use std::sync::Arc;

use fence::{Author, Holder, HolderId, RegionName, Tenure, Timing};
use payments::Epoch;
use region::{Assembled, Bell, Keeper, initialize};
use service::{JsonLines, Listening, Options, Service, Source, router, serve};
use stores::{EmbeddedSettings, EmbeddedStore, PgLedger};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::server::Server;

/// A service in this process, for as long as it lives.
pub(crate) struct Bare {
    pub(crate) address: SocketAddr,
    _folder: TempDir,
}

impl Bare {
    pub(crate) async fn start(server: &Server) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let clock = || Source::system().now();
        let settings = EmbeddedSettings::new(clock);
        let store = EmbeddedStore::open(&folder.path().join("store"), settings).expect("it is new");
        let ledger = PgLedger::new(&server.database()).expect("the settings make a pool");
        ledger.migrate().await.expect("the schema is made");
        let region = RegionName::new("us-east-1");
        let raise = async |epoch: fence::Epoch| {
            ledger.raise_epoch(Epoch::new(epoch.number()), "us-east-1").await.map(|_| ())
        };
        initialize(&store, &region, Author::new("bench"), raise).await.expect("both answer");
        let holder = Holder { region, id: HolderId::new("bench"), tenure: Tenure::Alone };
        let keeper = Keeper::new(store.clone(), ledger.clone(), holder, Timing::default(), clock);
        keeper.renew_if_due().await;
        let assembled = Assembled {
            gatekeeper: keeper.clone(),
            intents: Arc::new(store),
            ledger: Arc::new(ledger.clone()),
            books: Arc::new(ledger),
            health: keeper.clone(),
            worker: Bell::default(),
        };
        let log = JsonLines::new(sink());
        let service = Service::new(assembled, Source::system(), log, Options::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
        let address = listener.local_addr().expect("a listener has an address");
        tokio::spawn(async move { keeper.run(pending()).await });
        tokio::spawn(serve(listener, router(service), Listening::default(), pending()));
        Self { address, _folder: folder }
    }
}
