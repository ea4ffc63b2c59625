//! What is asked of one Region, for how it is.

use fence::{ControlStore as _, Lease, RegionName};

use crate::account::Account;
use crate::database::Global;
use crate::facts::{Told, certificate_alarm, told};
use crate::fault::Fault;
use crate::metrics::{Point, Series};
use crate::reach::{Reach, now};
use crate::stage::Throttle;
use crate::switches::Source;

/// How far back the days that a certificate is good for are looked for: they are measured twice a day.
const CERTIFICATE_MINUTES: u64 = 48 * 60;

/// What else is asked of one Region for this.
pub(super) struct Seen {
    pub(super) told: Told,
    pub(super) sources: Result<Vec<Source>, Fault>,
    pub(super) throttle: Result<Option<Throttle>, Fault>,
    pub(super) at_once: Vec<(String, u32, Result<Option<u32>, Fault>)>,
    pub(super) traffic: Option<String>,
    pub(super) lease: Option<Lease>,
    pub(super) global: Result<Global, Fault>,
    /// How many days its certificate is good for, where that is measured.
    pub(super) certificate_days: Option<i64>,
}

/// Asks one Region everything at once.
pub(super) async fn seen(reach: &Reach, account: &Account, region: &RegionName) -> Seen {
    let (system, site, limit) = (reach.system(), reach.site(region), reach.ways.call_limit);
    let prefix = system.beginning();
    let global = system.global_cluster();
    // What the SDK does to send a request is large: seven at once are not for a stack.
    let (told, sources, throttle, at_once, traffic, lease, global) = tokio::join!(
        Box::pin(told(reach, account, region)),
        Box::pin(site.sources(&prefix, limit)),
        Box::pin(throttle(reach, region)),
        Box::pin(at_once(reach, region)),
        Box::pin(reach.get(region, "/health/traffic")),
        Box::pin(reach.table().read_lease(region)),
        Box::pin(site.global(&global, limit)),
    );
    let traffic = traffic
        .ok()
        .and_then(|answered| answered.body["traffic_region"].as_str().map(str::to_owned));
    let lease = lease.ok().flatten();
    let certificate_days = certificate_days(reach, region, &told).await;
    Seen { told, sources, throttle, at_once, traffic, lease, global, certificate_days }
}

async fn throttle(reach: &Reach, region: &RegionName) -> Result<Option<Throttle>, Fault> {
    let (system, site, limit) = (reach.system(), reach.site(region), reach.ways.call_limit);
    let api = site.api(&system.api(), limit).await?;
    site.throttle(&api, &system.names.stage, limit).await
}

/// How many invocations of each function may run at once: by the templates, and as it is.
async fn at_once(
    reach: &Reach,
    region: &RegionName,
) -> Vec<(String, u32, Result<Option<u32>, Fault>)> {
    let (system, site, limit) = (reach.system(), reach.site(region), reach.ways.call_limit);
    let mut all = Vec::new();
    for (name, usual) in &system.names.functions {
        let found = site.at_once(&system.function(name), limit).await;
        let is_silent = found.is_err();
        all.push((name.clone(), *usual, found));
        if is_silent {
            break;
        }
    }
    all
}

/// How many days the certificate is good for that the Region's alarm watches. The alarm alone says that it is few.
async fn certificate_days(reach: &Reach, region: &RegionName, told: &Told) -> Option<i64> {
    let watched = certificate_alarm(told.alarms.as_ref().ok()?)?.certificate.as_deref()?;
    let (site, limit) = (reach.site(region), reach.ways.call_limit);
    let days = Series::certificate_days(watched);
    let points = site.points(&days, now(), CERTIFICATE_MINUTES, limit).await.ok()?;
    points.last().map(Point::as_whole)
}
