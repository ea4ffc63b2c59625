//! Values to store, and the table over a double.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws::{Aws, ControlTable, Identity, Notice, Patience, Place, Replica};
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls;
use payments::{
    AccountId, Amount, Attempt, Claim, Currency, Epoch, Fingerprint, Intent, IntentState,
    IntentWrite, Money, MovementId, Order, PaymentId, RefundId, RefundOrder, Revision, ScopedKey,
    Time,
};

use crate::double::{Double, TABLE};

/// Bits that look random and are the same each time.
pub(crate) fn bits() -> impl Fn() -> u64 + Send + Sync + 'static {
    let state = AtomicU64::new(1);
    move || {
        let odd = 0x9e37_79b9_7f4a_7c15_u64;
        state.fetch_add(odd, Ordering::Relaxed).wrapping_mul(odd).rotate_left(32)
    }
}

/// A process whose services are all at this address.
pub(crate) fn aws(endpoint_url: Option<String>) -> Aws {
    Aws::new(place(endpoint_url), bits(), |_| {})
}

pub(crate) fn place(endpoint_url: Option<String>) -> Place {
    let identity = Identity::Key { id: "123456789012".to_owned(), secret: "test".to_owned() };
    Place { region: "us-east-1".to_owned(), endpoint_url, identity }
}

/// So long that no machine is too slow: only what a test does to a request decides what comes of it.
pub(crate) const PATIENT: Patience = Patience {
    local: Duration::from_secs(60),
    other: Duration::from_secs(60),
    total: Duration::from_secs(300),
    pause: Duration::from_millis(1),
    avoidance: Duration::ZERO,
};

/// For the ways to this Region's replica that hang: it is given up soon.
pub(crate) const HASTY: Patience = Patience { local: Duration::from_millis(300), ..PATIENT };

/// The table by both ways to the double.
pub(crate) fn table(double: &Double, patience: Patience) -> ControlTable {
    let replica =
        |region: &str, url: String| Replica { region: region.to_owned(), endpoint_url: Some(url) };
    let local = replica("us-east-1", double.local.url());
    let other = replica("us-east-2", double.other.url());
    ControlTable::new(&aws(None), TABLE, local, other, patience)
}

fn payment(number: u8) -> PaymentId {
    PaymentId::new(Time::from_ms(1_767_225_600_000), [number; 10])
}

/// The first write of an intent; `writer` tells apart those who make the same one.
pub(crate) fn first(number: u8, writer: u8) -> IntentWrite {
    let time = Time::from_ms(1_767_225_600_000);
    let account = AccountId::new(time, [7; 10]);
    let amount = Amount::new(1_000).expect("it is above zero");
    let money = Money::new(amount, Currency::find("EUR").expect("it is one"));
    let movement = MovementId::Refund(payment(number), RefundId::new(time, [writer; 10]));
    let intent = Intent {
        key: ScopedKey::from_bytes([number; 32]),
        fingerprint: Fingerprint::from_bytes([9; 32]),
        movement,
        order: Order::Refund(RefundOrder { payment: payment(number), account, money }),
        epoch: Epoch::new(3),
        state: IntentState::Accepted,
        claim: Claim { by: Attempt::new(movement), until: time },
        revision: Revision(1),
    };
    IntentWrite { intent, expects: None }
}

/// The write after `before` that brings the intent into this state.
pub(crate) fn moved(before: &IntentWrite, state: IntentState) -> IntentWrite {
    let revision = Revision(before.intent.revision.0 + 1);
    let intent = Intent { state, revision, ..before.intent.clone() };
    IntentWrite { intent, expects: Some(before.intent.revision) }
}

/// What was told that failed.
pub(crate) type Notices = Arc<Mutex<Vec<String>>>;

/// A process whose services are all at this address, and what it is told.
pub(crate) fn aws_with_notices(endpoint_url: String) -> (Aws, Notices) {
    let notices = Notices::default();
    let told = Arc::clone(&notices);
    let tell = move |notice: &Notice| {
        told.lock().expect("nobody panics with it").push(notice.to_string());
    };
    (Aws::new(place(Some(endpoint_url)), bits(), tell), notices)
}

/// What tests look behind the adapters with.
pub(crate) fn sdk_config(endpoint_url: &str) -> SdkConfig {
    let ring = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    let key = Credentials::new("123456789012", "test", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(key))
        .http_client(aws_smithy_http_client::Builder::new().tls_provider(ring).build_https())
        .endpoint_url(endpoint_url)
        .build()
}

/// DynamoDB itself, for tests that look behind the table.
pub(crate) fn client(double: &Double) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::new(&sdk_config(&double.url()))
}
