//! Links: what passes, what waits, what is late, and what breaks.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use drill::Site;
use local::{Line, LinkName, Network, Passage, Place, Way};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const OUTSIDE: Place = Place::Outside;
const REGION: Place = Place::Region(Site::Primary);
const NAME: LinkName = LinkName { from: OUTSIDE, to: REGION, line: Line::Api };

/// Longer than anything here takes, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(20);
/// For so long nothing may come where nothing comes.
const SILENCE: Duration = Duration::from_millis(60);

fn free(place: Place) -> SocketAddr {
    SocketAddr::from((place.address(), 0))
}

/// What every direction but this one does, and what this one does.
fn only(from: Place, passage: Passage) -> impl Fn(Way) -> Passage {
    move |way| if way.from() == from { passage } else { Passage::FREE }
}

/// A network with one link to a listener of ours.
struct Linked {
    network: Network,
    address: SocketAddr,
    upstream: TcpListener,
}

impl Linked {
    async fn new() -> Self {
        let upstream = TcpListener::bind(free(REGION)).await.unwrap();
        let network = Network::new();
        let target = upstream.local_addr().unwrap();
        let address = network.link(NAME, free(OUTSIDE), target).await.unwrap();
        Self { network, address, upstream }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn accept(&self) -> TcpStream {
        timeout(PATIENCE, self.upstream.accept()).await.expect("nobody connects").unwrap().0
    }

    /// Both ends of a connection that has carried something.
    async fn connected(&self) -> (TcpStream, TcpStream) {
        self.connected_at(self.address).await
    }

    async fn connected_at(&self, address: SocketAddr) -> (TcpStream, TcpStream) {
        let mut client = TcpStream::connect(address).await.unwrap();
        let mut server = self.accept().await;
        client.write_all(b"hello").await.unwrap();
        assert_eq!(hear(&mut server, 5).await, "hello");
        (client, server)
    }

    async fn nobody_connects(&self) -> bool {
        timeout(SILENCE, self.upstream.accept()).await.is_err()
    }
}

async fn hear(end: &mut TcpStream, length: usize) -> String {
    let mut bytes = vec![0; length];
    timeout(PATIENCE, end.read_exact(&mut bytes)).await.expect("nothing comes").unwrap();
    String::from_utf8(bytes).unwrap()
}

/// All until the end, or how it broke.
async fn hear_out(end: &mut TcpStream) -> Result<Vec<u8>, ErrorKind> {
    let mut bytes = Vec::new();
    let read = timeout(PATIENCE, end.read_to_end(&mut bytes)).await.expect("it does not end");
    read.map(|_| bytes).map_err(|error| error.kind())
}

async fn is_silent(end: &mut TcpStream) -> bool {
    timeout(SILENCE, end.read_u8()).await.is_err()
}

/// Bytes that show when some are missing, doubled or moved.
fn long(length: usize) -> Vec<u8> {
    (0_u32..)
        .flat_map(|number| (number.wrapping_mul(2_654_435_761)).to_le_bytes())
        .take(length)
        .collect()
}

#[tokio::test]
async fn bytes_pass_both_ways_and_each_end_is_passed_on() {
    let linked = Linked::new().await;
    let (mut client, mut server) = linked.connected().await;
    client.write_all(b"ask").await.unwrap();
    client.shutdown().await.unwrap();
    assert_eq!(hear_out(&mut server).await, Ok(b"ask".to_vec()));
    server.write_all(b"answer after the end of the question").await.unwrap();
    drop(server);
    assert_eq!(hear_out(&mut client).await, Ok(b"answer after the end of the question".to_vec()));
}

#[tokio::test]
async fn who_says_all_before_it_is_connected_is_heard_and_answered() {
    let delay = Duration::from_millis(30);
    let linked = Linked::new().await;
    linked.network.set(only(OUTSIDE, Passage::Open { delay }));
    let mut client = linked.connect().await;
    client.write_all(b"ask").await.unwrap();
    client.shutdown().await.unwrap();
    let mut server = linked.accept().await;
    assert_eq!(hear_out(&mut server).await, Ok(b"ask".to_vec()));
    server.write_all(b"answer").await.unwrap();
    drop(server);
    assert_eq!(hear_out(&mut client).await, Ok(b"answer".to_vec()));
}

#[tokio::test]
async fn what_is_held_arrives_whole_and_in_order_when_it_heals() {
    let linked = Linked::new().await;
    let (mut client, mut server) = linked.connected().await;
    client.write_all(b"before").await.unwrap();
    assert_eq!(hear(&mut server, 6).await, "before");
    linked.network.set(|_| Passage::Held);
    // More than all buffers on the way take, so that the sender must wait as well.
    let sent = long(24 * 1024 * 1024);
    let (mut from_client, mut to_server) = client.into_split();
    let sending = tokio::spawn({
        let sent = sent.clone();
        async move {
            to_server.write_all(&sent).await.unwrap();
            to_server.shutdown().await.unwrap();
        }
    });
    assert!(is_silent(&mut server).await);
    assert!(!sending.is_finished(), "somewhere there is room for everything");
    linked.network.set(|_| Passage::FREE);
    assert!(hear_out(&mut server).await.unwrap() == sent, "bytes were lost, doubled or moved");
    sending.await.unwrap();
    server.write_all(b"got").await.unwrap();
    let mut answer = [0; 3];
    from_client.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"got");
}

#[tokio::test]
async fn one_way_can_be_cut_and_the_other_goes_on() {
    let linked = Linked::new().await;
    let (mut client, mut server) = linked.connected().await;
    linked.network.set(only(REGION, Passage::Held));
    client.write_all(b"ask").await.unwrap();
    assert_eq!(hear(&mut server, 3).await, "ask");
    server.write_all(b"answer").await.unwrap();
    assert!(is_silent(&mut client).await);
    linked.network.set(only(OUTSIDE, Passage::Held));
    assert_eq!(hear(&mut client, 6).await, "answer");
    client.write_all(b"more").await.unwrap();
    assert!(is_silent(&mut server).await);
    linked.network.set(|_| Passage::FREE);
    assert_eq!(hear(&mut server, 4).await, "more");
}

#[tokio::test]
async fn the_end_of_a_held_direction_is_not_seen_before_it_heals() {
    let linked = Linked::new().await;
    let (mut client, server) = linked.connected().await;
    linked.network.set(only(REGION, Passage::Held));
    drop(server);
    assert!(is_silent(&mut client).await);
    linked.network.set(|_| Passage::FREE);
    assert_eq!(hear_out(&mut client).await, Ok(vec![]));
}

#[tokio::test]
async fn new_connections_wait_while_either_direction_is_held() {
    for held in [OUTSIDE, REGION] {
        let linked = Linked::new().await;
        linked.network.set(only(held, Passage::Held));
        let mut client = linked.connect().await;
        client.write_all(b"ask").await.unwrap();
        assert!(linked.nobody_connects().await);
        linked.network.set(|_| Passage::FREE);
        assert_eq!(hear(&mut linked.accept().await, 3).await, "ask");
    }
}

#[tokio::test]
async fn who_gives_up_before_it_heals_has_never_connected() {
    let linked = Linked::new().await;
    linked.network.set(|_| Passage::Held);
    let mut gone = linked.connect().await;
    gone.write_all(b"take a payment").await.unwrap();
    drop(gone);
    let mut waits = linked.connect().await;
    waits.write_all(b"ask").await.unwrap();
    // Until the link has had time to see that the first is gone.
    assert!(linked.nobody_connects().await);
    linked.network.set(|_| Passage::FREE);
    assert_eq!(hear(&mut linked.accept().await, 3).await, "ask");
    assert!(linked.nobody_connects().await);
}

#[tokio::test]
async fn what_is_delayed_comes_late_in_order_and_not_one_by_one() {
    let delay = Duration::from_millis(40);
    let linked = Linked::new().await;
    let (mut client, mut server) = linked.connected().await;
    linked.network.set(only(OUTSIDE, Passage::Open { delay }));
    let began = Instant::now();
    client.write_all(b"a").await.unwrap();
    assert_eq!(hear(&mut server, 1).await, "a");
    assert!(began.elapsed() >= delay);
    // One by one, two hundred chunks would take eight seconds.
    let began = Instant::now();
    for number in 0..200_u8 {
        client.write_all(&[number]).await.unwrap();
        tokio::task::yield_now().await;
    }
    client.shutdown().await.unwrap();
    assert_eq!(hear_out(&mut server).await, Ok((0..200).collect::<Vec<u8>>()));
    assert!(began.elapsed() < 100 * delay);
    assert!(began.elapsed() >= delay);
}

#[tokio::test]
async fn a_shorter_delay_overtakes_nothing() {
    let linked = Linked::new().await;
    let (mut client, mut server) = linked.connected().await;
    linked.network.set(only(OUTSIDE, Passage::Open { delay: Duration::from_millis(80) }));
    client.write_all(b"first").await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    linked.network.set(|_| Passage::FREE);
    client.write_all(b"second").await.unwrap();
    assert_eq!(hear(&mut server, 11).await, "firstsecond");
}

#[tokio::test]
async fn whatever_the_rules_do_bytes_stay_whole_and_in_order() {
    let linked = Linked::new().await;
    let (client, server) = linked.connected().await;
    let (asked, answered) = (long(4_000_000), long(3_000_000));
    let both = [
        tokio::spawn(tell_and_hear(client, asked.clone(), 1_111, 40)),
        tokio::spawn(tell_and_hear(server, answered.clone(), 33_333, 1)),
    ];
    for step in 0..60_u64 {
        let turn = [OUTSIDE, REGION][usize::from(step % 3 == 0)];
        let passage = match step % 4 {
            0 => Passage::Held,
            late => Passage::Open { delay: Duration::from_millis(late * step % 17) },
        };
        linked.network.set(only(turn, passage));
        tokio::time::sleep(Duration::from_millis(1 + step % 3)).await;
    }
    linked.network.set(|_| Passage::FREE);
    let [at_client, at_server] = both;
    assert!(at_server.await.unwrap() == asked, "what the client sent is not what arrived");
    assert!(at_client.await.unwrap() == answered, "what the server sent is not what arrived");
}

/// Sends all in pieces of this many bytes, with a pause after so many, and hears the other side out
/// meanwhile.
async fn tell_and_hear(end: TcpStream, told: Vec<u8>, piece: usize, pause_after: usize) -> Vec<u8> {
    let (mut from, mut to) = end.into_split();
    let telling = async {
        for pieces in told.chunks(piece * pause_after) {
            for piece in pieces.chunks(piece) {
                to.write_all(piece).await.unwrap();
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        to.shutdown().await.unwrap();
    };
    let mut heard = Vec::new();
    let hearing = timeout(PATIENCE, from.read_to_end(&mut heard));
    let ((), hearing) = tokio::join!(telling, hearing);
    hearing.expect("it does not end").unwrap();
    heard
}

#[tokio::test]
async fn a_refused_direction_resets_what_there_is_and_what_comes() {
    for refused in [OUTSIDE, REGION] {
        let linked = Linked::new().await;
        let (mut client, mut server) = linked.connected().await;
        linked.network.set(only(refused, Passage::Refused));
        assert_eq!(hear_out(&mut client).await, Err(ErrorKind::ConnectionReset));
        assert_eq!(hear_out(&mut server).await, Err(ErrorKind::ConnectionReset));
        let mut late = linked.connect().await;
        assert_eq!(hear_out(&mut late).await, Err(ErrorKind::ConnectionReset));
        assert!(linked.nobody_connects().await);
        linked.network.set(|_| Passage::FREE);
        let (mut client, mut server) = linked.connected().await;
        client.write_all(b"ask").await.unwrap();
        assert_eq!(hear(&mut server, 3).await, "ask");
    }
}

#[tokio::test]
async fn who_connects_to_nobody_is_dropped_at_once() {
    let linked = Linked::new().await;
    drop(linked.upstream);
    let mut client = TcpStream::connect(linked.address).await.unwrap();
    assert_eq!(hear_out(&mut client).await, Err(ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn a_server_that_breaks_off_breaks_the_client_off() {
    let linked = Linked::new().await;
    let (mut client, server) = linked.connected().await;
    server.set_zero_linger().unwrap();
    drop(server);
    assert_eq!(hear_out(&mut client).await, Err(ErrorKind::ConnectionReset));
}

#[tokio::test]
async fn an_early_answer_arrives_though_the_question_is_not_read() {
    let linked = Linked::new().await;
    let (mut client, mut server) = linked.connected().await;
    linked.network.set(only(REGION, Passage::Held));
    server.write_all(b"too large").await.unwrap();
    server.shutdown().await.unwrap();
    linked.network.set(|_| Passage::FREE);
    assert_eq!(hear_out(&mut client).await, Ok(b"too large".to_vec()));
}

#[tokio::test]
async fn links_end_with_the_network() {
    let linked = Linked::new().await;
    let (mut client, mut server) = linked.connected().await;
    let address = linked.address;
    drop(linked.network);
    assert_eq!(hear_out(&mut client).await, Err(ErrorKind::ConnectionReset));
    assert_eq!(hear_out(&mut server).await, Err(ErrorKind::ConnectionReset));
    let refused = TcpStream::connect(address).await.map_err(|error| error.kind());
    assert_eq!(refused.err(), Some(ErrorKind::ConnectionRefused));
}
