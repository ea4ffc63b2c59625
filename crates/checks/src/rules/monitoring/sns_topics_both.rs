//! Topics that alarms notify, in both Regions.

use std::collections::{BTreeMap, BTreeSet};

use super::alarms;
use topology::Home;

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::naming;
use crate::place::{Place, Resource};
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// Alarms of each Region notify a topic of their own Region, and somebody is subscribed to it.
    ///
    /// ## What is checked
    ///
    /// In a pair of Regions: no action of an alarm is the ARN of a topic of another Region. A topic that alarms
    /// notify has a subscription in the templates (its property `Subscription`, an `AWS::SNS::Subscription`, or a
    /// chat configuration). An alarm whose counterpart in the other Region has actions has some too.
    ///
    /// ## What only run time can show
    ///
    /// That subscriptions by e-mail were confirmed in both Regions, and subscriptions that were made by hand.
    ///
    /// ## Why it hurts
    ///
    /// An alarm acts in its own Region only, and a topic without a subscription tells nobody: the page for the
    /// takeover is never sent.
    ///
    /// ## What to change
    ///
    /// In the stack of each Region:
    ///
    /// ```yaml
    /// AlarmTopic:
    ///   Type: AWS::SNS::Topic
    ///   Properties:
    ///     Subscription: [{Protocol: https, Endpoint: "https://events.example.com/on-call"}]
    /// ```
    ///
    /// ## Source
    ///
    /// Amazon CloudWatch User Guide, "Notifying users on alarm changes"; AWS Fault Isolation Boundaries, on
    /// Regional services.
    "sns-topics-both": Error, Unseen, Derived, Pair;
    why: "the page that should start the takeover is never sent";
    check
}

const TOPIC: &str = "AWS::SNS::Topic";
const SUBSCRIPTION: &str = "AWS::SNS::Subscription";
const CHATS: [&str; 2] =
    ["AWS::Chatbot::MicrosoftTeamsChannelConfiguration", "AWS::Chatbot::SlackChannelConfiguration"];
const ACTIONS: [&str; 3] = ["AlarmActions", "InsufficientDataActions", "OKActions"];

fn check(design: &Design, judge: &mut Judge<'_>) {
    let topics = topics(design);
    let mut notified: BTreeMap<String, BTreeSet<(usize, &str)>> = BTreeMap::new();
    let all = design.of(alarms::ALARM).chain(design.of(alarms::COMPOSITE));
    for alarm in all.filter(|alarm| design.home(*alarm).is_some()) {
        judge.subject();
        for action in
            ACTIONS.iter().flat_map(|keys| alarm.at(keys).items().known().unwrap_or_default())
        {
            if let Some(arn) = topic_of(design, &action) {
                judge_region(judge, alarm, &action, &arn);
                notified.entry(arn).or_default().insert((alarm.stack.index, alarm.id()));
            }
        }
        judge_actions(design, judge, alarm);
    }
    let heard = Heard::of(design);
    for (arn, alarms) in notified {
        let topic = topics.get(&arn).copied().filter(|topic| design.home(*topic).is_some());
        if let Some(topic) = topic.filter(|topic| !heard.has(*topic, &arn)) {
            judge_silent(judge, topic, alarms.len(), &heard);
        }
    }
}

/// A topic as its ARN, or by its place where the template does not say its name.
fn key(design: &Design, topic: Resource<'_>) -> String {
    let unnamed = || format!("{}.{}", topic.stack.index, topic.id());
    design.arn(topic).known().unwrap_or_else(unnamed)
}

fn topics(design: &Design) -> BTreeMap<String, Resource<'_>> {
    design.of(TOPIC).map(|topic| (key(design, topic), topic)).collect()
}

/// The topic that a value names.
fn topic_of(design: &Design, place: &Place<'_>) -> Option<String> {
    let value = place.value().known()?;
    if let Value::Reference(reference) = value {
        let resource = design.resource(reference)?;
        return (resource.kind() == TOPIC).then(|| key(design, resource));
    }
    design.text(value).known().filter(|text| text.split(':').nth(2) == Some("sns"))
}

fn judge_region(judge: &mut Judge<'_>, alarm: Resource<'_>, action: &Place<'_>, arn: &str) {
    let there = arn.split(':').nth(3).unwrap_or_default();
    if !there.is_empty() && there != alarm.region() {
        judge.finding(
            action,
            format!("the alarm is in {}, and its topic `{arn}` in {there}", alarm.region()),
            format!("name a topic of {}, with the same subscriptions", alarm.region()),
        );
    }
}

/// An alarm that tells nobody, though the other Region's does.
fn judge_actions(design: &Design, judge: &mut Judge<'_>, alarm: Resource<'_>) {
    let place = alarm.at("AlarmActions");
    let tells = |alarm: Resource<'_>| {
        let actions = alarm.at("AlarmActions").items();
        actions.known().is_some_and(|actions| !actions.is_empty())
            && alarm.at("ActionsEnabled").bool().known() != Some(false)
    };
    let is_silent = matches!(alarm.at("AlarmActions").exists(), Answer::Known(false))
        || alarm.at("ActionsEnabled").bool().known() == Some(false);
    let Some(other) = design.counterpart(alarm).filter(|other| is_silent && tells(*other)) else {
        return;
    };
    judge.finding_with(
        &place,
        &[other.at("AlarmActions")],
        format!("the alarm tells nobody, and that of {} does", other.region()),
        format!("set `AlarmActions` to a topic of {}", alarm.region()),
    );
}

/// Who listens to topics.
struct Heard {
    topics: BTreeSet<String>,
    /// Regions in which there may be more.
    hiding: BTreeSet<String>,
}

impl Heard {
    fn of(design: &Design) -> Self {
        let mut places: Vec<_> = design.of(SUBSCRIPTION).map(|one| one.at("TopicArn")).collect();
        for chat in CHATS.into_iter().flat_map(|kind| design.of(kind)) {
            places.extend(chat.at("SnsTopicArns").items().known().unwrap_or_default());
        }
        let regions = Home::BOTH.into_iter().filter_map(|home| design.region(home));
        let hiding = regions.filter(|region| {
            CHATS.into_iter().chain([SUBSCRIPTION]).any(|kind| design.may_hide(kind, region))
        });
        let open = places.iter().filter(|place| is_open(design, place));
        let open = open.filter_map(|place| place.stack.region.as_deref());
        Self {
            hiding: hiding.chain(open).map(str::to_owned).collect(),
            topics: places.iter().filter_map(|place| topic_of(design, place)).collect(),
        }
    }

    fn has(&self, topic: Resource<'_>, arn: &str) -> bool {
        let own = topic.at("Subscription").items();
        let own = own.known().is_some_and(|subscriptions| !subscriptions.is_empty());
        own || self.topics.iter().any(|heard| naming::same(heard, arn) != Answer::Known(false))
    }
}

/// Whether a subscription may be of any topic.
fn is_open(design: &Design, place: &Place<'_>) -> bool {
    match place.value() {
        Answer::Known(Value::Reference(_)) | Answer::Absent => false,
        Answer::Known(value) => matches!(design.text(value), Answer::Unknown(_)),
        Answer::Unknown(_) => true,
    }
}

fn judge_silent(judge: &mut Judge<'_>, topic: Resource<'_>, alarms: usize, heard: &Heard) {
    let place = topic.at("Subscription");
    if heard.hiding.contains(topic.region()) || matches!(place.exists(), Answer::Unknown(_)) {
        let why = "whether the topic gets a subscription is not known";
        return judge.cannot_judge(&place, Unknown(why.to_owned()));
    }
    let notify =
        if alarms == 1 { "1 alarm notifies".to_owned() } else { format!("{alarms} alarms notify") };
    judge.finding(
        &place,
        format!("{notify} `{}`, to which no template subscribes anybody", topic.id()),
        format!(
            "subscribe the on-call service in {} to `{}`: set its property `Subscription`",
            topic.region(),
            topic.id()
        ),
    );
}
