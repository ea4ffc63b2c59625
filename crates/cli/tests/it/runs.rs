//! Looks ahead at runs: what is printed, and that what is printed is right.

mod by_hand;
mod state_machine;

use expect_test::{Expect, expect};
use fence::RegionName;
use runbook::{Homes, PlanKind, render, supposed};

use crate::place::Place;

const KINDS: [PlanKind; 3] = [PlanKind::Switchover, PlanKind::Failover, PlanKind::Failback];

fn homes(primary: &str, standby: &str, witness: &str) -> Homes {
    let [primary, standby, witness] = [primary, standby, witness].map(RegionName::new);
    Homes { primary, standby, witness }
}

#[test]
fn nothing_is_carried_out_without_a_name_and_a_reason() {
    let place = Place::with("");
    for kind in KINDS {
        let outcome = place.tideover(&format!("{kind} --reason nothing")).outcome();
        assert_eq!(outcome.exit_code, Some(2), "{outcome}");
        assert!(outcome.stderr.contains("--by <NAME>"), "{outcome}");
    }
    assert_eq!(place.names("."), ["tideover.toml"]);
}

#[test]
fn a_condition_that_there_is_not_is_a_wrong_command_line() {
    let place = Place::with("");
    let words = "failback --on here --by alice --reason home --despite breakfast";
    let outcome = place.tideover(words).outcome();
    assert_eq!(outcome.exit_code, Some(2), "{outcome}");
    assert!(outcome.stderr.contains("not-same-day"), "{outcome}");
}

#[test]
fn where_no_regions_run_nothing_is_carried_out() {
    let place = Place::with("");
    let folder = place.path("two-regions").display().to_string();
    for kind in KINDS {
        let run = place.tideover(&format!("{kind} --on here --by alice --reason patching"));
        let outcome = run.env("TIDEOVER_UP", &folder).outcome();
        assert_eq!(outcome.exit_code, Some(1), "{outcome}");
        let expected = format!(
            "error: no two Regions run in `{folder}`\n\
             hint: type `tideover up` in another terminal, or say `--on aws`\n"
        );
        assert_eq!(outcome.stderr, expected);
    }
    assert_eq!(place.names("."), ["tideover.toml"]);
}

#[test]
fn a_function_is_for_state_machines() {
    let place = Place::with("");
    place.tideover("failover --dry-run --function mine").check(expect![[r#"
        exit code 2
        --- stderr
        error: `--function` is for state machines only
        hint: add `--output state-machine`, or leave it out
    "#]]);
}

#[test]
fn the_file_must_be_there_and_right() {
    let place = Place::new();
    place.tideover("failover --dry-run").check(expect![[r#"
        exit code 1
        --- stderr
        error: there is no `tideover.toml` in this directory
        hint: type `tideover init` to write one
    "#]]);
    place.write("tideover.toml", "[regions]\nstandby = \"us-east-1\"\n");
    place.tideover("failover --dry-run").check(expect![[r#"
        exit code 3
        --- stderr
        error: tideover.toml:2:11: regions.standby: found "us-east-1" as primary and as standby; allowed: two Regions; with primary us-east-1, type standby "us-east-2" or "us-west-2"
    "#]]);
}

/// The first lines of a plan as text, and what is said beside it.
#[track_caller]
fn check_head(words: &str, file: &str, expected: Expect) {
    let place = Place::with(file);
    let mut outcome = place.tideover(words).outcome();
    let head: Vec<&str> = outcome.stdout.lines().take_while(|line| !line.is_empty()).collect();
    outcome.stdout = head.join("\n");
    expected.assert_eq(&outcome.to_string());
    assert_eq!(place.names("."), ["tideover.toml"]);
}

#[test]
fn heads() {
    check_head(
        "switchover --dry-run",
        "",
        expect![[r#"
            exit code 0
            --- stdout
            switchover from us-east-1 to us-east-2; the witness is us-west-2
            run dry-run, decided in epoch 1, reserves epoch 2
            control-plane calls that users wait for: API Gateway GetRestApis in us-east-2, API Gateway GetStage in us-east-2, API
            Gateway UpdateStage in us-east-2, CloudWatch DescribeAlarms in us-east-2, Lambda GetFunctionConcurrency in us-east-2,
            Lambda ListEventSourceMappings in us-east-1, Lambda ListEventSourceMappings in us-east-2, Lambda PutFunctionConcurrency
            in us-east-2, Lambda UpdateEventSourceMapping in us-east-1, Lambda UpdateEventSourceMapping in us-east-2, RDS
            DescribeDBClusters in us-east-1, RDS DescribeDBClusters in us-east-2, RDS DescribeGlobalClusters in us-east-1, RDS
            DescribeGlobalClusters in us-east-2, RDS SwitchoverGlobalCluster in us-east-1
            --- stderr
            note: nobody was asked: made from `tideover.toml` as if us-east-1 were active and every condition of a switchover held
        "#]],
    );
    check_head(
        "failover --dry-run",
        "",
        expect![[r#"
            exit code 0
            --- stdout
            failover from us-east-1 to us-east-2; the witness is us-west-2
            run dry-run, decided in epoch 1, reserves epoch 2
            control-plane calls that users wait for: API Gateway GetRestApis in us-east-2, API Gateway GetStage in us-east-2, API
            Gateway UpdateStage in us-east-2, Lambda GetFunctionConcurrency in us-east-2, Lambda ListEventSourceMappings in
            us-east-2, Lambda PutFunctionConcurrency in us-east-2, Lambda UpdateEventSourceMapping in us-east-2, RDS
            DescribeDBClusters in us-east-2, RDS DescribeGlobalClusters in us-east-2, RDS FailoverGlobalCluster in us-east-2, RDS
            RemoveFromGlobalCluster in us-east-2
            --- stderr
            note: nobody was asked: made from `tideover.toml` as if us-east-1 were active and every condition of a failover held
        "#]],
    );
    let asia = include_str!("files/asia.toml");
    check_head(
        "failback --dry-run",
        asia,
        expect![[r#"
            exit code 0
            --- stdout
            failback from ap-northeast-2 to ap-northeast-1; the witness is ap-northeast-3
            run dry-run, decided in epoch 1, reserves epoch 2
            control-plane calls that users wait for: API Gateway GetRestApis in ap-northeast-1, API Gateway GetStage in
            ap-northeast-1, API Gateway UpdateStage in ap-northeast-1, CloudWatch DescribeAlarms in ap-northeast-1, Lambda
            GetFunctionConcurrency in ap-northeast-1, Lambda ListEventSourceMappings in ap-northeast-1, Lambda
            ListEventSourceMappings in ap-northeast-2, Lambda PutFunctionConcurrency in ap-northeast-1, Lambda
            UpdateEventSourceMapping in ap-northeast-1, Lambda UpdateEventSourceMapping in ap-northeast-2, RDS DescribeDBClusters in
            ap-northeast-1, RDS DescribeDBClusters in ap-northeast-2, RDS DescribeGlobalClusters in ap-northeast-1, RDS
            DescribeGlobalClusters in ap-northeast-2, RDS SwitchoverGlobalCluster in ap-northeast-2
            --- stderr
            note: nobody was asked: made from `tideover.toml` as if ap-northeast-2 were active and every condition of a failback held
        "#]],
    );
}

/// Everything that is printed is what the runbook renders of the supposed plan, and nothing else.
#[test]
fn forms() {
    let place = Place::with("[regions]\nprimary = \"eu-west-1\"\nstandby = \"eu-central-1\"\n");
    for kind in KINDS {
        let plan = supposed(kind, &homes("eu-west-1", "eu-central-1", "eu-west-2"));
        let stdout = |words: &str| place.tideover(&format!("{kind} --dry-run {words}")).stdout();
        assert_eq!(stdout(""), render::text(&plan));
        assert_eq!(stdout("--output text"), render::text(&plan));
        assert_eq!(stdout("--output json"), render::json(&plan));
        let machine = render::state_machine(&plan, "${RunbookFunction}");
        assert_eq!(stdout("--output state-machine"), machine);
        let machine = render::state_machine(&plan, "arn:aws:lambda:eu-west-1:1:function:mine");
        let function = "--output state-machine --function arn:aws:lambda:eu-west-1:1:function:mine";
        assert_eq!(stdout(function), machine);
    }
}

/// The committed pages are those of a file that says nothing.
#[test]
fn pages() {
    let place = Place::with("");
    let committed = [
        include_str!("../../../../docs/runbooks/switchover.md"),
        include_str!("../../../../docs/runbooks/failover.md"),
        include_str!("../../../../docs/runbooks/failback.md"),
    ];
    for (kind, committed) in KINDS.into_iter().zip(committed) {
        let page = place.tideover(&format!("{kind} --dry-run --output markdown")).stdout();
        let (_, committed) =
            committed.split_once("\n\n").expect("its first line says who wrote it");
        assert!(page == committed, "`cargo xtask codegen` writes the page of the {kind}");
    }
}

#[test]
fn a_page_has_the_names_of_the_file() {
    let place = Place::with(include_str!("files/other-values.toml"));
    let page = place.tideover("failover --dry-run --output markdown --suffix prod").stdout();
    let names = page.lines().filter(|line| line.starts_with("NAME=") || line.starts_with("RATE_"));
    expect![[r#"
        NAME=payment SUFFIX=prod DATABASE=ledger ZONE=payment-prod.example.com RECORD=api STAGE=live
        RATE_LIMIT=50 BURST_LIMIT=10"#]]
    .assert_eq(&names.collect::<Vec<_>>().join("\n"));
}

#[test]
fn help_has_examples() {
    let place = Place::new();
    for kind in KINDS {
        let help = place.tideover(&format!("{kind} --help")).stdout();
        assert!(help.contains(&format!("Examples:\n  tideover {kind} --dry-run ")), "{help}");
    }
}
