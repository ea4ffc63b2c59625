//! Health checks as tables: streaks, texts, and what several checkers make together.

use std::net::{Ipv4Addr, SocketAddrV4};

use super::*;

const ID: CheckId = CheckId("the check");
const YES: Answer<'_> = Answer::Reply { status: 200, body: b"yes" };
const NO: Answer<'_> = Answer::Nothing;

fn endpoint(threshold: u8, search: Option<&str>) -> Endpoint {
    Endpoint {
        address: SocketAddrV4::new(Ipv4Addr::LOCALHOST, 80),
        path: "/health",
        search: search.map(str::to_owned),
        interval: Duration::from_millis(50),
        threshold,
    }
}

fn check(watched: Watched) -> HealthCheck {
    HealthCheck { watched, is_inverted: false, is_disabled: false }
}

fn watching(threshold: u8) -> HealthCheck {
    check(Watched::Endpoint(endpoint(threshold, None)))
}

/// What one checker makes of a row of answers: `+` passes, `-` does not. Answered is whether the
/// check is healthy after each, `H` or `u`.
#[track_caller]
fn turns(check: &HealthCheck, answers: &str, expected: &str) {
    let mut checks = Checks::new([(ID, check.clone())], 1);
    let states: String = answers
        .chars()
        .map(|answer| {
            checks.saw(ID, 0, if answer == '+' { YES } else { NO });
            if checks.is_healthy(ID) { 'H' } else { 'u' }
        })
        .collect();
    assert_eq!(states, expected, "after {answers}");
}

#[test]
fn so_many_answers_in_a_row_turn_a_check_either_way() {
    turns(&watching(3), "++++++", "HHHHHH");
    turns(&watching(3), "---+--", "HHuuuu");
    turns(&watching(3), "---+++", "HHuuuH");
    turns(&watching(3), "--+--+--+", "HHHHHHHHH");
    turns(&watching(3), "---++-+++", "HHuuuuuuH");
    turns(&watching(1), "-+-+", "uHuH");
}

#[test]
fn an_inverted_check_begins_unhealthy_and_turns_the_other_way() {
    let inverted = HealthCheck { is_inverted: true, ..watching(3) };
    assert!(!Checks::new([(ID, inverted.clone())], 1).is_healthy(ID));
    turns(&inverted, "++++++", "uuuuuu");
    turns(&inverted, "---+++", "uuHHHu");
}

#[test]
fn a_disabled_check_is_healthy_and_an_inverted_one_is_not() {
    let disabled = HealthCheck { is_disabled: true, ..watching(1) };
    turns(&disabled, "--", "HH");
    turns(&HealthCheck { is_inverted: true, ..disabled }, "--", "uu");
}

#[test]
fn a_new_check_is_healthy_and_one_that_is_not_there_too() {
    let checks = Checks::new([(ID, watching(3))], 2);
    assert!(checks.is_healthy(ID));
    assert!(checks.is_healthy(CheckId("another")));
}

#[test]
fn a_check_is_healthy_while_more_than_18_percent_of_its_checkers_say_so() {
    // How many checkers there are, how many of them say healthy, and what the check says then.
    let rows = [
        (1, 0, false),
        (1, 1, true),
        (2, 0, false),
        (2, 1, true),
        (5, 0, false),
        (5, 1, true),
        (6, 1, false),
        (6, 2, true),
        (16, 2, false),
        (16, 3, true),
        (50, 9, false),
        (50, 10, true),
    ];
    for (checkers, healthy, expected) in rows {
        let mut checks = Checks::new([(ID, watching(1))], checkers);
        for checker in 0..checkers {
            checks.saw(ID, checker, if checker < healthy { YES } else { NO });
        }
        assert_eq!(checks.is_healthy(ID), expected, "{healthy} of {checkers}");
    }
}

#[test]
fn each_checker_counts_for_itself() {
    let mut checks = Checks::new([(ID, watching(2))], 2);
    for checker in [0, 1, 0] {
        checks.saw(ID, checker, NO);
    }
    assert!(checks.is_healthy(ID), "the second has seen one failure only");
    checks.saw(ID, 1, NO);
    assert!(!checks.is_healthy(ID));
    checks.saw(ID, 7, YES);
    assert!(!checks.is_healthy(ID), "there is no such checker");
}

#[test]
fn an_answer_passes_by_its_status_and_by_a_text_near_its_beginning() {
    let long = |before: usize| [vec![b' '; before], b"here".to_vec()].concat();
    let (last, late) = (long(SEARCHED_BYTES - 4), long(SEARCHED_BYTES - 3));
    let rows: [(Option<&str>, u16, &[u8], bool); 12] = [
        (None, 200, b"", true),
        (None, 299, b"", true),
        (None, 302, b"", true),
        (None, 399, b"", true),
        (None, 199, b"", false),
        (None, 400, b"", false),
        (None, 503, b"", false),
        (Some("here"), 200, b"it is here, look", true),
        (Some("here"), 200, b"it is her", false),
        (Some("here"), 503, b"it is here", false),
        (Some("here"), 200, &last, true),
        (Some("here"), 200, &late, false),
    ];
    for (search, status, body, expected) in rows {
        let is_passed = endpoint(3, search).is_passed_by(Answer::Reply { status, body });
        assert_eq!(is_passed, expected, "{status}, {search:?}, {} bytes", body.len());
    }
    assert!(!endpoint(3, None).is_passed_by(Answer::Nothing));
}

#[test]
fn a_calculated_check_counts_its_healthy_children() {
    let (one, other) = (CheckId("one"), CheckId("other"));
    let parent = |threshold| check(Watched::Calculated { children: vec![one, other], threshold });
    // How many children must be healthy, and whether the parent is while none, one or two are.
    let rows = [
        (0, [true, true, true]),
        (1, [false, true, true]),
        (2, [false, false, true]),
        (3, [false, false, false]),
    ];
    for (threshold, expected) in rows {
        let watched = [(one, watching(1)), (other, watching(1)), (ID, parent(threshold))];
        let mut checks = Checks::new(watched, 1);
        let answers = [(NO, NO), (YES, NO), (YES, YES)].map(|(first, second)| {
            checks.saw(one, 0, first);
            checks.saw(other, 0, second);
            checks.is_healthy(ID)
        });
        assert_eq!(answers, expected, "at least {threshold}");
    }
}

#[test]
fn a_calculated_check_can_be_inverted_and_does_not_watch_its_like() {
    let nobody = check(Watched::Calculated { children: vec![], threshold: 1 });
    let inverted = HealthCheck { is_inverted: true, ..nobody.clone() };
    let watching_it = check(Watched::Calculated { children: vec![ID], threshold: 1 });
    assert!(!Checks::new([(ID, nobody.clone())], 1).is_healthy(ID));
    assert!(Checks::new([(ID, inverted)], 1).is_healthy(ID));
    let checks = Checks::new([(ID, nobody), (CheckId("parent"), watching_it.clone())], 1);
    assert!(checks.is_healthy(CheckId("parent")));
    // It would ask itself for ever.
    assert!(Checks::new([(ID, watching_it)], 1).is_healthy(ID));
}

#[test]
fn nobody_waits_longer_than_four_intervals() {
    assert_eq!(endpoint(3, None).patience(), Duration::from_millis(200));
    let quick = Endpoint { interval: Duration::from_millis(10), ..endpoint(3, None) };
    assert_eq!(quick.patience(), Duration::from_millis(40));
}
