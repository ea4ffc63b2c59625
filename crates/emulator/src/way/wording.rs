//! Answers as the service that was asked would word them: each protocol of AWS has its own.

use super::message::{Message, header};

/// What an error that a test wants says.
const WORDS: &str = "as the test wants it";

/// Services that speak XML without a form.
const XML: [&str; 3] = ["cloudfront", "route53", "s3"];

impl Message {
    /// The answer to this request with this status and error.
    pub(super) fn error(&self, status: u16, code: &str) -> Vec<u8> {
        let body = match self.kind() {
            "application/cbor" => cbor(code),
            "application/x-amz-json-1.0" => {
                format!(r#"{{"__type":"{code}","message":"{WORDS}"}}"#).into_bytes()
            }
            "application/json" => format!(r#"{{"message":"{WORDS}"}}"#).into_bytes(),
            "application/xml" => xml(code).into_bytes(),
            _ => format!("<ErrorResponse>{}</ErrorResponse>", xml(code)).into_bytes(),
        };
        self.answer(status, &format!("x-amzn-errortype: {code}\r\n"), &body)
    }

    /// The answer to this request with this status and body, and with these headers besides what its protocol asks for.
    pub(super) fn answer(&self, status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
        let (kind, length) = (self.kind(), body.len());
        let head = self.head();
        let protocol = header(&head, "smithy-protocol");
        let protocol = protocol.map_or_else(String::new, |it| format!("smithy-protocol: {it}\r\n"));
        let head = format!(
            "HTTP/1.1 {status} -\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\
             {headers}x-amzn-requestid: made-up\r\n{protocol}\r\n"
        );
        if self.is_head() { head.into_bytes() } else { [head.as_bytes(), body].concat() }
    }

    /// What an answer to this request is written in.
    fn kind(&self) -> &'static str {
        let head = self.head();
        if header(&head, "smithy-protocol").is_some() {
            "application/cbor"
        } else if header(&head, "x-amz-target").is_some() {
            "application/x-amz-json-1.0"
        } else if self.body().windows(7).any(|window| window == b"Action=") {
            "text/xml"
        } else {
            match self.called().service.as_str() {
                "s3" => "application/xml",
                service if XML.contains(&service) => "text/xml",
                _ => "application/json",
            }
        }
    }
}

fn xml(code: &str) -> String {
    format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>{WORDS}</Message></Error>")
}

/// A map of two texts.
fn cbor(code: &str) -> Vec<u8> {
    let mut bytes = vec![0xa2];
    for text in ["__type", code, "message", WORDS] {
        let length = u8::try_from(text.len()).expect("it is short");
        bytes.extend([0x78, length]);
        bytes.extend(text.as_bytes());
    }
    bytes
}
