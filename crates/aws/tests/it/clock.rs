//! A machine whose clock is wrong finds that out from the dates of what it is answered.

use std::time::SystemTime;

use aws::{Aws, ControlTable, Manner, Replica};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::double::TABLE;
use crate::samples::{PATIENT, bits, place};

/// A replica that has nothing, and whose clock is so many seconds ahead of this machine's, or behind; its address.
async fn replica(ahead_seconds: i64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 16_384];
            let _ = stream.read(&mut asked).await;
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            let now = i64::try_from(now.expect("it is later").as_secs()).expect("it is small");
            let date = DateTime::from_secs(now + ahead_seconds).fmt(Format::HttpDate);
            let answer = format!(
                "HTTP/1.1 200 OK\r\ndate: {}\r\ncontent-type: application/x-amz-json-1.0\r\n\
                 content-length: 2\r\nconnection: close\r\n\r\n{{}}",
                date.expect("it is a date")
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url
}

/// What a machine sees of its clock that asks the first of these, and the second where the first is away.
async fn seen(near: String, far: String) -> i64 {
    let aws = Aws::with(place(None), Manner::default(), bits(), |_| {});
    let at = |region: &str, url| Replica { region: region.to_owned(), endpoint_url: Some(url) };
    let (near, far) = (at("us-east-1", near), at("us-east-2", far));
    let table = ControlTable::new(&aws, TABLE, near, far, PATIENT);
    assert_eq!(table.clock_ahead_ms(), 0, "nobody has told anything");
    table.warm().await;
    table.clock_ahead_ms()
}

#[tokio::test]
async fn the_dates_of_answers_tell_how_far_a_clock_is_off() {
    let nobody = "http://127.0.0.1:9".to_owned();
    let hour = 3_600;
    assert_eq!(seen(replica(0).await, nobody.clone()).await, 0);
    // However slow the machine is that this runs on.
    let ahead = seen(replica(-hour).await, nobody.clone()).await;
    assert!((3_500_000..=3_600_000).contains(&ahead), "{ahead}");
    let behind = seen(nobody, replica(hour).await).await;
    assert!((-3_600_000..=-3_500_000).contains(&behind), "{behind}");
}
