//! What tests need of an account before and after they work in it: the CDK's bootstrap, and everything read back.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use crate::started::{Emulator, program};

/// The version of the bootstrap that is made.
const VERSION: u32 = 30;

/// When everything is signed.
const DAY: &str = "20260101";

/// How most services are asked.
const FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";

impl Emulator {
    /// Makes what `cdk bootstrap` makes of what is needed here: the toolkit's stack, with the bucket and the roles.
    ///
    /// # Panics
    /// When it is not made.
    pub fn bootstrap(&self, account: &str, region: &str) {
        self.bootstrap_version(account, region, VERSION);
    }

    /// The same, saying that it is of this version.
    ///
    /// # Panics
    /// When it is not made.
    pub fn bootstrap_version(&self, account: &str, region: &str, version: u32) {
        let template = toolkit(account, region, version);
        let answer = self.form(
            account,
            region,
            &[
                ("Action", "CreateStack"),
                ("StackName", "CDKToolkit"),
                ("TemplateBody", &template),
                ("Capabilities.member.1", "CAPABILITY_NAMED_IAM"),
            ],
        );
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        for _ in 0..600 {
            let answer = self.form(
                account,
                region,
                &[("Action", "DescribeStacks"), ("StackName", "CDKToolkit")],
            );
            if answer.contains("<StackStatus>CREATE_COMPLETE</StackStatus>") {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("the bootstrap does not end");
    }

    /// Asks CloudFormation something, and answers its whole answer.
    ///
    /// # Panics
    /// When the emulator is gone.
    #[must_use]
    pub fn form(&self, account: &str, region: &str, fields: &[(&str, &str)]) -> String {
        self.query(&format!("{account}/{DAY}/{region}/cloudformation"), "2010-05-15", fields)
    }

    /// Makes a user who may do what these policies allow, and nothing else where permissions are checked; the id and the
    /// secret of an access key.
    ///
    /// # Panics
    /// When the emulator is gone.
    #[must_use]
    pub fn user(&self, account: &str, name: &str, policies: &[String]) -> (String, String) {
        let asked = |action: &str, more: &[(&str, &str)]| {
            let fields = [&[("Action", action), ("UserName", name)], more].concat();
            let answer =
                self.query(&format!("{account}/{DAY}/us-east-1/iam"), "2010-05-08", &fields);
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            answer
        };
        asked("CreateUser", &[]);
        for (number, policy) in policies.iter().enumerate() {
            let name = format!("part-{number}");
            asked("PutUserPolicy", &[("PolicyName", &name), ("PolicyDocument", policy)]);
        }
        let key = asked("CreateAccessKey", &[]);
        (between(&key, "AccessKeyId"), between(&key, "SecretAccessKey"))
    }

    fn query(&self, scope: &str, version: &str, fields: &[(&str, &str)]) -> String {
        let fields = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value)));
        let body = fields.chain([format!("Version={version}")]).collect::<Vec<_>>().join("&");
        self.asked("POST /", scope, FORM, &body)
    }

    /// The id of the REST API that a Region has.
    ///
    /// # Panics
    /// When it has none, or the emulator is gone.
    #[must_use]
    pub fn rest_api(&self, account: &str, region: &str) -> String {
        let apis =
            self.asked("GET /restapis", &format!("{account}/{DAY}/{region}/apigateway"), FORM, "");
        let (_, id) = apis.split_once("\"id\": \"").expect("there is one");
        id.split('"').next().unwrap_or_default().to_owned()
    }

    /// Makes a key of KMS of this spec that signs, and answers its ARN.
    ///
    /// # Panics
    /// When it is not made.
    #[must_use]
    pub fn signing_key(&self, account: &str, region: &str, spec: &str) -> String {
        let scope = format!("{account}/{DAY}/{region}/kms");
        let headers =
            "content-type: application/x-amz-json-1.1\r\nx-amz-target: TrentService.CreateKey\r\n";
        let body = format!(r#"{{"KeySpec": "{spec}", "KeyUsage": "SIGN_VERIFY"}}"#);
        let answer = self.asked("POST /", &scope, headers, &body);
        let arn = answer.find("arn:aws:kms:").map(|at| &answer[at..]);
        let arn = arn.and_then(|rest| rest.split('"').next());
        arn.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// What a request with these headers, each with its end, is answered that is signed for this scope.
    fn asked(&self, line: &str, scope: &str, headers: &str, body: &str) -> String {
        let head = format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}content-length: {}\r\n\
             x-amz-date: {DAY}T000000Z\r\n\
             authorization: AWS4-HMAC-SHA256 Credential={scope}/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(self.address()).expect("it is there");
        stream.write_all(format!("{head}{body}").as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    /// Reads every resource of every stack of these Regions back by its own service's API; JSON with how many of each
    /// type are there (`verified`), what is not (`missing`), and types that nobody reads (`unread`).
    ///
    /// # Panics
    /// When it cannot be done.
    #[must_use]
    pub fn verify(&self, account: &str, regions: &[&str]) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("verify.py");
        let mut command = Command::new(program());
        command.arg(script).args([&self.url(), account]).args(regions);
        let done = command.output().expect("it begins");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).into_owned()
    }
}

fn toolkit(account: &str, region: &str, version: u32) -> String {
    let role = |name: &str| {
        format!(
            r#""{name}": {{"Type": "AWS::IAM::Role", "Properties": {{"RoleName": "cdk-hnb659fds-{name}-role-{account}-{region}", "AssumeRolePolicyDocument": {{}}}}}}"#
        )
    };
    let roles = ["deploy", "cfn-exec", "file-publishing", "lookup"].map(role).join(", ");
    let bucket = format!("cdk-hnb659fds-assets-{account}-{region}");
    format!(
        r#"{{"Resources": {{"Assets": {{"Type": "AWS::S3::Bucket", "Properties": {{"BucketName": "{bucket}"}}}}, {roles},
"Version": {{"Type": "AWS::SSM::Parameter", "Properties": {{"Name": "/cdk-bootstrap/hnb659fds/version", "Type": "String", "Value": "{version}"}}}}}},
"Outputs": {{"BootstrapVersion": {{"Value": "{version}"}}, "BucketName": {{"Value": "{bucket}"}}}}}}"#
    )
}

/// The text of an element of XML.
fn between(text: &str, element: &str) -> String {
    let (begin, end) = (format!("<{element}>"), format!("</{element}>"));
    let found = text.split_once(&begin).and_then(|(_, rest)| rest.split_once(&end));
    found.unwrap_or_else(|| panic!("there is no {element} in {text}")).0.to_owned()
}

fn escaped(text: &str) -> String {
    let bytes = text.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    });
    bytes.collect()
}
