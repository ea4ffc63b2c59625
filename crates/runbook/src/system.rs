//! A deployed system as whoever drives its runs knows it: its Regions, its names, and what is made of them.
//!
//! Names follow from each other; the templates make them the same way, which a test of `stacks` holds
//! them to. A function that drives runs is told all of this in one variable of its environment.

use fence::{DurationMs, RegionName};
use serde_json::{Value, json};

use crate::plan::PlanKind;
use crate::render::Names;
use crate::supposed::Homes;

/// The alias under which functions are invoked, by whoever invokes them. No role allows any other way.
pub const ALIAS: &str = "live";

/// A deployed system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// Its Regions.
    pub homes: Homes,
    /// What its names and commands are made of.
    pub names: Names,
    /// What its owner has promised.
    pub objectives: Objectives,
    /// Whether its APIs take only what is signed by somebody whom IAM allows to invoke them.
    pub asks_iam: bool,
}

/// Recovery objectives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objectives {
    /// Longest time without service.
    pub rto: DurationMs,
    /// Longest stretch of data that may be lost.
    pub rpo: DurationMs,
}

impl System {
    /// The other home Region.
    ///
    /// # Panics
    /// When `region` is no home Region of it.
    #[must_use]
    pub fn other(&self, region: &RegionName) -> &RegionName {
        let Homes { primary, standby, .. } = &self.homes;
        assert!(region == primary || region == standby, "`{region}` is a home Region");
        if region == primary { standby } else { primary }
    }

    /// What most names begin with, such as `payment-dev`.
    #[must_use]
    pub fn prefix(&self) -> String {
        format!("{}-{}", self.names.name, self.names.suffix)
    }

    /// How the names of event sources and alarms begin.
    #[must_use]
    pub fn beginning(&self) -> String {
        format!("{}-", self.prefix())
    }

    /// The strongly consistent table: control record, leases, intents, journals.
    #[must_use]
    pub fn control_table(&self) -> String {
        format!("{}-control", self.prefix())
    }

    /// The Aurora global cluster.
    #[must_use]
    pub fn global_cluster(&self) -> String {
        format!("{}-global-{}", self.names.name, self.names.suffix)
    }

    /// The Aurora cluster of a Region.
    #[must_use]
    pub fn cluster(&self, region: &RegionName) -> String {
        format!("{}-{region}", self.prefix())
    }

    /// A function in AWS, by its name in the file.
    #[must_use]
    pub fn function(&self, name: &str) -> String {
        format!("{name}-{}", self.names.suffix)
    }

    /// The function that drives runs, in each Region.
    #[must_use]
    pub fn runbook_function(&self) -> String {
        self.function("runbook")
    }

    /// The function that asks the ledger of its Region what runs want to know, in each Region; invoked under
    /// [`ALIAS`].
    #[must_use]
    pub fn ledger_function(&self) -> String {
        self.function("ledger")
    }

    /// The state machine of a kind of run, in each Region.
    #[must_use]
    pub fn state_machine(&self, kind: PlanKind) -> String {
        format!("{}-{kind}", self.prefix())
    }

    /// The state machine that asks, each minute while an alarm rings, whether a failover is to be started; in each home
    /// Region, where the file asks for it.
    #[must_use]
    pub fn consideration(&self) -> String {
        format!("{}-consider", self.prefix())
    }

    /// The alarm of a home Region that rings when the other has not answered for as long as the file says.
    #[must_use]
    pub fn lost_alarm(&self) -> String {
        format!("{}-OtherRegionLost", self.prefix())
    }

    /// The alarm of the witness Region that says the same of a home Region.
    #[must_use]
    pub fn witness_alarm(&self, region: &RegionName) -> String {
        let home = if *region == self.homes.primary { "Primary" } else { "Standby" };
        format!("{}-{home}Lost", self.prefix())
    }

    /// The REST API, in each Region.
    #[must_use]
    pub fn api(&self) -> String {
        format!("{}-api-{}", self.names.name, self.names.suffix)
    }

    /// The bucket of a Region.
    #[must_use]
    pub fn bucket(&self, region: &RegionName, account: &str) -> String {
        format!("{}-data-{}-{region}-{account}", self.names.name, self.names.suffix)
    }

    /// The name that clients call.
    #[must_use]
    pub fn public_domain(&self) -> String {
        format!("{}.{}", self.names.record, self.names.zone)
    }

    /// The name that always means this Region.
    #[must_use]
    pub fn regional_domain(&self, region: &RegionName) -> String {
        format!("{}-{region}.{}", self.names.record, self.names.zone)
    }

    /// One line of JSON.
    #[must_use]
    pub fn encode(&self) -> String {
        let Homes { primary, standby, witness } = &self.homes;
        let Names { name, suffix, database, zone, record, stage, .. } = &self.names;
        let (rate, burst) = self.names.rate_and_burst;
        let functions: Vec<Value> =
            self.names.functions.iter().map(|(name, at_once)| json!([name, at_once])).collect();
        json!({
            "primary": primary.as_str(),
            "standby": standby.as_str(),
            "witness": witness.as_str(),
            "name": name,
            "suffix": suffix,
            "database": database,
            "zone": zone,
            "record": record,
            "stage": stage,
            "rate": rate,
            "burst": burst,
            "functions": functions,
            "rto_ms": self.objectives.rto.0,
            "rpo_ms": self.objectives.rpo.0,
            "asks_iam": self.asks_iam,
        })
        .to_string()
    }

    /// The system that was written so, or what is missing or not as it should be.
    ///
    /// # Errors
    /// When the text is no JSON, or a member is missing or of another kind.
    pub fn decode(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|cause| cause.to_string())?;
        let text = |name: &str| {
            let text = value[name].as_str().map(str::to_owned);
            text.ok_or_else(|| format!("`{name}` is no text"))
        };
        let number =
            |name: &str| small(&value[name]).ok_or_else(|| format!("`{name}` is no number"));
        let span = |name: &str| {
            let ms = value[name].as_u64().map(DurationMs);
            ms.ok_or_else(|| format!("`{name}` is no number"))
        };
        let region = |name: &str| text(name).map(RegionName::new);
        let functions = value["functions"].as_array().ok_or("`functions` is no list")?;
        let functions = functions.iter().map(|function| {
            let named = function[0].as_str().zip(small(&function[1]));
            let (name, at_once) = named.ok_or("`functions` holds no names with numbers")?;
            Ok::<_, String>((name.to_owned(), at_once))
        });
        Ok(Self {
            homes: Homes {
                primary: region("primary")?,
                standby: region("standby")?,
                witness: region("witness")?,
            },
            names: Names {
                name: text("name")?,
                suffix: text("suffix")?,
                database: text("database")?,
                zone: text("zone")?,
                record: text("record")?,
                stage: text("stage")?,
                rate_and_burst: (number("rate")?, number("burst")?),
                functions: functions.collect::<Result<_, _>>()?,
            },
            objectives: Objectives { rto: span("rto_ms")?, rpo: span("rpo_ms")? },
            // Who says nothing of it asks for nothing.
            asks_iam: value["asks_iam"].as_bool().unwrap_or(false),
        })
    }
}

fn small(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn system() -> System {
        let [primary, standby, witness] =
            ["us-east-1", "us-east-2", "us-west-2"].map(RegionName::new);
        let text = |text: &str| text.to_owned();
        System {
            homes: Homes { primary, standby, witness },
            names: Names {
                name: text("payment"),
                suffix: text("dev"),
                database: text("payments"),
                zone: text("payment-dev.example.com"),
                record: text("api"),
                stage: text("prod"),
                rate_and_burst: (1_000, 500),
                functions: vec![(text("notification"), 5)],
            },
            objectives: Objectives { rto: DurationMs(900_000), rpo: DurationMs(60_000) },
            asks_iam: true,
        }
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(System::decode(&system().encode()), Ok(system()));
    }

    #[test]
    fn says_what_is_wrong() {
        let rows = [
            ("", "EOF while parsing a value at line 1 column 0"),
            ("{}", "`functions` is no list"),
            (r#"{"functions": [], "primary": 1}"#, "`primary` is no text"),
            (&system().encode().replace(",5]", ",-5]"), "`functions` holds no names with numbers"),
        ];
        for (text, wanted) in rows {
            assert_eq!(System::decode(text).unwrap_err(), wanted, "{text}");
        }
    }
}
