//! The parts that all functions are made of: AWS, the control table, the ledger, the gate.

use std::io::stdout;
use std::sync::Arc;

use aws::{Aws, ControlTable, DatabaseSecret, Notice, Patience, Place, Replica, Said, rds_roots};
use fence::{Holder, HolderId, RegionName, Tenure, Timing};
use region::Keeper;
use service::{JsonLines, Log, Source};
use stores::{PgLedger, PgSettings, StoreError, Tls};

use crate::settings::Settings;

/// The gate of this instance.
pub(crate) type Gate = Keeper<ControlTable, PgLedger>;

/// What is there from the start, and has asked nobody for anything.
pub(crate) struct Site {
    pub(crate) settings: Settings,
    pub(crate) aws: Aws,
    pub(crate) table: Arc<ControlTable>,
    secret: Arc<DatabaseSecret>,
}

/// What can be there only when the ledger's user is known.
#[derive(Clone)]
pub(crate) struct Money {
    pub(crate) ledger: Arc<PgLedger>,
    pub(crate) gate: Gate,
}

/// How many connections an instance has at most: one, as the file that describes the system counts them
/// (`lambda-db-pool-bounds`).
const CONNECTIONS_MAX: usize = 1;

/// Where PostgreSQL listens.
const PORT: u16 = 5432;

impl Site {
    pub(crate) fn new(settings: Settings) -> Self {
        let source = Source::system();
        // Half of the bits are as random as all.
        let random = move || (source.bits() >> 64) as u64;
        let aws = Aws::new(Place::in_region(&settings.region), random, tell);
        let [here, there] =
            [&settings.region, &settings.peer_region].map(|region| Replica::in_region(region));
        let table =
            ControlTable::new(&aws, &settings.control_table, here, there, Patience::default());
        let secret = Arc::new(DatabaseSecret::new(&aws, &settings.database.secret));
        Self { settings, aws, table: Arc::new(table), secret }
    }

    /// Asks for the ledger's user, and puts together what needs it.
    pub(crate) async fn money(&self) -> Result<Money, NoMoney> {
        let user = self.secret.user().await.map_err(NoMoney::Secret)?;
        self.money_of(&user)
    }

    /// Asks for the ledger's user, and makes the ledger alone: it is read and repaired whether the gate is open or not.
    pub(crate) async fn ledger(&self) -> Result<PgLedger, NoMoney> {
        let user = self.secret.user().await.map_err(NoMoney::Secret)?;
        PgLedger::new(&self.database(&user)).map_err(NoMoney::Ledger)
    }

    /// The same as [`Site::money`] for a user of this name.
    pub(crate) fn money_of(&self, user: &str) -> Result<Money, NoMoney> {
        let ledger = PgLedger::new(&self.database(user)).map_err(NoMoney::Ledger)?;
        let region = RegionName::new(&self.settings.region);
        // All instances of a function have one name in the lease: a name for each would be too many.
        let id = HolderId::new(&self.settings.function);
        let holder = Holder { region, id, tenure: Tenure::Shared };
        let (table, source) = (ControlTable::clone(&self.table), Source::system());
        let gate =
            Keeper::new(table, ledger.clone(), holder, Timing::default(), move || source.now())
                .with_log(log());
        Ok(Money { ledger: Arc::new(ledger), gate })
    }

    fn database(&self, user: &str) -> PgSettings {
        let database = &self.settings.database;
        let roots = rds_roots(&self.settings.region).map(str::to_owned);
        PgSettings {
            credentials: self.secret.clone(),
            // A socket is on this machine, where there is nobody to be mistaken about.
            tls: match database.host.starts_with('/') {
                true => Tls::Off,
                false => Tls::Verified { roots: roots.unwrap_or_default() },
            },
            connections_max: CONNECTIONS_MAX,
            ..PgSettings::new(&database.host, PORT, user, &database.name)
        }
    }
}

/// Why there is nothing to move money with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoMoney {
    /// The secret.
    #[error("the secret with the ledger's user cannot be read")]
    Secret(#[source] Said),
    /// The ledger.
    #[error("the ledger cannot be used")]
    Ledger(#[source] StoreError),
}

/// The log: standard output, which Lambda keeps.
pub(crate) fn log() -> impl Log + 'static {
    JsonLines::new(stdout())
}

/// Tells what failed and was borne.
fn tell(notice: &Notice) {
    let line = serde_json::json!({
        "at": payments::rfc3339(Source::system().now()),
        "level": "warn",
        "message": "aws",
        "about": notice.about,
        "said": notice.said.to_string(),
    });
    log().line(&line.to_string());
}
