//! Secrets that change, cannot be read, or make no sense; and that nobody sees them.

use std::sync::Arc;
use std::time::Duration;

use aws::{DatabaseSecret, WebhookSecret};
use aws_sdk_secretsmanager::Client;
use notify::{EndpointSource, NoEndpoints};
use stores::{Credentials, Freshness, Password};
use tokio::task::JoinSet;

use crate::double::Way;
use crate::samples::{PATIENT, aws_with_notices, sdk_config};
use emulator::Emulator;

const NAME: &str = "the-secret";

async fn make(secrets: &Client, text: &str) {
    let made = secrets.create_secret().name(NAME).secret_string(text).send().await;
    made.expect("the secret is made");
}

async fn change(secrets: &Client, text: &str) {
    let changed = secrets.put_secret_value().secret_id(NAME).secret_string(text).send().await;
    changed.expect("the secret is changed");
}

/// Lets this time pass at once.
async fn pass(span: Duration) {
    tokio::time::pause();
    tokio::time::advance(span).await;
    tokio::time::resume();
}

fn login(password: &str) -> String {
    format!(r#"{{"username": "app", "password": "{password}", "port": 5432}}"#)
}

async fn password(secret: &DatabaseSecret, freshness: Freshness) -> Result<Password, String> {
    secret.password(freshness).await.map_err(|cause| cause.to_string())
}

#[tokio::test]
async fn a_password_changes_without_a_restart() {
    let emulator = Emulator::start();
    let secrets = Client::new(&sdk_config(&emulator.url()));
    let mut way = Way::to(emulator.address()).await;
    let (aws, _) = aws_with_notices(way.url());
    make(&secrets, &login("first")).await;
    let secret = Arc::new(DatabaseSecret::new(&aws, NAME).with_patience(PATIENT));
    let (first, second) = (Ok(Password::new("first")), Ok(Password::new("second")));
    let mut connections = JoinSet::new();
    for _ in 0..16 {
        let secret = Arc::clone(&secret);
        connections.spawn(async move { password(&secret, Freshness::Cached).await });
    }
    assert!(connections.join_all().await.iter().all(|password| *password == first));
    assert_eq!(secret.user().await.expect("it is read"), "app");
    assert_eq!(way.requests(), 1);
    change(&secrets, &login("second")).await;
    assert_eq!(password(&secret, Freshness::Cached).await, first);
    pass(Duration::from_secs(1)).await;
    assert_eq!(password(&secret, Freshness::Fresh).await, second);
    assert_eq!(password(&secret, Freshness::Cached).await, second);
    assert_eq!(way.requests(), 2);
    // Secrets Manager is away: what is known serves, but not whoever was refused.
    way.close().await;
    pass(Duration::from_secs(3_600)).await;
    assert_eq!(password(&secret, Freshness::Cached).await, second);
    let refused = password(&secret, Freshness::Fresh).await.expect_err("nobody knows");
    assert!(refused.contains("Connection refused"), "{refused}");
    way.reopen().await;
    change(&secrets, &login("third")).await;
    pass(Duration::from_secs(5)).await;
    assert_eq!(password(&secret, Freshness::Cached).await, Ok(Password::new("third")));
}

#[tokio::test]
async fn who_is_called_back_changes_and_what_is_broken_does_not_count() {
    const KEY: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let configuration = |id: &str, key: &str| {
        let url = "https://shop.example/hooks";
        format!(r#"{{"endpoints": [{{"id": "{id}", "url": "{url}", "secrets": ["{key}"]}}]}}"#)
    };
    let emulator = Emulator::start();
    let secrets = Client::new(&sdk_config(&emulator.url()));
    let (aws, notices) = aws_with_notices(emulator.url());
    let secret = WebhookSecret::new(&aws, NAME).with_patience(PATIENT);
    assert_eq!(secret.endpoints().await, Err(NoEndpoints), "there is no secret yet");
    make(&secrets, &configuration("shop-1", KEY)).await;
    pass(Duration::from_secs(1)).await;
    let first = secret.endpoints().await.expect("it is read");
    change(&secrets, &configuration("shop-2", "hunter2")).await;
    for _ in 0..3 {
        pass(Duration::from_secs(61)).await;
        assert_eq!(secret.endpoints().await.expect("the last good one serves"), first);
    }
    change(&secrets, &configuration("shop-3", KEY)).await;
    pass(Duration::from_secs(61)).await;
    let names = secret.endpoints().await.expect("it is read").revisions();
    assert_eq!(names.keys().map(|id| id.as_str()).collect::<Vec<_>>(), ["shop-3"]);
    let notices = notices.lock().unwrap();
    assert!(notices[0].contains("ResourceNotFoundException"), "{notices:?}");
    assert_eq!(notices[1..].len(), 3, "{notices:?}");
    assert!(notices[1..].iter().all(|notice| notice.contains("endpoints[0].secrets[0]")));
    assert!(!notices.concat().contains("hunter2"), "{notices:?}");
}

#[tokio::test]
async fn nobody_sees_what_is_in_a_secret() {
    let texts = [
        r#"{"username": "app", "password": hunter2}"#,
        r#"{"username": "app", "password": {"a": "hunter2"}}"#,
        r#"{"username": "app", "passwort": "hunter2"}"#,
        r#"["hunter2", 1, "hunter2"]"#,
        "hunter2",
    ];
    let emulator = Emulator::start();
    let secrets = Client::new(&sdk_config(&emulator.url()));
    make(&secrets, &login("hunter2")).await;
    let (aws, notices) = aws_with_notices(emulator.url());
    let secret = DatabaseSecret::new(&aws, NAME).with_patience(PATIENT);
    assert_eq!(password(&secret, Freshness::Cached).await, Ok(Password::new("hunter2")));
    let mut seen = format!("{secret:?} {aws:?}");
    for text in texts {
        change(&secrets, text).await;
        let secret = DatabaseSecret::new(&aws, NAME).with_patience(PATIENT);
        let error = secret.password(Freshness::Cached).await.expect_err("it makes no sense");
        seen += &format!("\n{error} {error:?} {secret:?}");
    }
    seen += &notices.lock().unwrap().join("\n");
    assert!(!seen.contains("hunter2"), "{seen}");
    assert_eq!(seen.matches("database secret: the secret is not JSON with").count(), 5, "{seen}");
}
