//! Lambda's Runtime API, and the process of a function behind it: started, given one event at a time, and started again
//! when it has ended. What the API promises stands in the AWS Lambda Developer Guide, "Using the Lambda runtime API".

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot, watch};

use crate::lines::Lines;

/// What came of an invocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// The function's answer.
    Response(String),
    /// The function's error.
    Error(String),
    /// Nothing: the process ended.
    Died,
}

/// One instance of a function. Its process ends with it.
pub(crate) struct Instance {
    orders: mpsc::Sender<Order>,
    processes: watch::Receiver<u32>,
    ready: watch::Receiver<u32>,
    lines: Lines,
}

/// What an instance is to do.
enum Order {
    Invoke(String, oneshot::Sender<Said>),
    Kill,
}

/// What a process asks of the API.
enum Asked {
    Next(oneshot::Sender<Handed>),
    Said(String, Said),
}

/// An event on its way to a process.
struct Handed {
    id: String,
    event: String,
    deadline_ms: u128,
}

/// What is started, and how.
#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) executable: PathBuf,
    pub(crate) function: String,
    pub(crate) timeout: Duration,
    pub(crate) environment: BTreeMap<String, String>,
}

impl Instance {
    /// An instance whose process is starting.
    pub(crate) async fn start(program: Program) -> Self {
        let (orders, ordered) = mpsc::channel(64);
        let (asks, asked) = mpsc::channel(4);
        let ((is_started, processes), (is_ready, ready)) = (watch::channel(0), watch::channel(0));
        let lines = Lines::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async { axum::serve(listener, runtime_api(asks)).await });
        let keeper = Keeper {
            program,
            address,
            ordered,
            asked,
            is_started,
            is_ready,
            lines: lines.clone(),
            count: 0,
        };
        tokio::spawn(keeper.keep());
        Self { orders, processes, ready, lines }
    }

    /// Invokes the function, and waits for what comes of it.
    pub(crate) async fn invoke(&self, event: impl Into<String>) -> Said {
        let (said, heard) = oneshot::channel();
        // An instance whose process does not start takes no orders.
        let _ = self.orders.send(Order::Invoke(event.into(), said)).await;
        heard.await.unwrap_or(Said::Died)
    }

    /// Kills the process between two invocations; returns when another one is ready.
    pub(crate) async fn kill(&mut self) {
        self.ready().await;
        self.ready.mark_unchanged();
        self.orders.send(Order::Kill).await.expect("there is a process");
        self.ready.changed().await.expect("another process starts");
    }

    /// Waits until a process has asked for its first event.
    pub(crate) async fn ready(&mut self) {
        self.ready.wait_for(|count| *count > 0).await.expect("a process starts");
    }

    /// How many processes there were.
    pub(crate) fn processes(&self) -> u32 {
        *self.processes.borrow()
    }

    /// What its processes have printed.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.all()
    }
}

/// Whoever keeps a process running.
struct Keeper {
    program: Program,
    address: SocketAddr,
    ordered: mpsc::Receiver<Order>,
    asked: mpsc::Receiver<Asked>,
    is_started: watch::Sender<u32>,
    is_ready: watch::Sender<u32>,
    lines: Lines,
    count: u32,
}

/// Why a process is not kept any longer.
#[derive(Debug, PartialEq, Eq)]
enum Ended {
    /// It ended before it asked for anything: the next one would too.
    AtStart,
    /// It ended.
    Later,
    /// Nobody needs it any more.
    NotNeeded,
}

impl Keeper {
    async fn keep(mut self) {
        loop {
            let mut process = self.start();
            self.is_started.send_modify(|count| *count += 1);
            let ended = self.serve(&mut process).await;
            process.kill().await.expect("it is ours");
            if ended != Ended::Later {
                break;
            }
        }
    }

    fn start(&self) -> Child {
        let Program { executable, function, environment, .. } = &self.program;
        let mut command = Command::new(executable);
        command.env_clear().envs(of_lambda(function, &self.address.to_string())).envs(environment);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.kill_on_drop(true).spawn().expect("the executable starts");
        tokio::spawn(self.lines.clone().read(process.stdout.take().expect("it is piped")));
        tokio::spawn(self.lines.clone().read(process.stderr.take().expect("it is piped")));
        process
    }

    /// Hands events to a process until it ends.
    async fn serve(&mut self, process: &mut Child) -> Ended {
        let mut ended = Ended::AtStart;
        loop {
            let asks = tokio::select! {
                asked = self.asked.recv() => asked.expect("the API is served"),
                _ = process.wait() => return ended,
            };
            let Asked::Next(hand) = asks else { panic!("an answer to no event") };
            ended = Ended::Later;
            self.is_ready.send_modify(|count| *count += 1);
            let order = tokio::select! {
                order = self.ordered.recv() => order,
                _ = process.wait() => return ended,
            };
            let (event, said) = match order {
                Some(Order::Invoke(event, said)) => (event, said),
                Some(Order::Kill) => return ended,
                None => return Ended::NotNeeded,
            };
            let answer = self.invoke(process, hand, event).await;
            let has_died = answer == Said::Died;
            // Whoever asked may have stopped waiting.
            let _ = said.send(answer);
            if has_died {
                return ended;
            }
        }
    }

    async fn invoke(
        &mut self,
        process: &mut Child,
        hand: oneshot::Sender<Handed>,
        event: String,
    ) -> Said {
        self.count += 1;
        let id = format!("00000000-0000-4000-8000-{:012}", self.count);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
        let deadline_ms = (now + self.program.timeout).as_millis();
        let handed = Handed { id: id.clone(), event, deadline_ms };
        if hand.send(handed).is_err() {
            return Said::Died;
        }
        tokio::select! {
            asked = self.asked.recv() => match asked.expect("the API is served") {
                Asked::Said(of, said) if of == id => said,
                Asked::Said(of, _) => panic!("an answer to {of} instead of {id}"),
                Asked::Next(_) => panic!("the next event is asked for before {id} is answered"),
            },
            _ = process.wait() => Said::Died,
            () = tokio::time::sleep(self.program.timeout) => Said::Died,
        }
    }
}

/// What Lambda sets for every function (AWS Lambda Developer Guide, "Defined runtime environment variables").
fn of_lambda(function: &str, api: &str) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512".to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", function.to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1".to_owned()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{function}")),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/27/[1]0123456789abcdef".to_owned()),
        ("AWS_LAMBDA_RUNTIME_API", api.to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime".to_owned()),
        ("LAMBDA_TASK_ROOT", "/var/task".to_owned()),
        ("LANG", "en_US.UTF-8".to_owned()),
        ("PATH", "/usr/local/bin:/usr/bin/:/bin:/opt/bin".to_owned()),
        ("TZ", ":UTC".to_owned()),
        ("_HANDLER", "bootstrap".to_owned()),
    ])
}

/// The API, for one process.
fn runtime_api(asks: mpsc::Sender<Asked>) -> Router {
    const ROOT: &str = "/2018-06-01/runtime";
    Router::new()
        .route(&format!("{ROOT}/invocation/next"), get(next))
        .route(&format!("{ROOT}/invocation/{{id}}/response"), post(response))
        .route(&format!("{ROOT}/invocation/{{id}}/error"), post(error))
        .with_state(asks)
}

async fn next(State(asks): State<mpsc::Sender<Asked>>) -> Response {
    let (hand, handed) = oneshot::channel();
    let _ = asks.send(Asked::Next(hand)).await;
    // Nobody hands anything over when the process is about to be killed.
    let Ok(Handed { id, event, deadline_ms }) = handed.await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:f:live";
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", arn.to_owned()),
        (
            "lambda-runtime-trace-id",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0".to_owned(),
        ),
    ];
    (headers, event).into_response()
}

async fn response(state: State<mpsc::Sender<Asked>>, id: Path<String>, body: String) -> StatusCode {
    said(&state, id.0, Said::Response(body)).await
}

async fn error(state: State<mpsc::Sender<Asked>>, id: Path<String>, body: String) -> StatusCode {
    said(&state, id.0, Said::Error(body)).await
}

async fn said(asks: &mpsc::Sender<Asked>, id: String, said: Said) -> StatusCode {
    let _ = asks.send(Asked::Said(id, said)).await;
    StatusCode::ACCEPTED
}
