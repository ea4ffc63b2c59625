//! The two Regions are one design: what differs between them is listed here, line by line.

use cfn::assembly::Files;
use expect_test::expect;
use serde_json::Value;

use crate::{VARIETY, files, statements, templates};

/// Exchanging the home roles gives the mirrored templates, byte for byte.
#[test]
fn exchanging_home_roles_mirrors_the_templates() {
    let swapped =
        "[regions]\nprimary = \"us-east-2\"\nstandby = \"us-east-1\"\nwitness = \"us-west-2\"";
    let mirrored: Files = files("")
        .into_iter()
        .map(|(name, text)| (name, exchange(&text, "us-east-1", "us-east-2")))
        .collect();
    for (name, text) in files(swapped) {
        // Manifests carry the hashes of templates, which differ as the templates do.
        if name.ends_with(".template.json") || name == "tree.json" {
            assert_eq!(text, mirrored[&name], "{name}");
        }
    }
}

fn exchange(text: &str, one: &str, other: &str) -> String {
    text.replace(one, "\0").replace(other, one).replace('\0', other)
}

/// With names and ranges of the Regions taken out, only this is left of the home roles. Nothing of it says
/// which Region is active: after a role change the same templates are deployed again without a change.
#[test]
fn home_roles_differ_only_here() {
    let files = files("");
    let templates = templates(&files);
    let mut differences = Vec::new();
    for (id, template) in &templates {
        let Some(layer) = id.strip_prefix("Primary") else { continue };
        let Some(twin) = templates.get(&format!("Secondary{layer}")) else {
            differences.push(format!("{layer}: only in the home primary"));
            continue;
        };
        let (here, there) = (neutral(template, "primary"), neutral(twin, "standby"));
        differ(&format!("{layer}: "), &here, &there, &mut differences);
    }
    for id in templates.keys().filter_map(|id| id.strip_prefix("Secondary")) {
        if !templates.contains_key(&format!("Primary{id}")) {
            differences.push(format!("{id}: only in the home standby"));
        }
    }
    expect![[r#"
        Certificatedev: /Resources/Certificate/Properties/DomainValidationOptions only in the home standby
        Databasedev: /Resources/Cluster/Properties/DatabaseName only in the home primary
        Databasedev: /Resources/Cluster/Properties/GlobalClusterIdentifier only in the home standby
        Databasedev: /Resources/Cluster/Properties/MasterUserPassword only in the home primary
        Databasedev: /Resources/Cluster/Properties/MasterUsername only in the home primary
        Databasedev: /Resources/Secret only in the home primary
        GlobalDatabasedev: only in the home primary
        Route53dev: /Resources/PublicRecord/Properties/HostedZoneId only in the home standby
        Route53dev: /Resources/PublicRecord/Properties/HostedZoneName only in the home primary
        Route53dev: /Resources/PublicRecord/Properties/Weight 100 | 0
        Route53dev: /Resources/RegionalRecord/Properties/HostedZoneId only in the home standby
        Route53dev: /Resources/RegionalRecord/Properties/HostedZoneName only in the home primary
        Route53dev: /Resources/StandbyNamedHere only in the home primary
        Route53dev: /Resources/StandbyNamedThere only in the home primary
        Route53dev: /Resources/Switch/Properties/HealthCheckConfig/ChildHealthChecks only in the home primary
        Route53dev: /Resources/Switch/Properties/HealthCheckConfig/EnableSNI only in the home standby
        Route53dev: /Resources/Switch/Properties/HealthCheckConfig/FailureThreshold only in the home standby
        Route53dev: /Resources/Switch/Properties/HealthCheckConfig/FullyQualifiedDomainName only in the home standby
        Route53dev: /Resources/Switch/Properties/HealthCheckConfig/HealthThreshold only in the home primary
        Route53dev: /Resources/Switch/Properties/HealthCheckConfig/Inverted only in the home standby
        Route53dev: /Resources/Switch/Properties/HealthCheckConfig/Port only in the home standby
        Route53dev: /Resources/Switch/Properties/HealthCheckConfig/RequestInterval only in the home standby
        Route53dev: /Resources/Switch/Properties/HealthCheckConfig/ResourcePath only in the home standby
        Route53dev: /Resources/Switch/Properties/HealthCheckConfig/SearchString only in the home standby
        Route53dev: /Resources/Switch/Properties/HealthCheckConfig/Type "CALCULATED" | "HTTPS_STR_MATCH"
        Route53dev: /Resources/Switch/Properties/HealthCheckTags [{"Key":"Name","Value":"payment-dev switch OWN"}] | [{"Key":"Name","Value":"payment-dev OTHER says OTHER OWN"}]
        Runbookdev: /Resources/Runbook/Properties/Environment/Variables/TIDEOVER_SYSTEM "{\"asks_iam\":false,\"burst\":500,\"database\":\"payments\",\"functions\":[[\"payment-validation\",40],[\"transaction-processing\",50],[\"notification\",5]],\"name\":\"payment\",\"primary\":\"OWN\",\"rate\":1000,\"record\":\"api\",\"rpo_ms\":10000,\"rto_ms\":300000,\"stage\":\"prod\",\"standby\":\"OTHER\",\"suffix\":\"dev\",\"witness\":\"us-west-2\",\"zone\":\"payment-dev.example.com\"}" | "{\"asks_iam\":false,\"burst\":500,\"database\":\"payments\",\"functions\":[[\"payment-validation\",40],[\"transaction-processing\",50],[\"notification\",5]],\"name\":\"payment\",\"primary\":\"OTHER\",\"rate\":1000,\"record\":\"api\",\"rpo_ms\":10000,\"rto_ms\":300000,\"stage\":\"prod\",\"standby\":\"OWN\",\"suffix\":\"dev\",\"witness\":\"us-west-2\",\"zone\":\"payment-dev.example.com\"}"
        Storagedev: /Parameters/ReplicationPeer/Default "present" | "missing"
        Webhooksdev: only in the home primary
        Controldev: only in the home standby
        Sessionsdev: only in the home standby
        Zonedev: only in the home standby"#]].assert_eq(&differences.join("\n"));
}

/// A template without what is a fact of its Region.
fn neutral(template: &Value, role: &str) -> Value {
    let (own, other, range) = if role == "primary" {
        ("us-east-1", "us-east-2", "10.0.")
    } else {
        ("us-east-2", "us-east-1", "10.1.")
    };
    let text =
        template.to_string().replace(own, "OWN").replace(other, "OTHER").replace(range, "RANGE.");
    serde_json::from_str(&text).unwrap()
}

/// Lists the paths at which two values differ, with both values.
fn differ(path: &str, here: &Value, there: &Value, differences: &mut Vec<String>) {
    if here == there {
        return;
    }
    let (Some(here_members), Some(there_members)) = (here.as_object(), there.as_object()) else {
        differences.push(format!("{path} {here} | {there}"));
        return;
    };
    let mut names: Vec<&String> = here_members.keys().chain(there_members.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let path = format!("{path}/{name}");
        match (here_members.get(name), there_members.get(name)) {
            (Some(here), Some(there)) => differ(&path, here, there, differences),
            (Some(_), None) => differences.push(format!("{path} only in the home primary")),
            _ => differences.push(format!("{path} only in the home standby")),
        }
    }
}

/// The one variable that names the other Region (rule `pay-control-store-two-endpoints`).
const PEER: &str = "TIDEOVER_PEER_REGION";

/// What a Region needs of the other is a name, and functions know only their own: no request calls the other
/// Region, but for the control table (rule `net-no-cross-region-call-in-request-path`). The function of runs, which
/// answers no requests, is told both.
#[test]
fn functions_know_only_their_own_region() {
    for text in VARIETY {
        let topology = crate::topology(text);
        let regions = [topology.regions.primary, topology.regions.standby];
        for (stack, id, mut resource) in crate::resources(&files(text)) {
            if resource["Type"] == "AWS::Lambda::Function" && id != "Runbook" {
                let other = regions[usize::from(stack.starts_with("Primary"))].name();
                let variables = &mut resource["Properties"]["Environment"]["Variables"];
                let peer = variables.as_object_mut().unwrap().remove(PEER);
                let uses_control = variables.get("TIDEOVER_CONTROL_TABLE").is_some();
                assert_eq!(peer, uses_control.then(|| other.into()), "{stack} {id}");
                assert!(!variables.to_string().contains(other), "{stack} {id}: {variables}");
            }
        }
    }
}

/// The other Region's key is known by its alias, its table by its name; nothing else of it is in a role.
#[test]
fn functions_reach_nothing_there_but_the_control_table() {
    let mut seen = 0;
    for text in VARIETY {
        let topology = crate::topology(text);
        let regions = [topology.regions.primary, topology.regions.standby];
        for (stack, id, resource) in crate::resources(&files(text)) {
            let is_of_runs = id == "RunbookRole";
            if resource["Type"] == "AWS::IAM::Role" && runs_a_function(&resource) && !is_of_runs {
                let other = regions[usize::from(stack.starts_with("Primary"))].name();
                for statement in statements(&resource) {
                    let text = statement.to_string();
                    if !text.contains(other) {
                        continue;
                    }
                    let reads_key = statement["Action"] == "kms:Decrypt"
                        && text.contains(&format!("dynamodb.{other}.amazonaws.com"))
                        && text.contains("kms:ResourceAliases");
                    let of_ledger = id == "LedgerRole" && statement["Action"] == "dynamodb:Scan";
                    let of_items = ["dynamodb:GetItem", "dynamodb:PutItem"];
                    let reads_items =
                        of_items.iter().any(|item| statement["Action"] == *item) || of_ledger;
                    assert!(reads_key || reads_items, "{stack} {id}: {text}");
                    assert!(reads_key || text.contains("-control"), "{stack} {id}: {text}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 0);
}

fn runs_a_function(role: &Value) -> bool {
    let trust = &role["Properties"]["AssumeRolePolicyDocument"];
    trust.to_string().contains("lambda.amazonaws.com")
}

/// Imports work within a Region only; rendering has checked that, so here: no other way is used.
#[test]
fn no_stack_reads_the_other_region() {
    for text in VARIETY {
        for (name, text) in files(text) {
            for forbidden in
                ["Fn::GetStackOutput", "Custom::", "AWS::CloudFormation::CustomResource"]
            {
                assert!(!text.contains(forbidden), "{name}: {forbidden}");
            }
        }
    }
}

#[test]
fn same_input_gives_the_same_bytes() {
    for text in VARIETY {
        assert_eq!(files(text), files(text));
    }
}
