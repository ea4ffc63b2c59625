//! Places as network namespaces: what is cut there are packets. Only root may make them; elsewhere it is said so.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use drill::Site;
use local::{Line, LinkName, Network, Place, Wires};

const HERE: Place = Place::Region(Site::Primary);
const THERE: Place = Place::Region(Site::Standby);
const SHORT: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(20);

/// Wires, where they may be laid.
fn wires() -> Option<Wires> {
    match Wires::make() {
        Ok(wires) => Some(wires),
        Err(error) => {
            assert!(!may_make_them(), "root may make them, and has `ip` and `tc`: {error}");
            None
        }
    }
}

/// Whether the system's own program may make a namespace with a queue that drops.
fn may_make_them() -> bool {
    let mut command = std::process::Command::new("unshare");
    command.args(["--net", "tc", "qdisc", "replace", "dev", "lo", "root", "pfifo", "limit", "0"]);
    command.output().is_ok_and(|output| output.status.success())
}

/// Somebody in a place who sends back what is sent, one connection after the other.
fn echo(wires: &Wires, place: Place) -> SocketAddr {
    let [_, rest @ ..] = place.address().octets();
    let address = Ipv4Addr::new(10, rest[0], rest[1], rest[2]);
    let bind = move || TcpListener::bind((address, 0)).unwrap();
    let listener = wires.of(place).unwrap().within(bind).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let mut reads = stream.try_clone().unwrap();
                let _ = std::io::copy(&mut reads, &mut &stream);
            });
        }
    });
    address
}

/// Connects from a place.
fn connect(
    wires: &Wires,
    from: Place,
    to: SocketAddr,
    limit: Duration,
) -> std::io::Result<TcpStream> {
    let connect = move || TcpStream::connect_timeout(&to, limit);
    wires.of(from).unwrap().within(connect).unwrap()
}

/// What comes back of some bytes within a time.
fn ask(stream: &mut TcpStream, bytes: &[u8], limit: Duration) -> std::io::Result<Vec<u8>> {
    stream.write_all(bytes)?;
    answer(stream, bytes.len(), limit)
}

fn answer(stream: &mut TcpStream, length: usize, limit: Duration) -> std::io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(limit))?;
    let mut answer = vec![0; length];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

#[test]
fn a_cut_drops_packets_and_a_mend_loses_nothing() {
    let Some(wires) = wires() else { return };
    let there = echo(&wires, THERE);
    let mut stream = connect(&wires, HERE, there, LONG).unwrap();
    assert_eq!(ask(&mut stream, b"before", LONG).unwrap(), b"before");
    for cut in [(HERE, THERE), (THERE, HERE)] {
        wires.cut(|from, to| (from, to) == cut).unwrap();
        // Nobody is told: a connection stays, and a new one waits.
        assert!(ask(&mut stream, b"meanwhile", SHORT).is_err(), "{cut:?}");
        assert!(connect(&wires, HERE, there, SHORT).is_err(), "{cut:?}");
        // Others reach each other.
        let third = echo(&wires, Place::Witness);
        let mut other = connect(&wires, HERE, third, LONG).unwrap();
        assert_eq!(ask(&mut other, b"third", LONG).unwrap(), b"third");
        wires.cut(|_, _| false).unwrap();
        assert_eq!(answer(&mut stream, 9, LONG).unwrap(), b"meanwhile", "{cut:?}");
        assert!(connect(&wires, HERE, there, LONG).is_ok());
    }
}

#[test]
fn nothing_in_a_place_is_reached_from_outside() {
    let Some(wires) = wires() else { return };
    let there = echo(&wires, THERE);
    assert!(TcpStream::connect_timeout(&there, SHORT).is_err());
    // Two systems at once have the same addresses, and nothing to do with each other.
    let Some(others) = self::wires() else { return };
    assert!(connect(&others, THERE, there, SHORT).is_err());
}

/// A link is the same outside and in the place of who connects, and what it passes on crosses the wire.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_crosses_the_wire() {
    let Some(wires) = wires() else { return };
    let there = echo(&wires, THERE);
    let network = Network::over(Some(wires.clone()));
    let name = LinkName { from: HERE, to: THERE, line: Line::Sql };
    let listen = (HERE.address(), 0).into();
    let near = network.link(name, listen, there).await.unwrap();
    let (inside, wired) = (near, wires.clone());
    tokio::task::spawn_blocking(move || {
        let mut outside = TcpStream::connect(near).unwrap();
        let mut inside = connect(&wired, HERE, inside, LONG).unwrap();
        for stream in [&mut outside, &mut inside] {
            assert_eq!(ask(stream, b"through", LONG).unwrap(), b"through");
        }
        network.cut(|from, _| from == THERE).unwrap();
        for stream in [&mut outside, &mut inside] {
            assert!(ask(stream, b"later", SHORT).is_err());
        }
        network.cut(|_, _| false).unwrap();
        for stream in [&mut outside, &mut inside] {
            assert_eq!(answer(stream, 5, LONG).unwrap(), b"later");
        }
    })
    .await
    .unwrap();
}
