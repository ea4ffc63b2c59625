//! How a function starts: ready before its first event where environments are kept warm, and not at all without what the
//! templates tell.

use std::process::Command;

use expect_test::expect;

use crate::package;
use crate::world::World;

#[tokio::test]
async fn an_environment_that_is_kept_warm_is_connected_before_its_first_event() {
    let world = World::start().await;
    let mut instance = world.instance("transaction-processing", "provisioned-concurrency").await;
    instance.ready().await;
    assert_eq!(world.connections(), "1");
}

#[test]
fn every_variable_that_is_missing_is_named() {
    let folder = tempfile::tempdir().expect("a folder is made");
    let executable = package::unpack("notification", folder.path());
    let mut command = Command::new(executable);
    command.env_clear().env("AWS_LAMBDA_FUNCTION_NAME", "notification-dev");
    let output = command.env("AWS_REGION", "us-east-1").output().expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    expect![[r#"
        {"level":"error","message":"the function cannot run","reason":"TIDEOVER_SERVICE is not set; it must be the name of the service in its numbers"}
        {"level":"error","message":"the function cannot run","reason":"TIDEOVER_PEER_REGION is not set; it must be the Region of the control table's other replica"}
        {"level":"error","message":"the function cannot run","reason":"TIDEOVER_CONTROL_TABLE is not set; it must be the name of the control table"}
        {"level":"error","message":"the function cannot run","reason":"TIDEOVER_DATABASE_HOST is not set; it must be the name of the database's writer"}
        {"level":"error","message":"the function cannot run","reason":"TIDEOVER_DATABASE_NAME is not set; it must be the name of the database"}
        {"level":"error","message":"the function cannot run","reason":"TIDEOVER_DATABASE_SECRET is not set; it must be the name of the secret with its user and password"}
        {"level":"error","message":"the function cannot run","reason":"TIDEOVER_EVENT_TOPIC_ARN is not set; it must be the topic of events"}
        {"level":"error","message":"the function cannot run","reason":"TIDEOVER_RECEIPT_BUCKET is not set; it must be the bucket of receipts"}
    "#]].assert_eq(&String::from_utf8_lossy(&output.stdout));
}
