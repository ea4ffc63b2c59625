//! The truth table of the switch, as `stacks` has it at the head of its `routing`.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use expect_test::expect;
use proptest::prelude::*;

use super::super::zone::{Found, choose};
use super::*;

fn settings() -> SwitchSettings {
    let api = |last| SocketAddrV4::new(Ipv4Addr::new(127, 77, last, 1), 8_080);
    SwitchSettings {
        zone: "payment.example.com".to_owned(),
        record: "api".to_owned(),
        apis: [api(1), api(2)],
        ttl: Duration::from_millis(200),
        check_interval: Duration::from_millis(50),
    }
}

/// What the endpoint of a Region says.
#[derive(Clone, Copy)]
enum Says {
    Names(Site),
    Nothing,
}

impl Says {
    const ALL: [Self; 3] = [Self::Names(Site::Primary), Self::Names(Site::Standby), Self::Nothing];

    fn word(self) -> &'static str {
        match self {
            Self::Names(site) => site.role(),
            Self::Nothing => "nothing",
        }
    }
}

/// Both checkers are answered this often by both endpoints.
fn hear(checks: &mut Checks, says: [Says; 2], times: u8) {
    let watched: Vec<(CheckId, SocketAddrV4)> =
        checks.endpoints().map(|(id, endpoint)| (id, endpoint.address)).collect();
    for (id, address) in watched {
        let speaker = usize::from(address != settings().apis[0]);
        for checker in (0..2).cycle().take(2 * usize::from(times)) {
            match says[speaker] {
                Says::Names(site) => {
                    let body = format!(r#"{{"traffic_region":"{}"}}"#, site.region());
                    let reply = Answer::Reply { status: 200, body: body.as_bytes() };
                    checks.saw(id, checker, reply);
                }
                Says::Nothing => checks.saw(id, checker, Answer::Nothing),
            }
        }
    }
}

fn traffic(checks: &Checks) -> Site {
    let zone = settings().zone();
    let Found::Records(records) = zone.find("api.payment.example.com") else {
        panic!("the public name has no records")
    };
    choose(records, |id| checks.is_healthy(id), 0).unwrap().site
}

#[test]
fn what_the_endpoints_say_moves_traffic_and_silence_does_not() {
    let mut table =
        "primary says, standby says: primary's record, standby's record, traffic\n".to_owned();
    for primary in Says::ALL {
        for standby in Says::ALL {
            // Whatever was said before.
            for before in Says::ALL {
                let mut checks = settings().checks(2);
                hear(&mut checks, [before, before], THRESHOLD);
                hear(&mut checks, [primary, standby], THRESHOLD);
                let health = [PRIMARY_SWITCH, PRIMARY_NAMED_HERE]
                    .map(|id| if checks.is_healthy(id) { "healthy" } else { "unhealthy" });
                let row = format!(
                    "{}, {}: {}, {}, {}\n",
                    primary.word(),
                    standby.word(),
                    health[0],
                    health[1],
                    traffic(&checks).role()
                );
                if !table.ends_with(&row) {
                    table.write_str(&row).unwrap();
                }
            }
        }
    }
    expect![[r#"
        primary says, standby says: primary's record, standby's record, traffic
        primary, primary: healthy, unhealthy, primary
        primary, standby: unhealthy, unhealthy, primary
        primary, nothing: healthy, unhealthy, primary
        standby, primary: unhealthy, healthy, standby
        standby, standby: unhealthy, healthy, standby
        standby, nothing: unhealthy, healthy, standby
        nothing, primary: healthy, healthy, primary
        nothing, standby: unhealthy, healthy, standby
        nothing, nothing: healthy, healthy, primary
    "#]]
    .assert_eq(&table);
}

#[test]
fn it_begins_as_if_traffic_had_always_been_meant_for_the_home_primary() {
    let mut checks = settings().checks(2);
    assert_eq!(traffic(&checks), Site::Primary);
    assert!(checks.is_healthy(PRIMARY_SWITCH));
    assert!(!checks.is_healthy(PRIMARY_NAMED_HERE));
    // New checks are not: those that are inverted begin unhealthy.
    let new = settings().new_checks(2);
    assert_eq!(traffic(&new), Site::Primary);
    assert!(!new.is_healthy(PRIMARY_SWITCH));
    // However long nobody says anything, one answer less or more.
    for _ in 0..10 {
        hear(&mut checks, [Says::Nothing, Says::Nothing], 1);
        assert_eq!(traffic(&checks), Site::Primary);
    }
}

proptest! {
    /// Each answer comes when it likes, to one checker of one check.
    #[test]
    fn traffic_stays_while_nobody_names_the_home_standby(
        answers in prop::collection::vec((0..5_usize, 0..2_usize, any::<bool>()), 0..200)
    ) {
        let mut checks = settings().checks(2);
        let ids: Vec<CheckId> = checks.endpoints().map(|(id, _)| id).collect();
        prop_assert_eq!(ids.len(), 5);
        let body = named(Site::Primary);
        for (number, checker, is_answered) in answers {
            let reply = Answer::Reply { status: 200, body: body.as_bytes() };
            checks.saw(ids[number], checker, if is_answered { reply } else { Answer::Nothing });
            prop_assert_eq!(traffic(&checks), Site::Primary);
        }
    }
}

#[test]
fn new_checks_must_see_answers_before_a_record_has_them() {
    let mut new = settings().new_checks(2);
    for _ in 0..THRESHOLD {
        new.saw(PRIMARY_NAMED_HERE, 0, Answer::Nothing);
        new.saw(PRIMARY_NAMED_HERE, 1, Answer::Nothing);
    }
    assert_eq!(traffic(&new), Site::Standby, "silence moves traffic: create, wait, attach");
}

#[test]
fn traffic_moves_with_the_third_answer_and_moves_back_with_the_third() {
    let mut checks = settings().checks(2);
    let mut seen = String::new();
    for (meant, times) in [(Site::Standby, 5), (Site::Primary, 5)] {
        for _ in 0..times {
            hear(&mut checks, [Says::Names(meant), Says::Names(meant)], 1);
            write!(seen, "{} ", traffic(&checks).role()).unwrap();
        }
    }
    expect![["primary primary standby standby standby standby standby primary primary primary "]]
        .assert_eq(&seen);
}

#[test]
fn the_checks_of_endpoints_are_on_no_record() {
    let zone = settings().zone();
    let used: Vec<_> = zone.records.values().flatten().filter_map(|record| record.check).collect();
    assert_eq!(used, [PRIMARY_SWITCH, PRIMARY_NAMED_HERE]);
    let names: Vec<_> = zone.records.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "api-us-east-1.payment.example.com",
            "api-us-east-2.payment.example.com",
            "api.payment.example.com"
        ]
    );
}
