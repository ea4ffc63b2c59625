//! A merchant's day: pays, asks again, is refused, refunds, lists and balances, on each store.

use crate::served::client::{ACCOUNT, Client, payment};
use crate::served::machine::{Machine, Store};
use crate::served::oracle::History;

async fn walk(store: Store) {
    let machine = Machine::new(store);
    let service = machine.start();
    let client = Client::new(service.address);
    let mut history = History::default();

    assert_eq!(client.insist("GET /health/ready", None, "").await.status, 200);
    let paid = client.pay("first", 1_234, "tok_visa_abcdefgh").await;
    assert_eq!((paid.status, paid.is_replayed), (201, false), "{}", paid.body);
    let id = paid.text("id");
    let again = client.pay("\"first\"", 1_234, "tok_visa_abcdefgh").await;
    assert_eq!((again.status, again.is_replayed, again.text("id")), (201, true, id.clone()));
    let other = client.pay("first", 1_235, "tok_visa_abcdefgh").await;
    assert_eq!((other.status, other.text("code").as_str()), (422, "idempotency_key_reused"));
    let body = payment(1, "tok_visa_abcdefgh");
    let keyless = client.ask("POST /payments", None, &body).await.unwrap();
    assert_eq!((keyless.status, keyless.text("code").as_str()), (400, "idempotency_key_missing"));
    history.told("first", paid);

    let declined = client.pay("second", 99, "tok_decline_abcdefgh").await;
    assert_eq!(declined.status, 201);
    assert_eq!(client.settled(&declined.text("id")).await["status"], "declined");
    history.told("second", declined);

    assert_eq!(client.settled(&id).await["status"], "succeeded");
    let refunds = format!("POST /payments/{id}/refunds");
    let refund = client.insist(&refunds, Some("back"), r#"{"amount":1000}"#).await;
    assert_eq!((refund.status, refund.json()["amount"].as_i64()), (201, Some(1_000)));
    let more = client.insist(&refunds, Some("more"), r#"{"amount":1000}"#).await;
    assert_eq!((more.status, more.text("code").as_str()), (409, "refund_exceeds_captured"));
    let rest = client.insist(&refunds, Some("rest"), "{}").await;
    assert_eq!((rest.status, rest.json()["amount"].as_i64()), (201, Some(234)));

    let list = client.insist(&format!("GET /payments?account={ACCOUNT}&limit=1"), None, "").await;
    assert_eq!(list.json()["has_more"], true);
    assert_eq!(list.json()["data"].as_array().unwrap().len(), 1);
    let balance = client.insist(&format!("GET /accounts/{ACCOUNT}/balance"), None, "").await;
    assert_eq!(balance.status, 200, "{}", balance.body);
    history.holds(&machine, service).await;
}

#[tokio::test]
async fn on_the_embedded_store() {
    walk(Store::Embedded).await;
}

#[tokio::test]
async fn on_postgresql() {
    walk(Store::Postgres).await;
}
