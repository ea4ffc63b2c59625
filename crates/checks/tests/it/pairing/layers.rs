//! Which stacks are one layer, and which resources of them do the same work.

use checks::{Design, Settings, Source};
use expect_test::expect;

use super::{FOUR, ROLE, check, design, stack, template};

#[test]
fn names_and_shapes_tell_layers() {
    check(
        &[
            ("PrimaryApi-dev@us-east-1", ROLE),
            ("SecondaryApi-dev@us-east-2", ROLE),
            ("Tools@us-east-1", FOUR),
        ],
        Settings::default(),
        expect![[r#"
            us-east-1 and us-east-2 are the pair: 1 layer is in both
            us-east-1 is the home primary: the name of `PrimaryApi-dev` suggests it, and nothing surer does
            `PrimaryApi-dev` and `SecondaryApi-dev` are one layer: both are `api-dev`, and 100 % of their resource types are the same
            `Tools` in us-east-1 has no counterpart"#]],
    );
    check(
        &[("app@eu-west-1", FOUR), ("other@eu-central-1", FOUR), ("edge@us-east-1", ROLE)],
        Settings::default(),
        expect![[r#"
            eu-central-1 and eu-west-1 are the pair: 1 layer is in both
            nothing says which Region is the home primary; eu-central-1 is taken for it: say it in the settings
            `other` and `app` are one layer: 100 % of their resources have the same logical ids
            `edge` in us-east-1 has no counterpart"#]],
    );
}

#[test]
fn capitals_in_a_row_are_words() {
    check(
        &[
            ("PaymentsStack@us-east-1", ROLE),
            ("PaymentsDRStack@us-east-2", ROLE),
            ("PrimaryAPIdev@us-east-1", ROLE),
            ("SecondaryAPIdev@us-east-2", ROLE),
            ("VPCprod@us-east-1", ROLE),
            ("VPC-Prod@us-east-2", ROLE),
        ],
        Settings::default(),
        expect![[r#"
            us-east-1 and us-east-2 are the pair: 3 layers are in both
            us-east-1 is the home primary: the name of `PaymentsDRStack` suggests it, and nothing surer does
            `PaymentsStack` and `PaymentsDRStack` are one layer: both are `payments-stack`, and 100 % of their resource types are the same
            `PrimaryAPIdev` and `SecondaryAPIdev` are one layer: both are `api-dev`, and 100 % of their resource types are the same
            `VPCprod` and `VPC-Prod` are one layer: both are `vpc-prod`, and 100 % of their resource types are the same"#]],
    );
}

#[test]
fn names_count_before_shapes_over_all_regions() {
    check(
        &[
            ("Dev@us-east-1", FOUR),
            ("DevDr@us-east-2", FOUR),
            ("Prod@us-west-2", FOUR),
            ("ProdDr@eu-west-1", FOUR),
        ],
        Settings::default(),
        expect![[r#"
            eu-west-1 and us-west-2 are the pair: 1 layer is in both
            us-east-1 and us-east-2 look like another pair: check it by itself with `[regions]`
            us-west-2 is the home primary: the name of `ProdDr` suggests it, and nothing surer does
            `Prod` and `ProdDr` are one layer: both are `prod`, and 100 % of their resource types are the same
            `Dev` in us-east-1 has no counterpart
            `DevDr` in us-east-2 has no counterpart"#]],
    );
    let own = FOUR.replace("Bucket\":", "Store\":");
    check(
        &[("blue@us-east-1", FOUR), ("green@us-east-1", FOUR), ("red@us-east-2", &own)],
        Settings::default(),
        expect![[r#"
            there is no pair: no two stacks of us-east-1, us-east-2 do the same work
            `blue` in us-east-1 has no counterpart
            `green` in us-east-1 has no counterpart
            `red` in us-east-2 has no counterpart"#]],
    );
    check(
        &[("PayDev@us-east-1", FOUR), ("PayProd@us-east-2", FOUR)],
        Settings::default(),
        expect![[r#"
            there is no pair: no two stacks of us-east-1, us-east-2 do the same work
            `PayDev` in us-east-1 has no counterpart
            `PayProd` in us-east-2 has no counterpart"#]],
    );
}

#[test]
fn what_stacks_hold_makes_a_layer() {
    let core = |more: &str| {
        template(&["A S3::Bucket", "B SQS::Queue", "C SNS::Topic", "D DynamoDB::Table", more])
    };
    check(
        &[("core-a@us-east-1", &core("E KMS::Key")), ("core-b@us-east-2", &core("F IAM::Role"))],
        Settings::default(),
        expect![[r#"
            us-east-1 and us-east-2 are the pair: 1 layer is in both
            nothing says which Region is the home primary; us-east-1 is taken for it: say it in the settings
            `core-a` and `core-b` are one layer: 80 % of their resources have the same logical ids"#]],
    );
    let source = template(&[
        r#"Global RDS::GlobalCluster {"GlobalClusterIdentifier": "pay", "SourceDBClusterIdentifier": {"Ref": "Cluster"}}"#,
        r#"Cluster RDS::DBCluster {"MasterUsername": "u"}"#,
        "Topic SNS::Topic",
    ]);
    let member = template(&[r#"Member RDS::DBCluster {"GlobalClusterIdentifier": "pay"}"#]);
    check(
        &[("payments@us-east-1", &source), ("payments-west@us-west-2", &member)],
        Settings::default(),
        expect![[r#"
            us-east-1 and us-west-2 are the pair: 1 layer is in both
            us-east-1 is the home primary: `payments` declares the global cluster `Global`
            `payments` and `payments-west` are one layer: both have a part of the global database `pay`"#]],
    );
}

#[test]
fn the_cdk_names_one_resource_in_two_ways() {
    let with = |id: &str| {
        format!(
            r#"{{"Resources": {{"{id}": {{"Type": "AWS::SNS::Topic"}}, "Other": {{"Type": "AWS::SNS::Topic"}}}}}}"#
        )
    };
    let (left, right) = (with("PrimaryTopic0A1B2C3D"), with("StandbyTopicFFEE0011"));
    let sources = [stack("A@us-east-1", &left), stack("A@us-east-2", &right)];
    let design = Design::new(&sources, Settings::default()).expect("templates that can be read");
    let topic = design
        .of("AWS::SNS::Topic")
        .find(|topic| topic.id().starts_with("Primary"))
        .expect("it is there");
    assert_eq!(design.counterpart(topic).map(|other| other.id()), Some("StandbyTopicFFEE0011"));
}

#[test]
fn the_only_ones_left_of_a_type_are_no_counterparts() {
    let left =
        template(&["Api Lambda::Function", "NightlyReport Lambda::Function", "Topic SNS::Topic"]);
    let right = template(&["Api Lambda::Function", "Charge Lambda::Function", "News SNS::Topic"]);
    let design =
        design(&[("app@us-east-1", &left), ("app@us-east-2", &right)], Settings::default());
    let counterparts: Vec<String> = design
        .resources()
        .filter(|resource| resource.region() == "us-east-1")
        .map(|resource| {
            let other = design.counterpart(resource).map_or("nothing", |other| other.id());
            format!("{}: {other}", resource.id())
        })
        .collect();
    expect![[r#"
        Api: Api
        NightlyReport: nothing
        Topic: News"#]]
    .assert_eq(&counterparts.join("\n"));
}

/// A thousand stacks whose names say nothing are compared in a moment.
#[test]
fn many_stacks_are_paired() {
    let templates: Vec<String> = (0..500)
        .map(|number| {
            let ids: Vec<String> =
                (0..10).map(|of| format!("R{number}x{of} SNS::Topic{}", number % 7)).collect();
            template(&ids.iter().map(String::as_str).collect::<Vec<_>>())
        })
        .collect();
    let sources = templates.iter().enumerate().flat_map(|(number, template)| {
        [
            stack(&format!("Left{number}@us-east-1"), template),
            stack(&format!("Right{number}@us-east-2"), template),
        ]
    });
    let sources: Vec<Source> = sources.collect();
    let design = Design::new(&sources, Settings::default()).expect("templates that can be read");
    let explained = design.pairing().explained(design.stacks());
    assert_eq!(explained[0], "us-east-1 and us-east-2 are the pair: 500 layers are in both");
}
