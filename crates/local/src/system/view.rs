//! How everything is, asked of everything.

use std::time::Duration;

use bytes::Bytes;
use drill::Site;
use fence::ControlStore as _;
use hyper::Request;
use region::{HttpClient, HttpLimits, Reach, Trust};

use crate::network::Line;
use crate::place::Place;
use crate::store::StoreClient;
use crate::system::inner::Inner;
use crate::system::status::{RecordStatus, RegionStatus, Status};

/// For how long one answer is waited for.
const LIMIT: Duration = Duration::from_millis(500);

impl Inner {
    /// How everything is now.
    pub(crate) async fn status(&self) -> Status {
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

    async fn region(&self, site: Site) -> RegionStatus {
        let place = Place::Region(site);
        let service = self.links.end(Place::Outside, place, Line::Api);
        let endpoint = self.links.end(Place::Outside, place, Line::Store);
        let (database, behind_ms) = self.database(site).await;
        RegionStatus {
            region: site.region().to_owned(),
            role: site.role().to_owned(),
            service: format!("http://{service}"),
            readiness: readiness(&format!("http://{service}/health/ready")).await,
            database,
            behind_ms,
            store_answers: StoreClient::new(vec![endpoint]).read_record().await.is_ok(),
        }
    }

    async fn database(&self, site: Site) -> (String, Option<u64>) {
        let Ok(ledger) = self.ways(Place::Outside).open(site) else {
            return ("silent".to_owned(), None);
        };
        match crate::act::standing(&ledger).await {
            None => ("silent".to_owned(), None),
            Some(standing) if standing.is_writer => (
                "writer".to_owned(),
                standing.behind_bytes.map(|_| standing.behind_ms.unwrap_or(0)),
            ),
            Some(_) => ("standby".to_owned(), None),
        }
    }
}

/// What a Region says of itself.
async fn readiness(url: &str) -> String {
    let limits = HttpLimits { connect_time_max: LIMIT, time_max: LIMIT, ..HttpLimits::default() };
    let http = HttpClient::new(&Trust::nobody(), Reach::Anywhere, limits);
    let Ok(request) = Request::get(url).body(Bytes::new()) else { return "no address".to_owned() };
    match http.exchange(request).await {
        Err(_) => "silent".to_owned(),
        Ok(answer) => {
            let body: serde_json::Value = serde_json::from_slice(answer.body()).unwrap_or_default();
            let text =
                |key: &str| body.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
            text("code").or_else(|| text("status")).unwrap_or_else(|| answer.status().to_string())
        }
    }
}
