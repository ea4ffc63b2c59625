//! The payment service of a Region and DNS, as far as a run asks them: both say what the control record says.

use std::net::{Ipv4Addr, SocketAddr};

use aws::ControlTable;
use fence::{ControlStore as _, RegionName};
use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::rdata::{A, NS};
use hickory_proto::rr::{RData, Record, RecordType};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

/// Serves a Region in which `gateway` tells how far its API is throttled; the answer is its address.
pub(crate) async fn serve(table: ControlTable, region: RegionName, gateway: Gateway) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, table.clone(), region.clone(), gateway.clone()));
        }
    });
    url
}

/// The API Gateway of a Region.
pub(crate) type Gateway = aws_sdk_apigateway::Client;

/// Whether the stage of the Region's API lets nobody in.
async fn is_shut(gateway: &Gateway) -> Option<bool> {
    let apis = gateway.get_rest_apis().send().await.ok()?;
    let api = apis.items().first()?.id()?;
    let stage = gateway.get_stage().rest_api_id(api).stage_name("prod").send().await.ok()?;
    Some(stage.method_settings()?.get("*/*")?.throttling_burst_limit() == 0)
}

async fn answer(mut stream: TcpStream, table: ControlTable, region: RegionName, gateway: Gateway) {
    let mut bytes = vec![0; 8_192];
    let length = stream.read(&mut bytes).await.unwrap_or(0);
    let asked = String::from_utf8_lossy(&bytes[..length]).into_owned();
    let line: Vec<&str> = asked.split(' ').collect();
    let record = table.read_record().await.ok().flatten();
    let active = record.as_ref().and_then(|record| record.active_region()) == Some(&region);
    let payment = json!({
        "id": "pay_1", "account": "acc_01K9V3T5Q8ZJX6W2M4N7R0ABCD", "amount": 1, "currency": "USD",
    });
    let is_shut = is_shut(&gateway).await == Some(true);
    let (status, body) = match (line.first().copied(), line.get(1).copied()) {
        _ if is_shut => (429, json!({"message": "Too Many Requests"})),
        (Some("POST"), Some("/payments")) if active => (201, payment),
        (Some("GET"), Some("/payments/pay_1")) => (200, payment),
        (_, Some("/health")) => (200, json!({})),
        (_, Some("/health/ready")) if active => (200, json!({})),
        (_, Some("/health/traffic")) => (
            200,
            json!({"traffic_region": record.map(|record| record.traffic_region().to_string())}),
        ),
        _ => (503, json!({})),
    };
    let body = body.to_string();
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all((head + &body).as_bytes()).await;
}

/// Serves names: each Region's has an address of its own, and the public one that of the Region that traffic is meant
/// for. It is a resolver, and both name servers of the zone. The answer is its address.
pub(crate) async fn resolve(table: ControlTable, standby: RegionName) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port is free");
    let address = socket.local_addr().expect("it is bound");
    tokio::spawn(async move {
        let mut bytes = vec![0; 4_096];
        while let Ok((length, from)) = socket.recv_from(&mut bytes).await {
            let Ok(question) = Message::from_vec(&bytes[..length]) else { continue };
            let mut answer =
                Message::new(question.metadata.id, MessageType::Response, OpCode::Query);
            answer.add_queries(question.queries.iter().cloned());
            for data in records(&table, &standby, &question.queries[0]).await {
                let name = question.queries[0].name().clone();
                answer.add_answer(Record::from_rdata(name, 1, data));
            }
            let _ = socket.send_to(&answer.to_vec().expect("it is short"), from).await;
        }
    });
    address
}

async fn records(table: &ControlTable, standby: &RegionName, asked: &Query) -> Vec<RData> {
    let name = asked.name().to_ascii();
    if asked.query_type() == RecordType::NS {
        let names = ["ns-1.example.net.", "ns-2.example.org."].into_iter();
        return names.map(|name| RData::NS(NS(name.parse().expect("a name")))).collect();
    }
    let record = table.read_record().await.ok().flatten();
    let is_meant = record.is_some_and(|record| *record.traffic_region() == *standby);
    let host = match name.starts_with("ns-") {
        true => 1,
        false if name.contains(standby.as_str()) || (is_meant && !name.contains("us-east")) => 2,
        false => 1,
    };
    vec![RData::A(A(Ipv4Addr::new(127, 0, 0, host)))]
}
