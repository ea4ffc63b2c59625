//! A system in an emulator of AWS: its control table, the topic of people, and a queue that hears what they are told.

use std::collections::BTreeMap;
use std::time::Duration;

use aws::{Aws, ControlTable, Identity, Patience, Place, Replica};
use emulator::Emulator;
use fence::{
    Author, Command, ControlStore as _, DurationMs, Millis, Order, RegionName, RunId, Verdict,
    WriteOutcome, judge,
};
use runbook::render::Names;
use runbook::{
    ActionName, Control, Entry, Event, Evidence, Homes, Journal as _, Objectives, Observed, Plan,
    PlanKind, RunnerName, System, order, supposed, write_plan,
};
use serde_json::{Value, json};

use crate::client::{request, send};
use crate::runtime_api::{Instance, Program, Said};

const ACCOUNT: &str = "123456789012";
const TABLE: &str = "payment-dev-control";
pub(crate) const HEARD: &str = "heard";

/// When everything is written that a test writes.
const AT: Millis = Millis(1_767_225_600_000);

/// The system.
pub(crate) fn system() -> System {
    let text = |text: &str| text.to_owned();
    System {
        homes: homes(),
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
        asks_iam: false,
    }
}

/// A failover opens the standby, and is executed there: the function is in `us-east-1` here.
fn homes() -> Homes {
    let [standby, primary, witness] = ["us-east-1", "us-east-2", "us-west-2"].map(RegionName::new);
    Homes { primary, standby, witness }
}

/// Everything.
pub(crate) struct World {
    emulator: Emulator,
    pub(crate) table: ControlTable,
    pub(crate) plan: Plan,
}

impl World {
    /// One with a failover in its journal, of which nothing is done.
    pub(crate) async fn start() -> Self {
        let emulator = Emulator::start();
        let table = table(&emulator);
        let plan = supposed(PlanKind::Failover, &homes());
        let world = Self { emulator, table, plan };
        let key = json!([{"AttributeName": "id", "AttributeType": "S"}]);
        let made = json!({
            "TableName": TABLE,
            "AttributeDefinitions": key,
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        });
        world.ask("dynamodb", "DynamoDB_20120810.CreateTable", &made).await;
        world.ask("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": HEARD})).await;
        world.make_topic().await;
        let by = Author::new("ann");
        let journal = world.table.journal(world.run());
        write_plan(&journal, &world.plan, &by, "a test", AT).await.unwrap();
        world
    }

    /// Makes the topic by which people are told.
    pub(crate) async fn make_topic(&self) {
        self.form("sns", "Action=CreateTopic&Name=people").await;
        let subscribe = format!(
            "Action=Subscribe&TopicArn={}&Protocol=sqs&Endpoint={}\
             &Attributes.entry.1.key=RawMessageDelivery&Attributes.entry.1.value=true",
            topic().replace(':', "%3A"),
            format!("arn:aws:sqs:us-east-1:{ACCOUNT}:{HEARD}").replace(':', "%3A"),
        );
        self.form("sns", &subscribe).await;
    }

    /// Takes it away.
    pub(crate) async fn delete_topic(&self) {
        let arn = topic().replace(':', "%3A");
        self.form("sns", &format!("Action=DeleteTopic&TopicArn={arn}")).await;
    }

    pub(crate) fn run(&self) -> &RunId {
        &self.plan.run
    }

    /// An instance of the function.
    pub(crate) async fn instance(&self) -> Instance {
        self.instance_with(&[]).await
    }

    /// One that is told this besides.
    pub(crate) async fn instance_with(&self, told: &[(&str, &str)]) -> Instance {
        let told = told.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Instance::start(Program {
            executable: env!("CARGO_BIN_EXE_runner").into(),
            function: "runbook-dev".to_owned(),
            timeout: Duration::from_secs(120),
            environment: self.environment().into_iter().chain(told).collect(),
        })
        .await
    }

    fn environment(&self) -> BTreeMap<String, String> {
        [
            ("AWS_ACCESS_KEY_ID", ACCOUNT.to_owned()),
            ("AWS_ENDPOINT_URL", self.emulator.url()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("TIDEOVER_PEOPLE_TOPIC_ARN", topic()),
            ("TIDEOVER_SYSTEM", system().encode()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// Makes the home primary, us-east-2, active.
    pub(crate) async fn activate(&self) {
        let command = Command::Initialize { region: homes().primary };
        let order = Order { command, by: Author::new("ann"), reason: "a test".to_owned() };
        let Verdict::Write(change) = judge(None, &order) else { panic!("it is the first") };
        let outcome = self.table.write_record(&change).await;
        assert!(matches!(outcome, WriteOutcome::Written));
    }

    /// Has the alarm of a Region ring that misses the other one.
    pub(crate) async fn ring(&self, region: &str) {
        let name = system().lost_alarm();
        let put = format!(
            "Action=PutMetricAlarm&AlarmName={name}&Namespace=Test&MetricName=test&Period=60&EvaluationPeriods=1\
             &Threshold=1&Statistic=Sum&ComparisonOperator=GreaterThanThreshold"
        );
        let set =
            format!("Action=SetAlarmState&AlarmName={name}&StateValue=ALARM&StateReason=test");
        for form in [put, set] {
            let kind = "Content-Type: application/x-www-form-urlencoded";
            self.send_in(region, "monitoring", &[kind], &form).await;
        }
    }

    /// The executions of failovers that there are.
    pub(crate) async fn executions(&self) -> Vec<String> {
        let name = system().state_machine(PlanKind::Failover);
        let machine = format!("arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:{name}");
        let definition = r#"{"StartAt": "done", "States": {"done": {"Type": "Succeed"}}}"#;
        let role = "arn:aws:iam::123456789012:role/any";
        let made = json!({"name": name, "definition": definition, "roleArn": role});
        self.ask("states", "AWSStepFunctions.CreateStateMachine", &made).await;
        let about = json!({"stateMachineArn": machine});
        let listed = self.ask("states", "AWSStepFunctions.ListExecutions", &about).await;
        let listed = listed["executions"].as_array().cloned().unwrap_or_default();
        listed.iter().map(|one| one["name"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// What the function answers: nothing, or the name of an error with its words.
    pub(crate) async fn invoke(&self, instance: &Instance, event: Value) -> String {
        match instance.invoke(event.to_string()).await {
            Said::Response(answer) if answer == "null" => "done".to_owned(),
            Said::Error(error) => {
                let error: Value = serde_json::from_str(&error).unwrap();
                let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
                format!("{}: {}", text("errorType"), text("errorMessage"))
            }
            other => panic!("{event}: {other:?}: {:#?}", instance.lines()),
        }
    }

    /// What it answers for an action.
    pub(crate) async fn perform(&self, instance: &Instance, action: &str) -> String {
        let run = self.run().as_str();
        self.invoke(instance, json!({"run": run, "way": "forward", "action": action})).await
    }

    /// Writes that everything before this action is done, by somebody who has gone since.
    pub(crate) async fn come_to(&self, action: ActionName) {
        self.append(Event::Took { runner: gone() }).await;
        let before = self.plan.actions.iter().take_while(|before| before.name != action);
        for done in before {
            let observed = match done.name {
                ActionName::SnapshotEvidence => Observed::Evidence(Evidence {
                    lag_ms: Some(900),
                    intents_missing: Some(2),
                    ..Evidence::default()
                }),
                _ => Observed::Done,
            };
            let (action, attempt) = (done.name, 1);
            self.append(Event::Began { action, attempt, runner: gone() }).await;
            let result = Ok(observed);
            self.append(Event::Ended { action, attempt, runner: gone(), result }).await;
        }
    }

    async fn append(&self, event: Event) {
        let position = self.entries().await.len() as u64;
        let entry = Entry { position, at: AT, event };
        let appended = self.table.journal(self.run()).append(&entry).await;
        assert_eq!(appended, runbook::Appended::Written);
    }

    pub(crate) async fn entries(&self) -> Vec<Entry> {
        self.table.journal(self.run()).read().await.unwrap()
    }

    /// What a person orders.
    pub(crate) async fn order(&self, by: &str, control: &Control) {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let now = Millis(u64::try_from(now.as_millis()).unwrap());
        let journal = self.table.journal(self.run());
        order(&journal, control, &Author::new(by), now).await.unwrap();
    }

    /// Takes the messages out of the queue.
    pub(crate) async fn heard(&self) -> Vec<String> {
        let url = json!({"QueueName": HEARD});
        let url = self.ask("sqs", "AmazonSQS.GetQueueUrl", &url).await["QueueUrl"].take();
        let receive = json!({"QueueUrl": url, "MaxNumberOfMessages": 10});
        let received = self.ask("sqs", "AmazonSQS.ReceiveMessage", &receive).await;
        let messages = received["Messages"].as_array().cloned().unwrap_or_default();
        let texts = messages.iter().map(|message| message["Body"].as_str().unwrap().to_owned());
        texts.collect()
    }

    /// What a service of JSON answers.
    pub(crate) async fn ask(&self, service: &str, target: &str, body: &Value) -> Value {
        let target = format!("X-Amz-Target: {target}");
        let kind = "Content-Type: application/x-amz-json-1.0";
        let body = self.send(service, &[&target, kind], &body.to_string()).await;
        serde_json::from_str(&body).unwrap_or_default()
    }

    async fn form(&self, service: &str, form: &str) {
        self.send(service, &["Content-Type: application/x-www-form-urlencoded"], form).await;
    }

    async fn send(&self, service: &str, headers: &[&str], body: &str) -> String {
        self.send_in("us-east-1", service, headers, body).await
    }

    async fn send_in(&self, region: &str, service: &str, headers: &[&str], body: &str) -> String {
        let scope = format!("{ACCOUNT}/20261127/{region}/{service}/aws4_request");
        let authorization = format!(
            "Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
        );
        let headers = [&[authorization.as_str()], headers].concat();
        let address = self.emulator.address().parse().unwrap();
        let answer = send(address, &request("POST /", &headers, body)).await;
        let answer = answer.expect("the emulator answers");
        assert_eq!(answer.status, 200, "{body}: {answer:?}");
        answer.body
    }
}

/// Whoever drove the run before.
fn gone() -> RunnerName {
    RunnerName("gone".to_owned())
}

fn topic() -> String {
    format!("arn:aws:sns:us-east-1:{ACCOUNT}:people")
}

/// An approval that counts for a while.
pub(crate) fn approve(action: ActionName) -> Control {
    Control::Approve { action, lasts: DurationMs(3_600_000) }
}

fn table(emulator: &Emulator) -> ControlTable {
    let identity = Identity::Key { id: ACCOUNT.to_owned(), secret: "test".to_owned() };
    let region = "us-east-1".to_owned();
    let place = Place { region, endpoint_url: Some(emulator.url()), identity };
    let aws = Aws::new(place, || 1, |notice| panic!("{notice}"));
    let wait = Duration::from_secs(60);
    let patience = Patience { local: wait, total: wait, ..Patience::default() };
    let [here, there] = ["us-east-1", "us-east-2"].map(Replica::in_region);
    ControlTable::new(&aws, TABLE, here, there, patience)
}
