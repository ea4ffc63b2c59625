//! The written form of a journal: what is written is read again, by this version and by others.

use expect_test::{Expect, expect};
use fence::{Author, Epoch, Millis, RunId};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;
use runbook::wire::{FORMAT, decode, encode};
use runbook::{
    ActionName, AlarmNote, DnsNote, Entry, Event, Evidence, Failure, KeptNote, Next, Notes,
    Observed, Plan, PlanKind, Precondition, Refused, RunnerName, Tail, next,
};

use crate::carry::{plan_for, planned};

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0..1_000_u64, any::<u64>()]
}

fn author() -> impl Strategy<Value = Author> {
    (any::<String>(), proptest::option::of(any::<String>())).prop_map(|(name, principal)| {
        let author = Author::new(name);
        principal.map_or(author.clone(), |principal| author.known_as(principal))
    })
}

fn runner() -> impl Strategy<Value = RunnerName> {
    any::<String>().prop_map(RunnerName)
}

fn action() -> impl Strategy<Value = ActionName> {
    select(ActionName::ALL)
}

fn evidence() -> impl Strategy<Value = Evidence> {
    let number = || proptest::option::of(number());
    let named = proptest::collection::vec(any::<String>(), 0..3);
    let money = proptest::collection::btree_map(any::<String>(), any::<u64>(), 0..3);
    let numbers = (number(), number(), number());
    (numbers, named, money).prop_map(|((lag_ms, lag_at, intents_missing), named, money)| Evidence {
        lag_ms,
        lag_at: lag_at.map(Millis),
        intents_missing,
        named,
        money,
    })
}

fn tail() -> impl Strategy<Value = Tail> {
    (proptest::option::of(number()), number(), number())
        .prop_map(|(position, movements, faults)| Tail { position, movements, faults })
}

fn notes() -> impl Strategy<Value = Notes> {
    let text = any::<String>;
    let alarm = (text(), text(), text()).prop_map(|(region, name, state)| AlarmNote {
        region,
        name,
        state,
    });
    let dns = (number(), text(), text(), text()).prop_map(|(at, asked, name, answer)| DnsNote {
        at: Millis(at),
        asked,
        name,
        answer,
    });
    let kept = (text(), text(), proptest::option::of(number().prop_map(Millis)))
        .prop_map(|(place, sha256, locked_until)| KeptNote { place, sha256, locked_until });
    let lists =
        (vec(alarm, 0..3), vec(dns, 0..3), vec(kept, 0..3), vec(text(), 0..3), vec(text(), 0..3));
    lists.prop_map(|(alarms, dns, kept, silent, lacking)| Notes {
        alarms,
        dns,
        kept,
        silent,
        lacking,
    })
}

fn observed() -> impl Strategy<Value = Observed> {
    prop_oneof![
        Just(Observed::Done),
        notes().prop_map(Observed::Noted),
        evidence().prop_map(Observed::Evidence),
        tail().prop_map(Observed::Tail),
        tail().prop_map(Observed::Database),
        number().prop_map(|epoch| Observed::Epoch(Epoch::new(epoch))),
        number().prop_map(Observed::Movements),
        any::<u32>().prop_map(Observed::Approved),
    ]
}

fn failure() -> impl Strategy<Value = Failure> {
    let refused = select(
        &[
            Refused::Superseded,
            Refused::Record,
            Refused::Precondition,
            Refused::Versions,
            Refused::NothingMoved,
            Refused::Database,
            Refused::Other,
        ][..],
    );
    prop_oneof![
        any::<String>().prop_map(Failure::TryAgain),
        Just(Failure::TimedOut),
        (refused, any::<String>()).prop_map(|(refused, cause)| Failure::Refused(refused, cause)),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    let kind = select(&[PlanKind::Switchover, PlanKind::Failover, PlanKind::Failback][..]);
    let texts = || proptest::option::of(any::<String>());
    let despite = btree_map(select(Precondition::ALL), any::<String>(), 0..3);
    (kind, number(), number(), texts(), texts(), despite).prop_map(
        |(kind, seen, epoch, earlier, change, despite)| Plan {
            change,
            despite,
            seen: Epoch::new(seen),
            epoch: Epoch::new(epoch),
            earlier: earlier.map(RunId::new),
            ..plan_for(&planned(kind), kind, "r9")
        },
    )
}

fn event() -> impl Strategy<Value = Event> {
    let result = prop_oneof![observed().prop_map(Ok), failure().prop_map(Err)];
    prop_oneof![
        (plan(), author(), any::<String>()).prop_map(|(plan, by, reason)| Event::Planned {
            plan: Box::new(plan),
            by,
            reason
        }),
        runner().prop_map(|runner| Event::Took { runner }),
        (action(), any::<u32>(), runner()).prop_map(|(action, attempt, runner)| Event::Began {
            action,
            attempt,
            runner
        }),
        (action(), any::<u32>(), runner(), result).prop_map(|(action, attempt, runner, result)| {
            Event::Ended { action, attempt, runner, result }
        }),
        author().prop_map(|by| Event::Paused { by }),
        author().prop_map(|by| Event::Resumed { by }),
        (action(), author()).prop_map(|(action, by)| Event::Retried { action, by }),
        (action(), author(), any::<String>()).prop_map(|(action, by, reason)| Event::Skipped {
            action,
            by,
            reason
        }),
        (action(), author(), number(), evidence()).prop_map(|(action, by, until, shown)| {
            Event::Approved { action, by, expires_at: Millis(until), shown }
        }),
        (author(), any::<String>()).prop_map(|(by, reason)| Event::Aborted { by, reason }),
    ]
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn what_is_written_is_read_again(position in number(), at in number(), event in event()) {
        let entry = Entry { position, at: Millis(at), event };
        let text = encode(&entry);
        prop_assert!(!text.contains('\n'));
        prop_assert_eq!(decode(&text), Ok(entry));
    }

    #[test]
    fn whatever_it_is_it_is_read_or_refused(text in any::<String>(), cut in 0..400_usize) {
        let _ = decode(&text);
        let whole = encode(&Entry { position: 0, at: Millis(0), event: Event::Took { runner: RunnerName(text) } });
        let cut: String = whole.chars().take(cut.min(whole.chars().count() - 1)).collect();
        prop_assert!(decode(&cut).is_err());
    }
}

/// Journals that the first format wrote, and that every later version reads: these files are never
/// written again. What reads them all, and would write the same, has left nothing out.
#[test]
fn journals_of_the_first_format() {
    let failover = include_str!("golden/journal_failover_1.jsonl");
    let turned_back = include_str!("golden/journal_turned_back_1.jsonl");
    let mut words = std::collections::BTreeSet::new();
    for (journal, end) in [(failover, Next::Finished), (turned_back, Next::TurnedBack)] {
        let entries: Result<Vec<Entry>, _> = journal.lines().map(decode).collect();
        let entries = entries.expect("it can be read");
        assert_eq!(entries.iter().map(|entry| encode(entry) + "\n").collect::<String>(), journal);
        let end_at = entries.last().expect("it has entries").at;
        assert_eq!(next(&entries, end_at), end);
        let value = |line| serde_json::from_str::<serde_json::Value>(line).expect("it is JSON");
        words.extend(journal.lines().map(value).map(|entry| entry["event"].to_string()));
    }
    assert_eq!(words.len(), 10, "{words:?}");
}

#[track_caller]
fn check(text: &str, told: Expect) {
    let read = decode(text);
    told.assert_eq(&read.map_or_else(|error| error.to_string(), |entry| format!("{entry:?}")));
}

/// What a later version may write: more members, that an older one leaves out.
#[test]
fn an_older_reader_of_newer_entries() {
    let later = FORMAT + 1;
    check(
        &format!(
            r#"{{"format":{later},"readable_by":1,"position":3,"at":9,"event":"paused","by":"ann","mood":"calm"}}"#
        ),
        expect![[r#"Entry { position: 3, at: Millis(9), event: Paused { by: Author("ann") } }"#]],
    );
    check(
        &format!(
            r#"{{"format":{later},"readable_by":{later},"position":3,"at":9,"event":"paused","by":"ann"}}"#
        ),
        expect![
            "the journal was written by a newer tideover, in a form that is read from format 2 on; this one reads up to 1: go on with the newer one"
        ],
    );
    // It would have to say so, and does not: nobody guesses.
    check(
        r#"{"format":1,"readable_by":1,"position":3,"at":9,"event":"rewound","by":"ann"}"#,
        expect![
            "in an entry of the journal `event` is `rewound`, which this tideover does not know: go on with the one that wrote it"
        ],
    );
    check(
        r#"{"format":1,"readable_by":1,"position":3,"at":9,"event":"began","action":"fly","attempt":1,"runner":"n1"}"#,
        expect![
            "in an entry of the journal `action` is `fly`, which this tideover does not know: go on with the one that wrote it"
        ],
    );
    check(
        r#"{"format":1,"readable_by":1,"position":3,"at":9,"event":"ended","action":"open","attempt":1,"runner":"n1","result":{"saw":"stars"}}"#,
        expect![
            "in an entry of the journal `result.saw` is `stars`, which this tideover does not know: go on with the one that wrote it"
        ],
    );
}

#[test]
fn what_is_no_entry() {
    check(
        "",
        expect!["an entry of the journal is no JSON: EOF while parsing a value at line 1 column 0"],
    );
    check("7", expect!["an entry of the journal is no JSON: it is no object"]);
    check("{}", expect!["an entry of the journal has no `readable_by`"]);
    check(
        r#"{"readable_by":"one"}"#,
        expect![
            "in an entry of the journal `readable_by` is not a whole number that is not negative"
        ],
    );
    check(
        r#"{"readable_by":1,"position":-1}"#,
        expect!["in an entry of the journal `position` is not a whole number that is not negative"],
    );
    check(
        r#"{"readable_by":1,"position":3,"at":9,"event":"began","action":"open","attempt":4294967296,"runner":"n1"}"#,
        expect!["in an entry of the journal `attempt` is not a number of 32 bits"],
    );
    let lab = planned(PlanKind::Failover);
    let plan = encode(&lab.inner().entries[0]);
    check(
        &plan.replacen(r#""stage":"fence""#, r#""stage":"orbit""#, 1),
        expect![
            "in an entry of the journal `plan.actions[3].stage` is `orbit`, which this tideover does not know: go on with the one that wrote it"
        ],
    );
    check(
        &plan.replacen(r#""api":"DescribeDBClusters""#, r#""api":"LaunchRocket""#, 1),
        expect![
            "in an entry of the journal `plan.actions[0].calls[0].api` is `LaunchRocket`, which this tideover does not know: go on with the one that wrote it"
        ],
    );
    check(
        &plan.replacen(r#""is_skippable":true"#, r#""is_skippable":1"#, 1),
        expect!["in an entry of the journal `plan.actions[0].is_skippable` is not true or false"],
    );
    check(
        &plan.replacen(r#","time_limit_ms":10000"#, "", 1),
        expect!["an entry of the journal has no `plan.actions[0].time_limit_ms`"],
    );
    check(
        &plan.replacen(r#","condition":null"#, "", 1),
        expect!["an entry of the journal has no `plan.actions[0].condition`"],
    );
}
