//! A scenario: what fails, when, how clients behave, and what is expected of the outcome.

mod agenda;
mod fixed;
mod form;
mod grammar;
mod mistake;
mod parse;
#[cfg(test)]
mod reference;
mod value;
mod words;
mod write;

use runbook::{ActionName, PlanKind};

use crate::history::Site;

pub use agenda::{Agenda, Cue, Fired};
pub(crate) use fixed::begun;
pub use mistake::Mistake;
pub use parse::parse;
pub(crate) use words::nearest;

/// A range of milliseconds or of numbers, both ends included; a seed chooses one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The least.
    pub least: u64,
    /// The most.
    pub most: u64,
}

impl Span {
    /// Nothing but this number.
    #[must_use]
    pub const fn exactly(number: u64) -> Self {
        Self { least: number, most: number }
    }
}

/// A rehearsal as it is written down. Times are in milliseconds from the beginning of the drill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// Its name: letters, digits and hyphens.
    pub name: String,
    /// What it rehearses, in one sentence for people.
    pub title: String,
    /// How clients behave.
    pub workload: Workload,
    /// The people on duty.
    pub operator: Operator,
    /// What happens, in the order of the file.
    pub happenings: Vec<When>,
    /// What must come of it, besides what every drill must keep.
    pub expectation: Expectation,
}

/// How clients behave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// How many clients pay, each one request after the other.
    pub clients: u32,
    /// How many payments each makes.
    pub payments: u32,
    /// From the end of one request to the next, in milliseconds.
    pub pause_ms: Span,
    /// How many of a hundred payments are refunded by their client afterwards.
    pub refunds_percent: u32,
    /// How many of a hundred refunds their client asks for once more, under another key and of so
    /// much that both together are more than was paid.
    pub repeated_refunds_percent: u32,
    /// How many accounts there are.
    pub accounts: u32,
    /// How many of a hundred payments go to the first account.
    pub hot_percent: u32,
    /// For how long a client waits for one answer, in milliseconds.
    pub deadline_ms: u64,
    /// The pause before a client sends the same request again, in milliseconds.
    pub retry_ms: Span,
    /// How many of a hundred clients' resolvers keep an answer far beyond its TTL.
    pub sticky_dns_percent: u32,
    /// How many of a hundred clients keep their connection for as long as it answers, wherever DNS
    /// leads by then.
    pub kept_connections_percent: u32,
    /// How many of a hundred clients send every request twice at once.
    pub doubling_percent: u32,
    /// How many of a hundred payments come under the key of the client's payment before.
    pub used_keys_percent: u32,
    /// How many of a hundred cards make the processor late, silent, pending or declining.
    pub odd_cards_percent: u32,
}

impl Default for Workload {
    /// Three clients with nothing odd about them: what a file without these lines means.
    fn default() -> Self {
        Self {
            clients: 3,
            payments: 4,
            pause_ms: Span { least: 1_000, most: 3_000 },
            refunds_percent: 20,
            repeated_refunds_percent: 0,
            accounts: 2,
            hot_percent: 50,
            deadline_ms: 3_000,
            retry_ms: Span { least: 500, most: 2_000 },
            sticky_dns_percent: 0,
            kept_connections_percent: 0,
            doubling_percent: 0,
            used_keys_percent: 0,
            odd_cards_percent: 0,
        }
    }
}

/// The people on duty: what they see, and how long they take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    /// When they begin a failover by themselves; none: runs begin only where a line says so.
    pub watch: Option<Watch>,
    /// How long they take for each decision, in milliseconds: to begin the failover that they see
    /// is needed, to approve, to retry an action that failed all its attempts, and to ask once more
    /// for a run that was refused.
    pub decide_ms: Span,
    /// How many of them there are to approve.
    pub approvers: u32,
}

impl Default for Operator {
    /// Two people, who watch nothing and decide within half a minute.
    fn default() -> Self {
        Self { watch: None, decide_ms: Span { least: 5_000, most: 30_000 }, approvers: 2 }
    }
}

/// How the people on duty notice that the active Region is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// How many probes of the active Region must fail one after the other.
    pub failed_probes: u32,
    /// From one probe to the next, in milliseconds.
    pub every_ms: u64,
}

/// One line: when, how often, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    /// When.
    pub trigger: Trigger,
    /// In how many of a hundred drills it happens at all.
    pub chance_percent: u32,
    /// What.
    pub happening: Happening,
}

/// When something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// At this time.
    At(Span),
    /// So long after the line before it has happened, or after the beginning if there is none.
    After(Span),
    /// So long after the line before it has happened and no run is open.
    RunOver(Span),
    /// When a run begins this action for the first time, before its effect.
    Before(ActionName),
    /// When this action has had its effect for the first time, before that is journaled.
    Behind(ActionName),
    /// At this of the runners' steps: before and behind every journal entry and every effect is one,
    /// from 0.
    RunnerStep(Span),
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// Something fails.
    Fault(Fault),
    /// Something that failed works again; the same words as for the fault.
    Mend(Fault),
    /// Somebody asks for a run to the other Region.
    Run(PlanKind),
    /// Somebody aborts the run that is open.
    Abort,
    /// Somebody pauses the run that is open, and resumes it after so many milliseconds.
    Pause(Span),
    /// The runner dies; another goes on after so many milliseconds.
    KillRunner(Span),
    /// A second operator drives the same run.
    SecondRunner,
    /// A second operator asks for a run of his own.
    RivalRun(PlanKind),
    /// Every process of the Region's service dies, and others begin at once: a deployment.
    RestartService(Site),
    /// The next attempts of the run's actions, so many, come to this.
    Spoil(Spoiled, u32),
    /// The runner dies, the journal loses everything behind its first lines, so many, and another
    /// runner goes on. No store does that; a run must bear it all the same.
    ShortenJournal(u32),
}

/// What an attempt comes to that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spoiled {
    /// It has no effect, and says so.
    Interrupted,
    /// It has its effect, and says nothing.
    Unclear,
    /// It has no effect, and is refused for good.
    Refused,
}

/// What fails. `Site` is a home role: what it is called, not which is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The Region is gone: nothing in it runs or answers. Mended, it starts again with its disks.
    RegionLost(Site),
    /// The Region lives, and reaches nothing outside but its own clients.
    RegionIsolated(Site),
    /// The Region stands still, and wakes where it stood.
    RegionFrozen(Site),
    /// Everything that crosses the Region's border takes so many times as long.
    RegionSlow(Site, u32),
    /// The database of the Region does not answer.
    DatabaseLost(Site),
    /// The disk of the Region's database is full: reads work, most writes are refused, and the server
    /// ends itself when its log needs a new file.
    DiskFull(Site),
    /// The service of the Region does not answer; its database does.
    ApiLost(Site),
    /// Nothing gets from the first Region to the second; the other way works.
    OneWayCut(Site, Site),
    /// The Region does not reach the strongly consistent store at all; the rest works.
    StoreCut(Site),
    /// The Region's own endpoint of the strongly consistent store does not answer.
    StoreEndpointLost(Site),
    /// The witness has no vote.
    WitnessLost,
    /// The standby's database falls behind by so many milliseconds.
    ReplicationLag(u64),
    /// The Region's control planes refuse every call.
    ControlPlanesLost(Site),
    /// The database service does not manage to stop the old writer's volume.
    StorageFenceFails,
    /// Promotion is refused because of versions.
    PromotionRefused,
    /// Promotion does not answer this many times, and takes place or not.
    PromotionUnclear(u32),
    /// The Region's clocks are ahead by so many milliseconds, or behind.
    ClockSkew(Site, i64),
    /// The processor does not answer, and takes money or not.
    ProcessorSilent,
    /// The processor takes no connection.
    ProcessorAway,
    /// Of a hundred messages between places this many are lost.
    MessagesLost(u32),
    /// Of a hundred writes to the Region's database this many wait for seconds inside of it, and
    /// take place when nobody waits for them any more.
    WritesStall(Site, u32),
}

impl Fault {
    /// The same with no amount in it: of two such faults one replaces the other, and a mend ends
    /// either.
    #[must_use]
    pub const fn without_amount(self) -> Self {
        match self {
            Self::RegionSlow(site, _) => Self::RegionSlow(site, 0),
            Self::ReplicationLag(_) => Self::ReplicationLag(0),
            Self::PromotionUnclear(_) => Self::PromotionUnclear(0),
            Self::ClockSkew(site, _) => Self::ClockSkew(site, 0),
            Self::MessagesLost(_) => Self::MessagesLost(0),
            Self::WritesStall(site, _) => Self::WritesStall(site, 0),
            other => other,
        }
    }
}

/// What must come of a scenario.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expectation {
    /// The Region that is active at the end.
    pub active: Option<Site>,
    /// From the first fault, or the begin of a planned run, to the first payment that is
    /// acknowledged after it in the Region that is active then, in milliseconds.
    pub rto_ms: Option<u64>,
    /// The longest time in which no client is acknowledged while clients try, in milliseconds.
    pub pause_ms: Option<u64>,
    /// Whether the surviving ledger may lack what was committed: only a failover's may.
    pub may_lose_rows: bool,
}
