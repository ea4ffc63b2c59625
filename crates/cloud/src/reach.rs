//! How everything in both Regions is reached from where somebody stands.

use std::sync::Arc;

use aws::{Aws, Calls, ControlTable, Manner, Notice, Place, Replica};
use fence::{Author, Millis, NoAnswer, RegionName, RunId};
use region::{HttpClient, HttpLimits, Reach as Reachable, Trust};
use runbook::{Control, Entry, Journal as _, NotTaken, System, order};
use tokio::sync::OnceCell;

use crate::account::{Account, NoAccount};
use crate::run::OneRun;
use crate::site::Site;
use crate::waits::LetGo;
use crate::ways::Ways;

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

    /// Writes what somebody orders into the journal of a run; what became of the state machine that waits for it. The
    /// order stands whatever that is.
    ///
    /// # Errors
    /// When it may not be ordered now, or when the journal does not answer.
    pub async fn order(
        &self,
        run: &RunId,
        control: &Control,
        by: &Author,
    ) -> Result<LetGo, NotTaken> {
        order(&self.table.journal(run), control, by, now()).await?;
        Ok(self.let_go_on(run).await)
    }

    /// Somebody of this name, as the principal whose credentials these are.
    ///
    /// # Errors
    /// When STS answers in neither Region, or when the account is not the system's.
    pub async fn author(&self, name: &str) -> Result<Author, NoAccount> {
        let account = self.account().await?;
        let author = Author::new(name);
        Ok(match &account.caller {
            Some(caller) => author.known_as(caller.as_str()),
            None => author,
        })
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
