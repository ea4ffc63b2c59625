//! Whether a failover could be done now, from what the two Regions tell of themselves.

use fence::DurationMs;
use runbook::{Behind, Held, Readiness, Requirement};

use crate::system::status::{RegionStatus, ServiceStatus, Status};

impl Status {
    /// Whether a failover to the Region that is not active could be done now.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        let [primary, standby] = &self.regions;
        let active = self.record.as_ref().and_then(|record| record.active.as_deref());
        let is_home = active.is_none_or(|active| active == primary.region);
        let (source, target) = if is_home { (primary, standby) } else { (standby, primary) };
        let requirements = vec![
            Requirement::record(self.held()),
            database_service(target),
            Requirement::ledger(&target.region, is_writer(target)),
            Requirement::lag(behind(source, target)),
            Requirement::api(target.health.ok_or_else(silent)),
            Requirement::now(
                "strongly consistent store in the target",
                target.store_answers,
                if target.store_answers { "answers" } else { "silent" },
            ),
        ];
        Readiness { requirements }
    }

    fn held(&self) -> Result<Held, String> {
        let record = self.record.as_ref().ok_or("the strongly consistent store does not answer")?;
        Ok(Held {
            epoch: record.epoch,
            is_active: record.active.is_some(),
            run: record.run.clone(),
        })
    }
}

fn silent() -> String {
    "silent".to_owned()
}

fn database_service(target: &RegionStatus) -> Requirement {
    let evidence = match target.database_service {
        ServiceStatus::Available => "answers",
        ServiceStatus::Moving => "roles are changing",
        ServiceStatus::Refuses => "refuses everything",
        ServiceStatus::Silent => "silent",
    };
    let is_met = target.database_service == ServiceStatus::Available;
    Requirement::now("database service of the target", is_met, evidence)
}

fn is_writer(target: &RegionStatus) -> Result<bool, String> {
    match target.database.as_str() {
        "writer" => Ok(true),
        "standby" => Ok(false),
        other => Err(other.to_owned()),
    }
}

fn behind(source: &RegionStatus, target: &RegionStatus) -> Result<Behind, String> {
    match (source.behind_ms, target.arrived_ms) {
        (Some(lag), _) => Ok(Behind::Measured { lag: DurationMs(lag), age: DurationMs::ZERO }),
        (None, Some(age)) if source.database == "silent" => {
            Ok(Behind::Arrived { age: DurationMs(age) })
        }
        (None, _) => Err("nobody follows the writer".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::system::status::RecordStatus;

    fn region(role: &str, database: &str) -> RegionStatus {
        let name = if role == "primary" { "us-east-1" } else { "us-east-2" };
        RegionStatus {
            region: name.to_owned(),
            role: role.to_owned(),
            service: "http://127.0.0.1:1".to_owned(),
            readiness: "ready".to_owned(),
            database: database.to_owned(),
            behind_ms: (database == "writer").then_some(12),
            arrived_ms: (database == "standby").then_some(900),
            database_service: ServiceStatus::Available,
            health: Some(200),
            receipts_behind: 0,
            store_answers: true,
        }
    }

    fn whole() -> Status {
        Status {
            directory: String::new(),
            since_ms: 0,
            record: Some(RecordStatus {
                epoch: 1,
                state: "active".to_owned(),
                active: Some("us-east-1".to_owned()),
                run: None,
            }),
            regions: [region("primary", "writer"), region("standby", "standby")],
            dns: "primary".to_owned(),
            faults: Vec::new(),
            runs: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// What is not met, after such a change.
    fn unmet(change: impl FnOnce(&mut Status)) -> String {
        let mut status = whole();
        change(&mut status);
        let requirements = status.readiness().requirements.into_iter();
        let unmet = requirements.filter(|requirement| !requirement.is_met);
        let told = unmet.map(|one| format!("{}: {}; ", one.what, one.evidence));
        told.collect::<String>() + "\n"
    }

    #[test]
    fn a_failover_could_be_done_or_why_not() {
        let lost = |status: &mut Status| status.regions[0] = region("primary", "silent");
        let told = [
            unmet(|_| {}),
            unmet(lost),
            unmet(|status| {
                lost(status);
                status.regions[1].arrived_ms = Some(600_000);
            }),
            unmet(|status| status.regions[0].behind_ms = Some(9_000)),
            unmet(|status| status.regions[0].behind_ms = None),
            unmet(|status| status.regions[1] = region("standby", "silent")),
            unmet(|status| status.regions[1].database_service = ServiceStatus::Refuses),
            unmet(|status| status.regions[1].health = None),
            unmet(|status| status.regions[1].store_answers = false),
            unmet(|status| status.record = None),
            unmet(|status| {
                status.record.as_mut().unwrap().active = Some("us-east-2".to_owned());
            }),
        ];
        expect![[r#"


            database lag: the writer is silent; this is the last that arrived; 
            database lag: 9000 ms behind, at most 2000 ms is well; 
            database lag: nobody follows the writer; 
            ledger of the target: silent; 
            database service of the target: refuses everything; 
            API of the target: silent; 
            strongly consistent store in the target: silent; 
            control record: the strongly consistent store does not answer; 
            ledger of the target: `us-east-1` is the writer already; database lag: nobody follows the writer; 
        "#]].assert_eq(&told.concat());
    }
}
