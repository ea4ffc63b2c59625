//! Messages of HTTP/1.1 as bytes, as far as they must be understood to be passed on: where they end, whom they ask what.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::rule::Called;

/// A whole request.
pub(super) struct Message {
    bytes: Vec<u8>,
    /// Where its body begins.
    body: usize,
}

/// How a body ends.
enum Length {
    Bytes(usize),
    Chunked,
    Closed,
}

impl Message {
    /// The first line and the headers.
    pub(super) fn head(&self) -> String {
        String::from_utf8_lossy(&self.bytes[..self.body]).into_owned()
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.bytes[self.body..]
    }

    pub(super) fn is_head(&self) -> bool {
        self.bytes.starts_with(b"HEAD ")
    }

    /// Its bytes, with this before its path, and saying that it came by TLS.
    pub(super) fn under(&self, prefix: &str) -> Vec<u8> {
        let after = |end: &[u8], from: usize| {
            let rest = self.bytes[from..].windows(end.len());
            from + rest.take_while(|window| *window != end).count() + end.len()
        };
        let path = after(b" ", 0);
        let headers = after(b"\r\n", path);
        let [method, rest, others] =
            [&self.bytes[..path], &self.bytes[path..headers], &self.bytes[headers..]];
        [method, prefix.as_bytes(), rest, b"x-forwarded-proto: https\r\n", others].concat()
    }

    /// Whom it asks what.
    pub(super) fn called(&self) -> Called {
        let head = self.head();
        let (region, service) = scope(&head).unwrap_or_default();
        Called { region, service, operation: self.operation(&head) }
    }

    fn operation(&self, head: &str) -> String {
        let (method, path) = request_line(head);
        let target = header(head, "x-amz-target").and_then(|target| target.rsplit('.').next());
        let rpc = path.split_once("/operation/").map(|(_, operation)| operation);
        let form = String::from_utf8_lossy(self.body());
        let action = form.split('&').find_map(|pair| pair.strip_prefix("Action="));
        let named = target.or(rpc).or(action);
        named.map_or_else(|| format!("{method} {path}"), str::to_owned)
    }
}

/// Method and path.
pub(super) fn request_line(head: &str) -> (&str, &str) {
    let mut words = head.split(' ');
    let method = words.next().unwrap_or_default();
    let path = words.next().unwrap_or_default();
    (method, path.split('?').next().unwrap_or(path))
}

/// The value of a header; its name is given in lower case.
pub(super) fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    lines.find(|(is, _)| is.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// Region and service of the signature.
fn scope(head: &str) -> Option<(String, String)> {
    let (_, credential) = header(head, "authorization")?.split_once("Credential=")?;
    let mut parts = credential.split(',').next()?.split('/').skip(2);
    Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
}

/// Reads a request; nothing at the end of the connection.
pub(super) async fn read_question(stream: &mut TcpStream) -> Option<Message> {
    let mut bytes = Vec::new();
    let body = read_head(stream, &mut bytes).await?;
    let head = String::from_utf8_lossy(&bytes[..body]).into_owned();
    if header(&head, "expect").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.ok()?;
        // The body follows at once, and nothing is to be said to it.
        let kept: Vec<_> = head.split("\r\n").filter(|line| !is_expectation(line)).collect();
        bytes.splice(..body, kept.join("\r\n").into_bytes());
    }
    let body = end_of_head(&bytes)?;
    match length(&head) {
        Length::Closed => {}
        length => read_body(stream, &mut bytes, body, length).await?,
    }
    Some(Message { bytes, body })
}

fn is_expectation(line: &str) -> bool {
    line.get(..7).is_some_and(|name| name.eq_ignore_ascii_case("expect:"))
}

/// Reads an answer; nothing when there is none.
pub(super) async fn read_answer(stream: &mut TcpStream, is_to_head: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let body = read_head(stream, &mut bytes).await?;
    let head = String::from_utf8_lossy(&bytes[..body]).into_owned();
    let status = head.split(' ').nth(1).unwrap_or_default();
    if !is_to_head && !["204", "304"].contains(&status) {
        read_body(stream, &mut bytes, body, length(&head)).await?;
    }
    Some(bytes)
}

/// Reads up to the end of the headers, and maybe more; answers where that is.
async fn read_head(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<usize> {
    loop {
        if let Some(end) = end_of_head(bytes) {
            return Some(end);
        }
        read_some(stream, bytes).await?;
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

fn length(head: &str) -> Length {
    let is_chunked = header(head, "transfer-encoding").is_some_and(|it| it.contains("chunked"));
    match header(head, "content-length").and_then(|length| length.parse().ok()) {
        _ if is_chunked => Length::Chunked,
        Some(length) => Length::Bytes(length),
        None => Length::Closed,
    }
}

async fn read_body(
    stream: &mut TcpStream,
    bytes: &mut Vec<u8>,
    body: usize,
    length: Length,
) -> Option<()> {
    match length {
        Length::Bytes(length) => {
            while bytes.len() < body + length {
                read_some(stream, bytes).await?;
            }
        }
        Length::Chunked => {
            let mut at = body;
            while let Some(next) = read_chunk(stream, bytes, at).await? {
                at = next;
            }
        }
        Length::Closed => while read_some(stream, bytes).await.is_some() {},
    }
    Some(())
}

/// Reads the chunk that begins here; answers where the next does, or that it was the last.
async fn read_chunk(
    stream: &mut TcpStream,
    bytes: &mut Vec<u8>,
    at: usize,
) -> Option<Option<usize>> {
    let line = loop {
        if let Some(end) = bytes[at..].windows(2).position(|window| window == b"\r\n") {
            break at + end;
        }
        read_some(stream, bytes).await?;
    };
    let size = String::from_utf8_lossy(&bytes[at..line]).into_owned();
    let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
    let end = line + 2 + size + 2;
    while bytes.len() < end {
        read_some(stream, bytes).await?;
    }
    Some((size > 0).then_some(end))
}

/// Reads what is there; nothing at the end.
async fn read_some(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let read = stream.read_buf(bytes).await.ok()?;
    (read > 0).then_some(())
}
