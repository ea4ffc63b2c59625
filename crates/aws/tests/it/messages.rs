//! The event topic and the queue that wakes the worker.

use std::collections::BTreeMap;

use aws::{SnsTopic, WakeUp};
use aws_sdk_sqs::types::MessageSystemAttributeName;
use expect_test::expect;
use notify::{Handed, Topic};
use payments::{
    AccountId, Amount, Currency, Epoch, Event, EventDraft, EventId, EventKind, Money, MovementId,
    PaymentId, Time,
};

use crate::double::{Fault, Way};
use crate::samples::{PATIENT, aws, aws_with_notices, sdk_config};
use emulator::Emulator;

fn event(kind: EventKind) -> Event {
    let time = Time::from_ms(1_767_225_600_000);
    let amount = Amount::new(1_000).expect("it is above zero");
    let draft = EventDraft {
        id: EventId::new(time, [1; 10]),
        kind,
        account: AccountId::new(time, [2; 10]),
        movement: MovementId::Payment(PaymentId::new(time, [3; 10])),
        money: Money::new(amount, Currency::find("EUR").expect("it is one")),
        epoch: Epoch::new(4),
    };
    draft.numbered(1)
}

/// What is in the queue: texts and attributes.
async fn messages(
    queues: &aws_sdk_sqs::Client,
    url: &str,
) -> Vec<(String, BTreeMap<String, String>)> {
    let received = queues
        .receive_message()
        .queue_url(url)
        .max_number_of_messages(10)
        .message_attribute_names("All")
        .message_system_attribute_names(MessageSystemAttributeName::All)
        .send()
        .await
        .expect("the queue answers");
    let messages = received.messages.unwrap_or_default().into_iter();
    messages
        .map(|message| {
            let attributes = message.message_attributes.unwrap_or_default().into_iter();
            let attributes = attributes.map(|(name, value)| {
                let text = value.string_value.unwrap_or_default();
                (name, format!("{} {text}", value.data_type))
            });
            (message.body.unwrap_or_default(), attributes.collect())
        })
        .collect()
}

async fn queue(queues: &aws_sdk_sqs::Client, name: &str) -> String {
    let made = queues.create_queue().queue_name(name).send().await.expect("the queue is made");
    made.queue_url.expect("it has an address")
}

#[tokio::test]
async fn events_come_with_what_subscriptions_filter_by() {
    let emulator = Emulator::start();
    let config = sdk_config(&emulator.url());
    let (topics, queues) = (aws_sdk_sns::Client::new(&config), aws_sdk_sqs::Client::new(&config));
    let made = topics.create_topic().name("events").send().await.expect("the topic is made");
    let arn = made.topic_arn.expect("it has an ARN");
    let url = queue(&queues, "declined").await;
    let subscribe = topics.subscribe().topic_arn(&arn).protocol("sqs");
    let subscribe = subscribe.endpoint("arn:aws:sqs:us-east-1:123456789012:declined");
    let subscribe = subscribe.attributes("RawMessageDelivery", "true");
    let subscribe = subscribe.attributes("FilterPolicy", r#"{"type": ["payment.declined"]}"#);
    subscribe.send().await.expect("the queue is subscribed");
    let topic = SnsTopic::new(&aws(Some(emulator.url())), &arn).with_patience(PATIENT);
    for kind in [EventKind::PaymentSucceeded, EventKind::PaymentDeclined] {
        let event = event(kind);
        assert_eq!(topic.publish(&event, &notify::event_json(&event)).await, Handed::Over);
    }
    let messages = messages(&queues, &url).await;
    let [(text, attributes)] = messages.as_slice() else { panic!("one passes: {messages:?}") };
    assert_eq!(*text, notify::event_json(&event(EventKind::PaymentDeclined)));
    expect![[r#"
        {
            "account": "String acc_01KDVDNA00081040G2081040G2",
            "epoch": "Number 4",
            "event_id": "String evt_01KDVDNA00040G2081040G2081",
            "type": "String payment.declined",
        }
    "#]]
    .assert_debug_eq(attributes);
}

#[tokio::test]
async fn an_event_without_an_answer_is_told_again() {
    let emulator = Emulator::start();
    let topics = aws_sdk_sns::Client::new(&sdk_config(&emulator.url()));
    let made = topics.create_topic().name("events").send().await.expect("the topic is made");
    let arn = made.topic_arn.expect("it has an ARN");
    let mut way = Way::to(emulator.address()).await;
    let (aws, notices) = aws_with_notices(way.url());
    let topic = SnsTopic::new(&aws, &arn).with_patience(PATIENT);
    let event = event(EventKind::PaymentPosted);
    way.next(&[Fault::LosesAnswer, Fault::SaysXml(503, "ServiceUnavailable")]);
    assert_eq!(topic.publish(&event, "{}").await, Handed::Over);
    assert_eq!(way.requests(), 3);
    let missing = SnsTopic::new(&aws, &arn.replace("events", "nothing")).with_patience(PATIENT);
    assert_eq!(missing.publish(&event, "{}").await, Handed::NotKnown);
    assert_eq!(way.requests(), 4, "it does not help to ask again");
    way.close().await;
    assert_eq!(topic.publish(&event, "{}").await, Handed::NotKnown);
    let notices = notices.lock().unwrap();
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert!(notices[0].contains("event topic: in this Region: NotFound"), "{notices:?}");
    assert!(notices[1].contains("Connection refused"), "{notices:?}");
}

#[tokio::test]
async fn the_worker_is_woken() {
    let emulator = Emulator::start();
    let queues = aws_sdk_sqs::Client::new(&sdk_config(&emulator.url()));
    let mut way = Way::to(emulator.address()).await;
    let wake_up = WakeUp::new(&aws(Some(way.url())), "wake-up").with_patience(PATIENT);
    let error = wake_up.wake().await.expect_err("there is no queue");
    assert!(error.0.to_string().contains("NonExistentQueue"), "{}", error.0);
    let url = queue(&queues, "wake-up").await;
    for _ in 0..2 {
        wake_up.wake().await.expect("the queue takes it");
    }
    assert_eq!(way.requests(), 4, "the queue is looked up until it is found, and once");
    let texts: Vec<_> = messages(&queues, &url).await.into_iter().map(|(text, _)| text).collect();
    assert_eq!(texts, ["something is in the outbox"; 2]);
    way.close().await;
    let error = wake_up.wake().await.expect_err("nobody is there");
    assert_eq!(error.to_string(), "the outbox worker was perhaps not woken");
}
