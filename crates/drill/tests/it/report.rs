//! What a report says of a drill that was written down by hand.

use drill::{Answer, Figures, History, Moment, Part, Report, Summary, Verdict, Violation, What};
use expect_test::{Expect, expect};

use crate::sample;

fn report(history: &History) -> Report {
    Report::new(&sample::scenario(), history, &sample::verdict(history))
}

#[track_caller]
fn check(report: &Report, expected: Expect) {
    expected.assert_eq(&report.text());
}

#[test]
fn a_lost_region() {
    check(
        &report(&sample::history()),
        expect![[r#"
            verdict   every rule was kept
            RTO       43.440 s: failover us-east-1 → us-east-2, after us-east-1 is lost
                      = detect 11.500 + decide 6.000 + fence 12.100 + promote 12.000 + verify 0.250 + route 1.590
            pause     43.340 s from 2.700 s: the longest without an acknowledgement
            RPO       0.580 s of the ledger: 2 rows were lost; 1 succeeded, 1 declined
              lost row                        request        amount  acknowledged  money moved     settled  became
              pay_00000001YG081040G2081040G2        2     USD 12.34       2.040 s      2.500 s    61.000 s  succeeded
              pay_00000002XR0C1G60R30C1G60R3        3     USD 12.34       2.340 s        never    61.000 s  declined
        "#]],
    );
}

#[test]
fn the_parts_of_the_rto_are_the_whole() {
    let report = report(&sample::history());
    let [recovery] = report.recoveries.as_slice() else { panic!("{:?}", report.recoveries) };
    assert_eq!(recovery.parts.iter().map(|(part, _)| *part).collect::<Vec<_>>(), Part::ALL);
    let sum: u64 = recovery.parts.iter().map(|(_, took_ms)| took_ms).sum();
    assert_eq!(Some(sum), recovery.rto_ms());
}

#[test]
fn json() {
    let json = report(&sample::history()).json();
    let fields = json.as_object().expect("a report is an object").iter();
    let fields: Vec<String> = fields.map(|(name, value)| format!("{name}: {value}\n")).collect();
    expect![[r#"
        course: {"bin_ms":500,"dns":[{"from_ms":0,"region":"us-east-1","until_ms":45500},{"from_ms":45500,"region":"us-east-2","until_ms":90000}],"gates":[{"epoch":1,"from_ms":5,"reason":"the Region is gone","region":"us-east-1","until_ms":2600},{"epoch":2,"from_ms":44900,"reason":"","region":"us-east-2","until_ms":90000}],"happenings":[{"at_ms":2600,"is_fault":true,"line":"lose primary"}],"lag":[{"at_ms":1500,"lag_ms":400},{"at_ms":2600,"lag_ms":900}],"traffic":[{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":1,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":2,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":1},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":1,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0},{"primary":0,"put_off":0,"standby":0,"unanswered":0}]}
        end_ms: 90000
        format: "tideover-drill-report/1"
        left: []
        lost: [{"acknowledged_ms":2040,"committed_ms":2020,"currency":"USD","fate":"succeeded","held_ms":44350,"key":"order-2","lost_ms":44000,"minor_units":1234,"moved_ms":[2500],"movement":"pay_00000001YG081040G2081040G2","request":2,"settled_ms":61000},{"acknowledged_ms":2340,"committed_ms":2320,"currency":"USD","fate":"declined","held_ms":44350,"key":"order-3","lost_ms":44000,"minor_units":1234,"moved_ms":[],"movement":"pay_00000002XR0C1G60R30C1G60R3","request":3,"settled_ms":61000}]
        pause: {"from_ms":2700,"until_ms":46040}
        recoveries: [{"began_ms":2600,"cause":"lose primary","parts":[{"part":"detect","took_ms":11500},{"part":"decide","took_ms":6000},{"part":"fence","took_ms":12100},{"part":"promote","took_ms":12000},{"part":"verify","took_ms":250},{"part":"route","took_ms":1590}],"route":{"epoch":2,"kind":"failover","source":"us-east-1","target":"us-east-2"},"rto_ms":43440,"run":"failover-2","served_ms":46040,"was_felt":true}]
        regions: {"primary":"us-east-1","standby":"us-east-2"}
        rpo_ms: 580
        rto_ms: 43440
        runs: [{"actions":[{"action":"snapshot-evidence","attempts":1,"began_ms":14200,"ended_ms":14300,"outcome":"done","region":"us-east-2","said":"lag 0.900 s, 2 intents are not in the standby","stage":"decide"},{"action":"approve-loss","attempts":1,"began_ms":14310,"ended_ms":20010,"outcome":"done","region":"us-east-2","said":"1 approval","stage":"decide"},{"action":"begin-run","attempts":1,"began_ms":20100,"ended_ms":20130,"outcome":"done","region":"us-east-2","said":"done","stage":"fence"},{"action":"stop-source","attempts":1,"began_ms":20140,"ended_ms":22140,"outcome":"failed","region":"us-east-2","said":"no answer within the time limit","stage":"fence"},{"action":"wait-for-fence","attempts":1,"began_ms":22200,"ended_ms":32140,"outcome":"done","region":"us-east-2","said":"done","stage":"fence"},{"action":"pass-point-of-no-return","attempts":1,"began_ms":32200,"ended_ms":32230,"outcome":"done","region":"us-east-2","said":"done","stage":"promote"},{"action":"promote-database","attempts":1,"began_ms":32240,"ended_ms":44100,"outcome":"done","region":"us-east-2","said":"done","stage":"promote"},{"action":"verify-database","attempts":1,"began_ms":44200,"ended_ms":44300,"outcome":"done","region":"us-east-2","said":"writer with 1 movement at 77, books balance","stage":"verify"},{"action":"hold-missing","attempts":1,"began_ms":44320,"ended_ms":44400,"outcome":"done","region":"us-east-2","said":"2 movements","stage":"verify"},{"action":"open","attempts":1,"began_ms":44410,"ended_ms":44460,"outcome":"done","region":"us-east-2","said":"done","stage":"verify"},{"action":"direct-traffic","attempts":1,"began_ms":45000,"ended_ms":45040,"outcome":"done","region":"us-east-2","said":"done","stage":"route"},{"action":"settle-missing","attempts":1,"began_ms":60000,"ended_ms":61100,"outcome":"done","region":"us-east-2","said":"0 movements","stage":"restore"},{"action":"close","attempts":0,"began_ms":62000,"ended_ms":63010,"outcome":"done","region":"us-east-2","said":"done","stage":"restore"}],"ending":"closed","planned_ms":14100,"reasons":null,"route":{"epoch":2,"kind":"failover","source":"us-east-1","target":"us-east-2"},"run":"failover-2"}]
        scenario: "region-lost"
        seed: 7
        title: "The active Region is lost"
        totals: {"acknowledged":4,"committed":6,"held":2,"lost":2,"moved":3,"put_off":0,"refunds":0,"refused":0,"requests":4,"sent":5,"settled":2,"unanswered":1}
        violations: []
    "#]].assert_eq(&fields.concat());
}

#[test]
fn broken_rules_come_first() {
    let history = sample::history();
    let violation = Violation::NotAtRest { at_ms: 90_000, left: vec!["a run is open".to_owned()] };
    let verdict = Verdict { violations: vec![violation], ..sample::verdict(&history) };
    let text = Report::new(&sample::scenario(), &history, &verdict).text();
    let lines: Vec<&str> = text.lines().take(2).collect();
    expect![[r#"
        verdict   1 RULE WAS BROKEN
                  not-at-rest: at the end, 90.000 s, this was left to do: a run is open"#]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn nobody_had_asked() {
    let mut history = sample::history();
    history
        .moments
        .retain(|moment| !matches!(moment.what, What::Told { answer: Answer::Silence, .. }));
    let report = report(&history);
    assert_eq!(report.rto_ms(), None);
    let text = report.text();
    let lines = text.lines().skip_while(|line| !line.starts_with("RTO")).take(2);
    expect![[r#"
        RTO       not measured: failover us-east-1 → us-east-2, after us-east-1 is lost
                  nobody had asked in vain before 46.040 s"#]]
    .assert_eq(&lines.collect::<Vec<_>>().join("\n"));
}

/// The sample without what comes after this moment.
fn until(at_ms: u64) -> History {
    let mut history = sample::history();
    history.moments.retain(|moment| moment.at_ms <= at_ms);
    history.end.at_ms = at_ms;
    history.end.is_at_rest = false;
    history.end.left = vec!["request 4 has no answer".to_owned()];
    history
}

#[test]
fn nobody_is_served_any_more() {
    check(
        &report(&until(46_000)),
        expect![[r#"
            verdict   every rule was kept
            not over  request 4 has no answer
            RTO       not measured: failover us-east-1 → us-east-2, after us-east-1 is lost
                      no payment was acknowledged any more
            pause     43.300 s from 2.700 s: the longest without an acknowledgement
            RPO       0.580 s of the ledger: 2 rows were lost; 1 succeeded, 1 declined
              lost row                        request        amount  acknowledged  money moved     settled  became
              pay_00000001YG081040G2081040G2        2     USD 12.34       2.040 s      2.500 s          no  succeeded
              pay_00000002XR0C1G60R30C1G60R3        3     USD 12.34       2.340 s        never          no  declined
        "#]],
    );
}

#[test]
fn no_run() {
    check(
        &report(&until(2_500)),
        expect![[r#"
            verdict   every rule was kept
            not over  request 4 has no answer
            RTO       no run changed the active Region
            pause     0.040 s from 1.000 s: the longest without an acknowledgement
            RPO       0: no row was lost
        "#]],
    );
}

#[test]
fn a_fault_that_users_did_not_feel_begins_no_outage() {
    let mut history = sample::history();
    let lag = What::Happened { line: "lag 900 ms".to_owned(), is_fault: true };
    history.moments.insert(0, Moment { at_ms: 0, what: lag });
    let recovery = &report(&history).recoveries[0];
    assert_eq!(recovery.cause.as_deref(), Some("lose primary"));
}

#[test]
fn figures_are_those_of_the_report() {
    let history = sample::history();
    let (report, figures) = (report(&history), Figures::of(&history, &sample::verdict(&history)));
    assert_eq!(figures.rto_ms, report.rto_ms());
    assert_eq!(figures.pause_ms, report.pause_ms());
    assert_eq!(figures.rpo_ms, report.loss.rpo_ms);
    assert_eq!(figures.totals, report.totals);
    let mut summary = Summary::default();
    summary.add(&figures);
    expect![[r#"{"drills":1,"pause_ms":{"max":43340,"p50":43340,"p99":43340},"rpo_max_ms":580,"rto_ms":{"max":43440,"p50":43440,"p99":43440},"simulated_ms":90000,"totals":{"acknowledged":4,"committed":6,"held":2,"lost":2,"moved":3,"put_off":0,"refunds":0,"refused":0,"requests":4,"sent":5,"settled":2,"unanswered":1},"violated_seeds":[]}"#]].assert_eq(&summary.json().to_string());
}
