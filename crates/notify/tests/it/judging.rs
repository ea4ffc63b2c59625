//! What a try means, and what is known of an endpoint after it.

use std::time::Duration;

use expect_test::expect;
use notify::{Called, DeliveryChange, DisabledBecause, EndpointChange, EndpointState, judge};
use payments::Time;

use crate::support::{MIDDLE, said, time};

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// The time of the tries that are judged.
fn now() -> Time {
    time(6 * DAY_MS)
}

fn answered(status: u16) -> Called {
    Called::Answered { status, retry_after: None }
}

fn failing_for(days: u64, but_ms: u64) -> EndpointState {
    let failing_since = Some(time((6 - days) * DAY_MS + but_ms));
    EndpointState { failing_since, ..EndpointState::default() }
}

fn delivery(change: DeliveryChange) -> String {
    match change {
        DeliveryChange::Delivered => "delivered".to_owned(),
        DeliveryChange::Again(after) => format!("again after {}", said(after)),
        DeliveryChange::GivenUp => "given up".to_owned(),
    }
}

fn endpoint(change: EndpointChange) -> String {
    match change {
        EndpointChange::Unchanged => "unchanged".to_owned(),
        EndpointChange::Works(revision) => format!("works at {revision}"),
        EndpointChange::Fails(at, revision) => {
            assert_eq!(at, now());
            format!("fails at {revision}")
        }
        EndpointChange::Disabled(because, at, revision) => {
            assert_eq!(at, now());
            format!("{} at {revision}", because.name())
        }
    }
}

#[test]
fn what_each_answer_means() {
    let busy = |status| Called::Answered { status, retry_after: Some(Duration::from_secs(90)) };
    let calls = [200, 204, 299, 300, 301, 308, 400, 401, 404, 410, 429, 500, 502, 503, 199, 100]
        .map(answered)
        .into_iter()
        .chain([busy(429), busy(503), busy(200), Called::NoAnswer, Called::Forbidden]);
    let state = EndpointState::default();
    let rows = calls.map(|called| {
        let (one, other) = judge(0, &state, 3, called, now(), MIDDLE);
        let called = format!("{called:?}").replace("retry_after: ", "");
        format!("{called:<43} {:<20} {}\n", delivery(one), endpoint(other))
    });
    expect![[r#"
        Answered { status: 200, None }              delivered            works at 3
        Answered { status: 204, None }              delivered            works at 3
        Answered { status: 299, None }              delivered            works at 3
        Answered { status: 300, None }              again after 0:00:05  fails at 3
        Answered { status: 301, None }              again after 0:00:05  fails at 3
        Answered { status: 308, None }              again after 0:00:05  fails at 3
        Answered { status: 400, None }              again after 0:00:05  fails at 3
        Answered { status: 401, None }              again after 0:00:05  fails at 3
        Answered { status: 404, None }              again after 0:00:05  fails at 3
        Answered { status: 410, None }              again after 0:00:05  gone at 3
        Answered { status: 429, None }              again after 0:00:05  fails at 3
        Answered { status: 500, None }              again after 0:00:05  fails at 3
        Answered { status: 502, None }              again after 0:00:05  fails at 3
        Answered { status: 503, None }              again after 0:00:05  fails at 3
        Answered { status: 199, None }              again after 0:00:05  fails at 3
        Answered { status: 100, None }              again after 0:00:05  fails at 3
        Answered { status: 429, Some(90s) }         again after 0:01:30  fails at 3
        Answered { status: 503, Some(90s) }         again after 0:01:30  fails at 3
        Answered { status: 200, Some(90s) }         delivered            works at 3
        NoAnswer                                    again after 0:00:05  fails at 3
        Forbidden                                   again after 0:00:05  fails at 3
    "#]]
    .assert_eq(&rows.collect::<String>());
}

/// It failed once, nothing was sent for a month, and it fails again: that is two failures, not a month of them.
#[test]
fn one_failure_after_a_quiet_spell_disables_nothing() {
    let quiet = EndpointState { failing_since: Some(time(0)), ..EndpointState::default() };
    let month = time(30 * DAY_MS);
    let judged = (0..10).map(|tries| judge(tries, &quiet, 3, answered(503), month, MIDDLE).1);
    let dead: Vec<bool> =
        judged.map(|change| matches!(change, EndpointChange::Disabled(..))).collect();
    assert_eq!(dead, [false, false, false, false, false, true, true, true, true, true]);
    let works = quiet.after(EndpointChange::Works(3));
    assert_eq!(works.failing_since, None, "one success, and it begins anew");
}

#[test]
fn what_failing_for_long_means() {
    let gone = Some((DisabledBecause::Gone, time(0), 2));
    let reopened = EndpointState { disabled: gone, ..failing_for(6, 0) };
    let states = [
        ("works", EndpointState::default()),
        ("for 1 day", failing_for(1, 0)),
        ("a little less than 5 days", failing_for(5, 1)),
        ("for 5 days", failing_for(5, 0)),
        ("disabled at revision 2", reopened),
        (
            "since later than now",
            EndpointState { failing_since: Some(Time::MAX), ..failing_for(1, 0) },
        ),
    ];
    let mut rows = String::new();
    for (name, state) in states {
        for (tries, called) in [
            (0, answered(500)),
            (8, Called::NoAnswer),
            (9, answered(500)),
            (9, answered(410)),
            (9, answered(200)),
            (u32::MAX, answered(500)),
        ] {
            let (one, other) = judge(tries, &state, 3, called, now(), MIDDLE);
            let tries = u64::from(tries) + 1;
            let called = match called {
                Called::Answered { status, .. } => status.to_string(),
                other => format!("{other:?}"),
            };
            rows += &format!(
                "{name:<26} try {tries:<10} {called:<9} {:<22} {}\n",
                delivery(one),
                endpoint(other)
            );
        }
    }
    expect![[r#"
        works                      try 1          500       again after 0:00:05    fails at 3
        works                      try 9          NoAnswer  again after 24:00:00   fails at 3
        works                      try 10         500       given up               fails at 3
        works                      try 10         410       given up               gone at 3
        works                      try 10         200       delivered              works at 3
        works                      try 4294967296 500       given up               fails at 3
        for 1 day                  try 1          500       again after 0:00:05    fails at 3
        for 1 day                  try 9          NoAnswer  again after 24:00:00   fails at 3
        for 1 day                  try 10         500       given up               fails at 3
        for 1 day                  try 10         410       given up               gone at 3
        for 1 day                  try 10         200       delivered              works at 3
        for 1 day                  try 4294967296 500       given up               fails at 3
        a little less than 5 days  try 1          500       again after 0:00:05    fails at 3
        a little less than 5 days  try 9          NoAnswer  again after 24:00:00   fails at 3
        a little less than 5 days  try 10         500       given up               fails at 3
        a little less than 5 days  try 10         410       given up               gone at 3
        a little less than 5 days  try 10         200       delivered              works at 3
        a little less than 5 days  try 4294967296 500       given up               fails at 3
        for 5 days                 try 1          500       again after 0:00:05    fails at 3
        for 5 days                 try 9          NoAnswer  again after 24:00:00   dead at 3
        for 5 days                 try 10         500       given up               dead at 3
        for 5 days                 try 10         410       given up               gone at 3
        for 5 days                 try 10         200       delivered              works at 3
        for 5 days                 try 4294967296 500       given up               dead at 3
        disabled at revision 2     try 1          500       again after 0:00:05    fails at 3
        disabled at revision 2     try 9          NoAnswer  again after 24:00:00   fails at 3
        disabled at revision 2     try 10         500       given up               fails at 3
        disabled at revision 2     try 10         410       given up               gone at 3
        disabled at revision 2     try 10         200       delivered              works at 3
        disabled at revision 2     try 4294967296 500       given up               fails at 3
        since later than now       try 1          500       again after 0:00:05    fails at 3
        since later than now       try 9          NoAnswer  again after 24:00:00   fails at 3
        since later than now       try 10         500       given up               fails at 3
        since later than now       try 10         410       given up               gone at 3
        since later than now       try 10         200       delivered              works at 3
        since later than now       try 4294967296 500       given up               fails at 3
    "#]]
    .assert_eq(&rows);
}

fn known(state: &EndpointState) -> String {
    let day = |time: Time| (time.as_ms() - self::time(0).as_ms()) / DAY_MS;
    let failing = state
        .failing_since
        .map_or("works".to_owned(), |at| format!("failing since day {}", day(at)));
    match state.disabled {
        None => failing,
        Some((because, at, revision)) => {
            format!("{failing}, {} since day {} at {revision}", because.name(), day(at))
        }
    }
}

#[test]
fn what_is_known_after_each_change() {
    use DisabledBecause::{Dead, Gone};
    use EndpointChange::{Disabled, Fails, Unchanged, Works};
    let at = |day: u64| time(day * DAY_MS);
    let stories: [&[EndpointChange]; 14] = [
        &[Works(1), Works(1)],
        &[Fails(at(1), 1), Fails(at(2), 1), Works(1), Fails(at(3), 1)],
        // A try that began earlier ends later.
        &[Fails(at(2), 1), Fails(at(1), 1)],
        &[
            Fails(at(0), 1),
            Disabled(Dead, at(5), 1),
            Unchanged,
            Fails(at(6), 1),
            Disabled(Dead, at(6), 1),
        ],
        // It worked while the try that found it dead was under way.
        &[Fails(at(0), 1), Works(1), Disabled(Dead, at(5), 1)],
        &[Fails(at(0), 1), Disabled(Dead, at(5), 1), Works(1)],
        &[Disabled(Gone, at(1), 1), Works(1), Fails(at(2), 1), Disabled(Gone, at(3), 1)],
        // A later revision begins anew, whatever comes of its first try.
        &[Fails(at(0), 1), Disabled(Dead, at(5), 1), Works(2)],
        &[Fails(at(0), 1), Disabled(Dead, at(5), 1), Fails(at(6), 2)],
        &[Fails(at(0), 1), Disabled(Dead, at(5), 1), Fails(at(6), 2), Disabled(Dead, at(11), 2)],
        &[Disabled(Gone, at(1), 1), Disabled(Gone, at(2), 2)],
        &[Disabled(Gone, at(1), 1), Disabled(Dead, at(7), 2)],
        // What an earlier revision says of a later one is nothing.
        &[Disabled(Gone, at(2), 2), Works(1), Disabled(Gone, at(3), 1)],
        &[Fails(at(0), 2), Disabled(Dead, at(5), 2), Works(1)],
    ];
    let rows = stories.map(|story| {
        let mut state = EndpointState { waiting: 3, given_up: 2, ..EndpointState::default() };
        let mut steps = Vec::new();
        for change in story {
            state = state.after(*change);
            steps.push(known(&state));
        }
        assert_eq!((state.waiting, state.given_up), (3, 2));
        steps.join("\n  then ") + "\n"
    });
    expect![[r#"
        works
          then works
        failing since day 1
          then failing since day 1
          then works
          then failing since day 3
        failing since day 2
          then failing since day 1
        failing since day 0
          then failing since day 0, dead since day 5 at 1
          then failing since day 0, dead since day 5 at 1
          then failing since day 0, dead since day 5 at 1
          then failing since day 0, dead since day 5 at 1
        failing since day 0
          then works
          then failing since day 5
        failing since day 0
          then failing since day 0, dead since day 5 at 1
          then works
        failing since day 1, gone since day 1 at 1
          then works, gone since day 1 at 1
          then failing since day 2, gone since day 1 at 1
          then failing since day 2, gone since day 1 at 1
        failing since day 0
          then failing since day 0, dead since day 5 at 1
          then works
        failing since day 0
          then failing since day 0, dead since day 5 at 1
          then failing since day 6
        failing since day 0
          then failing since day 0, dead since day 5 at 1
          then failing since day 6
          then failing since day 6, dead since day 11 at 2
        failing since day 1, gone since day 1 at 1
          then failing since day 2, gone since day 2 at 2
        failing since day 1, gone since day 1 at 1
          then failing since day 7
        failing since day 2, gone since day 2 at 2
          then works, gone since day 2 at 2
          then failing since day 3, gone since day 2 at 2
        failing since day 0
          then failing since day 0, dead since day 5 at 2
          then works, dead since day 5 at 2
    "#]]
    .assert_eq(&rows.concat());
}

#[test]
fn a_disabled_endpoint_is_called_at_a_later_revision_only() {
    let disabled = Some((DisabledBecause::Gone, time(0), 2));
    let state = EndpointState { disabled, ..EndpointState::default() };
    assert_eq!([1, 2, 3].map(|revision| state.is_disabled_at(revision)), [true, true, false]);
    assert!(!EndpointState::default().is_disabled_at(1));
}
