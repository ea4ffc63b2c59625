//! A system that `tideover deploy` has made in an emulator, complete: its packaged functions behind its APIs, database
//! servers behind its clusters, names, a processor of cards, and ways by which a Region is lost.

use std::io::{Cursor, Read as _, Write as _};
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
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

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
    /// The access keys of people who may do what the policy allows that the program prints for runs, and no more.
    people: [(&'static str, (String, String)); 2],
    _emulator: Emulator,
}

impl System {
    /// Bootstraps both Regions and that of the witness, and deploys the default file.
    pub(crate) async fn deployed() -> Self {
        let place = Place::with("");
        packages(&place);
        let databases = Databases::start();
        let (simulator, processor) = processor(&place).await;
        let doors = [2, 3].map(|host| Way::at(Ipv4Addr::new(127, 0, 0, host)));
        let (dns, checkers) = names(&doors).await;
        let told = told(&databases, processor, &doors, &dns);
        let (emulator, functions) = emulator(told);
        REGIONS.iter().for_each(|region| emulator.bootstrap(ACCOUNT, region));
        let way = Way::to(emulator.address());
        let deployed =
            reaching(place.tideover("deploy --unfinished"), &way, ACCOUNT, "secret").outcome();
        assert_eq!(deployed.exit_code, Some(0), "{deployed}");
        let policies = permitted(&place, "run");
        let people = ["ann", "ben"].map(|name| (name, emulator.user(ACCOUNT, name, &policies)));
        for (door, region) in doors.iter().zip(REGIONS) {
            door.lead(emulator.address(), &stage(&emulator, region));
        }
        Self {
            way,
            functions,
            doors,
            databases,
            simulator,
            dns,
            _checkers: checkers,
            place,
            people,
            _emulator: emulator,
        }
    }

    /// The program, as an operator types it: with the credentials of whoever says that it is them, else with ann's.
    pub(crate) fn tideover(&self, words: &str) -> Run {
        let is_by = |name: &str| words.contains(&format!("--by {name}"));
        let by = self.people.iter().find(|(name, _)| is_by(name)).unwrap_or(&self.people[0]);
        let (_, (id, secret)) = by;
        reaching(self.place.tideover(words), &self.way, id, secret)
            .env("TIDEOVER_UP", &self.place.path("nothing-is-up").display().to_string())
            .env("TIDEOVER_SERVICES", &services(&self.doors))
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

/// What functions are told besides what the templates say, as names lead nowhere here.
fn told(
    databases: &Databases,
    processor: SocketAddr,
    doors: &[Way; 2],
    dns: &DnsServer,
) -> Vec<(&'static str, String)> {
    vec![
        ("DATABASE_SERVERS", databases.url().to_owned()),
        // The file takes processors by TLS only, and has none here.
        ("TIDEOVER_PROCESSOR_URL", format!("http://{processor}")),
        ("TIDEOVER_SERVICES", services(doors)),
        ("TIDEOVER_RESOLVER", dns.address().to_string()),
    ]
}

/// Where the service of each Region is called.
fn services(doors: &[Way; 2]) -> String {
    let [primary, standby] = doors.each_ref().map(Way::url);
    format!("{PRIMARY}={primary},{STANDBY}={standby}")
}

/// An emulator that checks permissions, and the way by which its functions reach it.
fn emulator(told: Vec<(&'static str, String)>) -> (Emulator, Way) {
    let functions = Way::nowhere();
    let emulator = Emulator::start_with(|address| {
        functions.lead(address, "");
        let own = [
            ("AUTH", "true".to_owned()),
            ("AWS_ENDPOINT_URL", functions.url()),
            ("MINISTACK_ACCOUNT_ID", ACCOUNT.to_owned()),
            // State machines wait for what takes a while a tenth as long as they would.
            ("SFN_WAIT_SCALE", "0.1".to_owned()),
        ];
        own.into_iter().chain(told).collect()
    });
    (emulator, functions)
}

fn reaching(run: Run, way: &Way, id: &str, secret: &str) -> Run {
    run.env("AWS_ENDPOINT_URL", &way.url())
        .env("AWS_ACCESS_KEY_ID", id)
        .env("AWS_SECRET_ACCESS_KEY", secret)
        .env("AWS_EC2_METADATA_DISABLED", "true")
}

/// The policies that the program prints for somebody.
fn permitted(place: &Place, purpose: &str) -> Vec<String> {
    let printed = place.tideover(&format!("permissions --for {purpose} --account {ACCOUNT}"));
    let printed = printed.stdout();
    let policies = serde_json::Deserializer::from_str(&printed).into_iter::<Value>();
    policies.map(|policy| policy.expect("it is a policy").to_string()).collect()
}

/// What `tideover package` made for this machine; and the function of runs as it was built for its own tests, whose SDK
/// would be compiled once more for a package.
fn packages(place: &Place) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/lambda-test");
    let zip = read(&folder.join("notification.zip"));
    // All of them are one executable.
    for name in ["payment-validation", "transaction-processing", "notification", "ledger"] {
        place.write(&format!("dist/{name}.zip"), &zip);
    }
    let tests = std::env::current_exe().expect("it runs");
    let built = tests.ancestors().nth(2).expect("it is in a folder of its profile").join("runner");
    place.write("dist/runbook.zip", zipped(&read(&built)));
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| {
        panic!("{}: {error}; type `cargo xtask test`, which builds the functions", path.display())
    })
}

/// What Lambda starts, as it is uploaded.
fn zipped(executable: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().unix_permissions(0o755);
    let options = options.compression_method(CompressionMethod::Stored);
    zip.start_file("bootstrap", options).expect("it is the first");
    zip.write_all(executable).expect("there is room");
    zip.finish().expect("there is room").into_inner()
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

/// The path of a Region's API.
fn stage(emulator: &Emulator, region: &str) -> String {
    let stage = stacks::system(&Topology::default()).names.stage;
    format!("/restapis/{}/{stage}/_user_request_", emulator.rest_api(ACCOUNT, region))
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
