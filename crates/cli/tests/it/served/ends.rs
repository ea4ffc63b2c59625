//! How a service ends, and why it does not begin.

use std::fs;
use std::process::Command;

use expect_test::{Expect, expect};
use tokio::task::JoinSet;

use crate::served::client::Client;
use crate::served::machine::{Machine, Store};
use crate::served::oracle::History;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_lets_open_requests_be_answered() {
    for signal in ["TERM", "INT"] {
        let machine = Machine::new(Store::Embedded);
        let (mut service, points) = machine.start_with_points();
        let mut payments = JoinSet::new();
        for number in 1..=8_i64 {
            let client = Client::new(service.address);
            payments.spawn(async move {
                let key = format!("open-{number}");
                let body = crate::served::client::payment(number, "tok_visa_abcdefgh");
                (key.clone(), client.ask("POST /payments", Some(&key), &body).await)
            });
        }
        // All eight are in the middle of it when the signal comes.
        let mut stopped = Vec::new();
        while stopped.len() < 8 {
            stopped.push(points.next().await);
        }
        service.signal(signal);
        for one in stopped {
            one.go_on().await;
        }
        let going_on = tokio::spawn(async move {
            loop {
                points.next().await.go_on().await;
            }
        });
        let mut history = History::default();
        for (key, answer) in payments.join_all().await {
            let answer = answer.expect("an open request is answered");
            assert_eq!(answer.status, 201, "{}", answer.body);
            history.told(&key, answer);
        }
        let (status, said) = tokio::task::block_in_place(|| service.ended());
        going_on.abort();
        assert!(status.success(), "{signal}: {status}: {said}");
        history.holds(&machine, machine.start()).await;
    }
}

/// What a service says that cannot begin, without the test's own folder and address in it.
fn refused(machine: &Machine, mut command: Command, expected: &Expect) {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let folder = machine.path("").display().to_string();
    let said = said.replace(folder.trim_end_matches('/'), "FOLDER");
    let code = output.status.code().map_or("killed".to_owned(), |code| format!("exit code {code}"));
    expected.assert_eq(&format!("{code}\n{said}"));
}

#[tokio::test]
async fn what_is_in_the_way_is_said() {
    let machine = Machine::new(Store::Embedded);
    let service = machine.start();
    refused(
        &machine,
        machine.serve(),
        &expect![[r#"
        exit code 1
        error: cannot open `FOLDER/data/store.redb`: the store is not available: Database already open. Cannot acquire lock.
        hint: if another `tideover serve` uses this folder, end it, or choose another with `--data`
    "#]],
    );
    let taken = service.address.to_string();
    let output = machine.serve_at(&taken, "other").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap().replace(&taken, "ADDRESS");
    expect![[r#"
        error: cannot listen at ADDRESS: Address already in use (os error 98)
        hint: choose another address with `--listen`; port 0 takes a free one
    "#]]
    .assert_eq(&said);
    assert!(!machine.path("other").exists(), "nothing is left behind");
}

#[tokio::test]
async fn what_is_wrong_with_a_url_is_said() {
    let machine = Machine::new(Store::Embedded);
    let with_url = |url| {
        let mut command = machine.serve();
        command.env("TIDEOVER_POSTGRES_URL", url);
        command
    };
    refused(
        &machine,
        with_url("postgresql://127.0.0.1/"),
        &expect![[r#"
        exit code 1
        error: the PostgreSQL URL is wrong: it names no user
        hint: write it as `postgresql://user@host:5432/database`, the password in TIDEOVER_POSTGRES_URL only
    "#]],
    );
    refused(
        &machine,
        with_url("mysql://user:hunter2hunter2@host/database"),
        &expect![[r#"
        exit code 1
        error: the PostgreSQL URL is wrong: it is not of the form `postgresql://user:password@host:port/database`, where the signs `@ : / ? # %` in a user or a password are written like `%40`
        hint: write it as `postgresql://user@host:5432/database`, the password in TIDEOVER_POSTGRES_URL only
    "#]],
    );
    refused(
        &machine,
        with_url("postgresql://user@127.0.0.1:1/payments"),
        &expect![[r#"
            exit code 1
            error: cannot bring the PostgreSQL schema up to date: the store is not available: the server did not take the connection: error connecting to server: Connection refused (os error 111)
            hint: check that the server runs and the URL is right, with `psql URL`
        "#]],
    );
    let mut typed = machine.serve();
    typed.args(["--postgres", "postgresql://payment:hunter2hunter2@127.0.0.1:1/payments"]);
    refused(
        &machine,
        typed,
        &expect![[r#"
        exit code 1
        error: a password must not be typed: everybody on the machine can read arguments
        hint: put the URL into the environment variable TIDEOVER_POSTGRES_URL instead of `--postgres`
    "#]],
    );
}

#[tokio::test]
async fn what_is_wrong_in_a_file_is_said() {
    let machine = Machine::new(Store::Embedded);
    let webhooks = machine.path("webhooks.json");
    fs::write(&webhooks, r#"{"endpoints":[{"id":"A","url":"ftp://x"},{"id":"b"}]}"#).unwrap();
    refused(
        &machine,
        machine.serve(),
        &expect![[r#"
        exit code 3
        error: `FOLDER/webhooks.json` has faults:
        endpoints[0].id: has another form; allowed: 1 to 64 lower-case letters, digits and hyphens
        endpoints[0].url: has another form; allowed: an `https://` address with a host and without user, password, fragment or blanks; `http://` for `localhost` and loopback addresses only
        endpoints[0].secrets: is missing; allowed: 1 to 3 secrets, newest first
        endpoints[1].url: is missing; allowed: an `https://` address with a host and without user, password, fragment or blanks; `http://` for `localhost` and loopback addresses only
        endpoints[1].secrets: is missing; allowed: 1 to 3 secrets, newest first
    "#]],
    );
    fs::remove_file(webhooks).unwrap();
    let store = machine.path("data").join("store.redb");
    fs::write(&store, "this is no store").unwrap();
    refused(
        &machine,
        machine.serve(),
        &expect![[r#"
            exit code 1
            error: cannot open `FOLDER/data/store.redb`: the store is damaged, or is none: Not a redb database: magic number mismatch
            hint: restore it from a copy, or choose another folder with `--data`
        "#]],
    );
    assert_eq!(fs::read(store).unwrap(), b"this is no store", "it is as it was");
}

#[tokio::test]
async fn a_database_has_one_folder() {
    let machine = Machine::new(Store::Postgres);
    let service = machine.start();
    let client = Client::new(service.address);
    assert_eq!(client.pay("a-key", 1, "tok_visa_abcdefgh").await.status, 201);
    let mut command = machine.serve_at("127.0.0.1:0", "another");
    let output = command.output().unwrap();
    expect![[r#"
        error: the database belongs to another data folder
        hint: choose that folder with `--data`, or give this one a database of its own
    "#]]
    .assert_eq(&String::from_utf8(output.stderr).unwrap());
}
