//! Which record answers, by weight and health.

use std::net::Ipv4Addr;

use super::*;

const FIRST: CheckId = CheckId("first");
const SECOND: CheckId = CheckId("second");

fn record(site: Site, weight: u8, check: Option<CheckId>) -> Weighted {
    Weighted { site, address: Ipv4Addr::LOCALHOST, weight, check }
}

/// The share of the home primary and of the home standby in so many answers.
#[track_caller]
fn shares(weights: [u8; 2], healthy: [Option<bool>; 2], answers: u64, expected: [usize; 2]) {
    let check = |number: usize, id| healthy[number].map(|_| id);
    let records = [
        record(Site::Primary, weights[0], check(0, FIRST)),
        record(Site::Standby, weights[1], check(1, SECOND)),
    ];
    let is_healthy =
        |id| if id == FIRST { healthy[0] == Some(true) } else { healthy[1] == Some(true) };
    let chosen = (0..answers).map(|draw| choose(&records, is_healthy, draw).unwrap().site);
    let chosen: Vec<Site> = chosen.collect();
    let count = |site| chosen.iter().filter(|chosen| **chosen == site).count();
    assert_eq!(Site::ALL.map(count), expected, "weights {weights:?}, healthy {healthy:?}");
}

const UP: Option<bool> = Some(true);
const DOWN: Option<bool> = Some(false);
const NO_CHECK: Option<bool> = None;

#[test]
fn a_record_without_weight_answers_when_no_healthy_one_has_any() {
    shares([100, 0], [UP, UP], 1_000, [1_000, 0]);
    shares([100, 0], [UP, DOWN], 1_000, [1_000, 0]);
    shares([100, 0], [DOWN, UP], 1_000, [0, 1_000]);
    shares([100, 0], [DOWN, NO_CHECK], 1_000, [0, 1_000]);
    shares([0, 100], [UP, DOWN], 1_000, [1_000, 0]);
}

#[test]
fn when_none_is_healthy_all_count_as_healthy() {
    shares([100, 0], [DOWN, DOWN], 1_000, [1_000, 0]);
    shares([1, 3], [DOWN, DOWN], 1_000, [250, 750]);
    shares([0, 0], [DOWN, DOWN], 1_000, [500, 500]);
}

#[test]
fn a_record_without_a_check_is_healthy() {
    shares([100, 0], [NO_CHECK, UP], 1_000, [1_000, 0]);
    shares([1, 1], [NO_CHECK, DOWN], 1_000, [1_000, 0]);
}

#[test]
fn the_healthy_ones_share_by_weight_and_equally_when_they_have_none() {
    shares([1, 1], [UP, UP], 1_000, [500, 500]);
    shares([3, 1], [UP, UP], 1_000, [750, 250]);
    shares([255, 255], [UP, UP], 1_020, [510, 510]);
    shares([0, 0], [UP, UP], 1_000, [500, 500]);
    shares([0, 0], [UP, DOWN], 1_000, [1_000, 0]);
}

#[test]
fn no_records_are_no_answer() {
    assert_eq!(choose(&[], |_| true, 0), None);
}

#[test]
fn names_are_found_in_their_zone_only() {
    let records = vec![record(Site::Primary, 1, None)];
    let zone = Zone {
        apex: "pay.example".to_owned(),
        ttl: Duration::from_secs(60),
        records: BTreeMap::from([("api.pay.example".to_owned(), records.clone())]),
    };
    let rows = [
        ("api.pay.example", Found::Records(&records)),
        ("pay.example", Found::Apex),
        ("www.pay.example", Found::Nothing),
        ("a.api.pay.example", Found::Nothing),
        ("example", Found::Elsewhere),
        ("repay.example", Found::Elsewhere),
        ("pay.example.org", Found::Elsewhere),
        ("", Found::Elsewhere),
    ];
    for (name, expected) in rows {
        assert_eq!(zone.find(name), expected, "{name}");
    }
}
