//! What holds for every scenario, and for every text.

use drill::{
    Expectation, Fault, Happening, Operator, Scenario, Site, Span, Spoiled, Trigger, Watch, When,
    Workload, parse,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use runbook::{ActionName, PlanKind};

const DAY_MS: u64 = 86_400_000;

fn time_ms() -> impl Strategy<Value = u64> {
    let units = select(vec![1_u64, 1_000, 60_000, 3_600_000]);
    (units, 1_u64..=24).prop_map(|(unit, count)| unit * count)
}

fn span(least: u64) -> impl Strategy<Value = Span> {
    let bound = prop_oneof![least..=DAY_MS, time_ms(), Just(least)];
    (bound.clone(), bound)
        .prop_map(|(one, other)| Span { least: one.min(other), most: one.max(other) })
}

fn count() -> impl Strategy<Value = u32> {
    prop_oneof![Just(1), 1_u32..=10_000]
}

fn percent() -> impl Strategy<Value = u32> {
    0_u32..=100
}

fn site() -> impl Strategy<Value = Site> {
    select(Site::ALL.to_vec())
}

fn action() -> impl Strategy<Value = ActionName> {
    select(ActionName::ALL.to_vec())
}

fn kind() -> impl Strategy<Value = PlanKind> {
    select(vec![PlanKind::Switchover, PlanKind::Failover, PlanKind::Failback])
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        site().prop_map(Fault::RegionLost),
        site().prop_map(Fault::RegionIsolated),
        site().prop_map(Fault::RegionFrozen),
        (site(), 2_u32..=10_000).prop_map(|(site, factor)| Fault::RegionSlow(site, factor)),
        site().prop_map(Fault::DatabaseLost),
        site().prop_map(Fault::DiskFull),
        site().prop_map(Fault::ApiLost),
        site().prop_map(|from| Fault::OneWayCut(from, from.other())),
        site().prop_map(Fault::StoreCut),
        site().prop_map(Fault::StoreEndpointLost),
        Just(Fault::WitnessLost),
        time_ms().prop_map(Fault::ReplicationLag),
        site().prop_map(Fault::ControlPlanesLost),
        Just(Fault::StorageFenceFails),
        Just(Fault::PromotionRefused),
        count().prop_map(Fault::PromotionUnclear),
        (site(), 1_i64..=86_400_000, any::<bool>()).prop_map(|(site, ms, is_behind)| {
            Fault::ClockSkew(site, if is_behind { -ms } else { ms })
        }),
        Just(Fault::ProcessorSilent),
        Just(Fault::ProcessorAway),
        percent().prop_map(Fault::MessagesLost),
        (site(), percent()).prop_map(|(site, percent)| Fault::WritesStall(site, percent)),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => fault().prop_map(Happening::Fault),
        1 => kind().prop_map(Happening::Run),
        1 => kind().prop_map(Happening::RivalRun),
        1 => Just(Happening::Abort),
        1 => span(0).prop_map(Happening::Pause),
        1 => span(0).prop_map(Happening::KillRunner),
        1 => Just(Happening::SecondRunner),
        1 => site().prop_map(Happening::RestartService),
        1 => (spoiled(), count()).prop_map(|(how, times)| Happening::Spoil(how, times)),
        1 => count().prop_map(Happening::ShortenJournal),
    ]
}

fn spoiled() -> impl Strategy<Value = Spoiled> {
    select(vec![Spoiled::Interrupted, Spoiled::Unclear, Spoiled::Refused])
}

fn trigger() -> impl Strategy<Value = Trigger> {
    prop_oneof![
        span(0).prop_map(Trigger::At),
        span(0).prop_map(Trigger::After),
        span(0).prop_map(Trigger::RunOver),
        action().prop_map(Trigger::Before),
        action().prop_map(Trigger::Behind),
        (0_u64..=5_000, 0_u64..=5_000)
            .prop_map(|(least, more)| Trigger::RunnerStep(Span { least, most: least + more })),
    ]
}

/// Lines of which some end what one of the lines before them begins.
fn happenings() -> impl Strategy<Value = Vec<When>> {
    let line = (trigger(), percent(), happening(), option::weighted(0.3, any::<Index>()));
    vec(line, 0..12).prop_map(|lines| {
        let mut whens: Vec<When> = Vec::new();
        for (trigger, chance_percent, happening, mended) in lines {
            let mend = mended.and_then(|index| latest_like(&whens, index));
            let happening = mend.map_or(happening, Happening::Mend);
            whens.push(When { trigger, chance_percent, happening });
        }
        whens
    })
}

/// One of the faults that the lines begin: of those that differ in their amount only, the latest.
fn latest_like(lines: &[When], index: Index) -> Option<Fault> {
    let begun: Vec<Fault> = lines
        .iter()
        .filter_map(|line| match line.happening {
            Happening::Fault(fault) => Some(fault),
            _ => None,
        })
        .collect();
    let chosen = if begun.is_empty() { return None } else { *index.get(&begun) };
    begun.into_iter().rev().find(|fault| fault.without_amount() == chosen.without_amount())
}

fn workload() -> impl Strategy<Value = Workload> {
    let load = (count(), count(), span(0), percent(), count(), percent(), percent());
    let clients = (time_ms(), span(1), percent(), percent(), percent(), percent(), percent());
    (load, clients).prop_map(|(load, clients)| Workload {
        clients: load.0,
        payments: load.1,
        pause_ms: load.2,
        refunds_percent: load.3,
        accounts: load.4,
        hot_percent: load.5,
        repeated_refunds_percent: load.6,
        deadline_ms: clients.0,
        retry_ms: clients.1,
        sticky_dns_percent: clients.2,
        kept_connections_percent: clients.3,
        doubling_percent: clients.4,
        odd_cards_percent: clients.5,
        used_keys_percent: clients.6,
    })
}

fn operator() -> impl Strategy<Value = Operator> {
    let watch = (count(), time_ms())
        .prop_map(|(failed_probes, every_ms)| Watch { failed_probes, every_ms });
    (option::of(watch), span(0), count()).prop_map(|(watch, decide_ms, approvers)| Operator {
        watch,
        decide_ms,
        approvers,
    })
}

fn expectation() -> impl Strategy<Value = Expectation> {
    (option::of(site()), option::of(time_ms()), option::of(time_ms()), any::<bool>()).prop_map(
        |(active, rto_ms, pause_ms, may_lose_rows)| Expectation {
            active,
            rto_ms,
            pause_ms,
            may_lose_rows,
        },
    )
}

fn scenario() -> impl Strategy<Value = Scenario> {
    let title = "[A-Za-zß0-9][A-Za-z 0-9.,:+-]{0,30}[a-z.]";
    (title, workload(), operator(), happenings(), expectation()).prop_map(
        |(title, workload, operator, happenings, expectation)| Scenario {
            name: "any-name-1".to_owned(),
            title,
            workload,
            operator,
            happenings,
            expectation,
        },
    )
}

/// Pieces of text that mean something in a scenario, or almost.
const PIECES: [&str; 40] = [
    "\n",
    "\n",
    "\n",
    " ",
    " ",
    "  ",
    "#",
    ",",
    "+",
    "at ",
    "maybe ",
    "30%",
    "run ",
    "over ",
    "run over +",
    "before ",
    "behind ",
    "step ",
    "lose ",
    "restore ",
    "primary",
    "standby",
    "database of ",
    "20s",
    "20s..40s",
    "..",
    "0",
    "18446744073709551616ms",
    "title ",
    "clients ",
    "payments each",
    "every ",
    "expect ",
    "rto ",
    "may lose rows",
    "skew clock of ",
    "ahead",
    "kill runner for ",
    "\u{feff}",
    "ä\r\n",
];

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same(scenario in scenario()) {
        let text = scenario.to_string();
        let read = parse(&scenario.name, &text);
        prop_assert_eq!(read, Ok(scenario), "{}", text);
    }

    #[test]
    fn what_a_seed_fixes_can_be_written_and_fixed_again(scenario in scenario(), seed: u64) {
        let fixed = scenario.fixed(seed);
        prop_assert_eq!(&fixed.fixed(seed), &fixed);
        prop_assert_eq!(&fixed.fixed(seed.wrapping_add(1)), &fixed);
        let text = fixed.to_string();
        prop_assert_eq!(parse(&fixed.name, &text), Ok(fixed), "{}", text);
    }

    #[test]
    fn any_text_is_a_scenario_or_has_mistakes_in_it(pieces in vec(select(PIECES.to_vec()), 0..60)) {
        check_any(&pieces.concat());
    }

    #[test]
    fn any_characters_are_a_scenario_or_have_mistakes_in_them(text in "(title )?\\PC{0,60}") {
        check_any(&text);
    }
}

/// Either way what comes of a text holds together.
fn check_any(text: &str) {
    match parse("any", text) {
        Ok(scenario) => assert_eq!(parse("any", &scenario.to_string()), Ok(scenario)),
        Err(mistakes) => {
            let lines: Vec<&str> = text.lines().collect();
            assert!(!mistakes.is_empty());
            for mistake in mistakes {
                let line = lines.get(mistake.line - 1).copied().unwrap_or_default();
                let length = line.chars().count();
                assert!((1..=length + 1).contains(&mistake.column), "{mistake} in {line:?}");
            }
        }
    }
}
