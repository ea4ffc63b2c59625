//! A way to a server that answers as it is told, broken in each manner.

use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpListener;

use super::*;

/// Something to lead to: answers each request of a connection with its own body, and tells how many came.
struct Echo {
    address: String,
    asked: Arc<Mutex<usize>>,
}

impl Echo {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let asked = Arc::new(Mutex::new(0));
        let count = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                *lock(&count) += 1;
                echo(&mut stream.expect("it connects"));
            }
        });
        Self { address, asked }
    }
}

fn echo(stream: &mut std::net::TcpStream) {
    let (_, body) = read(stream).expect("it asks");
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    stream.write_all(format!("{head}{chunks}").as_bytes()).expect("it hears");
}

/// Reads headers and body of a message whose length is given, or that is one chunk.
fn read(stream: &mut std::net::TcpStream) -> std::io::Result<(String, String)> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    let mut length = String::new();
    if head.contains("chunked") {
        reader.read_line(&mut length)?;
    } else {
        let line = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        length = format!("{:x}", line.map_or(0, |line| line.parse().expect("it is a number")));
    }
    let length = usize::from_str_radix(length.trim(), 16).expect("it is a number");
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((head, String::from_utf8(body).expect("it is text")))
}

fn question(region: &str) -> String {
    let body = "Action=CreateStack&StackName=a";
    let scope =
        format!("AWS4-HMAC-SHA256 Credential=1/20260101/{region}/cloudformation/aws4_request, x");
    let length = body.len();
    format!("POST / HTTP/1.1\r\nAuthorization: {scope}\r\ncontent-length: {length}\r\n\r\n{body}")
}

fn ask(way: &Way, question: &str) -> std::io::Result<(String, String)> {
    let mut stream = std::net::TcpStream::connect(way.address)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(question.as_bytes())?;
    read(&mut stream)
}

#[test]
fn passes_on_and_remembers() {
    let echo = Echo::start();
    let way = Way::to(&echo.address);
    let (_, body) = ask(&way, &question("us-east-2")).expect("it is answered");
    assert_eq!(body, "Action=CreateStack&StackName=a");
    let [called] = way.called().try_into().expect("one");
    let Called { region, service, operation } = called;
    assert_eq!([region, service, operation], ["us-east-2", "cloudformation", "CreateStack"]);
}

#[test]
fn leads_to_what_stands_under_a_path() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound").to_string();
    let way = Way::at(Ipv4Addr::new(127, 0, 0, 2));
    way.lead(&address, "/stages/prod");
    let asks = std::thread::spawn(move || ask(&way, "GET /health HTTP/1.1\r\n\r\n"));
    let (mut stream, _) = listener.accept().expect("it connects");
    let (head, _) = read(&mut stream).expect("it asks");
    assert!(head.starts_with("GET /stages/prod/health HTTP/1.1\r\n"), "{head}");
    drop(stream);
    asks.join().expect("it ends").expect_err("there is no answer");
}

#[test]
fn fails_for_one_region_and_not_for_the_other() {
    let echo = Echo::start();
    let way = Way::to(&echo.address);
    way.rules([Rule::all(Fault::THROTTLES).region("us-east-1").times(1)]);
    let (head, body) = ask(&way, &question("us-east-1")).expect("it is answered");
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
    assert!(body.contains("<Code>ThrottlingException</Code>"), "{body}");
    ask(&way, &question("us-east-2")).expect("it is passed on");
    ask(&way, &question("us-east-1")).expect("it is passed on");
    assert_eq!(*lock(&echo.asked), 2);
}

#[test]
fn answers_one_after_another_with_nobody_there() {
    let way = Way::nowhere();
    way.rules(["<First/>", "<Second/>"].map(|body| Rule::all(Fault::answers(200, body)).times(1)));
    for body in ["<First/>", "<Second/>"] {
        let (head, said) = ask(&way, &question("us-east-1")).expect("it is answered");
        assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/xml"), "{head}");
        assert_eq!(said, body);
    }
    ask(&way, &question("us-east-1")).expect_err("nobody is there");
    let names = way.asked().into_iter().map(|asked| asked.form()["StackName"].clone());
    assert_eq!(names.collect::<Vec<_>>(), ["a", "a", "a"]);
}

#[test]
fn loses_questions_and_answers() {
    let echo = Echo::start();
    let way = Way::to(&echo.address);
    way.rules([Rule::all(Fault::Resets).times(1), Rule::all(Fault::LosesAnswer).times(1)]);
    for asked in [0, 1] {
        ask(&way, &question("us-east-1")).expect_err("there is no answer");
        assert_eq!(*lock(&echo.asked), asked);
    }
}

#[test]
fn refuses_when_it_is_closed() {
    let echo = Echo::start();
    let mut way = Way::to(&echo.address);
    way.close();
    let refused = ask(&way, &question("us-east-1")).expect_err("nobody listens");
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    way.reopen();
    ask(&way, &question("us-east-1")).expect("it is passed on");
}

#[test]
fn words_errors_as_each_protocol_does() {
    let echo = Echo::start();
    let way = Way::to(&echo.address);
    way.rules([Rule::all(Fault::EXPIRED)]);
    let signed = "Authorization: AWS4-HMAC-SHA256 Credential=1/20260101/us-east-1";
    let cases = [
        (format!("GET /bucket HTTP/1.1\r\n{signed}/s3/aws4_request\r\n\r\n"), "<Error><Type>"),
        (
            format!("GET /2013-04-01/hostedzone HTTP/1.1\r\n{signed}/route53/aws4_request\r\n\r\n"),
            "<ErrorResponse>",
        ),
        (format!("GET /x HTTP/1.1\r\n{signed}/lambda/aws4_request\r\n\r\n"), r#"{"message""#),
        (
            format!(
                "POST / HTTP/1.1\r\nX-Amz-Target: DynamoDB_1.GetItem\r\n{signed}/dynamodb/aws4_request\r\n\r\n"
            ),
            r#"{"__type":"ExpiredToken""#,
        ),
    ];
    for (question, begins) in cases {
        let (head, body) = ask(&way, &question).expect("it is answered");
        assert!(head.starts_with("HTTP/1.1 403"), "{head}");
        assert!(head.contains("x-amzn-errortype: ExpiredToken"), "{head}");
        assert!(body.starts_with(begins), "{body}");
    }
    let operations: Vec<_> = way.called().into_iter().map(|called| called.operation).collect();
    assert_eq!(operations, ["GET /bucket", "GET /2013-04-01/hostedzone", "GET /x", "GetItem"]);
}
