//! One drill told as a timeline for people: what failed, who decided what, what each action took,
//! which gates closed and opened, what was lost, and when users were served again.
//!
//! Small events of one kind are summed up between the large ones, so that a story is read in a
//! minute however much traffic there was.

mod record;
mod run;
mod tally;
mod text;

use std::collections::BTreeMap;

use payments::{MovementId, State};

use crate::history::{Answer, History, Site, What};
use crate::judge::Seconds;
use crate::words;
use record::Told;
use run::Runs;
use tally::Tally;

pub use text::story_text;

/// One line of a story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryLine {
    /// When, in milliseconds of the drill; for small events that are summed up, the last of them.
    pub at_ms: u64,
    /// What it is about.
    pub topic: Topic,
    /// One sentence.
    pub text: String,
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// Something fails.
    Fault,
    /// Something else of the scenario's: a mend, an order.
    Scenario,
    /// People and runners.
    Run,
    /// An action has ended.
    Action,
    /// The control record has changed.
    Record,
    /// A gate has opened or closed.
    Gate,
    /// The database or its ledger.
    Ledger,
    /// The DNS switch.
    Dns,
    /// What clients hear.
    Traffic,
    /// Something that must never be.
    Alarm,
}

impl Topic {
    /// The word in the second column.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fault => "FAULT",
            Self::Scenario => "scenario",
            Self::Run => "run",
            Self::Action => "action",
            Self::Record => "record",
            Self::Gate => "gate",
            Self::Ledger => "ledger",
            Self::Dns => "dns",
            Self::Traffic => "traffic",
            Self::Alarm => "ALARM",
        }
    }
}

/// The story of a drill. The same history gives the same lines.
#[must_use]
pub fn story(history: &History) -> Vec<StoryLine> {
    let mut teller = Teller::new(history);
    teller.open();
    for moment in &history.moments {
        teller.hear(moment.at_ms, &moment.what);
    }
    teller.close();
    // What was summed up belongs where the last of it was.
    teller.lines.sort_by_key(|line| line.at_ms);
    teller.lines
}

/// Whoever tells the story: what was said, and what must be known to say the next thing.
struct Teller<'history> {
    history: &'history History,
    lines: Vec<StoryLine>,
    tally: Tally,
    record: Told,
    runs: Runs<'history>,
    gates: BTreeMap<Site, Option<u64>>,
    /// Whether clients have not yet felt the fault that was told last.
    is_unfelt: bool,
    /// The Region whose first acknowledgement is still to come.
    awaited: Option<Site>,
    states: BTreeMap<MovementId, State>,
    moved: BTreeMap<MovementId, u64>,
}

impl<'history> Teller<'history> {
    fn new(history: &'history History) -> Self {
        Self {
            history,
            lines: Vec::new(),
            tally: Tally::default(),
            record: Told::default(),
            runs: Runs::default(),
            gates: BTreeMap::new(),
            is_unfelt: false,
            awaited: None,
            states: BTreeMap::new(),
            moved: BTreeMap::new(),
        }
    }

    fn say(&mut self, at_ms: u64, topic: Topic, text: impl Into<String>) {
        // A line of the ledger is near in time to what was held and settled before it.
        let lines = self.tally.take_ledger();
        self.lines.extend(lines);
        self.lines.push(StoryLine { at_ms, topic, text: text.into() });
    }

    /// Says what was summed up until now, then this: something that clients may feel.
    fn announce(&mut self, at_ms: u64, topic: Topic, text: impl Into<String>) {
        self.sum_up();
        self.say(at_ms, topic, text);
    }

    fn sum_up(&mut self) {
        let (traffic, ledger) = (self.tally.take_traffic(), self.tally.take_ledger());
        self.lines.extend(traffic.into_iter().chain(ledger));
    }

    fn open(&mut self) {
        let clients = self.history.requests.iter().map(|request| request.client);
        let clients = clients.collect::<std::collections::BTreeSet<_>>().len() as u64;
        let clients = words::count(clients, "client wants", "clients want");
        let requests = self.history.requests.len() as u64;
        let requests = words::count(requests, "payment or refund", "payments and refunds");
        self.say(0, Topic::Traffic, format!("{clients} {requests}"));
    }

    fn hear(&mut self, at_ms: u64, what: &'history What) {
        match what {
            What::Sent { attempt, .. } => self.tally.sent(at_ms, *attempt),
            What::Told { request, from, answer, .. } => {
                self.told(at_ms, *request, *from, *answer);
            }
            What::Committed { movement, state, .. } => {
                self.states.extend(state.map(|state| (*movement, state)));
            }
            What::Moved { movement, .. } => self.money(at_ms, *movement),
            What::Gate { site, open, reason } => self.gate(at_ms, *site, *open, reason),
            What::Record(record) => self.record(at_ms, record),
            What::Promoted { site, lost } => self.promoted(at_ms, *site, lost),
            What::EpochRaised { site, epoch } => {
                let text = format!("{}: takes no epoch but {epoch} from now on", site.region());
                self.say(at_ms, Topic::Ledger, text);
            }
            What::Quarantine { movement, held } => self.quarantine(at_ms, *movement, *held),
            What::Dns { to } => {
                let text = format!("authoritative servers answer with {} from now on", to.region());
                self.announce(at_ms, Topic::Dns, text);
            }
            What::Run { run, step } => self.run(at_ms, run, step),
            What::Happened { line, is_fault } => {
                let topic = if *is_fault { Topic::Fault } else { Topic::Scenario };
                self.is_unfelt = *is_fault;
                self.announce(at_ms, topic, words::happened(line));
            }
            What::IntentWritten { .. } | What::Lag { .. } => {}
        }
    }

    fn told(&mut self, at_ms: u64, request: u32, from: Site, answer: Answer) {
        let is_served = matches!(answer, Answer::Acknowledged(_) | Answer::Refused);
        if !is_served && std::mem::take(&mut self.is_unfelt) {
            // Answers that were on their way are no part of what comes of the fault.
            self.sum_up();
        }
        if let (Answer::Acknowledged(movement), true) = (answer, self.awaited == Some(from)) {
            self.awaited = None;
            let text =
                format!("FIRST ACKNOWLEDGED in {}: {movement}, request {request}", from.region());
            self.announce(at_ms, Topic::Traffic, text);
        } else {
            self.tally.told(at_ms, from, answer);
        }
    }

    fn money(&mut self, at_ms: u64, movement: MovementId) {
        let times = self.moved.entry(movement).or_default();
        *times += 1;
        if *times > 1 {
            let text = format!("money moved {times} times for {movement}");
            self.announce(at_ms, Topic::Alarm, text);
        }
    }

    fn gate(&mut self, at_ms: u64, site: Site, open: Option<u64>, reason: &str) {
        if self.gates.insert(site, open) == Some(open) {
            return;
        }
        let region = site.region();
        let text = match open {
            Some(epoch) => format!("{region}: open under epoch {epoch}"),
            None => format!("{region}: closed: {}", reason.replace('_', " ")),
        };
        self.announce(at_ms, Topic::Gate, text);
    }

    fn promoted(&mut self, at_ms: u64, site: Site, lost: &[MovementId]) {
        let (new, old) = (site.region(), site.other().region());
        let number = lost.len() as u64;
        let rows = words::count(number, "row", "rows");
        let text = match lost {
            [] => format!("{new}: the writer now, with every row that {old} had committed"),
            _ => {
                let ids: Vec<_> = lost.iter().take(IDS_MAX).map(ToString::to_string).collect();
                let more = if lost.len() > IDS_MAX { ", …" } else { "" };
                let ids = ids.join(", ");
                format!(
                    "{new}: the writer now, WITHOUT {rows} that {old} had committed: {ids}{more}"
                )
            }
        };
        self.announce(at_ms, Topic::Ledger, text);
    }

    fn quarantine(&mut self, at_ms: u64, movement: MovementId, held: bool) {
        match (held, self.states.get(&movement)) {
            (true, _) => self.tally.held(at_ms),
            (false, state) => self.tally.settled(at_ms, state.copied()),
        }
    }

    fn close(&mut self) {
        self.sum_up();
        let (at_ms, is_at_rest) = (self.history.end.at_ms, self.history.end.is_at_rest);
        let text = if is_at_rest {
            "all at rest: every request answered, every outbox empty, every run over".to_owned()
        } else {
            format!("the drill ends after {} and is not at rest", Seconds(at_ms))
        };
        self.say(at_ms, Topic::Traffic, text);
    }
}

/// How many ids a line has room for.
const IDS_MAX: usize = 4;
