//! The whole language: every line that a scenario may have, and what it means.

use super::form::{Form, Values};
use crate::history::Site;
use crate::scenario::{Fault, Happening, Scenario, Spoiled, Trigger, Watch};

/// A line about the scenario as a whole: its first word, and the parts that follow, with commas
/// between them, each once at most and in any order.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) word: &'static str,
    pub(super) parts: &'static [Form<Setting>],
}

/// What a part of such a line changes.
pub(super) type Setting = fn(&mut Scenario, &Values);

/// What the values of a form mean.
pub(super) type Meaning<T> = fn(&Values) -> T;

/// The first word of the line with the title.
pub(super) const TITLE: &str = "title";

/// The lines about the scenario as a whole, but for the title.
pub(super) const TOPICS: &[Topic] = &[
    Topic {
        word: "clients",
        parts: &[
            set("COUNT", |s, v| s.workload.clients = v.count()),
            set("COUNT payment(s) each", |s, v| s.workload.payments = v.count()),
            set("every SPAN", |s, v| s.workload.pause_ms = v.range()),
        ],
    },
    Topic {
        word: "accounts",
        parts: &[
            set("COUNT", |s, v| s.workload.accounts = v.count()),
            set("PERCENT to the first", |s, v| s.workload.hot_percent = v.count()),
        ],
    },
    Topic {
        word: "refunds",
        parts: &[
            set("PERCENT", |s, v| s.workload.refunds_percent = v.count()),
            set("PERCENT asked for again", |s, v| {
                s.workload.repeated_refunds_percent = v.count();
            }),
        ],
    },
    Topic {
        word: "deadline",
        parts: &[
            set("TIME", |s, v| s.workload.deadline_ms = v.number()),
            set("again after GAP", |s, v| s.workload.retry_ms = v.range()),
        ],
    },
    Topic {
        word: "resolvers",
        parts: &[set("PERCENT ignore the TTL", |s, v| s.workload.sticky_dns_percent = v.count())],
    },
    Topic {
        word: "connections",
        parts: &[set("PERCENT outlive DNS", |s, v| {
            s.workload.kept_connections_percent = v.count();
        })],
    },
    Topic {
        word: "requests",
        parts: &[
            set("PERCENT sent twice", |s, v| s.workload.doubling_percent = v.count()),
            set("PERCENT under a used key", |s, v| s.workload.used_keys_percent = v.count()),
        ],
    },
    Topic {
        word: "cards",
        parts: &[set("PERCENT odd", |s, v| s.workload.odd_cards_percent = v.count())],
    },
    Topic {
        word: "operator",
        parts: &[
            set("detects by COUNT failed probe(s) every TIME", |s, v| {
                let watch = Watch { failed_probes: v.count(), every_ms: v.last_number() };
                s.operator.watch = Some(watch);
            }),
            set("decides in SPAN", |s, v| s.operator.decide_ms = v.range()),
            set("COUNT approver(s)", |s, v| s.operator.approvers = v.count()),
        ],
    },
    Topic {
        word: "expect",
        parts: &[
            set("active SITE", |s, v| s.expectation.active = Some(v.site())),
            set("rto TIME", |s, v| s.expectation.rto_ms = Some(v.number())),
            set("pause TIME", |s, v| s.expectation.pause_ms = Some(v.number())),
            set("may lose rows", |s, _| s.expectation.may_lose_rows = true),
        ],
    },
];

/// How the values of a line become what happens.
#[derive(Debug)]
pub(super) enum Deed {
    /// Something fails.
    Fault(Meaning<Fault>),
    /// It works again; the fault is without its amount.
    Mend(Meaning<Fault>),
    /// Something that people or runners do.
    Other(Meaning<Happening>),
}

impl Deed {
    /// What happens with these values.
    pub(super) fn with(&self, values: &Values) -> Happening {
        match self {
            Self::Fault(make) => Happening::Fault(make(values)),
            Self::Mend(make) => Happening::Mend(make(values)),
            Self::Other(make) => make(values),
        }
    }
}

/// When a line happens.
pub(super) const TRIGGERS: &[Form<Meaning<Trigger>>] = &[
    when("at SPAN", |v| Trigger::At(v.range())),
    when("+ SPAN", |v| Trigger::After(v.range())),
    when("run over + SPAN", |v| Trigger::RunOver(v.range())),
    when("before ACTION", |v| Trigger::Before(v.action())),
    when("behind ACTION", |v| Trigger::Behind(v.action())),
    when("step STEPS", |v| Trigger::RunnerStep(v.range())),
];

/// In how many of a hundred drills it happens; between when and what.
pub(super) const CHANCES: &[Form<Meaning<u32>>] =
    &[Form { words: "maybe PERCENT", make: Values::count }];

/// What happens. The end of a fault says no amount: it is that of the fault.
pub(super) const HAPPENINGS: &[Form<Deed>] = &[
    fault("lose SITE", |v| Fault::RegionLost(v.site())),
    mend("restore SITE", |v| Fault::RegionLost(v.site())),
    fault("isolate SITE", |v| Fault::RegionIsolated(v.site())),
    mend("reconnect SITE", |v| Fault::RegionIsolated(v.site())),
    fault("freeze SITE", |v| Fault::RegionFrozen(v.site())),
    mend("unfreeze SITE", |v| Fault::RegionFrozen(v.site())),
    fault("slow SITE FACTOR", |v| Fault::RegionSlow(v.site(), v.count())),
    mend("speed up SITE", |v| Fault::RegionSlow(v.site(), 0)),
    fault("lose database of SITE", |v| Fault::DatabaseLost(v.site())),
    mend("restore database of SITE", |v| Fault::DatabaseLost(v.site())),
    fault("fill disk of SITE", |v| Fault::DiskFull(v.site())),
    mend("free disk of SITE", |v| Fault::DiskFull(v.site())),
    fault("lose service of SITE", |v| Fault::ApiLost(v.site())),
    mend("restore service of SITE", |v| Fault::ApiLost(v.site())),
    fault("cut from primary to standby", |_| PRIMARY_TO_STANDBY),
    mend("mend from primary to standby", |_| PRIMARY_TO_STANDBY),
    fault("cut from standby to primary", |_| STANDBY_TO_PRIMARY),
    mend("mend from standby to primary", |_| STANDBY_TO_PRIMARY),
    fault("lose store of SITE", |v| Fault::StoreCut(v.site())),
    mend("restore store of SITE", |v| Fault::StoreCut(v.site())),
    fault("lose store-endpoint of SITE", |v| Fault::StoreEndpointLost(v.site())),
    mend("restore store-endpoint of SITE", |v| Fault::StoreEndpointLost(v.site())),
    fault("lose witness", |_| Fault::WitnessLost),
    mend("restore witness", |_| Fault::WitnessLost),
    fault("lag replication TIME", |v| Fault::ReplicationLag(v.number())),
    mend("catch up replication", |_| Fault::ReplicationLag(0)),
    fault("lose control-planes of SITE", |v| Fault::ControlPlanesLost(v.site())),
    mend("restore control-planes of SITE", |v| Fault::ControlPlanesLost(v.site())),
    fault("break storage-fence", |_| Fault::StorageFenceFails),
    mend("restore storage-fence", |_| Fault::StorageFenceFails),
    fault("refuse promotion", |_| Fault::PromotionRefused),
    mend("allow promotion", |_| Fault::PromotionRefused),
    fault("leave promotion unclear COUNT time(s)", |v| Fault::PromotionUnclear(v.count())),
    mend("make promotion clear", |_| Fault::PromotionUnclear(0)),
    fault("skew clock of SITE TIME ahead", |v| Fault::ClockSkew(v.site(), ahead(v))),
    fault("skew clock of SITE TIME behind", |v| Fault::ClockSkew(v.site(), -ahead(v))),
    mend("correct clock of SITE", |v| Fault::ClockSkew(v.site(), 0)),
    fault("silence processor", |_| Fault::ProcessorSilent),
    mend("unsilence processor", |_| Fault::ProcessorSilent),
    fault("lose processor", |_| Fault::ProcessorAway),
    mend("restore processor", |_| Fault::ProcessorAway),
    fault("lose messages PERCENT", |v| Fault::MessagesLost(v.count())),
    mend("restore messages", |_| Fault::MessagesLost(0)),
    fault("stall writes of SITE PERCENT", |v| Fault::WritesStall(v.site(), v.count())),
    mend("unstall writes of SITE", |v| Fault::WritesStall(v.site(), 0)),
    other("run KIND", |v| Happening::Run(v.kind())),
    other("run rival KIND", |v| Happening::RivalRun(v.kind())),
    other("abort run", |_| Happening::Abort),
    other("pause run for SPAN", |v| Happening::Pause(v.range())),
    other("kill runner for SPAN", |v| Happening::KillRunner(v.range())),
    other("start second runner", |_| Happening::SecondRunner),
    other("restart service of SITE", |v| Happening::RestartService(v.site())),
    other("interrupt action COUNT time(s)", |v| Happening::Spoil(Spoiled::Interrupted, v.count())),
    other("leave action unclear COUNT time(s)", |v| Happening::Spoil(Spoiled::Unclear, v.count())),
    other("refuse action COUNT time(s)", |v| Happening::Spoil(Spoiled::Refused, v.count())),
    other("keep COUNT line(s) of journal", |v| Happening::ShortenJournal(v.count())),
];

const PRIMARY_TO_STANDBY: Fault = Fault::OneWayCut(Site::Primary, Site::Standby);
const STANDBY_TO_PRIMARY: Fault = Fault::OneWayCut(Site::Standby, Site::Primary);

fn ahead(values: &Values) -> i64 {
    i64::try_from(values.number()).expect("a time is a day at most")
}

const fn set(words: &'static str, make: Setting) -> Form<Setting> {
    Form { words, make }
}

const fn when(words: &'static str, make: Meaning<Trigger>) -> Form<Meaning<Trigger>> {
    Form { words, make }
}

const fn fault(words: &'static str, make: Meaning<Fault>) -> Form<Deed> {
    Form { words, make: Deed::Fault(make) }
}

const fn mend(words: &'static str, make: Meaning<Fault>) -> Form<Deed> {
    Form { words, make: Deed::Mend(make) }
}

const fn other(words: &'static str, make: Meaning<Happening>) -> Form<Deed> {
    Form { words, make: Deed::Other(make) }
}
