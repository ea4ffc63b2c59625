//! Journals that were kept: read again, or told what is wrong with them.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use proptest::test_runner::Config;
use report::{Known, journal, journal_text};

use crate::reports::of;
use crate::runs;

fn lines() -> Vec<String> {
    journal_text(&runs::failover()).lines().map(|line| format!("{line}\n")).collect()
}

#[track_caller]
fn check(text: &str, told: Expect) {
    told.assert_eq(&journal(text).expect_err("something is wrong with it").to_string());
}

#[test]
fn what_was_kept_is_read() {
    for (name, entries) in runs::all() {
        let text = journal_text(&entries);
        assert_eq!(journal(&text).as_ref(), Ok(&entries), "{name}");
        assert_eq!(journal(text.trim_end()).as_ref(), Ok(&entries), "{name} without its last end");
    }
}

#[test]
fn what_is_no_journal() {
    check("", expect!["it has no entries"]);
    check("\n\n", expect!["it has no entries"]);
    check(
        "hello\n",
        expect!["line 1: an entry of the journal is no JSON: expected value at line 1 column 1"],
    );
    let lines = lines();
    check(
        &lines[1..].concat(),
        expect!["line 1 is entry 1 where entry 0 belongs: a journal has no gaps"],
    );
    check(
        &[&lines[..3], &lines[4..]].concat().concat(),
        expect!["line 4 is entry 4 where entry 3 belongs: a journal has no gaps"],
    );
    check(
        &[&lines[..3], &lines[2..]].concat().concat(),
        expect!["line 4 is entry 2 where entry 3 belongs: a journal has no gaps"],
    );
    check(
        &[lines[0].clone(), "{}\n".to_owned()].concat(),
        expect!["line 2: an entry of the journal has no `readable_by`"],
    );
    let whole = lines.concat();
    check(
        &whole[..whole.len() - 20],
        expect!["line 60, the last, is cut off; the entries before it are whole"],
    );
    let first = lines[0].replace(r#""position":0"#, r#""position":1"#);
    check(
        &[lines[0].clone(), first.replace("failover-1", "other")].concat(),
        expect!["line 2 plans run `other`, and the journal is that of `failover-1`"],
    );
    let second = lines[1].replace(r#""position":1"#, r#""position":0"#);
    check(&second, expect!["its first entry is no plan: it is not the beginning of a journal"]);
}

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    /// A journal may break off anywhere: up to there it is reported on.
    #[test]
    fn any_beginning_is_reported_on(run in 0..7_usize, length in 1..80_usize) {
        let (_, entries) = runs::all().swap_remove(run);
        let beginning = &entries[..length.min(entries.len())];
        let report = of(beginning, &Known::default());
        prop_assert!(!report.html().is_empty());
        let read = journal(&journal_text(beginning)).expect("it is the beginning of one");
        prop_assert_eq!(&read[..], beginning);
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = journal(&text);
    }
}
