//! Who tells that a Region is lost, and what the database says of a role change.

use serde_json::{Value, json};
use topology::Home;

use crate::{VARIETY, files, list, templates, topology};

/// The resources of a Region's stack.
fn stack(text: &str, home: Home, layer: &str) -> Value {
    let id = format!("{}{layer}dev", home.display());
    templates(&files(text))[&id]["Resources"].clone()
}

/// Rule `cw-standby-watches-primary`, and the other way round, because after a role change it is the other one that
/// may be lost.
#[test]
fn each_region_asks_the_other_and_tells_here() {
    for text in VARIETY {
        let topology = topology(text);
        for home in Home::BOTH {
            let resources = stack(text, home, "Canary");
            let canary = &resources["Canary"]["Properties"];
            let url = &canary["RunConfig"]["EnvironmentVariables"]["TIDEOVER_URL"];
            let other = topology.region(home.other());
            let (record, zone) = (&topology.dns.record, &topology.dns.zone);
            assert_eq!(*url, format!("https://{record}-{other}.{zone}/health"));
            assert_eq!(canary["StartCanaryAfterCreation"], true);
            let alarm = &resources["OtherRegionSilent"]["Properties"];
            let dimensions = json!([{"Name": "CanaryName", "Value": canary["Name"]}]);
            assert_eq!(alarm["Dimensions"], dimensions);
            assert_eq!(alarm["TreatMissingData"], "breaching");
            let topic = alarm["AlarmActions"][0]["Fn::Sub"].as_str().unwrap();
            assert!(topic.contains(topology.region(home).name()), "{topic}");
        }
    }
}

#[test]
fn how_often_is_the_files_to_say() {
    for (minutes, every) in [(1, "rate(1 minute)"), (5, "rate(5 minutes)")] {
        let text = format!("[monitoring]\ncanary_minutes = {minutes}");
        let resources = stack(&text, Home::Standby, "Canary");
        assert_eq!(resources["Canary"]["Properties"]["Schedule"]["Expression"], every);
        assert_eq!(resources["OtherRegionSilent"]["Properties"]["Period"], 60 * minutes);
    }
}

/// Rule `events-in-both-regions`: the rule's target takes what it sends, and so does the key of the target.
#[test]
fn both_regions_hear_the_database() {
    for home in Home::BOTH {
        let rule = &stack("", home, "Monitoring")["DatabaseEvents"]["Properties"];
        let events = list(&rule["EventPattern"]["detail"]["EventID"]);
        for fenced in ["RDS-EVENT-0390", "RDS-EVENT-0391", "RDS-EVENT-0238"] {
            assert!(events.contains(&fenced.into()), "{fenced}");
        }
        let topic = &rule["Targets"][0]["Arn"];
        let foundation = stack("", home, "Foundation");
        let is_for_events =
            |statement: &Value| statement["Principal"]["Service"] == "events.amazonaws.com";
        let policy = &foundation["AlarmTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"];
        let may = list(policy).into_iter().find(is_for_events).unwrap();
        let from = may["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"].as_str().unwrap();
        assert!(from.ends_with(&format!(":rule/{}", rule["Name"].as_str().unwrap())), "{from}");
        let key = &foundation["SignalsKey"]["Properties"]["KeyPolicy"]["Statement"];
        let context = "kms:EncryptionContext:aws:sns:topicArn";
        let uses_key =
            |statement: &Value| statement["Condition"]["StringEquals"][context] == *topic;
        assert!(list(key).iter().any(|one| is_for_events(one) && uses_key(one)), "{key}");
    }
}

/// The third point of view, in the Region that has nothing in common with either: both Regions by their own names, and
/// the name that clients call; the alarms tell a topic there. That a Region is lost is said where the file asks for it.
#[test]
fn the_witness_sees_both_regions() {
    for text in VARIETY {
        let topology = topology(text);
        let system = stacks::system(&topology);
        let witness = topology.regions.witness.name();
        let template = &templates(&files(text))["WitnessCanarydev"];
        let resources = &template["Resources"];
        let names = [
            ("Primary", system.regional_domain(&system.homes.primary)),
            ("Standby", system.regional_domain(&system.homes.standby)),
            ("PublicName", system.public_domain()),
        ];
        for (id, domain) in names {
            let canary = &resources[format!("{id}Canary")]["Properties"];
            let url = &canary["RunConfig"]["EnvironmentVariables"]["TIDEOVER_URL"];
            assert_eq!(*url, format!("https://{domain}/health"));
            let alarm = &resources[format!("{id}Silent")]["Properties"];
            let dimensions = json!([{"Name": "CanaryName", "Value": canary["Name"]}]);
            assert_eq!(alarm["Dimensions"], dimensions);
            assert_eq!(alarm["TreatMissingData"], "breaching");
            let topic = alarm["AlarmActions"][0]["Fn::Sub"].as_str().unwrap();
            assert!(topic.contains(&format!(":sns:{witness}:")), "{topic}");
        }
        let is_asked = topology.automatic.failover != topology::ByAlarm::Off;
        for (id, home) in [("PrimaryLost", Home::Primary), ("StandbyLost", Home::Standby)] {
            let alarm = &resources[id]["Properties"];
            assert_eq!(alarm.is_object(), is_asked, "{text}");
            if is_asked {
                let region = fence::RegionName::new(topology.region(home).name());
                assert_eq!(alarm["AlarmName"], system.witness_alarm(&region));
                assert_eq!(alarm["TreatMissingData"], "notBreaching");
                let name = &resources[format!("{}Canary", &id[..7])]["Properties"]["Name"];
                assert_eq!(alarm["Dimensions"][0]["Value"], *name);
            }
        }
        for (_, resource) in resources.as_object().unwrap() {
            assert!(!resource.to_string().contains("Fn::ImportValue"), "{resource}");
        }
    }
}
