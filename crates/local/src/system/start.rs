//! Brings both Regions up: links first, then stores and databases, then services, then what looks at
//! them from outside.

use std::fs::{Permissions, set_permissions};
use std::io;
use std::net::SocketAddrV4;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use drill::{Site, What};
use fence::{Author, ControlStore as _};
use region::{Initialized, initialize};
use stores::{PgLedger, Raised};
use tokio::net::UnixListener;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::act;
use crate::clock::now_us;
use crate::dns::{Authority, Checkers, DnsServer, SwitchSettings};
use crate::network::{Line, Namespace, Network, Wires};
use crate::place::Place;
use crate::postgres::{Cluster, ClusterError, ClusterSettings};
use crate::process::make_passable;
use crate::rehearsal::Notes;
use crate::store::StoreClient;
use crate::system::addresses::{Addresses, Direct, Links};
use crate::system::ground::Ground;
use crate::system::inner::{Course, Inner};
use crate::system::objects::Objects;
use crate::system::settings::{NotUp, SystemSettings, Underlay, io};
use crate::system::{System, control};

/// The zone that both Regions' names are in. Nobody else has a name that ends like this (RFC 6761).
const ZONE: &str = "payment.test";
/// The label of the name that clients resolve.
const LABEL: &str = "api";
/// The name that clients resolve.
pub(crate) const PUBLIC_NAME: &str = "api.payment.test";
/// For how long the strongly consistent store may take to answer after its start.
const STORE_TRIES: u32 = 400;

impl System {
    /// Brings both Regions up, the home primary active.
    ///
    /// # Errors
    /// When something does not start; then nothing is left running.
    pub async fn start(settings: SystemSettings) -> Result<Self, NotUp> {
        let ground = Ground::claim(&settings.directory, &settings.program)?;
        Self::start_on(ground, settings).await
    }

    /// Brings them up in a folder that is claimed already.
    ///
    /// # Errors
    /// When something does not start; then nothing is left running.
    pub async fn start_on(ground: Ground, settings: SystemSettings) -> Result<Self, NotUp> {
        ground.clear()?;
        let Ground { directory, warden } = ground;
        make_folders(directory.path()).map_err(io("a folder is not made"))?;
        let wires = wires(settings.underlay)?;
        let network = Network::over(wires.clone());
        let found = Addresses::find(&network);
        let (addresses, reserved) = found.map_err(io("no address is free"))?;
        let links = Links::make(&network, &addresses).await.map_err(io("a link cannot listen"))?;
        let direct = Direct::make(wires.clone(), &addresses).await;
        let direct = direct.map_err(io("a link cannot listen"))?;
        drop(reserved);
        let notes = Notes::default();
        let switch = switch(&settings, &addresses, &notes);
        let in_place = |site| network.namespace(Place::Region(site)).cloned();
        let clusters = Site::ALL
            .map(|site| cluster(&settings, directory.path(), &addresses, site, in_place(site)));
        let endpoints =
            Site::ALL.map(|to| links.end(Place::Outside, Place::Region(to), Line::Store));
        let inner = Arc::new(Inner {
            program: settings.program.clone(),
            directory: directory.path().to_owned(),
            pace: settings.pace,
            store: StoreClient::new(endpoints.to_vec()),
            objects: Arc::new(Objects::in_folder(directory.path())),
            hook: Arc::clone(&settings.hook),
            addresses,
            links,
            direct,
            network,
            wires,
            clusters,
            switch: switch.clone(),
            warden,
            notes,
            since_us: now_us(),
            processes: tokio::sync::Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            course: Course::default(),
        });
        // From here on it ends what it has started.
        let mut system = Self {
            inner: Arc::clone(&inner),
            tasks: JoinSet::new(),
            _checkers: None,
            _directory: directory,
        };
        inner.bring_up(&settings, &mut system.tasks).await?;
        inner.look_from_outside(&switch, &mut system.tasks).await?;
        system._checkers = Some(Checkers::start(&switch));
        Ok(system)
    }
}

impl Inner {
    async fn bring_up(
        self: &Arc<Self>,
        settings: &SystemSettings,
        tasks: &mut JoinSet<()>,
    ) -> Result<(), NotUp> {
        let socket = UnixListener::bind(self.socket()).map_err(io("its socket"))?;
        let ours = Permissions::from_mode(0o600);
        set_permissions(self.socket(), ours).map_err(io("its socket"))?;
        tasks.spawn(control::answer_all(Arc::clone(self), socket));
        self.start_processor(tasks).await?;
        self.start_buckets(tasks).await.map_err(io("a bucket's address"))?;
        for number in 0..3 {
            self.start_replica(number).await?;
        }
        self.start_databases(settings).await?;
        self.initialize().await?;
        let [one, other] = Site::ALL;
        tokio::try_join!(self.start_service(one), self.start_service(other))
            .map_err(io("a service does not answer"))?;
        Ok(())
    }

    async fn start_databases(&self, settings: &SystemSettings) -> Result<(), ClusterError> {
        let [writer, standby] = &self.clusters;
        tokio::try_join!(writer.create(&settings.template), standby.create(&settings.template))?;
        writer.start().await?;
        self.watch_database(Site::Primary);
        standby.start_as_standby(self.replication_from(Site::Primary)).await?;
        self.watch_database(Site::Standby);
        Ok(())
    }

    /// The first control record, and the ledger's first epoch.
    async fn initialize(&self) -> Result<(), NotUp> {
        let failed = |error: &dyn std::fmt::Display| NotUp::NotInitialized(error.to_string());
        self.await_store().await?;
        let primary = Site::Primary as usize;
        let settings = self.clusters[primary].settings_at(self.direct.databases[primary]);
        let ledger = PgLedger::new(&settings).map_err(|error| failed(&error))?;
        let region = act::region(Site::Primary);
        let raise = async |epoch: fence::Epoch| -> Result<(), io::Error> {
            let epoch = payments::Epoch::new(epoch.number());
            match ledger.raise_epoch(epoch, region.as_str()).await.map_err(io::Error::other)? {
                Raised::Done => Ok(()),
                Raised::Passed(row) => {
                    let row = row.number();
                    Err(io::Error::other(format!("a new ledger is in epoch {row} already")))
                }
            }
        };
        let by = Author::new("tideover");
        match initialize(&self.store, &region, by, raise).await.map_err(|error| failed(&error))? {
            Initialized::First => Ok(()),
            Initialized::MovedOn(epoch) => {
                let epoch = epoch.number();
                Err(failed(&format!("a new store has a record of epoch {epoch} already")))
            }
        }
    }

    async fn await_store(&self) -> Result<(), NotUp> {
        for _ in 0..STORE_TRIES {
            if self.store.read_record().await.is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(10)).await;
        }
        let log = self.replica_log(0);
        let text =
            format!("the strongly consistent store does not answer: see `{}`", log.display());
        Err(NotUp::NotInitialized(text))
    }

    /// DNS, and whoever looks for writers that were replaced.
    async fn look_from_outside(
        self: &Arc<Self>,
        switch: &Authority,
        tasks: &mut JoinSet<()>,
    ) -> Result<(), NotUp> {
        let server = DnsServer::start(self.addresses.dns, switch.clone()).await;
        let server = server.map_err(io("the DNS server's address"))?;
        // Whoever asks in a Region asks there.
        let inner =
            Site::ALL.into_iter().filter_map(|site| self.network.namespace(Place::Region(site)));
        let inner =
            inner.map(|inner| DnsServer::start_in(inner, self.addresses.dns, switch.clone()));
        let inner: io::Result<Vec<DnsServer>> = inner.collect();
        let servers = (server, inner.map_err(io("the DNS server's address"))?);
        tasks.spawn(async move {
            let _serves = servers;
            std::future::pending::<()>().await;
        });
        self.note(What::Dns { to: Site::Primary });
        tasks.spawn(Arc::clone(self).take_back_replaced_writers());
        tasks.spawn(Arc::clone(self).look_for_deaths());
        Ok(())
    }
}

/// The wires that there are to be; none where none can be and none must be.
fn wires(underlay: Underlay) -> Result<Option<Wires>, NotUp> {
    match underlay {
        Underlay::Proxies => Ok(None),
        Underlay::Any => Ok(Wires::make().ok()),
        Underlay::Namespaces => {
            Wires::make().map(Some).map_err(io("network namespaces are not permitted here"))
        }
    }
}

/// One for each place. The user of PostgreSQL passes through on the way to what is its own.
fn make_folders(directory: &Path) -> io::Result<()> {
    let places = [Place::Region(Site::Primary), Place::Region(Site::Standby), Place::Witness];
    places.iter().try_for_each(|place| make_passable(&directory.join(place.as_str())))
}

fn cluster(
    settings: &SystemSettings,
    directory: &Path,
    addresses: &Addresses,
    site: Site,
    namespace: Option<Namespace>,
) -> Cluster {
    let cluster = ClusterSettings {
        directory: directory.join(site.role()).join("pg"),
        address: addresses.databases[site as usize],
        name: format!("the database of the {}", site.role()),
        password: settings.password.clone(),
        disk_limit: settings.disk_limit,
        namespace,
    };
    Cluster::new(&settings.programs, cluster)
}

fn switch(settings: &SystemSettings, addresses: &Addresses, notes: &Notes) -> Authority {
    let api = |site| SocketAddrV4::new(Place::Region(site).address(), addresses.public_port);
    let dns = SwitchSettings {
        zone: ZONE.to_owned(),
        record: LABEL.to_owned(),
        apis: Site::ALL.map(api),
        ttl: settings.pace.ttl,
        check_interval: settings.pace.check_interval,
    };
    let notes = notes.clone();
    Authority::new(&dns, move |at_us, to| notes.note_at(at_us, What::Dns { to }))
}
