//! What every other stack of a Region leans on: its keys and its topics.

use cfn::kms::{Alias, Key};
use cfn::sns::{Subscription, Topic, TopicPolicy};
use cfn::{Attributes, Handle, Json, Stack, Value, set, sub};

use crate::policy::{self, Allow, allow};
use crate::site::{KeyUse, Site};

/// What the other stacks of the Region refer to.
pub(crate) struct Foundation {
    pub(crate) ledger_key: Handle<Key>,
    pub(crate) data_key: Handle<Key>,
    pub(crate) signals_key: Handle<Key>,
    pub(crate) backup_key: Handle<Key>,
    pub(crate) alarm_topic: Handle<Topic>,
    pub(crate) event_topic: Handle<Topic>,
}

pub(crate) fn foundation(site: Site<'_>) -> (Stack, Foundation) {
    let mut stack = site.protected_stack("Foundation", "Keys and topics of the Region");
    let ledger_key = key(&mut stack, site, KeyUse::Ledger, Vec::new());
    let data_key = key(&mut stack, site, KeyUse::Data, Vec::new());
    let signals_key = key(&mut stack, site, KeyUse::Signals, signal_services(site));
    let backup_key = key(&mut stack, site, KeyUse::Backup, Vec::new());
    let alarm_topic = alarm_topic(&mut stack, site, &signals_key);
    let event_topic = event_topic(&mut stack, site, &signals_key);
    stack.output("AlarmTopicArn", "Topic of the Region's alarms", alarm_topic.topic_arn());
    let foundation =
        Foundation { ledger_key, data_key, signals_key, backup_key, alarm_topic, event_topic };
    (stack, foundation)
}

/// A key of this Region only: services treat multi-Region keys as single-Region ones
/// (rule `kms-regional-keys-for-services`). Kept whatever happens to the stack (`kms-key-retain`).
fn key(stack: &mut Stack, site: Site<'_>, key_use: KeyUse, services: Vec<Allow>) -> Handle<Key> {
    let word = key_use.word();
    let id = format!("{}Key", crate::site::pascal(word));
    let account = allow(["kms:*"], ["*".into()]).by_account();
    let key = stack.add_with(
        &id,
        Key {
            description: set(format!("{} {word}", site.prefix())),
            enable_key_rotation: set(true),
            pending_window_in_days: set(30),
            key_policy: set(policy::document([account].into_iter().chain(services))),
            ..Key::default()
        },
        Attributes::retained(),
    );
    stack.add(&format!("{id}Alias"), Alias::new(site.key_alias(key_use), key.reference()));
    key
}

/// The services that write to encrypted topics, queues and log groups of the Region. EventBridge does not say
/// for which account it comes, so its statements name the queue and the topic that it writes to.
fn signal_services(site: Site<'_>) -> Vec<Allow> {
    let use_key = || allow(["kms:Decrypt", "kms:GenerateDataKey*"], ["*".into()]);
    let publishers = PUBLISHERS.map(|service| {
        use_key().by_service(service).when(
            "StringEquals",
            "aws:SourceAccount",
            sub("${AWS::AccountId}"),
        )
    });
    let queue = ("kms:EncryptionContext:aws:sqs:arn", site.arn("sqs", &site.wake_up_queue()));
    let topic = ("kms:EncryptionContext:aws:sns:topicArn", site.alarm_topic_arn());
    let events = [queue, topic].map(|(key, arn)| {
        use_key().by_service("events.amazonaws.com").when("StringEquals", key, arn)
    });
    let logs = allow(
        ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        ["*".into()],
    );
    let logs = logs.by_service(sub("logs.${AWS::Region}.amazonaws.com")).when(
        "ArnLike",
        "kms:EncryptionContext:aws:logs:arn",
        sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*"),
    );
    publishers.into_iter().chain(events).chain([logs]).collect()
}

/// Who publishes to the alarm topic: alarms, and buckets about replication.
const PUBLISHERS: [&str; 2] = ["cloudwatch.amazonaws.com", "s3.amazonaws.com"];

fn alarm_topic(stack: &mut Stack, site: Site<'_>, key: &Handle<Key>) -> Handle<Topic> {
    let topic = stack.add(
        "AlarmTopic",
        Topic {
            topic_name: set(site.alarm_topic()),
            display_name: set(format!("Payment DR alarms {}", site.region())),
            kms_master_key_id: set(key.arn()),
            ..Topic::default()
        },
    );
    let statements = PUBLISHERS.map(|service| {
        allow(["sns:Publish"], [topic.topic_arn().into()]).by_service(service).when(
            "StringEquals",
            "aws:SourceAccount",
            sub("${AWS::AccountId}"),
        )
    });
    let rule = site.arn("events", &format!("rule/{}", site.database_event_rule()));
    let events = allow(["sns:Publish"], [topic.topic_arn().into()])
        .by_service("events.amazonaws.com")
        .when("ArnEquals", "aws:SourceArn", rule);
    let document: Value<Json> = policy::document(statements.into_iter().chain([events])).into();
    stack.add("AlarmTopicPolicy", TopicPolicy::new(document, [topic.topic_arn()]));
    match &site.topology.monitoring.email {
        Some(email) => {
            let subscription =
                Subscription { endpoint: set(email), ..Subscription::new("email", topic.topic_arn()) };
            stack.add("AlarmEmail", subscription);
        }
        None => stack.notes.push(
            "alarms reach nobody until somebody subscribes to the alarm topics; set `monitoring.email`".to_owned(),
        ),
    }
    topic
}

/// The topic that tells the merchants' systems what happened to a payment.
fn event_topic(stack: &mut Stack, site: Site<'_>, key: &Handle<Key>) -> Handle<Topic> {
    stack.add(
        "EventTopic",
        Topic {
            topic_name: set(site.event_topic()),
            display_name: set(format!("Payment events {}", site.region())),
            kms_master_key_id: set(key.arn()),
            ..Topic::default()
        },
    )
}
