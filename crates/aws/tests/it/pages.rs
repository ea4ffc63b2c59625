//! All intents, page by page.

use std::collections::BTreeSet;

use aws::PageFault;
use fence::{Author, Command, Order, RegionName, transition};
use payments::{AllIntents as _, Intent, IntentReader as _, Intents, NotAll, ScopedKey, Written};

use crate::double::{Double, Fault, TABLE};
use crate::samples::{PATIENT, client, first, table};

/// All pages, and how many there were.
async fn all(mut pages: aws::IntentPages) -> Result<(Vec<Intent>, usize), PageFault> {
    let (mut intents, mut count) = (Vec::new(), 0);
    while let Some(page) = pages.next().await? {
        intents.extend(page);
        count += 1;
    }
    Ok((intents, count))
}

async fn with_intents(numbers: std::ops::Range<u8>) -> Double {
    let double = Double::start().await;
    let table = table(&double, PATIENT);
    let initialize = Command::Initialize { region: RegionName::new("us-east-1") };
    let order = Order { command: initialize, by: Author::new("ann"), reason: "a test".to_owned() };
    transition(&table, &order).await.expect("the table answers");
    for number in numbers {
        assert_eq!(table.write(&first(number, 1)).await, Written::Done);
    }
    double
}

fn keys(intents: &[Intent]) -> BTreeSet<ScopedKey> {
    intents.iter().map(|intent| intent.key).collect()
}

#[tokio::test]
async fn each_intent_is_on_one_page() {
    let double = with_intents(0..50).await;
    let table = table(&double, PATIENT);
    let expected: BTreeSet<ScopedKey> = (0..50).map(|number| first(number, 1).intent.key).collect();
    let (intents, count) = all(table.intents(None)).await.expect("the table answers");
    assert_eq!((intents.len(), count, keys(&intents)), (50, 1, expected.clone()));
    let (intents, count) = all(table.intents(Some(7))).await.expect("the table answers");
    assert_eq!((intents.len(), count, keys(&intents)), (50, 8, expected));
}

/// Read side by side, all parts are the whole; and without one of them there is no end.
#[tokio::test]
async fn each_intent_is_in_one_part() {
    let double = with_intents(0..50).await;
    let table = table(&double, PATIENT);
    let (mut reader, mut intents) = (table.reader(), Vec::new());
    while let Some(page) = reader.next().await.expect("the table answers") {
        intents.extend(page);
    }
    assert_eq!((intents.len(), keys(&intents).len()), (50, 50));
    for replica in [&double.local, &double.other] {
        replica.always(Fault::Says(400, "AccessDeniedException"));
    }
    let Err(NotAll { cause }) = table.reader().next().await else { panic!("nobody answers") };
    assert!(cause.contains("AccessDeniedException"), "{cause}");
}

#[tokio::test]
async fn pages_go_on_where_they_broke_off() {
    let double = with_intents(0..20).await;
    let table = table(&double, PATIENT);
    double.local.next(&[Fault::LosesQuestion]);
    let mut pages = table.intents(Some(6));
    let first = pages.next().await.expect("the other replica answers").expect("there are some");
    // From now on only the other will do, whose order it is.
    double.other.always(Fault::Says(400, "AccessDeniedException"));
    let Err(PageFault::NoAnswer(said)) = pages.next().await else { panic!("nobody answers") };
    let expected =
        "in the other Region: AccessDeniedException (400): as the test wants it".to_owned();
    assert_eq!(said.to_string(), expected);
    double.other.always(Fault::None);
    double.other.next(&[Fault::LosesAnswer]);
    let (rest, _) = all(pages).await.expect("the other replica answers");
    let intents = [first, rest].concat();
    assert_eq!((intents.len(), keys(&intents).len()), (20, 20));
}

#[tokio::test]
async fn an_intent_that_cannot_be_read_is_not_passed_over() {
    let double = with_intents(0..3).await;
    let table = table(&double, PATIENT);
    let key = first(200, 1).intent.key;
    let rows = [
        (r#"{"format":2}"#, "of a newer program"),
        ("not JSON", "not JSON"),
        (&stores::document::intent(&first(0, 1).intent), "another's"),
    ];
    for (document, what) in rows {
        let item = client(&double).put_item().table_name(TABLE);
        let item = item.item("id", text(&format!("intent#{key}"))).item("document", text(document));
        item.send().await.expect("the double answers");
        let Err(PageFault::Unreadable { id, cause }) = all(table.intents(None)).await else {
            panic!("{what}: it is not an intent")
        };
        assert_eq!(id, format!("intent#{key}"), "{what}: {cause}");
        assert_eq!(table.read(&key).await, payments::Read::Unavailable, "{what}");
        assert_eq!(table.write(&first(200, 1)).await, Written::Unavailable, "{what}");
    }
}

fn text(value: &str) -> aws_sdk_dynamodb::types::AttributeValue {
    aws_sdk_dynamodb::types::AttributeValue::S(value.to_owned())
}
