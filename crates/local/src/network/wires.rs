//! Both Regions and the witness as network namespaces, with a wire between every two. A cut drops the packets of one
//! direction, as a broken network does: nobody is told, and TCP tries again until it is mended.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use drill::Site;

use super::namespace::Namespace;
use crate::place::Place;

/// The places that are namespaces; what is outside of them is the machine's own.
const INNER: [Place; 3] =
    [Place::Region(Site::Primary), Place::Region(Site::Standby), Place::Witness];
/// How long TCP waits at most until it tries again: times are shrunk here, and after a cut a minute would be an age.
/// Older systems than Linux 6.15 have no such setting, and wait as long as they wait.
const TRY_AGAIN_MS_MAX: &str = "1000";
const TRY_AGAIN_SETTING: &str = "/proc/sys/net/ipv4/tcp_rto_max_ms";
/// What drops every packet that is sent: a queue with no room.
const DROPS_ALL: &str = "root pfifo limit 0";

/// The namespaces, and what is cut between them.
#[derive(Debug, Clone)]
pub struct Wires {
    places: [Namespace; 3],
    /// From where to where packets are dropped.
    cut: Arc<Mutex<BTreeSet<(Place, Place)>>>,
}

impl Wires {
    /// Makes them, all connected.
    ///
    /// # Errors
    /// When this process is not root's, when `ip` or `tc` is not installed, or when the system lets root not, either.
    pub fn make() -> io::Result<Self> {
        let places = [Namespace::make()?, Namespace::make()?, Namespace::make()?];
        let wires = Self { places, cut: Arc::default() };
        for (place, namespace) in INNER.iter().zip(&wires.places) {
            namespace.run("ip", &format!("addr add {}/32 dev lo", address(*place)))?;
            namespace.run("ip", "link set lo up")?;
            // It only makes mends quicker.
            let _ = namespace.within(|| fs::write(TRY_AGAIN_SETTING, TRY_AGAIN_MS_MAX));
        }
        for (number, one) in INNER.iter().enumerate() {
            for other in &INNER[number + 1..] {
                wires.connect(*one, *other)?;
            }
        }
        // What cannot be cut is no network for drills.
        let [one, other, _] = INNER;
        wires.set(one, other, true)?;
        wires.set(one, other, false)?;
        Ok(wires)
    }

    /// The namespace of a place; none outside.
    #[must_use]
    pub fn of(&self, place: Place) -> Option<&Namespace> {
        let number = INNER.iter().position(|inner| *inner == place)?;
        Some(&self.places[number])
    }

    /// Whether what goes from one place to another crosses a wire, where it can be cut.
    #[must_use]
    pub fn join(&self, from: Place, to: Place) -> bool {
        from != to && self.of(from).is_some() && self.of(to).is_some()
    }

    /// Drops from now on what goes from one place to another where `is_cut` says so, and nothing else.
    ///
    /// # Errors
    /// What `tc` says.
    pub fn cut(&self, is_cut: impl Fn(Place, Place) -> bool) -> io::Result<()> {
        let mut cut = self.cut.lock().unwrap_or_else(PoisonError::into_inner);
        for from in INNER {
            for to in INNER.into_iter().filter(|to| *to != from) {
                let (was, is) = (cut.contains(&(from, to)), is_cut(from, to));
                if was == is {
                    continue;
                }
                self.set(from, to, is)?;
                if is {
                    cut.insert((from, to))
                } else {
                    cut.remove(&(from, to))
                };
            }
        }
        Ok(())
    }

    fn set(&self, from: Place, to: Place, is_cut: bool) -> io::Result<()> {
        let Some(namespace) = self.of(from) else { return Ok(()) };
        let end = end_towards(to);
        match is_cut {
            true => namespace.run("tc", &format!("qdisc replace dev {end} {DROPS_ALL}")),
            false => namespace.run("tc", &format!("qdisc del dev {end} root")),
        }
    }

    /// Lays a wire between two places. Who is at its other end is written down: nobody asks for that while it is cut.
    fn connect(&self, one: Place, other: Place) -> io::Result<()> {
        let (Some(here), Some(there)) = (self.of(one), self.of(other)) else { return Ok(()) };
        let laid = format!(
            "link add {} address {} type veth peer name {} address {} netns {}",
            end_towards(other),
            hardware(one, other),
            end_towards(one),
            hardware(other, one),
            there.number()
        );
        here.run("ip", &laid)?;
        for (namespace, from, to) in [(here, one, other), (there, other, one)] {
            let (end, source, target) = (end_towards(to), address(from), address(to));
            namespace.run("ip", &format!("link set {end} up"))?;
            namespace.run("ip", &format!("route add {target}/32 dev {end} src {source}"))?;
            let known = hardware(to, from);
            namespace.run(
                "ip",
                &format!("neigh replace {target} lladdr {known} dev {end} nud permanent"),
            )?;
        }
        Ok(())
    }
}

/// Where the processes of a place listen that has a namespace. Nobody else is in there, so that any addresses do.
#[must_use]
pub(crate) fn address(place: Place) -> Ipv4Addr {
    let [_, second, third, fourth] = place.address().octets();
    Ipv4Addr::new(10, second, third, fourth)
}

/// What the end of a wire is called that leads to a place.
fn end_towards(to: Place) -> String {
    format!("to-{}", to.as_str())
}

/// The hardware address of the end of a wire, one of those that everybody may give.
fn hardware(at: Place, towards: Place) -> String {
    let [at, towards] = [at, towards].map(|place| place.address().octets()[2]);
    format!("02:00:00:77:{at:02x}:{towards:02x}")
}
