//! The answers of RDS, STS and Lambda that are written down, with what a test fills in.

use crate::estate::ACCOUNT;

/// The text of a recorded answer.
macro_rules! recorded {
    ($name:literal) => {
        include_str!(concat!("../../recorded/", $name))
    };
}

/// Fills in words.
fn filled(text: &str, words: &[(&str, &str)]) -> String {
    words
        .iter()
        .fold(text.to_owned(), |text, (name, word)| text.replace(&format!("{{{name}}}"), word))
}

pub(super) fn arn(region: &str) -> String {
    format!("arn:aws:rds:{region}:{ACCOUNT}:cluster:payment-test-{region}")
}

pub(super) fn caller_identity() -> String {
    filled(recorded!("caller-identity.xml"), &[("ACCOUNT", ACCOUNT)])
}

pub(super) fn error(code: &str, message: &str) -> String {
    filled(recorded!("error.xml"), &[("CODE", code), ("MESSAGE", message)])
}

/// The global database in a state.
#[derive(Clone)]
pub(super) struct Global {
    /// The Region of the writer.
    pub(super) writer: &'static str,
    /// The members, with the status of their synchronization.
    pub(super) members: &'static [(&'static str, &'static str)],
    /// A change of roles under way: its status, the Region it goes to, and whether with loss.
    pub(super) state: Option<(&'static str, &'static str, bool)>,
}

impl Global {
    /// Both members follow, and nothing is under way.
    pub(super) const fn rests_with(writer: &'static str) -> Self {
        let members = &[("us-east-1", "connected"), ("us-east-2", "connected")];
        Self { writer, members, state: None }
    }

    /// The same with a change of roles under way.
    pub(super) const fn moving(writer: &'static str, status: &'static str, loss: bool) -> Self {
        let state = Some((status, "us-east-2", loss));
        Self { state, ..Self::rests_with(writer) }
    }

    pub(super) fn xml(&self) -> String {
        let members = self.members.iter().map(|(region, synchronization)| {
            let is_writer = (self.writer == *region).to_string();
            let words = [
                ("ARN", &*arn(region)),
                ("IS_WRITER", &is_writer),
                ("SYNCHRONIZATION", synchronization),
            ];
            filled(recorded!("global-cluster-member.xml"), &words)
        });
        let state = self.state.map_or("<FailoverState/>".to_owned(), |(status, to, loss)| {
            let (from, to, loss) = (arn(self.writer), arn(to), loss.to_string());
            let words = [("STATUS", status), ("FROM", &*from), ("TO", &*to), ("LOSS", &*loss)];
            filled(recorded!("failover-state.xml"), &words)
        });
        let status = self.state.map_or("available", |(status, ..)| status);
        let words = [
            ("STATUS", status),
            ("MEMBERS", &members.collect::<String>()),
            ("FAILOVER_STATE", &state),
        ];
        filled(recorded!("global-clusters.xml"), &words)
    }
}

/// What asks for a change of roles is answered with.
pub(super) fn accepted(operation: &str) -> String {
    filled(recorded!("global-cluster.xml"), &[("OPERATION", operation)])
}

pub(super) fn cluster(name: &str, status: &str) -> String {
    filled(recorded!("clusters.xml"), &[("CLUSTER", name), ("STATUS", status)])
}

pub(super) fn snapshot(name: &str, kind: &str, status: &str, time: &str) -> String {
    let words = [("SNAPSHOT", name), ("TYPE", kind), ("STATUS", status), ("TIME", time)];
    filled(recorded!("snapshot.xml"), &words)
}

pub(super) fn snapshots(snapshots: &[String], marker: &str) -> String {
    let marker =
        if marker.is_empty() { String::new() } else { format!("<Marker>{marker}</Marker>") };
    filled(recorded!("snapshots.xml"), &[("SNAPSHOTS", &snapshots.concat()), ("MARKER", &marker)])
}

pub(super) fn copied(snapshot: &str) -> String {
    filled(recorded!("copied-snapshot.xml"), &[("SNAPSHOT", snapshot)])
}

pub(super) fn restored() -> String {
    recorded!("restored-cluster.xml").to_owned()
}

pub(super) fn event_sources(state: &str) -> String {
    filled(recorded!("event-source-mappings.json"), &[("STATE", state)])
}

/// One mapping, as a change of it is answered.
pub(super) fn event_source(state: &str) -> String {
    format!(r#"{{"UUID": "14e0db71-xmpl-4eb5-b481-8945cf9d10c2", "State": "{state}"}}"#)
}
