//! `tideover check` and `explain` as scripts, and what the stock CDK CLI makes of the report.

use expect_test::expect;

use crate::place::Place;

/// A template with a global database that has a burstable class.
const DATABASE: &str = "\
Resources:
  Cluster:
    Type: AWS::RDS::DBCluster
    DeletionPolicy: Retain
    UpdateReplacePolicy: Retain
    Properties:
      Engine: aurora-postgresql
      GlobalClusterIdentifier: payments
      DBClusterIdentifier: !Sub 'payments-${AWS::Region}'
      StorageEncrypted: true
      KmsKeyId: !Sub 'arn:aws:kms:${AWS::Region}:123456789012:key/1'
      BackupRetentionPeriod: 7
      DeletionProtection: true
  Instance:
    Type: AWS::RDS::DBInstance
    Properties:
      DBClusterIdentifier: !Ref Cluster
      DBInstanceClass: db.t3.medium
";

/// A place with that template, and what names it for both Regions.
fn foreign() -> (Place, &'static str) {
    let place = Place::new();
    place.write("data.yaml", DATABASE);
    (place, "check --region data.yaml=eu-west-1 --region data.yaml=eu-central-1")
}

#[test]
fn our_own_design_has_no_finding_that_is_not_allowed() {
    Place::with("").tideover("check").check(expect![[r#"
        exit code 0
        --- stdout
        Allowed
        warning ddb-disassociation-protection
          at      SecondaryControldev / ControlTable / Replicas in SecondaryControldev.template.json:38
          reason  not confirmed on an account yet that a replica with it can be created and removed
          until   2027-06-30
        warning ddb-disassociation-protection
          at      SecondarySessionsdev / SessionTable / Replicas in SecondarySessionsdev.template.json:32
          reason  not confirmed on an account yet that a replica with it can be created and removed
          until   2027-06-30
        error sns-topics-both
          at      PrimaryFoundationdev / AlarmTopic / Subscription in PrimaryFoundationdev.template.json:80
          reason  who is paged is not ours to invent: set `monitoring.email`, or subscribe the on-call
                  service to both topics
          until   2027-06-30
        error sns-topics-both
          at      SecondaryFoundationdev / AlarmTopic / Subscription in
                  SecondaryFoundationdev.template.json:80
          reason  who is paged is not ours to invent: set `monitoring.email`, or subscribe the on-call
                  service to both topics
          until   2027-06-30
        warning vpc-nat-az-redundant
          at      PrimaryVPCdev / NatGateway1 in PrimaryVPCdev.template.json:506
          reason  the cost of one per zone is the operator's decision (`nat_gateways`); AWS's APIs are
                  reached by endpoints
          until   never
        warning vpc-nat-az-redundant
          at      SecondaryVPCdev / NatGateway1 in SecondaryVPCdev.template.json:506
          reason  the cost of one per zone is the operator's decision (`nat_gateways`); AWS's APIs are
                  reached by endpoints
          until   never
        warning apigw-callers-known
          at      PrimaryAPIdev / RestApi in PrimaryAPIdev.template.json:100
          reason  who calls is yours to decide before real money moves: `api.authorization` is "none" in a
                  new tideover.toml
          until   2027-06-30
        warning apigw-callers-known
          at      SecondaryAPIdev / RestApi in SecondaryAPIdev.template.json:100
          reason  who calls is yours to decide before real money moves: `api.authorization` is "none" in a
                  new tideover.toml
          until   2027-06-30
        blocker r53-reserved-zone-name
          at      SecondaryZonedev / Zone / Name in SecondaryZonedev.template.json:42
          reason  payment.example.com is the placeholder of a new tideover.toml; `synth` warns until
                  `dns.zone` is yours
          until   never
        warning r53-hostedzone-id-not-name
          at      PrimaryRoute53dev / PublicRecord / HostedZoneName in PrimaryRoute53dev.template.json:88
          reason  the id of a zone that tideover makes is an output of the other Region's stack, which this
                  one must not wait for
          until   never

        1 question of 1 rule could not be judged from the templates; `--full` lists them

        0 blockers, 0 errors, 0 warnings, 10 allowed; 140 rules looked at 880 things
        primary us-east-1, standby us-east-2
        takeover: detect 90 + decide ? + fence 12 + promote 60 + verify ? + route 90 = at least 252 s
    "#]]);
}

#[test]
fn an_assembly_says_its_regions() {
    let place = Place::new();
    place.tideover("init").stdout();
    place.tideover("synth").stdout();
    place.tideover("check cdk.out").stdout();
    place.write("elsewhere/none.toml", "");
    let outcome = place.tideover("check cdk.out --settings elsewhere/none.toml").outcome();
    assert_eq!(outcome.exit_code, Some(5), "{outcome}");
    place.tideover("check cdk.out --explain-pairing").check(expect![[r#"
        exit code 0
        --- stdout
        us-east-1 and us-east-2 are the pair: 13 layers are in both
        us-east-1 is the home primary: the tag `DR-Role` of `PrimaryAPIdev` is `primary`
        `PrimaryAPIdev` and `SecondaryAPIdev` are one layer: both are `api-dev`, and 100 % of their resource types are the same
        `PrimaryBackupdev` and `SecondaryBackupdev` are one layer: both are `backupdev`, and 100 % of their resource types are the same
        `PrimaryCanarydev` and `SecondaryCanarydev` are one layer: both are `canarydev`, and 100 % of their resource types are the same
        `PrimaryCertificatedev` and `SecondaryCertificatedev` are one layer: both are `certificatedev`, and 100 % of their resource types are the same
        `PrimaryDatabasedev` and `SecondaryDatabasedev` are one layer: both are `databasedev`, and 87 % of their resource types are the same
        `PrimaryFoundationdev` and `SecondaryFoundationdev` are one layer: both are `foundationdev`, and 100 % of their resource types are the same
        `PrimaryLambdadev` and `SecondaryLambdadev` are one layer: both are `lambdadev`, and 100 % of their resource types are the same
        `PrimaryMonitoringdev` and `SecondaryMonitoringdev` are one layer: both are `monitoringdev`, and 100 % of their resource types are the same
        `PrimaryParameterStoredev` and `SecondaryParameterStoredev` are one layer: both are `parameter-storedev`, and 100 % of their resource types are the same
        `PrimaryRoute53dev` and `SecondaryRoute53dev` are one layer: both are `route53-dev`, and 80 % of their resource types are the same
        `PrimaryRunbookdev` and `SecondaryRunbookdev` are one layer: both are `runbookdev`, and 100 % of their resource types are the same
        `PrimaryStoragedev` and `SecondaryStoragedev` are one layer: both are `storagedev`, and 100 % of their resource types are the same
        `PrimaryVPCdev` and `SecondaryVPCdev` are one layer: both are `vpc-dev`, and 100 % of their resource types are the same
        `PrimaryGlobalDatabasedev` in us-east-1 has no counterpart
        `PrimaryWebhooksdev` in us-east-1 has no counterpart
        `SecondaryControldev` in us-east-2 has no counterpart
        `SecondarySessionsdev` in us-east-2 has no counterpart
        `SecondaryZonedev` in us-east-2 has no counterpart
        `WitnessCanarydev` in us-west-2 has no counterpart
    "#]]);
}

#[test]
fn anybodys_templates_are_judged() {
    let (place, check) = foreign();
    place.tideover(&format!("{check} --fail-on blocker")).check(expect![[r#"
        exit code 5
        --- stdout
        When the Region is lost, the other one cannot take over
        blocker aurora-global-memory-class
          at      data-eu-central-1 / Instance / DBInstanceClass in data.yaml:18
                  data-eu-west-1 / Instance / DBInstanceClass in data.yaml:18
          found   `DBInstanceClass` is `db.t3.medium`, which a global database does not take: it wants a
                  memory-optimized class
          why     RDS refuses to create the member, so that there is no database to take over with
          change  set `DBInstanceClass: db.r6g.large` or a larger class of the r5 to r8 families, the same
                  in both Regions

        After the takeover there is no way home, or nothing guards against the next loss
        error aurora-engine-version-on-global-only
          at      data-eu-central-1 / Cluster / EngineVersion in data.yaml:6
                  data-eu-west-1 / Cluster / EngineVersion in data.yaml:6
          found   `EngineVersion` is not set on a cluster with `GlobalClusterIdentifier`
          why     RDS does not take the version over: without it, or with another, the member is refused
                  when it is built anew
          change  set `EngineVersion` to the version of the global database: RDS takes its default of that
                  day else

        warning aurora-two-instances-each-region
          at      data-eu-central-1 / Cluster in data.yaml:2
          found   the cluster has one instance, `Instance`
          why     the cluster that took over has no instance to fail over to when a zone is lost or the
                  writer restarts
          change  add a second `AWS::RDS::DBInstance` of the same `DBInstanceClass` with `PromotionTier: 1`
                  in eu-central-1
          also    data-eu-central-1 / Instance in data.yaml:14

        warning aurora-two-instances-each-region
          at      data-eu-west-1 / Cluster in data.yaml:2
          found   the cluster has one instance, `Instance`
          why     the cluster that took over has no instance to fail over to when a zone is lost or the
                  writer restarts
          change  add a second `AWS::RDS::DBInstance` of the same `DBInstanceClass` with `PromotionTier: 1`
                  in eu-west-1
          also    data-eu-west-1 / Instance in data.yaml:14

        6 questions of 3 rules could not be judged from the templates; `--full` lists them

        2 blockers, 2 errors, 2 warnings; 140 rules looked at 41 things
        primary eu-central-1, standby eu-west-1: a guess, so that what rests on it was not judged; name both
        under `[regions]` in `tideover-check.toml`
        --- stderr
        error: 2 findings count
        hint: type `tideover explain RULE` for what a rule wants; what is a decision is allowed with its reason in tideover-check.toml
    "#]]);
}

#[test]
fn what_was_there_before_counts_no_more() {
    let (place, check) = foreign();
    place.tideover(&format!("{check} --write-baseline known.json")).check(expect![[r#"
        exit code 0
        --- stderr
        wrote 6 findings to `known.json`; next: `tideover check --baseline known.json` finds what is new
    "#]]);
    assert_eq!(
        place.tideover(&format!("{check} --baseline known.json")).outcome().exit_code,
        Some(0)
    );
    place.write(
        "data.yaml",
        DATABASE.replace("BackupRetentionPeriod: 7", "BackupRetentionPeriod: 1"),
    );
    let outcome = place.tideover(&format!("{check} --baseline known.json")).outcome();
    assert_eq!(outcome.exit_code, Some(5));
    assert!(outcome.stdout.contains("aurora-save-lost-writes-snapshot"), "{}", outcome.stdout);
    assert!(!outcome.stdout.contains("blocker aurora-global-memory-class"), "{}", outcome.stdout);
}

#[test]
fn what_is_allowed_counts_until_its_day() {
    let (place, check) = foreign();
    let allow = |expires: &str| {
        let rule = "rule = \"aurora-global-memory-class\"\nreason = \"a test system\"";
        format!("[[allow]]\n{rule}\nexpires = {expires}\n")
    };
    let check = format!("{check} --fail-on blocker");
    place.write("tideover-check.toml", allow("2999-12-31"));
    assert_eq!(place.tideover(&check).outcome().exit_code, Some(0));
    place.write("tideover-check.toml", allow("2020-01-31"));
    let outcome = place.tideover(&check).outcome();
    assert_eq!(outcome.exit_code, Some(5));
    assert!(outcome.stdout.contains("2020-01-31"), "{}", outcome.stdout);
}

#[test]
fn forms_for_programs() {
    let (place, check) = foreign();
    let json = |form: &str| -> serde_json::Value {
        let outcome = place.tideover(&format!("{check} --output {form}")).outcome();
        assert_eq!(outcome.exit_code, Some(5), "{form}");
        serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{form}: {error}"))
    };
    assert_eq!(json("json")["format"], "tideover-check/1");
    assert_eq!(json("sarif")["version"], "2.1.0");
    let github = place.tideover(&format!("{check} --output github")).outcome().stdout;
    assert!(github.starts_with("::error file=data.yaml,line=18"), "{github}");
}

#[test]
fn what_cannot_be_read() {
    let place = Place::new();
    place.write("empty.yaml", "");
    place.write("odd.yaml", "Resources:\n  A: !Reff B\n");
    place.write("wide.json", b"\xff\xfe{\0}\0");
    place.write("folder/file", "");
    place.write("tideover-check.toml", "[[allow]]\nrule = \"r53-ttl-61\"\n");
    for (words, expected) in [
        (
            "check odd.yaml",
            expect![[r#"
        exit code 3
        --- stderr
        error: tideover-check.toml:1:1: allow[0].expires: found no `expires`; allowed: `expires = "never"` or `expires = 2027-03-31`
        tideover-check.toml:1:1: allow[0].reason: found no `reason`; allowed: `reason = "why it may be so"`
        tideover-check.toml:2:8: allow[0].rule: found "r53-ttl-61"; allowed: the code of a rule; did you mean `r53-ttl-60`?
    "#]],
        ),
        (
            "check",
            expect![[r#"
                exit code 1
                --- stderr
                error: there is neither `tideover.toml` nor `cdk.out` in this directory
                hint: name an assembly or templates, `tideover check PATH`, or type `tideover init` for a system of yours
            "#]],
        ),
    ] {
        place.tideover(words).check(expected);
    }
    place.write("tideover-check.toml", "");
    for (words, expected) in [
        (
            "check",
            expect![[r#"
                exit code 1
                --- stderr
                error: there is neither `tideover.toml` nor `cdk.out` in this directory
                hint: name an assembly or templates, `tideover check PATH`, or type `tideover init` for a system of yours
            "#]],
        ),
        (
            "check empty.yaml",
            expect![[r#"
            exit code 3
            --- stderr
            error: empty.yaml: the file is empty
        "#]],
        ),
        (
            "check odd.yaml",
            expect![[r#"
            exit code 3
            --- stderr
            error: odd.yaml:2: unknown tag `!Reff`; `!Ref` was meant?
        "#]],
        ),
        (
            "check wide.json",
            expect![[r#"
            exit code 3
            --- stderr
            error: wide.json: the file is in UTF-16 (little endian); save it as UTF-8
        "#]],
        ),
        (
            "check folder",
            expect![[r#"
            exit code 1
            --- stderr
            error: `folder` is no assembly: there is no `manifest.json` in it
            hint: type `cdk synth` to make one in `cdk.out`, or name the templates: `tideover check --region FILE=us-east-1 --region FILE=us-east-2`
        "#]],
        ),
        (
            "check nothing.yaml",
            expect![[r#"
            exit code 1
            --- stderr
            error: there is no `nothing.yaml`
            hint: name an assembly such as `cdk.out`, or templates with `--region FILE=REGION`
        "#]],
        ),
        (
            "check --region odd.yaml=atlantis",
            expect![[r#"
            exit code 2
            --- stderr
            error: invalid value 'odd.yaml=atlantis' for '--region <FILE=REGION>': `atlantis` is no AWS Region; write one such as us-east-2

            For more information, try '--help'.
        "#]],
        ),
        (
            "explain r53-stop-patern",
            expect![[r#"
            exit code 1
            --- stderr
            error: no rule has the code `r53-stop-patern`; did you mean `r53-stop-pattern`?
            hint: type `tideover explain` for the list of all rules
        "#]],
        ),
    ] {
        place.tideover(words).check(expected);
    }
}

/// A manifest of one stack, `App` in `environment`, with a template.
fn manifest(environment: &str, template: &str) -> String {
    let properties = serde_json::json!({"templateFile": template});
    let stack = serde_json::json!({
        "type": "aws:cloudformation:stack", "environment": environment, "properties": properties,
    });
    serde_json::json!({"version": "36.0.0", "artifacts": {"App": stack}}).to_string()
}

#[test]
fn assemblies_that_lead_astray() {
    let place = Place::new();
    let nested = "Resources:\n  Nested:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: ";
    place.write("circle/manifest.json", manifest("aws://1/us-east-1", "a.yaml"));
    place.write("circle/a.yaml", format!("{nested}a.yaml\n"));
    place.write("out/manifest.json", manifest("aws://1/us-east-1", "../secret.yaml"));
    place.write("secret.yaml", "Resources: {}");
    place.write("gone/manifest.json", manifest("aws://1/us-east-1", "gone.yaml"));
    place.write(
        "none/manifest.json",
        "{\"artifacts\": {\"App\": {\"type\": \"aws:cloudformation:stack\"}}}",
    );
    place.write("package.json", "{\"name\": \"app\"}");
    place.write("tideover-check.toml", "");
    for (words, expected) in [
        (
            "check circle",
            expect![[r#"
            exit code 3
            --- stderr
            error: circle/a.yaml: there are more than 2000 stacks: perhaps some nest each other
        "#]],
        ),
        (
            "check out",
            expect![[r#"
            exit code 3
            --- stderr
            error: out/manifest.json: `../secret.yaml` is no file of this folder
        "#]],
        ),
        (
            "check gone",
            expect![[r#"
            exit code 3
            --- stderr
            error: there is no `gone/gone.yaml`, which `gone/manifest.json` names
        "#]],
        ),
        (
            "check none",
            expect![[r#"
            exit code 3
            --- stderr
            error: none/manifest.json: the stack `App` has no `templateFile`
        "#]],
        ),
        (
            "check package.json",
            expect![[r#"
            exit code 3
            --- stderr
            error: package.json: it is no CloudFormation template: it has neither `Resources` nor any other section of one
        "#]],
        ),
    ] {
        place.tideover(words).check(expected);
    }
}

#[test]
fn the_user_tells_regions_that_an_assembly_does_not() {
    let place = Place::new();
    for folder in ["west", "central"] {
        let text = manifest("aws://unknown-account/unknown-region", "App.yaml");
        place.write(&format!("{folder}/manifest.json"), text);
        place.write(&format!("{folder}/App.yaml"), DATABASE);
    }
    let both = "check west central --region west=eu-west-1 --region central/App.yaml=eu-central-1";
    let text = place.tideover(&format!("{both} --explain-pairing")).stdout();
    assert!(
        text.starts_with("eu-central-1 and eu-west-1 are the pair: 1 layer is in both\n"),
        "{text}"
    );
    let outcome = place.tideover("check west --require-pair --fail-on blocker").outcome();
    assert_eq!(outcome.exit_code, Some(5), "{outcome}");
    assert!(outcome.stderr.contains("no pair of Regions was found"), "{outcome}");
}

#[test]
fn settings_that_speak_of_something_else() {
    let (place, check) = foreign();
    let regions = "[regions]\nprimary = \"eu-west-1\"\nstandby = \"eu-west-3\"\n";
    place.write(
        "tideover-check.toml",
        format!("{regions}[[layers]]\nprimary = \"A\"\nstandby = \"B\"\n"),
    );
    place.tideover(check).check(expect![[r#"
        exit code 3
        --- stderr
        error: `[regions]` names eu-west-3, and no template is in it: the templates are in eu-central-1, eu-west-1
        `[[layers]]` names `A`, and no stack is called so: there are `data-eu-central-1`, `data-eu-west-1`
        `[[layers]]` names `B`, and no stack is called so: there are `data-eu-central-1`, `data-eu-west-1`
    "#]]);
}

#[test]
fn every_rule_has_its_page() {
    let place = Place::new();
    let list = place.tideover("explain").stdout();
    assert!(list.lines().count() > 150, "{list}");
    for line in list.lines() {
        let code = line.split_whitespace().nth(1).expect("a code");
        assert!(place.tideover(&format!("explain {code}")).stdout().starts_with(code), "{code}");
    }
}

#[test]
fn the_cdk_cli_stops_on_a_blocker() {
    let place = Place::with("");
    place.tideover("synth").stdout();
    assert_eq!(place.cdk("synth --quiet --app cdk.out").outcome().exit_code, Some(0));
    let template = "cdk.out/SecondaryDatabasedev.template.json";
    place.write(template, place.text(template).replace("db.r6g.large", "db.t3.medium"));
    assert_eq!(
        place.tideover("check cdk.out --validation-report --fail-on blocker").outcome().exit_code,
        Some(5)
    );
    let outcome = place.cdk("synth --quiet --app cdk.out").outcome();
    assert_eq!(outcome.exit_code, Some(1), "{}{}", outcome.stdout, outcome.stderr);
    let said = outcome.stdout + &outcome.stderr;
    assert!(said.contains("aurora-global-memory-class"), "{said}");
}

#[test]
fn synth_tells_the_cdk_cli_what_check_finds() {
    let place = Place::with("[database]\ninstances = 1\n");
    place.tideover("synth").stdout();
    let report = place.text("cdk.out/validation-report.json");
    assert!(report.contains("aurora-two-instances-each-region"), "{report}");
    place.write("tideover.toml", "");
    place.tideover("synth").stdout();
    assert!(!place.path("cdk.out/validation-report.json").exists(), "nothing is found any more");
}
