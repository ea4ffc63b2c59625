//! Card numbers are tried everywhere, and found nowhere.

use std::fs;
use std::path::Path;

use crate::served::client::{ACCOUNT, Client, payment};
use crate::served::machine::{Machine, Store};

/// Numbers that card schemes publish for tests, in the forms that people write them in.
const NUMBERS: [&str; 4] = [
    "4242424242424242",
    "4000 0566 5566 5556",
    "3782-822463-10005",
    "６０１１１１１１１１１１１１１７",
];

async fn try_everywhere(client: &Client) -> String {
    let mut told = String::new();
    for (number, card) in NUMBERS.iter().enumerate() {
        let good = payment(100, "tok_visa_abcdefgh");
        let bodies = [
            good.replace("tok_visa_abcdefgh", card),
            good.replace("tok_visa_abcdefgh", &format!("tok_{card}")),
            good.replace(r#""order":"100""#, &format!(r#""order":"{card}""#)),
            good.replace(r#""order""#, &format!(r#""{card}""#)),
            good.replace(r#""currency""#, &format!(r#""description":"card {card}","currency""#)),
            good.replace(ACCOUNT, card),
            good.replace(r#""currency":"USD""#, &format!(r#""currency":"{card}""#)),
            good.replace(r#""amount":100"#, r#""amount":4242424242424242"#),
            format!(r#"{{"{card}":1}}"#),
            card.to_string(),
        ];
        for (place, body) in bodies.iter().enumerate() {
            let key = format!("{number}-{place}");
            let answer = client.ask("POST /payments", Some(&key), body).await.unwrap();
            assert!((400..500).contains(&answer.status), "{body}: {}", answer.body);
            told += &answer.body;
        }
        let ascii: String = card.chars().filter(char::is_ascii_digit).collect();
        for line in [
            format!("GET /payments/{ascii}"),
            format!("GET /payments?account={ascii}&starting_after={ascii}&{ascii}=1"),
            format!("GET /{ascii}"),
            format!("POST /payments/{ascii}/refunds"),
        ] {
            told += &client.ask(&line, Some("a-key"), "{}").await.unwrap().body;
        }
        // A key may look like a card number; it is kept as a digest.
        let paid =
            client.pay(if ascii.is_empty() { "x" } else { &ascii }, 100, "tok_visa_abcdefgh").await;
        assert_eq!(paid.status, 201, "{}", paid.body);
        client.settled(&paid.text("id")).await;
        told += &paid.body;
    }
    told
}

/// Runs of 12 to 19 digits that pass the check, and begin as cards do: other runs are times.
fn card_numbers(bytes: &[u8]) -> Vec<String> {
    let runs = bytes.split(|byte| !byte.is_ascii_digit());
    let texts = runs.filter_map(|run| std::str::from_utf8(run).ok());
    texts
        .filter(|text| {
            (12..=19).contains(&text.len()) && text.starts_with(['2', '3', '4', '5', '6'])
        })
        .filter(|text| payments::holds_card_number(text))
        .map(str::to_owned)
        .collect()
}

fn scan(place: &str, bytes: &[u8]) {
    assert_eq!(card_numbers(bytes), Vec::<String>::new(), "{place}");
    for number in NUMBERS {
        let is_there = bytes.windows(number.len()).any(|window| window == number.as_bytes());
        assert!(!is_there, "{place} holds {number}");
    }
}

fn scan_folder(folder: &Path) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => scan_folder(&path),
            false => scan(&path.display().to_string(), &fs::read(&path).unwrap()),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_card_number_is_kept_or_said() {
    for store in Store::ALL {
        let machine = Machine::new(store);
        let mut service = machine.start();
        let told = try_everywhere(&Client::new(service.address)).await;
        scan("an answer", told.as_bytes());
        service.signal("TERM");
        let (_, said) = service.ended();
        scan("standard error", said.as_bytes());
        let logs = machine.logs();
        assert!(logs.contains("/payments"), "there is a log");
        scan("the log", logs.as_bytes());
        assert!(fs::read_dir(machine.path("data").join("receipts")).unwrap().count() > 0);
        scan_folder(&machine.path("data"));
        if let Some((server, settings)) = &machine.database {
            let sql = "SELECT count(*) FROM payments WHERE token = 'tok_visa_abcdefgh'";
            let payments = tokio::task::block_in_place(|| server.ask(settings, sql));
            assert_eq!(payments.trim(), NUMBERS.len().to_string(), "the database has the payments");
            // Tables, indexes and the log of what is written to them.
            scan_folder(&server.folder().join("data"));
        }
    }
    let planted = b"{\"a\":4242424242424242}";
    assert_eq!(card_numbers(planted), ["4242424242424242"], "the scan sees");
}
