//! What a function is told by variables of its environment, which the templates set.
//!
//! Everything is read at once, and everything wrong with it is told at once. Secrets are never among the variables,
//! only the names under which Secrets Manager keeps them.

use std::collections::BTreeMap;
use std::fmt;

use aws::rds_roots;

use crate::task::Task;

/// Variables of an environment, by name.
pub(crate) type Variables = BTreeMap<String, String>;

/// What every function is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The name of the service in its numbers.
    pub(crate) service: String,
    /// The name of this function in AWS, which its instances share in the lease.
    pub(crate) function: String,
    /// The Region that it is in.
    pub(crate) region: String,
    /// The Region of the control table's other replica.
    pub(crate) peer_region: String,
    /// The strongly consistent table.
    pub(crate) control_table: String,
    /// The ledger.
    pub(crate) database: Database,
    /// What else it needs for its task.
    pub(crate) work: Work,
}

/// Where the ledger is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Database {
    /// The writer's name, or the folder of its socket.
    pub(crate) host: String,
    /// The name of the database.
    pub(crate) name: String,
    /// The secret with its user and password.
    pub(crate) secret: String,
}

/// What a function needs for its task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Answering requests.
    Requests {
        /// The queue whose messages wake the worker.
        wake_up_queue: String,
    },
    /// Working the outbox off.
    Outbox(Outside),
    /// Answering what runs ask of the ledger.
    Ledger {
        /// The address of the processor, where there is one.
        processor: Option<String>,
    },
}

/// Whom the worker of the outbox reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outside {
    /// The topic that everybody is told through.
    pub(crate) topic: String,
    /// The bucket of receipts.
    pub(crate) bucket: String,
    /// The address of every service of AWS, where it is not AWS's.
    pub(crate) endpoint: Option<String>,
    /// The secret with the endpoints of webhooks, where there are any.
    pub(crate) webhooks: Option<String>,
    /// The address of the processor, where there is one.
    pub(crate) processor: Option<String>,
}

/// Everything that is wrong with the variables.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.lines().join("\n"))]
pub(crate) struct Faults(Vec<Fault>);

/// A variable that is not there, or not as it must be.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    name: &'static str,
    found: Option<String>,
    wanted: &'static str,
}

impl Faults {
    /// One line for each.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.0.iter().map(Fault::to_string).collect()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, found, wanted } = self;
        match found {
            None => write!(f, "{name} is not set; it must be {wanted}"),
            Some(found) => write!(f, "{name} is {found:?}; it must be {wanted}"),
        }
    }
}

/// Reads the variables.
pub(crate) fn read(variables: &Variables) -> Result<Settings, Faults> {
    let mut reader = Reader { variables, faults: Vec::new() };
    let function = reader.text("AWS_LAMBDA_FUNCTION_NAME", "set by Lambda");
    let task = Task::of_function(&function);
    if task.is_none() && !function.is_empty() {
        reader.fault(
            "AWS_LAMBDA_FUNCTION_NAME",
            "`payment-validation`, `transaction-processing`, `notification` or `ledger`, then a hyphen and the environment",
        );
    }
    let region = reader.text("AWS_REGION", "set by Lambda");
    if !region.is_empty() && rds_roots(&region).is_none() {
        reader.fault("AWS_REGION", "a Region whose database servers' certificates are known here");
    }
    let settings = Settings {
        service: reader.text("TIDEOVER_SERVICE", "the name of the service in its numbers"),
        region,
        peer_region: reader
            .text("TIDEOVER_PEER_REGION", "the Region of the control table's other replica"),
        control_table: reader.text("TIDEOVER_CONTROL_TABLE", "the name of the control table"),
        database: Database {
            host: reader.text("TIDEOVER_DATABASE_HOST", "the name of the database's writer"),
            name: reader.text("TIDEOVER_DATABASE_NAME", "the name of the database"),
            secret: reader.text(
                "TIDEOVER_DATABASE_SECRET",
                "the name of the secret with its user and password",
            ),
        },
        work: reader.work(task.unwrap_or(Task::Requests)),
        function,
    };
    if reader.faults.is_empty() { Ok(settings) } else { Err(Faults(reader.faults)) }
}

struct Reader<'v> {
    variables: &'v Variables,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn work(&mut self, task: Task) -> Work {
        match task {
            Task::Requests => Work::Requests {
                wake_up_queue: self.text(
                    "TIDEOVER_OUTBOX_WAKE_UP_QUEUE",
                    "the queue that wakes the outbox worker",
                ),
            },
            Task::Outbox => Work::Outbox(Outside {
                topic: self.text("TIDEOVER_EVENT_TOPIC_ARN", "the topic of events"),
                bucket: self.text("TIDEOVER_RECEIPT_BUCKET", "the bucket of receipts"),
                endpoint: self.value("AWS_ENDPOINT_URL").map(str::to_owned),
                webhooks: self.value("TIDEOVER_WEBHOOK_SECRET").map(str::to_owned),
                processor: self.processor(),
            }),
            Task::Ledger => Work::Ledger { processor: self.processor() },
        }
    }

    fn processor(&self) -> Option<String> {
        self.value("TIDEOVER_PROCESSOR_URL").map(str::to_owned)
    }

    /// A text that must be there.
    fn text(&mut self, name: &'static str, wanted: &'static str) -> String {
        match self.value(name) {
            Some(value) => value.to_owned(),
            None => {
                self.fault(name, wanted);
                String::new()
            }
        }
    }

    /// Where a variable is empty it may as well not be there.
    fn value(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn fault(&mut self, name: &'static str, wanted: &'static str) {
        let found = self.value(name).map(str::to_owned);
        self.faults.push(Fault { name, found, wanted });
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::Value;

    use super::*;

    /// What Lambda sets, and what the golden templates tell each function, by its name. What is filled in at deployment
    /// is some text.
    fn of_templates() -> BTreeMap<String, Variables> {
        let mut functions = BTreeMap::new();
        let homes = [("Primary", "us-east-1"), ("Secondary", "us-east-2")];
        let stacks = homes.iter().flat_map(|(home, region)| {
            ["Lambda", "Runbook"].map(|stack| (format!("{home}{stack}dev"), *region))
        });
        for (stack, region) in stacks {
            let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/../stacks/golden");
            let text = std::fs::read_to_string(format!("{golden}/{stack}.template.json"));
            let template: Value = serde_json::from_str(&text.unwrap()).unwrap();
            let resources = template["Resources"].as_object().unwrap().values();
            for function in resources.filter(|resource| resource["Type"] == "AWS::Lambda::Function")
            {
                let name = function["Properties"]["FunctionName"].as_str().unwrap();
                // What carries out runs is an executable of its own.
                if name.starts_with("runbook-") {
                    continue;
                }
                let told = function["Properties"]["Environment"]["Variables"].as_object().unwrap();
                let text = |value: &Value| value.as_str().unwrap_or("filled in").to_owned();
                let mut variables: Variables =
                    told.iter().map(|(name, value)| (name.clone(), text(value))).collect();
                variables.insert("AWS_REGION".to_owned(), region.to_owned());
                variables.insert("AWS_LAMBDA_FUNCTION_NAME".to_owned(), name.to_owned());
                functions.insert(format!("{region} {name}"), variables);
            }
        }
        functions
    }

    #[test]
    fn the_templates_tell_every_function_what_it_needs() {
        let functions = of_templates();
        assert_eq!(functions.len(), 8);
        for (name, variables) in functions {
            let settings = read(&variables).unwrap_or_else(|faults| panic!("{name}: {faults}"));
            let is_worker = matches!(settings.work, Work::Outbox(_));
            assert_eq!(is_worker, name.contains("notification"), "{name}");
            assert_ne!(settings.region, settings.peer_region, "{name}");
        }
    }

    #[test]
    fn every_variable_is_asked_for() {
        for (name, variables) in of_templates() {
            for missing in variables.keys().filter(|name| name.starts_with("TIDEOVER_")) {
                let mut variables = variables.clone();
                variables.insert(missing.clone(), String::new());
                let is_optional = matches!(
                    missing.as_str(),
                    "TIDEOVER_PROCESSOR_URL" | "TIDEOVER_SESSION_TABLE" | "TIDEOVER_WEBHOOK_SECRET"
                );
                assert_eq!(read(&variables).is_ok(), is_optional, "{name} without {missing}");
            }
        }
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let variables = [("AWS_LAMBDA_FUNCTION_NAME", "reports-dev"), ("AWS_REGION", "mars-1")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let faults = read(&variables).unwrap_err();
        expect![[r#"
            AWS_LAMBDA_FUNCTION_NAME is "reports-dev"; it must be `payment-validation`, `transaction-processing`, `notification` or `ledger`, then a hyphen and the environment
            AWS_REGION is "mars-1"; it must be a Region whose database servers' certificates are known here
            TIDEOVER_SERVICE is not set; it must be the name of the service in its numbers
            TIDEOVER_PEER_REGION is not set; it must be the Region of the control table's other replica
            TIDEOVER_CONTROL_TABLE is not set; it must be the name of the control table
            TIDEOVER_DATABASE_HOST is not set; it must be the name of the database's writer
            TIDEOVER_DATABASE_NAME is not set; it must be the name of the database
            TIDEOVER_DATABASE_SECRET is not set; it must be the name of the secret with its user and password
            TIDEOVER_OUTBOX_WAKE_UP_QUEUE is not set; it must be the queue that wakes the outbox worker"#]].assert_eq(&faults.to_string());
    }
}
