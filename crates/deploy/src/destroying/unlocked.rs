//! A template by which a stack that is deleted takes with it what it retains now: CloudFormation then deletes it as whoever
//! made it, in the order in which its parts need each other.

use serde_json::{Value as Json, json};

use super::named::{Manner, Removal};
use crate::stateful::is_kept;

/// A resource that is nothing. CloudFormation changes no deletion policy when nothing else is changed with it, and this
/// is the least that it takes for a change.
const MARK: &str = "TideoverDeletesDataByName";

/// Properties that keep a resource from being deleted.
const PROTECTIONS: [&str; 2] = ["DeletionProtection", "DeletionProtectionEnabled"];

/// The template; none where the one that is there does it already.
pub(super) fn unlocked(template: &Json, removals: &[Removal]) -> Option<Json> {
    let mut wanted = template.clone();
    for removal in removals {
        unlock(&mut wanted["Resources"][&removal.logical_id], removal.manner);
    }
    if wanted == *template {
        return None;
    }
    wanted["Resources"][MARK] = json!({"Type": "AWS::CloudFormation::WaitConditionHandle"});
    Some(wanted)
}

fn unlock(resource: &mut Json, manner: Manner) {
    let policy = resource["DeletionPolicy"].as_str();
    let wanted = match manner {
        // CloudFormation deletes secrets without a way back (rule `secret-deletion-policy`), so that we do it.
        Manner::Recoverable(_) if is_kept(policy) => return,
        Manner::Recoverable(_) => "Retain",
        Manner::Snapshotted => "Snapshot",
        Manner::Deleted | Manner::Emptied | Manner::Scheduled(_) => "Delete",
    };
    let is_so_without = wanted == "Delete" && !resource["Type"].as_str().is_some_and(is_database);
    if policy.is_some() || !is_so_without {
        resource["DeletionPolicy"] = json!(wanted);
    }
    if let Some(properties) = resource.get_mut("Properties") {
        unprotect(properties);
    }
}

/// Whether CloudFormation takes a snapshot unless it is told not to.
fn is_database(type_name: &str) -> bool {
    matches!(type_name, "AWS::RDS::DBCluster" | "AWS::RDS::DBInstance")
}

/// Turns protections off, also those of the replicas of a global table.
fn unprotect(properties: &mut Json) {
    for name in PROTECTIONS {
        match properties.get(name) {
            None => {}
            // User pools have a word for it.
            Some(Json::String(word)) if word == "ACTIVE" => properties[name] = json!("INACTIVE"),
            Some(Json::String(_)) => {}
            Some(_) => properties[name] = json!(false),
        }
    }
    if let Some(replicas) = properties.get_mut("Replicas").and_then(Json::as_array_mut) {
        replicas.iter_mut().for_each(unprotect);
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(resource: Json, manner: Manner, wanted: Expect) {
        let removal = Removal {
            stack: "Stack".to_owned(),
            region: "us-east-1".to_owned(),
            path: "Stack/It".to_owned(),
            logical_id: "It".to_owned(),
            type_name: resource["Type"].as_str().unwrap_or_default().to_owned(),
            physical_id: "it".to_owned(),
            manner,
        };
        let removals = [removal];
        let template = json!({"Resources": {"It": resource, "Other": {"Type": "AWS::SNS::Topic"}}});
        let unlocked = unlocked(&template, &removals);
        let told = unlocked.as_ref().map_or_else(
            || "as it is".to_owned(),
            |unlocked| unlocked["Resources"]["It"].to_string(),
        );
        wanted.assert_eq(&told);
        if let Some(unlocked) = unlocked {
            assert_eq!(unlocked["Resources"]["Other"], template["Resources"]["Other"]);
            assert!(unlocked["Resources"][MARK].is_object());
            assert_eq!(super::unlocked(&unlocked, &removals), None, "it is done once");
        }
    }

    #[test]
    fn only_what_keeps_it_is_taken_off() {
        let kept = |type_name: &str, properties: Json| json!({"Type": type_name, "DeletionPolicy": "RetainExceptOnCreate", "Properties": properties});
        let cluster =
            || kept("AWS::RDS::DBCluster", json!({"DeletionProtection": true, "Port": 5432}));
        check(
            cluster(),
            Manner::Snapshotted,
            expect![[
                r#"{"DeletionPolicy":"Snapshot","Properties":{"DeletionProtection":false,"Port":5432},"Type":"AWS::RDS::DBCluster"}"#
            ]],
        );
        check(
            cluster(),
            Manner::Deleted,
            expect![[
                r#"{"DeletionPolicy":"Delete","Properties":{"DeletionProtection":false,"Port":5432},"Type":"AWS::RDS::DBCluster"}"#
            ]],
        );
        let replicas = json!({"Replicas": [
            {"Region": "us-east-1", "DeletionProtectionEnabled": true},
            {"Region": "us-east-2", "DeletionProtectionEnabled": {"Ref": "IsProtected"}},
        ]});
        check(
            kept("AWS::DynamoDB::GlobalTable", replicas),
            Manner::Deleted,
            expect![[
                r#"{"DeletionPolicy":"Delete","Properties":{"Replicas":[{"DeletionProtectionEnabled":false,"Region":"us-east-1"},{"DeletionProtectionEnabled":false,"Region":"us-east-2"}]},"Type":"AWS::DynamoDB::GlobalTable"}"#
            ]],
        );
        let pool = json!({"DeletionProtection": "ACTIVE"});
        check(
            kept("AWS::Cognito::UserPool", pool),
            Manner::Deleted,
            expect![[
                r#"{"DeletionPolicy":"Delete","Properties":{"DeletionProtection":"INACTIVE"},"Type":"AWS::Cognito::UserPool"}"#
            ]],
        );
        check(
            kept("AWS::SecretsManager::Secret", json!({})),
            Manner::Recoverable(30),
            expect!["as it is"],
        );
        let table = || json!({"Type": "AWS::DynamoDB::Table"});
        check(table(), Manner::Deleted, expect!["as it is"]);
        let secret = json!({"Type": "AWS::SecretsManager::Secret"});
        check(
            secret,
            Manner::Recoverable(30),
            expect![[r#"{"DeletionPolicy":"Retain","Type":"AWS::SecretsManager::Secret"}"#]],
        );
        let cluster = json!({"Type": "AWS::RDS::DBCluster"});
        check(
            cluster,
            Manner::Deleted,
            expect![[r#"{"DeletionPolicy":"Delete","Type":"AWS::RDS::DBCluster"}"#]],
        );
    }
}
