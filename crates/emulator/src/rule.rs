//! What goes wrong with which requests.

use std::collections::BTreeMap;
use std::time::Duration;

/// What a request asks, as its signature and its first lines tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Called {
    /// The Region that it is signed for, which is us-east-1 for global services; empty when it is not signed.
    pub region: String,
    /// The service as signatures name it, such as `monitoring` for CloudWatch; empty when it is not signed.
    pub service: String,
    /// `CreateStack`; for services without named operations method and path, such as `PUT /bucket/key`.
    pub operation: String,
}

/// A request as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whom it asked what.
    pub called: Called,
    /// As it was sent: a form, JSON or CBOR.
    pub body: Vec<u8>,
}

impl Asked {
    /// The fields of a form by their names, without those that say which operation of which version it is; nothing of
    /// a body that is no form.
    #[must_use]
    pub fn form(&self) -> BTreeMap<String, String> {
        let text = String::from_utf8_lossy(&self.body);
        // CBOR may have any signs in it.
        let text = if text.starts_with("Action=") { &*text } else { "" };
        let fields = text.split('&').filter_map(|field| field.split_once('='));
        let fields = fields.map(|(name, value)| (plain(name), plain(value)));
        fields.filter(|(name, _)| !["Action", "Version"].contains(&name.as_str())).collect()
    }
}

/// The text that a form writes so.
fn plain(written: &str) -> String {
    let mut bytes = written.bytes();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        let code: Vec<u8> = if byte == b'%' { bytes.by_ref().take(2).collect() } else { vec![] };
        let code = String::from_utf8_lossy(&code).into_owned();
        let space = if byte == b'+' { b' ' } else { byte };
        plain.push(u8::from_str_radix(&code, 16).unwrap_or(space));
    }
    String::from_utf8_lossy(&plain).into_owned()
}

/// Which requests, and what goes wrong with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    region: Option<String>,
    service: Option<String>,
    operation: Option<String>,
    except: Vec<String>,
    skip: usize,
    times: Option<usize>,
    fault: Fault,
}

/// What happens to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is reset before the request arrives, as where nobody listens.
    Resets,
    /// The request is carried out; the connection is reset before the answer.
    LosesAnswer,
    /// It never arrives, and nobody says so.
    Hangs,
    /// It is carried out, and nobody ever says so.
    HangsWithAnswer,
    /// It arrives later.
    Delays(Duration),
    /// It is not looked at, with this status and error.
    Says(u16, &'static str),
    /// It is carried out, and answered with this status and error.
    SaysAfter(u16, &'static str),
    /// It is not looked at, with this status and body, such as those of an answer that AWS is known to give. The rest of
    /// the answer is as the protocol of the request wants it. Rules of one request each give one answer after another.
    Answers(u16, Vec<u8>),
}

impl Fault {
    /// It is turned away, because there are too many.
    pub const THROTTLES: Self = Self::Says(400, "ThrottlingException");
    /// The service has an error.
    pub const FAILS: Self = Self::Says(500, "InternalFailure");
    /// The service is not there for the moment.
    pub const IS_UNAVAILABLE: Self = Self::Says(503, "ServiceUnavailable");
    /// The credentials are over.
    pub const EXPIRED: Self = Self::Says(403, "ExpiredToken");
    /// Whoever asks may not.
    pub const DENIES: Self = Self::Says(403, "AccessDenied");

    /// It is answered with this, and looked at by nobody.
    #[must_use]
    pub fn answers(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Answers(status, body.into())
    }
}

impl Rule {
    /// Every request.
    #[must_use]
    pub fn all(fault: Fault) -> Self {
        let (region, service, operation, except) = (None, None, None, Vec::new());
        Self { region, service, operation, except, skip: 0, times: None, fault }
    }

    /// Those of this Region only.
    #[must_use]
    pub fn region(mut self, region: &str) -> Self {
        self.region = Some(region.to_owned());
        self
    }

    /// Those to this service only.
    #[must_use]
    pub fn service(mut self, service: &str) -> Self {
        self.service = Some(service.to_owned());
        self
    }

    /// This operation only. Where operations have no names, those whose method and path begin so.
    #[must_use]
    pub fn operation(mut self, operation: &str) -> Self {
        self.operation = Some(operation.to_owned());
        self
    }

    /// Not those to these services, such as global ones, which sign for us-east-1.
    #[must_use]
    pub fn except(mut self, services: &[&str]) -> Self {
        self.except.extend(services.iter().map(|&service| service.to_owned()));
        self
    }

    /// Not the first so many.
    #[must_use]
    pub fn after(mut self, skip: usize) -> Self {
        self.skip = skip;
        self
    }

    /// So many, and then no more.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    /// What happens to this request by this rule, which counts it.
    pub(crate) fn apply(&mut self, called: &Called) -> Option<Fault> {
        if !self.is_about(called) || self.times == Some(0) {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        self.times = self.times.map(|times| times - 1);
        Some(self.fault.clone())
    }

    fn is_about(&self, called: &Called) -> bool {
        let same =
            |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|wanted| wanted == is);
        same(&self.region, &called.region)
            && same(&self.service, &called.service)
            && !self.except.contains(&called.service)
            && self.operation.as_ref().is_none_or(|wanted| is_operation(wanted, &called.operation))
    }
}

fn is_operation(wanted: &str, is: &str) -> bool {
    wanted == is || (wanted.contains(' ') && is.starts_with(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(region: &str, service: &str, operation: &str) -> Called {
        let [region, service, operation] = [region, service, operation].map(str::to_owned);
        Called { region, service, operation }
    }

    #[test]
    fn is_about_what_it_names() {
        let made = || called("us-east-1", "cloudformation", "CreateStack");
        let rule = Rule::all(Fault::FAILS);
        let told = [
            rule.clone().region("us-east-2"),
            rule.clone().service("rds"),
            rule.clone().operation("CreateStackSet"),
            rule.clone().operation("Create"),
            rule.clone().except(&["cloudformation"]),
        ];
        for mut rule in told {
            assert_eq!(rule.apply(&made()), None, "{rule:?}");
        }
        let mut told = rule.region("us-east-1").service("cloudformation").operation("CreateStack");
        assert_eq!(told.apply(&made()), Some(Fault::FAILS));
    }

    #[test]
    fn a_path_is_told_by_its_beginning() {
        let mut rule = Rule::all(Fault::Hangs).operation("PUT /assets/");
        assert_eq!(rule.apply(&called("us-east-1", "s3", "GET /assets/a")), None);
        assert_eq!(rule.apply(&called("us-east-1", "s3", "PUT /assets/a")), Some(Fault::Hangs));
    }

    #[test]
    fn a_form_is_told_by_its_fields() {
        let body = b"Action=A&Version=1&Name=a+b&Arn=arn%3Aaws%3Ards&Groups.1=%C3%A4".to_vec();
        let asked = Asked { called: Called::default(), body };
        let fields = [("Arn", "arn:aws:rds"), ("Groups.1", "\u{e4}"), ("Name", "a b")];
        assert_eq!(asked.form(), fields.map(|(a, b)| (a.to_owned(), b.to_owned())).into());
        let cbor = Asked { called: Called::default(), body: b"\xa1aa=b&c=d".to_vec() };
        assert_eq!(cbor.form(), BTreeMap::new());
    }

    #[test]
    fn skips_and_counts() {
        let mut rule = Rule::all(Fault::Resets).after(1).times(2);
        let faults: Vec<_> = (0..5).map(|_| rule.apply(&Called::default()).is_some()).collect();
        assert_eq!(faults, [false, true, true, false, false]);
    }
}
