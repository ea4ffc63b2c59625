//! Runs in two Regions of an emulator, by the program: how everything stands, a switchover whose process is killed, and
//! the one that goes on with it.

#[path = "../../../../cloud/tests/it/estate.rs"]
mod estate;
#[path = "../../../../cloud/tests/it/ledger.rs"]
mod ledger;
#[path = "../../../../cloud/tests/it/service.rs"]
mod service;

use fence::ControlStore as _;
use topology::Topology;

use self::estate::{ACCOUNT, Estate, region};
use crate::place::{Place, Run};

/// The program, by the way that breaks.
fn tideover(place: &Place, estate: &Estate, words: &str) -> Run {
    let (services, dns) = estate.addresses();
    let services = format!("us-east-1={},us-east-2={}", services[0], services[1]);
    place
        .tideover(words)
        .env("AWS_ENDPOINT_URL", &estate.way.url())
        .env("AWS_ACCESS_KEY_ID", ACCOUNT)
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("TIDEOVER_UP", &place.path("nothing-is-up").display().to_string())
        .env("TIDEOVER_SERVICES", &services)
        .env("TIDEOVER_RESOLVER", &dns.to_string())
}

async fn estate() -> Estate {
    Estate::of(stacks::system(&Topology::default())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_switchover_is_resumed() {
    let (place, estate) = (Place::with(""), estate().await);
    let status = tideover(&place, &estate, "status").outcome();
    assert_eq!(status.exit_code, Some(0), "{status}");
    assert!(status.stdout.contains("failover now   yes"), "{status}");
    let on = format!("on: AWS account {ACCOUNT}, us-east-1 and us-east-2, `payment-dev`\n");
    assert_eq!(status.stderr, on);
    let begun = tideover(&place, &estate, "switchover --by ann --reason patching").start();
    estate.way.wait_for(|called| called.operation == "SwitchoverGlobalCluster");
    let mut begun = begun;
    begun.kill().expect("it runs");
    begun.wait().expect("it ran");
    let not_ready = tideover(&place, &estate, "status --output json").outcome();
    assert_eq!(not_ready.exit_code, Some(8), "{not_ready}");
    let resumed = tideover(&place, &estate, "resume --by ben --take-over").outcome();
    assert_eq!(resumed.exit_code, Some(0), "{resumed}");
    let record = estate.table().read_record().await.expect("it answers").expect("it is there");
    assert_eq!(record.active_region(), Some(&region("us-east-2")));
    assert_eq!(record.run(), None);
    let runs = tideover(&place, &estate, "runs").stdout();
    let run = runs.trim();
    let journal = tideover(&place, &estate, &format!("runs {run}")).stdout();
    assert!(journal.contains("switch-database"), "{journal}");
    assert!(journal.trim_end().ends_with("close"), "{journal}");
}
