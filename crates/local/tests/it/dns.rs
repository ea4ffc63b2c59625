//! DNS over real packets: endpoints that say where traffic is meant to go, checkers that ask them,
//! the name server, and resolvers.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use drill::Site;
use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::A;
use hickory_proto::rr::{Name, RData, RecordType};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use local::{
    Authority, CHECKERS, Checkers, DnsServer, Place, Resolver, SwitchSettings, Ttl, Unresolved,
    look_up,
};
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const PUBLIC: &str = "api.payment.example.com";
/// Longer than anything here takes, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(20);
const TTL: Duration = Duration::from_millis(300);
const INTERVAL: Duration = Duration::from_millis(10);

fn address(site: Site) -> Ipv4Addr {
    Place::Region(site).address()
}

/// The endpoint of a Region.
struct Endpoint {
    address: SocketAddrV4,
    /// The Region that it names; without one it answers 503.
    says: Arc<Mutex<Option<Site>>>,
    askers: Arc<Mutex<Vec<Ipv4Addr>>>,
    tasks: JoinSet<()>,
}

impl Endpoint {
    async fn start(site: Site, says: Option<Site>) -> Self {
        let listener = TcpListener::bind((address(site), 0)).await.unwrap();
        let SocketAddr::V4(address) = listener.local_addr().unwrap() else { panic!("it is IPv4") };
        let (says, askers) = (Arc::new(Mutex::new(says)), Arc::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, Arc::clone(&says), Arc::clone(&askers)));
        Self { address, says, askers, tasks }
    }

    fn say(&self, says: Option<Site>) {
        *self.says.lock().unwrap() = says;
    }
}

async fn serve(
    listener: TcpListener,
    says: Arc<Mutex<Option<Site>>>,
    askers: Arc<Mutex<Vec<Ipv4Addr>>>,
) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, asker) = listener.accept().await.unwrap();
        let SocketAddr::V4(asker) = asker else { panic!("it is IPv4") };
        askers.lock().unwrap().push(*asker.ip());
        let says = Arc::clone(&says);
        let answer = move |request: Request<Incoming>| {
            let says = *says.lock().unwrap();
            async move { Ok::<_, Infallible>(answered(request.uri().path(), says)) }
        };
        connections.spawn(
            http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(answer)),
        );
    }
}

fn answered(path: &str, says: Option<Site>) -> Response<Full<Bytes>> {
    let (status, body) = match (path, says) {
        ("/health", _) => (200, r#"{"status":"serving"}"#.to_owned()),
        ("/health/traffic", Some(site)) => {
            (200, format!(r#"{{"traffic_region":"{}"}}"#, site.region()))
        }
        _ => (503, String::new()),
    };
    Response::builder().status(status).body(Full::from(body)).unwrap()
}

/// Two endpoints, a name server, and what it told of its changes.
struct System {
    endpoints: [Endpoint; 2],
    authority: Authority,
    server: DnsServer,
    told: Receiver<(u64, Site)>,
}

impl System {
    async fn start() -> Self {
        let primary = Endpoint::start(Site::Primary, Some(Site::Primary)).await;
        let standby = Endpoint::start(Site::Standby, Some(Site::Primary)).await;
        let settings = SwitchSettings {
            zone: "payment.example.com".to_owned(),
            record: "api".to_owned(),
            apis: [primary.address, standby.address],
            ttl: TTL,
            check_interval: INTERVAL,
        };
        let (tell, told) = channel();
        let authority = Authority::new(&settings, move |at, site| tell.send((at, site)).unwrap());
        let listen = SocketAddr::from((Place::Outside.address(), 0));
        let server = DnsServer::start(listen, authority.clone()).await.unwrap();
        Self { endpoints: [primary, standby], authority, server, told }
    }

    fn say(&self, says: [Option<Site>; 2]) {
        for (endpoint, says) in self.endpoints.iter().zip(says) {
            endpoint.say(says);
        }
    }

    async fn answer(&self) -> Ipv4Addr {
        insist(async || look_up(self.server.address(), PUBLIC).await).await.0
    }

    async fn wait_for(&self, site: Site) {
        let began = Instant::now();
        while self.answer().await != address(site) {
            assert!(began.elapsed() < PATIENCE, "{:?}", self.authority.status());
            sleep(INTERVAL).await;
        }
    }
}

/// Asks until there is an answer: this machine may be too busy to answer in time.
async fn insist<T>(ask: impl AsyncFn() -> Result<T, Unresolved>) -> T {
    let began = Instant::now();
    loop {
        match ask().await {
            Err(Unresolved::Silence(_)) if began.elapsed() < PATIENCE => {}
            resolved => return resolved.unwrap(),
        }
    }
}

/// Sends bytes and waits for an answer.
async fn exchange(server: SocketAddr, packet: &[u8]) -> Option<Vec<u8>> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap();
    socket.send_to(packet, server).await.unwrap();
    let mut bytes = [0; 1_500];
    let heard = timeout(PATIENCE, socket.recv_from(&mut bytes)).await.ok()?;
    let (length, sender) = heard.unwrap();
    assert_eq!(sender, server);
    Some(bytes[..length].to_vec())
}

#[tokio::test]
async fn traffic_follows_what_the_endpoints_say_and_every_change_is_told() {
    let system = System::start().await;
    let _checkers = Checkers::start(&system.authority);
    assert_eq!(system.answer().await, address(Site::Primary));
    let (primary, standby) = (Some(Site::Primary), Some(Site::Standby));
    // The home primary is silent from here on, and the standby names itself.
    system.say([None, standby]);
    system.wait_for(Site::Standby).await;
    system.say([standby, standby]);
    sleep(10 * INTERVAL).await;
    assert_eq!(system.answer().await, address(Site::Standby));
    system.say([primary, primary]);
    system.wait_for(Site::Primary).await;
    let told: Vec<(u64, Site)> = system.told.try_iter().collect();
    let sites: Vec<Site> = told.iter().map(|(_, site)| *site).collect();
    assert_eq!(sites, [Site::Standby, Site::Primary]);
    assert!(told[0].0 < told[1].0, "{told:?}");
}

#[tokio::test]
async fn silence_of_both_moves_nothing() {
    let system = System::start().await;
    let _checkers = Checkers::start(&system.authority);
    system.say([None, None]);
    let switch = |status: local::DnsStatus| {
        let check = status.checks.into_iter().find(|check| check.name.contains("says primary"));
        check.unwrap().is_healthy
    };
    let began = Instant::now();
    // Healthy says that the primary's endpoint no longer names it: silence has arrived.
    while !switch(system.authority.status()) {
        assert!(began.elapsed() < PATIENCE);
        sleep(INTERVAL).await;
    }
    sleep(10 * INTERVAL).await;
    assert_eq!(system.answer().await, address(Site::Primary));
    assert_eq!(system.told.try_iter().count(), 0);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_silent_and_found_again() {
    let mut system = System::start().await;
    let _checkers = Checkers::start(&system.authority);
    let gone = system.endpoints[0].address;
    system.endpoints[0].tasks = JoinSet::new();
    let endpoint_check = |system: &System| {
        let status = system.authority.status();
        status.checks.into_iter().find(|check| check.name == "primary's endpoint").unwrap()
    };
    let began = Instant::now();
    while endpoint_check(&system).is_healthy {
        assert!(began.elapsed() < PATIENCE);
        sleep(INTERVAL).await;
    }
    assert_eq!(system.answer().await, address(Site::Primary), "no record has that check");
    let says = Arc::clone(&system.endpoints[0].says);
    let listener = TcpListener::bind(gone).await.unwrap();
    system.endpoints[0].tasks.spawn(serve(listener, says, Arc::default()));
    while !endpoint_check(&system).is_healthy {
        assert!(began.elapsed() < PATIENCE);
        sleep(INTERVAL).await;
    }
}

#[tokio::test]
async fn two_checkers_ask_from_places_of_their_own() {
    let system = System::start().await;
    let _checkers = Checkers::start(&system.authority);
    let began = Instant::now();
    for endpoint in &system.endpoints {
        loop {
            let askers = endpoint.askers.lock().unwrap().clone();
            assert!(askers.iter().all(|asker| CHECKERS.contains(asker)), "{askers:?}");
            if CHECKERS.iter().all(|checker| askers.contains(checker)) {
                break;
            }
            assert!(began.elapsed() < PATIENCE);
            sleep(INTERVAL).await;
        }
    }
}

#[tokio::test]
async fn the_status_says_how_each_check_stands() {
    let system = System::start().await;
    let status = system.authority.status();
    assert_eq!(status.answer, Place::Region(Site::Primary));
    let checks: Vec<_> = status
        .checks
        .iter()
        .map(|check| (check.name.as_str(), check.is_healthy, check.checkers.len()))
        .collect();
    assert_eq!(
        checks,
        [
            ("primary says standby", true, 2),
            ("primary's endpoint", true, 2),
            ("primary's switch", true, 0),
            ("standby says standby", true, 2),
            ("standby's endpoint", true, 2),
            ("standby's switch: primary says primary", false, 2),
        ]
    );
    let text = serde_json::to_string(&status).unwrap();
    assert_eq!(serde_json::from_str::<local::DnsStatus>(&text).unwrap(), status);
}

#[tokio::test]
async fn any_client_of_dns_understands_the_answers() {
    let system = System::start().await;
    let rows = [
        (PUBLIC, ResponseCode::NoError, Some(address(Site::Primary))),
        ("api-us-east-1.payment.example.com", ResponseCode::NoError, Some(address(Site::Primary))),
        ("api-us-east-2.payment.example.com", ResponseCode::NoError, Some(address(Site::Standby))),
        ("www.payment.example.com", ResponseCode::NXDomain, None),
        ("example.org", ResponseCode::Refused, None),
    ];
    for (name, code, expected) in rows {
        let mut question = Message::new(7, MessageType::Query, OpCode::Query);
        let name = Name::from_ascii(format!("{name}.")).unwrap();
        question.add_query(Query::query(name.clone(), RecordType::A));
        let packet = exchange(system.server.address(), &question.to_vec().unwrap()).await.unwrap();
        let answer = Message::from_vec(&packet).unwrap();
        let addresses: Vec<_> = answer.answers.iter().map(|record| record.data.clone()).collect();
        let expected: Vec<_> = expected.map(|address| RData::A(A(address))).into_iter().collect();
        assert_eq!((answer.metadata.id, answer.metadata.response_code), (7, code), "{name}");
        assert_eq!(addresses, expected, "{name}");
    }
}

#[tokio::test]
async fn the_server_outlives_packets_that_are_none() {
    let system = System::start().await;
    let junk: [&[u8]; 4] = [b"", b"x", &[0xff; 1_400], &[0; 12]];
    for packet in junk {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await.unwrap();
        socket.send_to(packet, system.server.address()).await.unwrap();
    }
    assert_eq!(system.answer().await, address(Site::Primary));
}

#[tokio::test]
async fn a_resolver_keeps_an_answer_as_long_as_it_says_and_a_stubborn_one_longer() {
    let system = System::start().await;
    let server = system.server.address();
    let polite = Resolver::new(server, Ttl::Honoured);
    let stubborn = Resolver::new(server, Ttl::Ignored(PATIENCE));
    let [primary, standby] = Site::ALL.map(address);
    let began = Instant::now();
    assert_eq!(insist(async || polite.resolve(PUBLIC).await).await, primary);
    assert_eq!(insist(async || stubborn.resolve(PUBLIC).await).await, primary);
    assert_eq!(insist(async || look_up(server, PUBLIC).await).await, (primary, TTL));
    let _checkers = Checkers::start(&system.authority);
    system.say([None, Some(Site::Standby)]);
    while insist(async || polite.resolve(PUBLIC).await).await != standby {
        assert!(began.elapsed() < PATIENCE / 2, "{:?}", system.authority.status());
        sleep(INTERVAL).await;
    }
    assert!(began.elapsed() >= TTL, "it asked before the answer had run out");
    assert_eq!(stubborn.resolve(PUBLIC).await.unwrap(), primary);
}

#[tokio::test]
async fn a_resolver_asks_twice_and_then_says_what_is_wrong() {
    let silent = UdpSocket::bind((Place::Outside.address(), 0)).await.unwrap();
    let server = silent.local_addr().unwrap();
    let began = Instant::now();
    let unresolved = Resolver::new(server, Ttl::Honoured).resolve(PUBLIC).await;
    assert!(matches!(unresolved, Err(Unresolved::Silence(asked)) if asked == server));
    assert!(began.elapsed() >= Duration::from_millis(300));
    let mut bytes = [0; 512];
    let first = silent.recv(&mut bytes).await.unwrap();
    let first = bytes[..first].to_vec();
    let second = silent.recv(&mut bytes).await.unwrap();
    assert_eq!(&bytes[..second], first);
    drop(silent);
    let system = System::start().await;
    for (name, expected) in [
        ("www.payment.example.com", "has no address: the name server says Non-Existent Domain"),
        ("example.org", "has no address: the name server says Query Refused"),
        ("no name..", "is no name of a host"),
    ] {
        let unresolved = refused(system.server.address(), name).await;
        assert_eq!(unresolved.to_string(), format!("`{name}` {expected}"));
    }
}

/// Why a name has no address, said by a server that answers.
async fn refused(server: SocketAddr, name: &str) -> Unresolved {
    loop {
        match look_up(server, name).await.unwrap_err() {
            Unresolved::Silence(_) => {}
            unresolved => return unresolved,
        }
    }
}

#[tokio::test]
async fn the_server_ends_with_its_value() {
    let system = System::start().await;
    let address = system.server.address();
    drop(system.server);
    // The runtime has to get to it.
    let began = Instant::now();
    while UdpSocket::bind(address).await.is_err() {
        assert!(began.elapsed() < PATIENCE);
        sleep(INTERVAL).await;
    }
}
