//! `cargo bench -p tideover --bench payments`: what the HTTP service costs beside its own SQL statements sent straight
//! to the same PostgreSQL, alone and with the worker that calls the processor for each payment and tells of it, which takes
//! the ledger three more transactions; how long clients wait at half the load, what connections weigh, and what hot accounts cost.
//! Prints figures of this run and their ratios; asserts nothing.

#[path = "payments/bare.rs"]
mod bare;
#[path = "payments/direct.rs"]
mod direct;
#[path = "payments/load.rs"]
mod load;
#[path = "../../stores/tests/it/programs.rs"]
#[allow(dead_code, reason = "the tests of the stores need more of it")]
mod programs;
#[path = "../../stores/tests/it/server.rs"]
#[allow(dead_code, reason = "the tests of the stores need more of it")]
mod server;
#[path = "payments/service.rs"]
mod service;

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bare::Bare;
use load::Connection;
use server::Server;
use service::{Running, Store};

/// How long each measurement takes.
const TIME: Duration = Duration::from_secs(8);
/// Clients that pay at once.
const CONNECTIONS: usize = 64;

#[tokio::main(worker_threads = 2)]
async fn main() {
    // What runs every target to see whether it starts does not ask for figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let uniform = accounts(10_000);
    let hot = accounts(4);
    say("payments/s, 64 connections, each run of 8 s; ratios to the SQL alone");
    let server = Server::start_with(&["fsync=on", "synchronous_commit=on"], |_| {});
    let direct = direct::per_second(&server, &uniform, TIME).await;
    line("SQL alone, uniform accounts", direct, direct);
    let direct_hot = direct::per_second(&server, &hot, TIME).await;
    line("SQL alone, 4 hot accounts", direct_hot, direct);
    let bare = Bare::start(&server).await;
    let over_http = flat_out(bare.address, &uniform).await;
    line("HTTP without the worker, uniform", over_http, direct);
    let over_http_hot = flat_out(bare.address, &hot).await;
    line("HTTP without the worker, 4 hot", over_http_hot, direct);
    drop(bare);
    let postgres = Running::start(Store::Postgres(&server));
    let over_http = flat_out(postgres.address, &uniform).await;
    line("HTTP, PostgreSQL, uniform accounts", over_http, direct);
    let over_http_hot = flat_out(postgres.address, &hot).await;
    line("HTTP, PostgreSQL, 4 hot accounts", over_http_hot, direct);
    latencies(&postgres, over_http / 2.0, &uniform).await;
    memory(&postgres).await;
    drop(postgres);
    let embedded = Running::start(Store::Embedded);
    let over_http = flat_out(embedded.address, &uniform).await;
    line("HTTP, embedded store, uniform accounts", over_http, direct);
    latencies(&embedded, over_http / 2.0, &uniform).await;
}

async fn flat_out(address: SocketAddr, accounts: &Arc<Vec<String>>) -> f64 {
    let load = load::flat_out(address, CONNECTIONS, TIME, accounts.clone()).await;
    if load.refused > 0 {
        say(&format!("  refused: {} of {}", load.refused, load.latencies.len()));
    }
    load.per_second()
}

async fn latencies(service: &Running, per_second: f64, accounts: &Arc<Vec<String>>) {
    let mut load =
        load::at_rate(service.address, per_second, CONNECTIONS, TIME, accounts.clone()).await;
    let [median, p99, p999] = [500, 990, 999].map(|per_mille| load.percentile(per_mille));
    say(&format!(
        "  at half of that, {per_second:.0}/s: p50 {:.1} ms, p99 {:.1} ms, p999 {:.1} ms",
        milliseconds(median),
        milliseconds(p99),
        milliseconds(p999)
    ));
}

/// The memory of the service with so many connections open, each of which has paid once.
async fn memory(service: &Running) {
    let mut open = Vec::new();
    let mut text = "  memory of the service".to_owned();
    for connections in [1, 64, 1_024] {
        while open.len() < connections {
            let mut connection = Connection::open(service.address).await;
            connection.pay(&account(open.len())).await;
            open.push(connection);
        }
        text += &format!(", {:.1} MiB at {connections}", service.resident_mib());
    }
    say(&(text + " connections"));
}

fn accounts(count: usize) -> Arc<Vec<String>> {
    Arc::new((0..count).map(account).collect())
}

fn account(number: usize) -> String {
    format!("acc_01K9V3T5Q8ZJX6W2M4{number:08}")
}

fn line(what: &str, per_second: f64, direct: f64) {
    say(&format!("{what:<40} {per_second:>8.0}/s {:>6.2}", per_second / direct));
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

fn say(text: &str) {
    writeln!(std::io::stdout(), "{text}").expect("standard output is open");
}
