//! A Region around the functions: ledger, AWS, processor, and the front before them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws::{Aws, ControlTable, Identity, Patience, Place, Replica};
use emulator::Emulator;
use fence::{Author, RegionName};
use payments::{
    Command, Committed, Epoch, Gate, Gatekeeper, Given, Ledger, Money, PaymentDraft, PaymentId,
    PaymentRecord, Read, Reign, Time, Transaction,
};
use region::{Simulator, initialize};
use serde_json::{Value, json};
use stores::{PgLedger, PgSettings};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::client::{Answer, request, send};
use crate::front::{self, Functions};
use crate::package;
use crate::runtime_api::{Instance, Program};
use crate::server::Server;

/// The merchant's account.
pub(crate) const ACCOUNT: &str = "acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD";

/// A payment to it.
pub(crate) const PAYMENT: &str = r#"{"account":"acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD","amount":1234,"currency":"USD","token":"tok_visa_abcdefgh"}"#;

const BUCKET: &str = "payment-data-dev";
const QUEUE: &str = "payment-dev-outbox-wake-up";
const SECRET: &str = "payment-dev/ledger";
const TABLE: &str = "payment-dev-control";

/// The password to begin with.
pub(crate) const PASSWORD: &str = "first";

/// Everything.
pub(crate) struct World {
    pub(crate) server: Server,
    pub(crate) database: PgSettings,
    pub(crate) ledger: PgLedger,
    simulator: Simulator,
    emulator: Emulator,
    folder: TempDir,
    processor: SocketAddr,
}

impl World {
    /// One whose control record says that this Region is active.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder is made");
        let (server, database) = start_server();
        let ledger = PgLedger::new(&database).expect("the settings make a pool");
        ledger.migrate().await.expect("the schema is made");
        let (simulator, processor) = start_processor(&folder).await;
        let emulator = Emulator::start();
        let world = Self { server, database, ledger, simulator, emulator, folder, processor };
        world.make_resources().await;
        world.initialize().await;
        world
    }

    /// What the templates make.
    async fn make_resources(&self) {
        let table = json!({
            "TableName": TABLE,
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
        });
        self.ask("dynamodb", "DynamoDB_20120810.CreateTable", &table).await;
        for queue in [QUEUE, "heard"] {
            self.ask("sqs", "AmazonSQS.CreateQueue", &json!({"QueueName": queue})).await;
        }
        self.make_secret().await;
        self.post_form("sns", "Action=CreateTopic&Name=payment-events-dev").await;
        let topic = "arn%3Aaws%3Asns%3Aus-east-1%3A123456789012%3Apayment-events-dev";
        let queue = "arn%3Aaws%3Asqs%3Aus-east-1%3A123456789012%3Aheard";
        let subscribe = format!(
            "Action=Subscribe&TopicArn={topic}&Protocol=sqs&Endpoint={queue}\
             &Attributes.entry.1.key=RawMessageDelivery&Attributes.entry.1.value=true"
        );
        self.post_form("sns", &subscribe).await;
        let made = self.send("s3", &format!("PUT /{BUCKET}"), &[], "").await;
        assert_eq!(made.status, 200, "{made:?}");
    }

    /// What the operator does once.
    async fn initialize(&self) {
        let raise = async |epoch: fence::Epoch| {
            self.ledger.raise_epoch(Epoch::new(epoch.number()), "us-east-1").await.map(|_| ())
        };
        let region = RegionName::new("us-east-1");
        let by = Author::new("the test");
        initialize(&self.table(), &region, by, raise).await.expect("it is the first");
    }

    /// The control table, as somebody beside the functions has it.
    pub(crate) fn table(&self) -> ControlTable {
        let identity = Identity::Key { id: "123456789012".to_owned(), secret: "test".to_owned() };
        let region = "us-east-1".to_owned();
        let place = Place { region, endpoint_url: Some(self.emulator.url()), identity };
        let aws = Aws::new(place, || 1, |notice| panic!("{notice}"));
        let patience = Patience {
            local: Duration::from_secs(60),
            total: Duration::from_secs(60),
            ..Patience::default()
        };
        let replica = |region| Replica::in_region(region);
        ControlTable::new(&aws, TABLE, replica("us-east-1"), replica("us-east-2"), patience)
    }

    /// An instance of a function, started in this way of Lambda's.
    pub(crate) async fn instance(&self, function: &str, initialization: &str) -> Instance {
        let folder = self.folder.path().join(function);
        let _ = std::fs::create_dir(&folder);
        // All of them are one executable.
        let packaged = if function == "ledger" { "notification" } else { function };
        Instance::start(Program {
            executable: package::unpack(packaged, &folder),
            function: format!("{function}-dev"),
            timeout: Duration::from_secs(60),
            environment: self.environment(initialization),
        })
        .await
    }

    /// The functions that answer requests, and the address at which they do.
    pub(crate) async fn functions(&self) -> (Arc<Functions>, SocketAddr) {
        let functions = Arc::new(Functions {
            validation: self.instance("payment-validation", "on-demand").await.into(),
            transactions: self.instance("transaction-processing", "on-demand").await.into(),
        });
        let address = front::serve(functions.clone()).await;
        (functions, address)
    }

    /// What the templates tell the functions, as the golden ones do, and how to find the emulator.
    fn environment(&self, initialization: &str) -> BTreeMap<String, String> {
        let host = self.server.folder().to_str().expect("it is text").to_owned();
        let processor = format!("http://{}", self.processor);
        [
            ("AWS_ACCESS_KEY_ID", "123456789012".to_owned()),
            ("AWS_ENDPOINT_URL", self.emulator.url()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", initialization.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("TIDEOVER_CONTROL_TABLE", TABLE.to_owned()),
            ("TIDEOVER_DATABASE_HOST", host),
            ("TIDEOVER_DATABASE_NAME", self.database.database.clone()),
            ("TIDEOVER_DATABASE_SECRET", SECRET.to_owned()),
            (
                "TIDEOVER_EVENT_TOPIC_ARN",
                "arn:aws:sns:us-east-1:123456789012:payment-events-dev".to_owned(),
            ),
            ("TIDEOVER_OUTBOX_WAKE_UP_QUEUE", QUEUE.to_owned()),
            ("TIDEOVER_PEER_REGION", "us-east-2".to_owned()),
            ("TIDEOVER_PROCESSOR_URL", processor),
            ("TIDEOVER_RECEIPT_BUCKET", BUCKET.to_owned()),
            ("TIDEOVER_SERVICE", "payment-dev".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }

    /// Changes the password, in the database and in the secret, and ends every connection that had the old one.
    pub(crate) async fn rotate_password(&self, password: &str) {
        let changed = format!("ALTER ROLE app PASSWORD '{password}'");
        self.server.ask(&self.database, &changed);
        let secret = json!({"SecretId": SECRET, "SecretString": login(password)});
        self.ask("secretsmanager", "secretsmanager.PutSecretValue", &secret).await;
        let end =
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'app'";
        self.server.ask(&self.database, end);
    }

    /// Takes the secret away.
    pub(crate) async fn remove_secret(&self) {
        let delete = json!({"SecretId": SECRET, "ForceDeleteWithoutRecovery": true});
        self.ask("secretsmanager", "secretsmanager.DeleteSecret", &delete).await;
    }

    /// Makes the secret, as it was.
    pub(crate) async fn make_secret(&self) {
        let login = json!({"Name": SECRET, "SecretString": login(PASSWORD)});
        self.ask("secretsmanager", "secretsmanager.CreateSecret", &login).await;
    }

    /// How many connections the functions have.
    pub(crate) fn connections(&self) -> String {
        let count = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'";
        self.server.ask(&self.database, count).trim().to_owned()
    }

    /// Takes the messages out of a queue.
    pub(crate) async fn messages(&self, queue: &str) -> Vec<String> {
        let url = json!({"QueueName": queue});
        let url = self.ask("sqs", "AmazonSQS.GetQueueUrl", &url).await["QueueUrl"].take();
        let receive = json!({"QueueUrl": url, "MaxNumberOfMessages": 10});
        let received = self.ask("sqs", "AmazonSQS.ReceiveMessage", &receive).await;
        let messages = received["Messages"].as_array().map(Vec::as_slice).unwrap_or_default();
        messages
            .iter()
            .map(|message| message["Body"].as_str().expect("it is text").to_owned())
            .collect()
    }

    /// The names in the bucket.
    pub(crate) async fn receipts(&self) -> usize {
        let list = self.send("s3", &format!("GET /{BUCKET}?list-type=2"), &[], "").await;
        list.body.matches("<Key>").count()
    }

    /// What the processor has moved, in the order in which it did.
    pub(crate) fn movements(&self) -> Vec<Money> {
        self.simulator.movements().into_iter().map(|moved| moved.money).collect()
    }

    async fn ask(&self, service: &str, target: &str, body: &Value) -> Value {
        let version = if service == "dynamodb" { "1.0" } else { "1.1" };
        let headers = [
            format!("X-Amz-Target: {target}"),
            format!("Content-Type: application/x-amz-json-{version}"),
        ];
        let headers = headers.each_ref().map(String::as_str);
        let answer = self.send(service, "POST /", &headers, &body.to_string()).await;
        assert_eq!(answer.status, 200, "{target}: {answer:?}");
        serde_json::from_str(&answer.body).unwrap_or_default()
    }

    async fn post_form(&self, service: &str, form: &str) {
        let headers = ["Content-Type: application/x-www-form-urlencoded"];
        let answer = self.send(service, "POST /", &headers, form).await;
        assert_eq!(answer.status, 200, "{form}: {answer:?}");
    }

    /// Asks the emulator, which believes everybody.
    async fn send(&self, service: &str, line: &str, headers: &[&str], body: &str) -> Answer {
        let scope = format!("123456789012/20261127/us-east-1/{service}/aws4_request");
        let authorization = format!(
            "Authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
        );
        let headers = [&[authorization.as_str()], headers].concat();
        let address = self.emulator.address().parse().expect("it is an address");
        send(address, &request(line, &headers, body)).await.expect("the emulator answers")
    }
}

/// A server that asks the functions' user for a password.
fn start_server() -> (Server, PgSettings) {
    let server = Server::start_with(&["fsync=off"], |data| {
        let access = "local all app scram-sha-256\nlocal all all trust\n";
        std::fs::write(data.join("pg_hba.conf"), access).expect("the folder is ours");
    });
    let database = server.database();
    server.ask(&database, &format!("CREATE ROLE app LOGIN PASSWORD '{PASSWORD}' SUPERUSER"));
    (server, database)
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    Time::from_ms(u64::try_from(since.as_millis()).expect("it is before the year 584 million"))
}

async fn start_processor(folder: &TempDir) -> (Simulator, SocketAddr) {
    let books = folder.path().join("books");
    let simulator = Simulator::open(&books, Default::default(), now).expect("the file is new");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let served = simulator.clone();
    tokio::spawn(async move { served.serve(listener, std::future::pending()).await });
    (simulator, address)
}

fn login(password: &str) -> String {
    json!({"username": "app", "password": password, "engine": "postgres"}).to_string()
}

/// A gate that is open under the first epoch.
pub(crate) struct Open;

impl Gatekeeper for Open {
    fn gate(&self) -> Gate {
        let epoch = Epoch::new(1);
        Gate::Open(Reign { epoch, nothing_lost_since: epoch })
    }
}

/// A ledger in a Region that is gone.
pub(crate) struct Gone;

impl Ledger for Gone {
    async fn read(&self, _: PaymentId) -> Read<PaymentRecord> {
        Read::Unavailable
    }

    async fn commit(&self, _: &Transaction) -> Committed {
        Committed::Unavailable
    }
}

/// [`PAYMENT`] under a key, as the service makes it of the request.
pub(crate) fn command(key: &str) -> Command {
    let text = |field: &str| Given::Value(field.to_owned());
    let draft = PaymentDraft {
        account: text(ACCOUNT),
        amount: Given::Value(1_234),
        currency: text("USD"),
        token: text("tok_visa_abcdefgh"),
        description: Given::Missing,
        metadata: Given::Missing,
    };
    let id = PaymentId::new(now(), [9; 10]);
    Command::payment(Some(key), draft, id).expect("key and draft have no faults")
}
