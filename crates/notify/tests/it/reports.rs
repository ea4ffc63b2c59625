//! What is shown of endpoints.

use std::collections::BTreeMap;

use expect_test::expect;
use notify::{Condition, DisabledBecause, EndpointId, EndpointState, visible};

use crate::support::{endpoints, time};

#[test]
fn every_endpoint_is_shown() {
    let configured = ["broken", "dead", "gone", "new", "reopened", "works"];
    let configured =
        configured.map(|id| format!(r#""id": "{id}", "url": "https://a.example", "revision": 2"#));
    let configured = endpoints(&configured.each_ref().map(String::as_str));
    let failing =
        EndpointState { failing_since: Some(time(1_000)), waiting: 4, ..EndpointState::default() };
    let disabled = |because, revision| EndpointState {
        disabled: Some((because, time(2_000), revision)),
        given_up: 2,
        ..failing.clone()
    };
    let states = [
        ("broken", failing.clone()),
        ("dead", disabled(DisabledBecause::Dead, 2)),
        ("gone", disabled(DisabledBecause::Gone, 2)),
        ("reopened", disabled(DisabledBecause::Gone, 1)),
        ("removed", failing.clone()),
        ("works", EndpointState::default()),
    ];
    let states: BTreeMap<_, _> =
        states.map(|(id, state)| (EndpointId::parse(id).unwrap(), state)).into();
    let rows = visible(&configured, &states).into_iter().map(|report| {
        let since = match report.condition {
            Condition::FailingSince(since) | Condition::Disabled(_, since) => {
                format!(" since {}", since.as_ms() - time(0).as_ms())
            }
            Condition::Works | Condition::NotConfigured => String::new(),
        };
        let condition = format!("{}{since}", report.condition.name());
        format!(
            "{:<9} {condition:<20} {} waiting, {} given up\n",
            report.id, report.waiting, report.given_up
        )
    });
    expect![[r#"
        broken    failing since 1000   4 waiting, 0 given up
        dead      dead since 2000      4 waiting, 2 given up
        gone      gone since 2000      4 waiting, 2 given up
        new       works                0 waiting, 0 given up
        removed   not_configured       4 waiting, 0 given up
        reopened  works                4 waiting, 2 given up
        works     works                0 waiting, 0 given up
    "#]]
    .assert_eq(&rows.collect::<String>());
}
