//! How everything in both Regions is reached from where somebody stands.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws::{Aws, Calls, ControlTable, Identity, Manner, Notice, Patience, Place, Replica, Said};
use fence::{Author, Millis, NoAnswer, RegionName, RunId};
use region::{HttpClient, HttpLimits, Reach as Reachable, Trust};
use runbook::{Control, Entry, Journal as _, NotTaken, System, order};
use tokio::sync::OnceCell;

use crate::account::{Account, NoAccount};
use crate::run::OneRun;
use crate::site::Site;

/// How an operator's program, or a function, reaches AWS.
#[derive(Debug, Clone)]
pub struct Ways {
    /// The Region whose replica of the control table is asked first: where the function runs, or the Region that is to
    /// be opened.
    pub here: RegionName,
    /// As whom.
    pub identity: Identity,
    /// The address of every service instead of AWS's, such as an emulator's; else the SDK's own settings count.
    pub endpoint_url: Option<String>,
    /// The account in which the system is; none: whichever the credentials are of.
    pub account: Option<String>,
    /// How long to wait for the control table.
    pub patience: Patience,
    /// How long to wait for a connection.
    pub connection_timeout: Duration,
    /// For how long one call of a control plane is waited for.
    pub call_limit: Duration,
    /// The pause between two looks at something that takes a while.
    pub look_interval: Duration,
    /// Where a Region's payment service is called instead of by its Regional name, such as `http://127.0.0.1:8080`.
    pub services: BTreeMap<RegionName, String>,
    /// The resolvers that are asked; none: the machine's, and public ones.
    pub resolvers: Vec<SocketAddr>,
    /// The port at which name servers of the zone are asked: that of DNS, but in tests.
    pub name_server_port: u16,
}

impl Ways {
    /// From a function in this Region.
    #[must_use]
    pub fn of_function(here: &RegionName) -> Self {
        Self {
            here: here.clone(),
            identity: Identity::OfProcess,
            endpoint_url: None,
            account: None,
            patience: Patience::default(),
            connection_timeout: Duration::from_millis(400),
            call_limit: Duration::from_secs(4),
            look_interval: Duration::from_secs(1),
            services: BTreeMap::new(),
            resolvers: Vec::new(),
            name_server_port: crate::dns::PORT,
        }
    }

    /// From a person's machine, which may be far away.
    #[must_use]
    pub fn of_operator(here: &RegionName) -> Self {
        let patience = Patience {
            local: Duration::from_secs(3),
            other: Duration::from_secs(3),
            total: Duration::from_secs(9),
            pause: Duration::from_millis(100),
            avoidance: Duration::from_secs(60),
        };
        let connection_timeout = Duration::from_secs(2);
        Self { patience, connection_timeout, ..Self::of_function(here) }
    }
}

/// What somebody reaches of both Regions. A clone is the same one.
#[derive(Clone)]
pub struct Reach(Arc<Reached>);

/// What is behind a [`Reach`], for this crate.
pub struct Reached {
    pub(crate) system: System,
    pub(crate) ways: Ways,
    pub(crate) sites: [Site; 2],
    /// The Region with the third vote, which sees the others from outside.
    pub(crate) witness: Site,
    pub(crate) table: ControlTable,
    pub(crate) http: HttpClient,
    pub(crate) calls: Calls,
    account: OnceCell<Account>,
    notice: Box<dyn Fn(&Notice) + Send + Sync>,
}

impl std::ops::Deref for Reach {
    type Target = Reached;

    fn deref(&self) -> &Reached {
        &self.0
    }
}

impl Reach {
    /// Both Regions of this system. Connects to nothing yet. `trust` says who is believed over HTTPS; `random` gives
    /// random bits for pauses; `notice` is told what failed and was borne.
    pub fn new(
        system: System,
        ways: Ways,
        trust: Trust,
        random: impl Fn() -> u64 + Send + Sync + Clone + 'static,
        notice: impl Fn(&Notice) + Send + Sync + Clone + 'static,
    ) -> Self {
        let calls = Calls::default();
        let aws = |region: &RegionName| {
            let place = Place {
                region: region.as_str().to_owned(),
                endpoint_url: ways.endpoint_url.clone(),
                identity: ways.identity.clone(),
            };
            let manner =
                Manner { connection_timeout: ways.connection_timeout, calls: Some(calls.clone()) };
            Aws::with(place, manner, random.clone(), notice.clone())
        };
        let homes = &system.homes;
        let sites = [&homes.primary, &homes.standby].map(|one| Site::new(one.clone(), aws(one)));
        let limits = HttpLimits { time_max: ways.call_limit, ..HttpLimits::default() };
        let witness = Site::new(homes.witness.clone(), aws(&homes.witness));
        let (here, there) = (ways.here.clone(), system.other(&ways.here).clone());
        let replica = |region: &RegionName| Replica::in_region(region.as_str());
        let name = system.control_table();
        let (near, far) = (replica(&here), replica(&there));
        let table = ControlTable::new(&aws(&here), &name, near, far, ways.patience);
        Self(Arc::new(Reached {
            http: HttpClient::new(&trust, Reachable::Anywhere, limits),
            account: OnceCell::new(),
            notice: Box::new(notice),
            system,
            ways,
            sites,
            witness,
            table,
            calls,
        }))
    }

    /// The account, asked of STS once: in the Region that is asked first, and in the other when it is silent.
    ///
    /// # Errors
    /// When STS answers in neither Region, or when the account is not the system's.
    pub async fn account(&self) -> Result<&Account, NoAccount> {
        let sites = [self.site(&self.ways.here), self.other_site(&self.ways.here)];
        let wanted = self.ways.account.as_deref();
        self.0.account.get_or_try_init(|| Account::ask(&sites, wanted)).await
    }

    /// The system.
    #[must_use]
    pub fn system(&self) -> &System {
        &self.system
    }

    /// What was called, and is not kept with a run yet.
    #[must_use]
    pub fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// The control table: record, leases, intents, journals.
    #[must_use]
    pub fn table(&self) -> &ControlTable {
        &self.0.table
    }

    /// The runs that there were, in the order in which they began.
    ///
    /// # Errors
    /// When the control table does not answer.
    pub async fn runs(&self) -> Result<Vec<RunId>, NoAnswer> {
        self.table.runs().await
    }

    /// The journal of a run.
    ///
    /// # Errors
    /// When the control table does not answer.
    pub async fn entries(&self, run: &RunId) -> Result<Vec<Entry>, NoAnswer> {
        self.table.journal(run).read().await
    }

    /// Writes what somebody orders into the journal of a run.
    ///
    /// # Errors
    /// When it may not be ordered now, or when the journal does not answer.
    pub async fn order(&self, run: &RunId, control: &Control, by: &Author) -> Result<(), NotTaken> {
        order(&self.table.journal(run), control, by, now()).await?;
        // The order stands in the journal: whoever writes the next one, or the function itself, lets it go on as well.
        if let Err(said) = self.let_go_on(run).await {
            (self.notice)(&Notice { about: "state machine", said: Said::new(said) });
        }
        Ok(())
    }

    /// One run: its world and its journal, to be driven.
    #[must_use]
    pub fn run(&self, run: &RunId) -> OneRun {
        OneRun::new(self.clone(), run.clone())
    }

    /// The clients of a home Region.
    pub(crate) fn site(&self, region: &RegionName) -> &Site {
        let [primary, standby] = &self.sites;
        if primary.region == *region { primary } else { standby }
    }

    pub(crate) fn other_site(&self, region: &RegionName) -> &Site {
        self.site(self.system.other(region))
    }
}

/// The wall clock.
pub(crate) fn now() -> Millis {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Millis(u64::try_from(since_1970.unwrap_or_default().as_millis()).unwrap_or(u64::MAX))
}
