//! What people and state machines see in the table.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use expect_test::expect;
use fence::{
    Author, Begin, Command, Epoch, Holder, HolderId, Millis, Order, RegionName, RunId, RunKind,
    Tenure, Timing, renew_once, transition,
};
use payments::{Intents, Written};

use crate::double::{Double, TABLE};
use crate::samples::{PATIENT, client, first, table};

/// The items, with their documents left out.
async fn items(double: &Double) -> String {
    let scan = client(double).scan().table_name(TABLE).send().await;
    let mut items = BTreeMap::new();
    for item in scan.expect("the double answers").items.expect("it has items") {
        let attributes: BTreeMap<_, _> = item.iter().collect();
        let plain =
            attributes.iter().filter(|(name, _)| !["id", "document"].contains(&name.as_str()));
        let line =
            plain.map(|(name, value)| format!("  {name}: {}\n", show(value))).collect::<String>();
        assert!(item["document"].as_s().is_ok_and(|document| document.starts_with('{')));
        items.insert(show(&item["id"]), line);
    }
    items.iter().map(|(id, lines)| format!("{id}\n{lines}")).collect()
}

fn show(value: &AttributeValue) -> String {
    match value {
        AttributeValue::S(text) => format!("{text:?}"),
        AttributeValue::N(number) => number.clone(),
        other => panic!("nothing else is written: {other:?}"),
    }
}

#[tokio::test]
async fn attributes_stand_beside_the_documents() {
    let double = Double::start().await;
    let table = table(&double, PATIENT);
    let (source, target) = (RegionName::new("us-east-1"), RegionName::new("us-east-2"));
    let order = |command| Order { command, by: Author::new("ann"), reason: "a test".to_owned() };
    let initialize = order(Command::Initialize { region: source.clone() });
    transition(&table, &initialize).await.expect("the table answers");
    let holder =
        Holder { region: source.clone(), id: HolderId::new("east-1"), tenure: Tenure::Alone };
    let renewed = renew_once(&table, &holder, &Timing::default(), Millis(0)).await;
    assert!(renewed.held().is_ok());
    assert_eq!(table.write(&first(1, 1)).await, Written::Done);
    expect![[r#"
        "dr#lease#us-east-1"
          epoch: 1
          revision: 1
        "dr#system"
          active_region: "us-east-1"
          epoch: 1
          state: "ACTIVE"
          traffic_region: "us-east-1"
        "intent#abababababababababababababababababababababababababababababababab"
          epoch: 3
          revision: 1
          state: "accepted"
    "#]]
    .assert_eq(&items(&double).await);
    let kind = RunKind::Switchover;
    let begin = Begin { run: RunId::new("r1"), kind, seen: Epoch::new(1), source, target };
    transition(&table, &order(Command::Begin(begin))).await.expect("the table answers");
    expect![[r#"
        "dr#lease#us-east-1"
          epoch: 1
          revision: 1
        "dr#system"
          active_region: "us-east-1"
          epoch: 2
          point_of_no_return: "ahead"
          run_id: "r1"
          state: "DRAINING"
          traffic_region: "us-east-1"
        "intent#abababababababababababababababababababababababababababababababab"
          epoch: 3
          revision: 1
          state: "accepted"
    "#]]
    .assert_eq(&items(&double).await);
}
