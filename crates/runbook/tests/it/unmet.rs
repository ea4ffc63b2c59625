//! What stands against a plan, all at once.

use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use fence::{Author, DurationMs, Millis, RunKind, Timing};
use runbook::{Facts, Known, PlanKind, Precondition, RecordSeen, Request, plan};

use crate::facts::{AT, Move, calm, lose, read, record, region, request};

/// Spoils what is well, and says what is told then.
#[track_caller]
fn check(kind: PlanKind, active: &str, spoil: impl FnOnce(&mut Request, &mut Facts), told: Expect) {
    let (mut request, mut facts) = (request(kind), calm(active));
    spoil(&mut request, &mut facts);
    let unmet = match plan(&request, &facts) {
        Ok(plan) => format!("{} to {}\n", plan.source, plan.target),
        Err(unmet) => unmet.iter().map(|unmet| format!("{unmet}\n")).collect(),
    };
    told.assert_eq(&unmet);
}

#[test]
fn nothing_is_known() {
    let spoil = |request: &mut Request, facts: &mut Facts| {
        *facts = Facts::unknown(AT, region("east"), region("west"), region("north"));
        request.reason = " ".to_owned();
        request.settings.change = None;
    };
    check(
        PlanKind::Switchover,
        "east",
        spoil,
        expect![[r#"
            record: the control store does not answer: it was not asked; needed: the control record, which says who is active; next: try again from another Region; two of its three Regions must answer
            reason: no reason is given; needed: a sentence for those who read the report; next: repeat with `--reason TEXT`
            source-writes: not known; needed: the active Region's database to be the writer; next: compare `tideover status` with the database service
            members-available: not known; needed: the databases of both Regions to be available; next: mend it, or wait until its change is over; when the active Region is lost, type `tideover failover`
            versions-equal: not known; needed: versions between which roles can change; next: upgrade the member that is behind
            database-lag: not known how far it is behind; needed: at most 2 s behind, for 15 min; next: wait, and look at `tideover status`
            table-lag: not known how far it is behind; needed: at most 5 s behind, now; next: wait, and look at `tideover status`
            bucket-lag: not known how far it is behind; needed: at most 60 s behind, now; next: wait, and look at `tideover status`
            alarms-quiet: not known; needed: no alarm to ring; next: look at `tideover status`
            parity: not known; needed: configuration, quotas and artifacts to be the same in both Regions; next: type `tideover diff`, then `tideover deploy`
            canary: not known; needed: a green canary of the Region that is to serve; next: look at `tideover status`
            certificates: not known; needed: certificates that outlast the run; next: renew it
        "#]],
    );
    check(
        PlanKind::Failover,
        "east",
        spoil,
        expect![[r#"
            record: the control store does not answer: it was not asked; needed: the control record, which says who is active; next: try again from another Region; two of its three Regions must answer
            reason: no reason is given; needed: a sentence for those who read the report; next: repeat with `--reason TEXT`
            target-database: not known; needed: a database to promote; next: repeat with `--despite target-database`
        "#]],
    );
    check(
        PlanKind::Failback,
        "west",
        spoil,
        expect![[r#"
            record: the control store does not answer: it was not asked; needed: the control record, which says who is active; next: try again from another Region; two of its three Regions must answer
            reason: no reason is given; needed: a sentence for those who read the report; next: repeat with `--reason TEXT`
            source-writes: not known; needed: the active Region's database to be the writer; next: compare `tideover status` with the database service
            members-available: not known; needed: the databases of both Regions to be available; next: mend it, or wait until its change is over; when the active Region is lost, type `tideover failover`
            versions-equal: not known; needed: versions between which roles can change; next: upgrade the member that is behind
            database-lag: not known how far it is behind; needed: at most 2 s behind, for 30 min; next: wait, and look at `tideover status`
            table-lag: not known how far it is behind; needed: at most 5 s behind, now; next: wait, and look at `tideover status`
            bucket-lag: not known how far it is behind; needed: at most 60 s behind, now; next: wait, and look at `tideover status`
            alarms-quiet: not known; needed: no alarm to ring; next: look at `tideover status`
            parity: not known; needed: configuration, quotas and artifacts to be the same in both Regions; next: type `tideover diff`, then `tideover deploy`
            canary: not known; needed: a green canary of the Region that is to serve; next: look at `tideover status`
            certificates: not known; needed: certificates that outlast the run; next: renew it
            reconciled: not known; needed: everything of the latest failover to be reconciled; next: finish the run that settles them: type `tideover runs`
            change: no approved change is named; needed: a change window that somebody approved; next: repeat with `--change REFERENCE`
        "#]],
    );
}

#[test]
fn everything_is_wrong() {
    let spoil = |request: &mut Request, facts: &mut Facts| {
        facts.record = read(&record(
            if request.kind == PlanKind::Switchover { "west" } else { "east" },
            &[Move::Begin(RunKind::Switchover)],
        ));
        lose(facts, "east");
        lose(facts, "west");
        facts.primary.is_writer = Known::No;
        facts.standby.is_writer = Known::No;
        (facts.primary.canary_green, facts.standby.canary_green) = (Known::No, Known::No);
        (facts.primary.certificates_valid, facts.standby.certificates_valid) =
            (Known::No, Known::No);
        facts.versions_equal = Known::No;
        facts.alarms_quiet = Known::No;
        facts.parity = Known::No;
        facts.reconciled = Known::No;
        facts.database_lag.now = Some(DurationMs(3_400));
        facts.table_lag.now = Some(DurationMs(61_000));
        facts.bucket_lag.now = None;
        facts.last_failover_at = Some(Millis(AT.0 - 7_200_000));
        request.settings.timing = Timing { lease_length: DurationMs(1_000), ..Timing::default() };
        request.settings.approvers = 0;
        request.settings.change = Some(" ".to_owned());
    };
    check(
        PlanKind::Switchover,
        "east",
        spoil,
        expect![[r#"
            way: `west` is the active Region; needed: a switchover leaves `east`; next: type `tideover failback`
            no-run-open: switchover `r1` is open: DRAINING, its point of no return ahead; needed: one run at a time; next: type `tideover resume r1`
            timing: the lease is not longer than two renewal intervals and the clock bound; needed: a lease that outlasts two renewals and the clock bound; next: correct the timing of the lease
            source-writes: the database of `west` is not the writer; needed: the active Region's database to be the writer; next: compare `tideover status` with the database service
            members-available: a database does not answer; needed: the databases of both Regions to be available; next: mend it, or wait until its change is over; when the active Region is lost, type `tideover failover`
            versions-equal: the databases' versions differ; needed: versions between which roles can change; next: upgrade the member that is behind
            database-lag: 3 s behind; needed: at most 2 s behind, for 15 min; next: wait, and look at `tideover status`
            table-lag: 61 s behind; needed: at most 5 s behind, now; next: wait, and look at `tideover status`
            bucket-lag: not known how far it is behind; needed: at most 60 s behind, now; next: wait, and look at `tideover status`
            alarms-quiet: an alarm is ringing; needed: no alarm to ring; next: look at `tideover status`
            parity: configuration, quotas or artifacts of the Regions differ; needed: configuration, quotas and artifacts to be the same in both Regions; next: type `tideover diff`, then `tideover deploy`
            canary: the canary of `east` is not green; needed: a green canary of the Region that is to serve; next: look at `tideover status`
            certificates: a certificate of `east` is not valid long enough; needed: certificates that outlast the run; next: renew it
        "#]],
    );
    check(
        PlanKind::Failover,
        "east",
        spoil,
        expect![[r#"
        no-run-open: switchover `r1` is open: DRAINING, its point of no return ahead; needed: one run at a time; next: type `tideover resume r1`, or when its source is lost `tideover failover --run r1`
        approvers: nobody is to approve of a loss; needed: at least one person, better two; next: set the number of approvers to 1 or more
        timing: the lease is not longer than two renewal intervals and the clock bound; needed: a lease that outlasts two renewals and the clock bound; next: correct the timing of the lease
        target-database: the database of `west` does not answer; needed: a database to promote; next: repeat with `--despite target-database`
    "#]],
    );
    check(
        PlanKind::Failback,
        "west",
        spoil,
        expect![[r#"
            way: `east` is the active Region; needed: a failback leaves `west`; next: type `tideover switchover`
            no-run-open: switchover `r1` is open: DRAINING, its point of no return ahead; needed: one run at a time; next: type `tideover resume r1`
            timing: the lease is not longer than two renewal intervals and the clock bound; needed: a lease that outlasts two renewals and the clock bound; next: correct the timing of the lease
            source-writes: the database of `east` is not the writer; needed: the active Region's database to be the writer; next: compare `tideover status` with the database service
            members-available: a database does not answer; needed: the databases of both Regions to be available; next: mend it, or wait until its change is over; when the active Region is lost, type `tideover failover`
            versions-equal: the databases' versions differ; needed: versions between which roles can change; next: upgrade the member that is behind
            database-lag: 3 s behind; needed: at most 2 s behind, for 30 min; next: wait, and look at `tideover status`
            table-lag: 61 s behind; needed: at most 5 s behind, now; next: wait, and look at `tideover status`
            bucket-lag: not known how far it is behind; needed: at most 60 s behind, now; next: wait, and look at `tideover status`
            alarms-quiet: an alarm is ringing; needed: no alarm to ring; next: look at `tideover status`
            parity: configuration, quotas or artifacts of the Regions differ; needed: configuration, quotas and artifacts to be the same in both Regions; next: type `tideover diff`, then `tideover deploy`
            canary: the canary of `west` is not green; needed: a green canary of the Region that is to serve; next: look at `tideover status`
            certificates: a certificate of `west` is not valid long enough; needed: certificates that outlast the run; next: renew it
            reconciled: movements are left in quarantine, or missing; needed: everything of the latest failover to be reconciled; next: finish the run that settles them: type `tideover runs`
            not-same-day: the latest failover was 2 h ago; needed: 24 h without one; next: wait, or when the standby cannot carry the load repeat with `--despite not-same-day`
            change: no approved change is named; needed: a change window that somebody approved; next: repeat with `--change REFERENCE`
        "#]],
    );
}

#[test]
fn records_that_decide_nothing() {
    let absent = |_: &mut Request, facts: &mut Facts| facts.record = RecordSeen::Absent;
    check(
        PlanKind::Switchover,
        "east",
        absent,
        expect![[r#"
        record: there is no control record yet; needed: a record that says who is active; next: type `tideover activate --by NAME`: it makes `east` so
    "#]],
    );
    let strange = |_: &mut Request, facts: &mut Facts| facts.record = read(&record("south", &[]));
    check(
        PlanKind::Switchover,
        "east",
        strange,
        expect![[r#"
        way: the active Region of the record is `south`; needed: `east` or `west`; next: compare the Regions in `tideover.toml` with those that were deployed
    "#]],
    );
}

#[test]
fn the_way_there_is_not_the_way_home() {
    check(
        PlanKind::Switchover,
        "west",
        |_, _| {},
        expect![[r#"
        way: `west` is the active Region; needed: a switchover leaves `east`; next: type `tideover failback`
    "#]],
    );
    check(
        PlanKind::Failback,
        "east",
        |_, _| {},
        expect![[r#"
        way: `east` is the active Region; needed: a failback leaves `west`; next: type `tideover switchover`
    "#]],
    );
    check(
        PlanKind::Failback,
        "west",
        |_, _| {},
        expect![[r#"
        west to east
    "#]],
    );
}

#[test]
fn lag_must_have_been_low_for_a_while() {
    let since = |minutes: u64| {
        move |_: &mut Request, facts: &mut Facts| {
            facts.database_lag.calm_since = Some(Millis(AT.0 - minutes * 60_000));
        }
    };
    check(
        PlanKind::Switchover,
        "east",
        since(14),
        expect![[r#"
        database-lag: 80 ms behind, at most 2 s only since: 14 min; needed: at most 2 s behind, for 15 min; next: wait, and look at `tideover status`
    "#]],
    );
    check(
        PlanKind::Switchover,
        "east",
        since(15),
        expect![[r#"
        east to west
    "#]],
    );
    check(
        PlanKind::Failback,
        "west",
        since(29),
        expect![[r#"
        database-lag: 80 ms behind, at most 2 s only since: 29 min; needed: at most 2 s behind, for 30 min; next: wait, and look at `tideover status`
    "#]],
    );
    check(
        PlanKind::Failback,
        "west",
        since(30),
        expect![[r#"
        west to east
    "#]],
    );
    let never = |_: &mut Request, facts: &mut Facts| facts.database_lag.calm_since = None;
    check(
        PlanKind::Switchover,
        "east",
        never,
        expect![[r#"
        database-lag: 80 ms behind, at most 2 s only since: not known for how long; needed: at most 2 s behind, for 15 min; next: wait, and look at `tideover status`
    "#]],
    );
}

#[test]
fn a_failover_asks_whether_a_switchover_would_do() {
    check(
        PlanKind::Failover,
        "east",
        |_, _| {},
        expect![[r#"
        no-switchover-would-do: the database of `east` and its service answer; needed: a source from which nothing can be had, because a failover loses data; next: type `tideover switchover`, or repeat with `--despite no-switchover-would-do`
    "#]],
    );
    let knows_better = |request: &mut Request, _: &mut Facts| {
        request.settings.despite = [Precondition::NoSwitchoverWouldDo].into();
    };
    check(
        PlanKind::Failover,
        "east",
        knows_better,
        expect![[r#"
        east to west
    "#]],
    );
    let silent = |_: &mut Request, facts: &mut Facts| {
        facts.primary.database_service_answers = Known::Unknown;
    };
    check(
        PlanKind::Failover,
        "east",
        silent,
        expect![[r#"
        east to west
    "#]],
    );
}

#[test]
fn not_everything_can_be_done_without() {
    let reckless = |request: &mut Request, facts: &mut Facts| {
        request.settings.despite = Precondition::ALL.iter().copied().collect();
        facts.last_failover_at = Some(AT);
        facts.reconciled = Known::No;
        request.by = Author::new("bob");
    };
    check(
        PlanKind::Failback,
        "west",
        reckless,
        expect![[r#"
            reconciled: movements are left in quarantine, or missing; needed: everything of the latest failover to be reconciled; next: finish the run that settles them: type `tideover runs`
        "#]],
    );
}

/// What a report lists as asked of a run is what stands against one when nothing is well.
#[test]
fn every_kind_is_asked_for_what_it_says() {
    for kind in [PlanKind::Switchover, PlanKind::Failover, PlanKind::Failback] {
        let mut request = request(kind);
        let mut facts = Facts::unknown(AT, region("east"), region("west"), region("north"));
        facts.last_failover_at = Some(AT);
        (facts.primary.has_database, facts.primary.database_service_answers) =
            (Known::Yes, Known::Yes);
        request.reason = String::new();
        request.settings.change = None;
        request.settings.approvers = 0;
        request.settings.timing.lease_length = DurationMs::ZERO;
        let told: BTreeSet<Precondition> =
            plan(&request, &facts).expect_err("nothing is well").iter().map(|it| it.what).collect();
        // What the record says stands in the way of one thing at a time.
        let of_record = |what: &Precondition| {
            matches!(what, Precondition::Way | Precondition::NoRunOpen | Precondition::Epoch)
        };
        let asked = Precondition::ALL.iter().copied();
        let asked = asked.filter(|what| what.is_asked_of(kind) && !of_record(what));
        assert_eq!(told, asked.collect(), "{kind}");
    }
}

#[test]
fn what_was_done_without_stands_in_the_plan() {
    let (mut request, mut facts) = (request(PlanKind::Failover), calm("east"));
    request.settings.despite =
        [Precondition::NoSwitchoverWouldDo, Precondition::TargetDatabase].into();
    let plan = plan(&request, &facts).expect("a person decided it");
    let found = "the database of `east` and its service answer".to_owned();
    assert_eq!(plan.despite, [(Precondition::NoSwitchoverWouldDo, found)].into());
    assert_eq!(plan.change.as_deref(), Some("CHG-7"));
    lose(&mut facts, "east");
    let plan = runbook::plan(&request, &facts).expect("nothing stands against it");
    assert!(plan.despite.is_empty(), "nothing was done without: {:?}", plan.despite);
}

/// The database service takes no request to switch while it is busy with a member.
#[test]
fn a_cluster_that_is_busy() {
    for (found, wanted) in [(Known::No, "would refuse to switch"), (Known::Unknown, "not known")] {
        let mut facts = calm("east");
        facts.standby.is_available = found;
        let unmet = plan(&request(PlanKind::Switchover), &facts).expect_err("it is not available");
        let [unmet] = &unmet[..] else { panic!("{unmet:?}") };
        assert_eq!(unmet.what, Precondition::MembersAvailable);
        assert!(unmet.found.contains(wanted), "{unmet}");
    }
}
