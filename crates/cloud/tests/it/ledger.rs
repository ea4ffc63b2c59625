//! A function that answers for the ledger of its Region, as far as a run asks: writer is whoever is that of the global
//! database, and the rest is made up.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const BOOTSTRAP: &str = r#"#!/usr/bin/env python3
import json, os, re, urllib.request
API = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
REGION, ACCOUNT, CLUSTER = os.environ["AWS_REGION"], os.environ["ACCOUNT"], os.environ["CLUSTER"]
def is_writer():
    scope = f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{REGION}/rds/aws4_request, SignedHeaders=host, Signature=0"
    asked = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], b"Action=DescribeGlobalClusters&Version=2014-10-31",
        {"Authorization": scope, "Content-Type": "application/x-www-form-urlencoded"})
    text = urllib.request.urlopen(asked).read().decode()
    for member in re.findall(r"<GlobalClusterMember>.*?</GlobalClusterMember>", text, re.S):
        if CLUSTER + "</DBClusterArn>" in member and "<IsWriter>true</IsWriter>" in member: return True
    return False
def answer(ask):
    kind, writer = ask["ask"], is_writer()
    if kind == "standing": return {"answer": "standing", "is_writer": writer, "position": 100}
    if kind == "missing": return {"answer": "count", "count": 2}
    if kind == "outbox": return {"answer": "count", "count": 0}
    if not writer: return {"answer": "try-again", "cause": "the database takes no writes yet"}
    if kind == "migrate": return {"answer": "done"}
    if kind == "tail": return {"answer": "tail", "position": 100, "movements": 10, "faults": 0}
    if kind == "raise-epoch": return {"answer": "epoch", "epoch": ask["epoch"]}
    if kind == "hold": return {"answer": "count", "count": 2}
    if kind == "settle": return {"answer": "count", "count": 0}
while True:
    asked = urllib.request.urlopen(API + "next")
    said = json.dumps(answer(json.loads(asked.read()))).encode()
    urllib.request.urlopen(urllib.request.Request(API + asked.headers["Lambda-Runtime-Aws-Request-Id"] + "/response", said))
"#;

/// The function's zip.
pub(crate) fn zipped() -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().unix_permissions(0o755);
    zip.start_file("bootstrap", options).expect("it is begun");
    zip.write_all(BOOTSTRAP.as_bytes()).expect("it is written");
    zip.finish().expect("it is ended").into_inner()
}
