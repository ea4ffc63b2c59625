//! How everything is, asked of everything.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use drill::Site;
use fence::ControlStore as _;
use hyper::{Request, Response};
use recovery::Standing;
use region::{HttpClient, HttpLimits, Reach, Trust};

use crate::network::Line;
use crate::place::Place;
use crate::store::StoreClient;
use crate::system::ask::{DatabaseAnswer, DatabaseAsk};
use crate::system::inner::Inner;
use crate::system::status::{RecordStatus, RegionStatus, ServiceStatus, Status};

/// For how long one answer is waited for.
const LIMIT: Duration = Duration::from_millis(500);

impl Inner {
    /// How everything is now.
    pub(crate) async fn status(self: &Arc<Self>) -> Status {
        let record = self.record().await;
        let record = record.map(|record| RecordStatus {
            epoch: record.epoch().number(),
            state: record.state().to_string(),
            active: record.active_region().map(ToString::to_string),
            run: record.run().map(|run| run.id.to_string()),
        });
        let runs = self.store.runs().await.unwrap_or_default();
        Status {
            directory: self.directory.display().to_string(),
            since_ms: self.since_us / 1_000,
            record,
            regions: [self.region(Site::Primary).await, self.region(Site::Standby).await],
            dns: self.switch.status().answer.as_str().to_owned(),
            faults: self
                .broken()
                .into_iter()
                .map(|fault| drill::Happening::Fault(fault).to_string())
                .collect(),
            runs: runs.iter().map(ToString::to_string).collect(),
            warnings: self.warnings(),
        }
    }

    async fn region(self: &Arc<Self>, site: Site) -> RegionStatus {
        let place = Place::Region(site);
        let service = self.links.end(Place::Outside, place, Line::Api);
        let endpoint = self.links.end(Place::Outside, place, Line::Store);
        let standing = self.standing(site).await;
        let url = format!("http://{service}");
        RegionStatus {
            region: site.region().to_owned(),
            role: site.role().to_owned(),
            readiness: readiness(&format!("{url}/health/ready")).await,
            health: get(&format!("{url}/health")).await.map(|answer| answer.status().as_u16()),
            service: url,
            database: database(standing).to_owned(),
            behind_ms: standing
                .filter(|one| one.is_writer)
                .and_then(|writer| writer.behind_bytes.map(|_| writer.behind_ms.unwrap_or(0))),
            arrived_ms: standing.filter(|one| !one.is_writer).and_then(|one| one.behind_ms),
            database_service: self.database_service(place),
            receipts_behind: self.objects.behind(site),
            store_answers: StoreClient::new(vec![endpoint]).read_record().await.is_ok(),
        }
    }

    async fn standing(&self, site: Site) -> Option<Standing> {
        crate::act::standing(&self.ways(Place::Outside).open(site).ok()?).await
    }

    /// What the database service says there to somebody outside.
    fn database_service(self: &Arc<Self>, at: Place) -> ServiceStatus {
        match self.ask_database(Place::Outside, DatabaseAsk::Writer { at }) {
            DatabaseAnswer::Writer { moves: true, .. } => ServiceStatus::Moving,
            DatabaseAnswer::Writer { .. } => ServiceStatus::Available,
            DatabaseAnswer::Refuses => ServiceStatus::Refuses,
            _ => ServiceStatus::Silent,
        }
    }
}

/// What a database is.
fn database(standing: Option<Standing>) -> &'static str {
    match standing {
        None => "silent",
        Some(standing) if standing.is_writer => "writer",
        Some(_) => "standby",
    }
}

/// What a Region says of itself.
async fn readiness(url: &str) -> String {
    let Some(answer) = get(url).await else { return "silent".to_owned() };
    let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let text = |key: &str| body.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
    text("code").or_else(|| text("status")).unwrap_or_else(|| answer.status().to_string())
}

/// What is answered there, if anything is in time.
async fn get(url: &str) -> Option<Response<Bytes>> {
    let limits = HttpLimits { connect_time_max: LIMIT, time_max: LIMIT, ..HttpLimits::default() };
    let http = HttpClient::new(&Trust::nobody(), Reach::Anywhere, limits);
    http.exchange(Request::get(url).body(Bytes::new()).ok()?).await.ok()
}
