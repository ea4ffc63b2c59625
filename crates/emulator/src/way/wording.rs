//! An error as the service that was asked would word it: each protocol of AWS has its own.

use super::message::{Message, header};

/// What an error that a test wants says.
const WORDS: &str = "as the test wants it";

/// Services that speak XML without a form.
const XML: [&str; 3] = ["cloudfront", "route53", "s3"];

impl Message {
    /// The answer to this request with this status and error.
    pub(super) fn error(&self, status: u16, code: &str) -> Vec<u8> {
        let head = self.head();
        let (kind, body) = if header(&head, "smithy-protocol").is_some() {
            ("application/cbor", cbor(code))
        } else if header(&head, "x-amz-target").is_some() {
            let body = format!(r#"{{"__type":"{code}","message":"{WORDS}"}}"#);
            ("application/x-amz-json-1.0", body.into_bytes())
        } else if self.body().windows(7).any(|window| window == b"Action=") {
            ("text/xml", format!("<ErrorResponse>{}</ErrorResponse>", xml(code)).into_bytes())
        } else {
            self.without_a_name(code)
        };
        let length = body.len();
        let protocol = header(&head, "smithy-protocol");
        let protocol = protocol.map_or_else(String::new, |it| format!("smithy-protocol: {it}\r\n"));
        let head = format!(
            "HTTP/1.1 {status} -\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\
             x-amzn-errortype: {code}\r\nx-amzn-requestid: made-up\r\n{protocol}\r\n"
        );
        if self.is_head() { head.into_bytes() } else { [head.into_bytes(), body].concat() }
    }

    /// The kind and the body for services whose operations have no names.
    fn without_a_name(&self, code: &str) -> (&'static str, Vec<u8>) {
        match self.called().service.as_str() {
            "s3" => ("application/xml", xml(code).into_bytes()),
            service if XML.contains(&service) => {
                ("text/xml", format!("<ErrorResponse>{}</ErrorResponse>", xml(code)).into_bytes())
            }
            _ => ("application/json", format!(r#"{{"message":"{WORDS}"}}"#).into_bytes()),
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
