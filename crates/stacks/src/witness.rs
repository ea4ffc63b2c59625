//! What watches both home Regions from the witness Region, which has nothing in common with either but the Internet: a
//! Region that sees the other one lost may have lost itself (rule `cw-standby-watches-primary`).
//!
//! A canary for each home Region's own name and one for the name that clients call; alarms, and a topic of its own for
//! them (`sns-topics-both`). Nothing else is in that Region but the third vote of the control table, and no payment data.

use cfn::kms::{Alias, Key};
use cfn::sns::{Subscription, Topic, TopicPolicy};
use cfn::{Attributes, Handle, Json, Stack, Text, Value, set, sub};
use fence::RegionName;
use topology::{Home, Region, Topology};

use crate::alarm::{Place, alarm};
use crate::automatic;
use crate::canary::{Ground, health, silent, success};
use crate::policy::{self, allow};
use crate::runbooks;
use crate::site::{self, Site, pascal};

pub(crate) fn witness(topology: &Topology) -> Stack {
    let region = topology.regions.witness;
    let id = format!("WitnessCanary{}", topology.suffix());
    let text = "What watches both Regions from the witness Region";
    let mut stack = site::stack(topology, region, (&id, "Canary"), "witness", text);
    let prefix = Site::new(topology, Home::Primary).prefix();
    let key = key(&mut stack, &prefix);
    let topic = topic(&mut stack, topology, region, &key);
    let canaries = format!("{prefix}-sees");
    let bucket =
        format!("{}-logs-{}-{region}-${{AWS::AccountId}}", topology.name, topology.suffix());
    let ground = Ground::new(&mut stack, region, &canaries, &key, bucket);
    let watch = Watch { topology, ground, prefix, topic };
    for home in Home::BOTH {
        watch.region(&mut stack, home);
    }
    let public = Site::new(topology, Home::Primary).public_domain();
    watch.canary(&mut stack, ("PublicName", "clients"), &public, &format!("The API at {public}"));
    stack
}

/// What every canary here is made with.
struct Watch<'a> {
    topology: &'a Topology,
    ground: Ground,
    prefix: String,
    topic: Text,
}

impl Watch<'_> {
    /// A home Region by its own name, and where the file asks for it the alarm that says that it is lost.
    fn region(&self, stack: &mut Stack, home: Home) {
        let topology = self.topology;
        let site = Site::new(topology, home);
        let (id, region) = (pascal(home.word()), site.region());
        let what = format!("The API in {region}");
        let ids = (id.as_str(), home.word());
        let canary = self.canary(stack, ids, &site.regional_domain(), &what);
        if automatic::guards(topology).is_none() {
            return;
        }
        let minutes = topology.automatic.silent_minutes;
        let text = format!("{what} has not answered from here for {minutes} minutes");
        let name = runbooks::system(topology).witness_alarm(&RegionName::new(region.name()));
        let id = name.strip_prefix(&format!("{}-", self.prefix)).unwrap_or(&name);
        let success = success(&topology.monitoring, &canary);
        alarm(stack, self.place(), id, &text, &success, automatic::lost(topology));
    }

    /// A canary of a domain, and the alarm on it; its name, which ends with `word`.
    fn canary(
        &self,
        stack: &mut Stack,
        (id, word): (&str, &str),
        domain: &str,
        what: &str,
    ) -> String {
        let monitoring = &self.topology.monitoring;
        let name = format!("{}-sees-{word}", self.prefix);
        let canary = self.ground.canary(name.clone(), health(domain), monitoring);
        stack.add(&format!("{id}Canary"), canary);
        let text = format!("{what} does not answer from here");
        let success = success(monitoring, &name);
        alarm(stack, self.place(), &format!("{id}Silent"), &text, &success, silent());
        name
    }

    fn place(&self) -> Place {
        Place { prefix: self.prefix.clone(), topic: self.topic.clone() }
    }
}

/// The Region's only key: what alarms say, and what canaries leave behind (`kms-key-retain`).
fn key(stack: &mut Stack, prefix: &str) -> Handle<Key> {
    let account = allow(["kms:*"], ["*".into()]).by_account();
    let alarms = allow(["kms:Decrypt", "kms:GenerateDataKey*"], ["*".into()])
        .by_service("cloudwatch.amazonaws.com")
        .when("StringEquals", "aws:SourceAccount", sub("${AWS::AccountId}"));
    let key = Key {
        description: set(format!("{prefix} watch")),
        enable_key_rotation: set(true),
        pending_window_in_days: set(30),
        key_policy: set(policy::document([account, alarms])),
        ..Key::default()
    };
    let key = stack.add_with("Key", key, Attributes::retained());
    stack.add("KeyAlias", Alias::new(format!("alias/{prefix}-watch"), key.reference()));
    key
}

/// The topic of the alarms here; its ARN by its name, as alarms have it everywhere.
fn topic(stack: &mut Stack, topology: &Topology, region: Region, key: &Handle<Key>) -> Text {
    let name = Site::new(topology, Home::Primary).alarm_topic();
    let topic = Topic {
        topic_name: set(&name),
        display_name: set(format!("Payment DR alarms {region}")),
        kms_master_key_id: set(key.arn()),
        ..Topic::default()
    };
    let topic = stack.add("AlarmTopic", topic);
    let publish = allow(["sns:Publish"], [topic.topic_arn().into()])
        .by_service("cloudwatch.amazonaws.com")
        .when("StringEquals", "aws:SourceAccount", sub("${AWS::AccountId}"));
    let document: Value<Json> = policy::document([publish]).into();
    stack.add("AlarmTopicPolicy", TopicPolicy::new(document, [topic.topic_arn()]));
    if let Some(email) = &topology.monitoring.email {
        let subscription =
            Subscription { endpoint: set(email), ..Subscription::new("email", topic.topic_arn()) };
        stack.add("AlarmEmail", subscription);
    }
    stack.output("AlarmTopicArn", "Topic of the alarms in the witness Region", topic.topic_arn());
    site::arn(region, "sns", &name)
}
