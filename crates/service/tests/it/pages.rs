//! Lists, page by page.

use crate::server::{ACCOUNT, PAYMENT, Server};

#[tokio::test]
async fn pages_together_are_all_payments_newest_first() {
    let server = Server::start().await;
    let mut made = Vec::new();
    for key in 0..7 {
        server.world.pass_ms(5);
        let answer = server.post("/payments", &format!("k{key}"), PAYMENT).await;
        made.push(answer.json()["id"].as_str().unwrap().to_owned());
    }
    made.reverse();
    let (mut seen, mut after) = (Vec::new(), String::new());
    for page in 1..=3 {
        let answer =
            server.get(&format!("/payments?account={ACCOUNT}&limit=3{after}")).await.json();
        let data = answer["data"].as_array().unwrap();
        seen.extend(data.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        assert_eq!(answer["has_more"], page < 3);
        after = format!("&starting_after={}", seen.last().unwrap());
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn queries_are_read_strictly() {
    let server = Server::start().await;
    let table = [
        ("", 400),
        ("?account=acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD", 200),
        ("?account=acc%5F01K9V3T5Q8ZJX6W2M4N7R0ABCD&", 200),
        ("?account=acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD&limit=101", 400),
        ("?account=acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD&limit=1&limit=2", 400),
        ("?account=acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD&offset=3", 400),
        ("?account=%ff%", 400),
    ];
    for (query, status) in table {
        assert_eq!(server.get(&format!("/payments{query}")).await.status, status, "{query}");
    }
}
