//! A system that `tideover deploy` has made in an emulator, complete: its packaged functions behind its APIs, database
//! servers behind its clusters, names, a processor of cards, and ways by which a Region is lost.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, SocketAddrV4, TcpStream};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use emulator::{Emulator, Fault, Rule, Way};
use local::{Authority, Checkers, DnsServer, SwitchSettings};
use payments::Time;
use region::Simulator;
use serde_json::Value;
use tokio::net::TcpListener;
use topology::Topology;

use super::databases::Databases;
use crate::place::{Outcome, Place, Run};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const PRIMARY: &str = "us-east-1";
pub(crate) const STANDBY: &str = "us-east-2";
const REGIONS: [&str; 3] = [PRIMARY, STANDBY, "us-west-2"];

/// From one question of a health checker to the next.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// A system.
pub(crate) struct System {
    /// How people reach AWS.
    pub(crate) way: Way,
    /// How functions do.
    functions: Way,
    /// How everybody reaches the API of each Region.
    doors: [Way; 2],
    pub(crate) databases: Databases,
    simulator: Simulator,
    dns: DnsServer,
    _checkers: Checkers,
    place: Place,
    /// The access key of somebody who may do what the documentation says that operators need, and no more.
    operator: (String, String),
    _emulator: Emulator,
}

impl System {
    /// Bootstraps both Regions and that of the witness, and deploys the default file.
    pub(crate) async fn deployed() -> Self {
        let place = Place::with("");
        packages(&place);
        let databases = Databases::start();
        let (simulator, processor) = processor(&place).await;
        let (emulator, functions) = emulator(&databases, processor);
        REGIONS.iter().for_each(|region| emulator.bootstrap(ACCOUNT, region));
        let way = Way::to(emulator.address());
        let deployed = reaching(place.tideover("deploy"), &way, ACCOUNT, "secret").outcome();
        assert_eq!(deployed.exit_code, Some(0), "{deployed}");
        let operator = emulator.user(ACCOUNT, "operator", &documented());
        let doors = [door(&emulator, PRIMARY, 2), door(&emulator, STANDBY, 3)];
        let (dns, checkers) = names(&doors).await;
        Self {
            way,
            functions,
            doors,
            databases,
            simulator,
            dns,
            _checkers: checkers,
            place,
            operator,
            _emulator: emulator,
        }
    }

    /// The program, as an operator types it.
    pub(crate) fn tideover(&self, words: &str) -> Run {
        let [primary, standby] = self.doors.each_ref().map(Way::url);
        let (id, secret) = &self.operator;
        reaching(self.place.tideover(words), &self.way, id, secret)
            .env("TIDEOVER_UP", &self.place.path("nothing-is-up").display().to_string())
            .env("TIDEOVER_SERVICES", &format!("{PRIMARY}={primary},{STANDBY}={standby}"))
            .env("TIDEOVER_RESOLVER", &self.dns.address().to_string())
    }

    /// What is seen of a command that ends so.
    #[track_caller]
    pub(crate) fn typed(&self, words: &str, exit_code: i32) -> Outcome {
        let outcome = self.tideover(words).outcome();
        assert_eq!(outcome.exit_code, Some(exit_code), "tideover {words}: {outcome}");
        outcome
    }

    /// Takes everything away, which is for whoever deployed it.
    pub(crate) fn destroyed(&self) -> String {
        let run = self.place.tideover("destroy --unprotect *");
        reaching(run, &self.way, ACCOUNT, "secret").stdout()
    }

    /// What stands in the working directory.
    pub(crate) fn json(&self, name: &str) -> Value {
        self.place.json(name)
    }

    /// Pays under this key in a Region, whose answer this is.
    pub(crate) fn pay(&self, region: &str, key: &str) -> (u16, Value) {
        let body = r#"{"account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,"currency":"USD","token":"tok_visa_abcdefgh"}"#;
        let length = body.len();
        let head = format!(
            "POST /payments HTTP/1.1\r\nhost: api\r\ncontent-type: application/json\r\n\
             idempotency-key: {key}\r\ncontent-length: {length}\r\n\r\n"
        );
        ask(self.door(region).address(), &(head + body))
    }

    /// Under which keys the processor has moved money, in the order in which it did.
    pub(crate) fn moved(&self) -> Vec<String> {
        self.simulator.movements().into_iter().map(|moved| moved.key).collect()
    }

    /// Loses a Region: for people and functions, as what it is to the network; its database for good.
    pub(crate) fn lose(&mut self, region: &str, fault: Fault) {
        let rule = Rule::all(fault.clone()).region(region);
        self.way.forget();
        self.way.rules([rule.clone()]);
        self.functions.rules([rule]);
        match fault {
            Fault::Resets => self.door_mut(region).close(),
            fault => self.door(region).rules([Rule::all(fault)]),
        }
        self.databases.lose(region);
    }

    /// What was lost is there again.
    pub(crate) fn find(&mut self, region: &str) {
        self.way.rules([]);
        self.functions.rules([]);
        self.door(region).rules([]);
        self.door_mut(region).reopen();
        self.databases.find();
    }

    fn door(&self, region: &str) -> &Way {
        &self.doors[usize::from(region != PRIMARY)]
    }

    fn door_mut(&mut self, region: &str) -> &mut Way {
        &mut self.doors[usize::from(region != PRIMARY)]
    }
}

/// An emulator that checks permissions, and the way by which its functions reach it.
fn emulator(databases: &Databases, processor: SocketAddr) -> (Emulator, Way) {
    let mut functions = None;
    let emulator = Emulator::start_with(|address| {
        let way = functions.insert(Way::to(address));
        vec![
            ("AUTH", "true".to_owned()),
            ("AWS_ENDPOINT_URL", way.url()),
            ("DATABASE_SERVERS", databases.url().to_owned()),
            ("MINISTACK_ACCOUNT_ID", ACCOUNT.to_owned()),
            // The file takes processors by TLS only, and has none here.
            ("TIDEOVER_PROCESSOR_URL", format!("http://{processor}")),
        ]
    });
    (emulator, functions.expect("it has an address"))
}

fn reaching(run: Run, way: &Way, id: &str, secret: &str) -> Run {
    run.env("AWS_ENDPOINT_URL", &way.url())
        .env("AWS_ACCESS_KEY_ID", id)
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .env("AWS_EC2_METADATA_DISABLED", "true")
}

/// The actions that `docs/aws.md` lists as needed.
fn documented() -> Vec<String> {
    let (_, permissions) = include_str!("../../../../../docs/aws.md")
        .split_once("\n## Permissions\n")
        .expect("there is a section");
    let (permissions, _) = permissions.split_once("\n## ").expect("there is another");
    let code = permissions.split('`').skip(1).step_by(2).filter(|code| code.contains(':'));
    code.map(str::to_owned).collect()
}

/// What `tideover package` made for this machine; that which carries out runs for a state machine is called by nobody.
fn packages(place: &Place) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/lambda-test");
    let path = folder.join("notification.zip");
    let zip = std::fs::read(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; type `cargo xtask test`, which builds the functions", path.display())
    });
    // All of them are one executable.
    for name in ["payment-validation", "transaction-processing", "notification", "ledger"] {
        place.write(&format!("dist/{name}.zip"), &zip);
    }
}

async fn processor(place: &Place) -> (Simulator, SocketAddr) {
    let now = || {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
        Time::from_ms(u64::try_from(since.as_millis()).expect("it is before the year 584 million"))
    };
    let books = place.path("processor.jsonl");
    let simulator = Simulator::open(&books, Default::default(), now).expect("the file is new");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let served = simulator.clone();
    tokio::spawn(async move { served.serve(listener, std::future::pending()).await });
    (simulator, address)
}

/// The way to the API of a Region, at an address that no other Region has.
fn door(emulator: &Emulator, region: &str, host: u8) -> Way {
    let stage = stacks::system(&Topology::default()).names.stage;
    let id = emulator.rest_api(ACCOUNT, region);
    let path = format!("/restapis/{id}/{stage}/_user_request_");
    Way::door(Ipv4Addr::new(127, 0, 0, host), emulator.address(), &path)
}

/// Names as the records and health checks of the templates make them, which a test of `local` holds them to.
async fn names(doors: &[Way; 2]) -> (DnsServer, Checkers) {
    let system = stacks::system(&Topology::default());
    let api = |door: &Way| match door.address() {
        SocketAddr::V4(address) => address,
        SocketAddr::V6(address) => SocketAddrV4::new(Ipv4Addr::LOCALHOST, address.port()),
    };
    let settings = SwitchSettings {
        zone: system.names.zone,
        record: system.names.record,
        apis: doors.each_ref().map(api),
        ttl: Duration::from_secs(1),
        check_interval: CHECK_INTERVAL,
    };
    let authority = Authority::new(&settings, |_, _| {});
    let checkers = Checkers::start(&authority);
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    (DnsServer::start(listen, authority).await.expect("a port is free"), checkers)
}

/// Sends a request, and answers status and body.
fn ask(address: SocketAddr, request: &str) -> (u16, Value) {
    let mut stream = TcpStream::connect(address).expect("somebody listens");
    stream.write_all(request.as_bytes()).expect("it reads");
    // A way keeps a connection for as long as there may come more.
    stream.shutdown(Shutdown::Write).expect("it is open");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok());
    let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    (status.expect("it has a status"), serde_json::from_str(body).unwrap_or_default())
}
