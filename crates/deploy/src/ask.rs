//! Asking AWS: again where that helps, in bounded time, and never without saying what was asked and what to do.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use aws::{Failure as Sort, Sorted, sorted};
use aws_sdk_cloudformation::config::http::HttpResponse;
use aws_sdk_cloudformation::error::{ProvideErrorMetadata, SdkError};

/// How long to ask again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often at most.
    pub attempts_max: u32,
    /// How long to wait for one answer.
    pub attempt_time: Duration,
    /// The first pause; each is twice as long as the one before, give or take a half.
    pub pause_first: Duration,
    /// The longest pause.
    pub pause_max: Duration,
}

impl Default for Patience {
    /// About two minutes: CloudFormation throttles whole accounts, and Regions come back.
    fn default() -> Self {
        Self {
            attempts_max: 12,
            attempt_time: Duration::from_secs(30),
            pause_first: Duration::from_millis(200),
            pause_max: Duration::from_secs(20),
        }
    }
}

impl Patience {
    /// The pause after so many attempts; none after the last.
    pub(crate) fn pause_after(&self, attempts: u32, random: u64) -> Option<Duration> {
        (attempts < self.attempts_max).then(|| self.pause(attempts.saturating_sub(1), random))
    }

    fn pause(&self, attempt: u32, random: u64) -> Duration {
        let whole = self.pause_first.saturating_mul(1 << attempt.min(16)).min(self.pause_max);
        let half = whole / 2;
        let part = u32::try_from(random % 1_000).unwrap_or(0);
        half + half * part / 1_000
    }
}

/// What is asked of whom, in the words of AWS's permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// Such as `cloudformation:CreateChangeSet`.
    pub(crate) action: &'static str,
    pub(crate) region: String,
    /// The stack, bucket or role.
    pub(crate) about: String,
}

/// Why AWS did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What was asked, such as `cloudformation:CreateChangeSet`.
    pub action: &'static str,
    /// In which Region.
    pub region: String,
    /// About which stack, bucket or role.
    pub about: String,
    /// What kind of trouble it is.
    pub kind: TroubleKind,
    /// The code of AWS's answer, where there was one.
    pub code: Option<String>,
    /// What was said.
    pub said: String,
}

/// What kind of trouble it is, and with it what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// The credentials are over, or are none.
    Credentials,
    /// Whoever asks may not do this.
    Denied,
    /// AWS does not do this.
    Refused,
    /// There was no useful answer, for as long as was asked.
    Unanswered,
}

/// Codes that mean that whoever asks is not known, or not any more.
const CREDENTIALS: [&str; 10] = [
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "MissingAuthenticationToken",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

/// Codes that mean that whoever asks may not.
const DENIED: [&str; 5] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "NotAuthorized",
    "UnauthorizedOperation",
];

impl TroubleKind {
    /// What kind of trouble a code of AWS means.
    pub(crate) fn of(code: Option<&str>) -> Self {
        match code {
            Some(code) if CREDENTIALS.contains(&code) => Self::Credentials,
            Some(code) if DENIED.contains(&code) => Self::Denied,
            _ => Self::Refused,
        }
    }
}

impl Trouble {
    /// What to do about it.
    #[must_use]
    pub fn advice(&self) -> String {
        let again = "then type the same command again: it goes on where it stopped";
        match self.kind {
            TroubleKind::Credentials => format!(
                "get new credentials (such as `aws sso login`, or new AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), {again}"
            ),
            TroubleKind::Denied => format!(
                "let whoever you are do `{}` on {} in {}, {again}",
                self.action, self.about, self.region
            ),
            TroubleKind::Refused => "what AWS says above tells what to change".to_owned(),
            TroubleKind::Unanswered => {
                format!("look whether {} can be reached, {again}", self.region)
            }
        }
    }

    /// Whether AWS answered with this code.
    pub(crate) fn has_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }
}

impl Error for Trouble {}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, region, about, said, .. } = self;
        let what = match self.kind {
            TroubleKind::Credentials => "the credentials are not valid, or not any more",
            TroubleKind::Denied => "there is no permission for it",
            TroubleKind::Refused => "AWS refuses",
            TroubleKind::Unanswered => "there was no answer",
        };
        write!(f, "`{action}` of {about} in {region}: {what}: {said}")
    }
}

/// Asks until there is an answer that asking again does not change.
pub(crate) async fn ask<T, E, F>(
    patience: Patience,
    random: &(dyn Fn() -> u64 + Send + Sync),
    question: &Question,
    attempt: impl Fn() -> F,
) -> Result<T, Trouble>
where
    E: ProvideErrorMetadata + Error + 'static,
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
{
    let mut attempts = 0;
    loop {
        let error = match attempt().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let (may_help, trouble) = trouble(question, &error);
        attempts += 1;
        match patience.pause_after(attempts, random()).filter(|_| may_help) {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return Err(trouble),
        }
    }
}

/// What an error means, and whether asking again may help.
fn trouble<E>(question: &Question, error: &SdkError<E, HttpResponse>) -> (bool, Trouble)
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let code = error.code().map(str::to_owned);
    let (may_help, kind, said) = match sorted(error) {
        _ if is_credentials(error) => (false, TroubleKind::Credentials, chain(error)),
        Sorted::Busy(Sort { said, .. }) | Sorted::Silent(Sort { said, .. }) => {
            let kind = TroubleKind::of(code.as_deref());
            match kind {
                TroubleKind::Refused => (true, TroubleKind::Unanswered, said.to_string()),
                kind => (false, kind, said.to_string()),
            }
        }
        Sorted::Compared => (false, TroubleKind::Refused, "a condition does not hold".to_owned()),
        Sorted::Stop(Sort { said, .. }) => {
            (false, TroubleKind::of(code.as_deref()), said.to_string())
        }
    };
    let Question { action, region, about } = question.clone();
    (may_help, Trouble { action, region, about, kind, code, said })
}

/// Whether there were no credentials to sign with.
fn is_credentials<E: Error + 'static>(error: &SdkError<E, HttpResponse>) -> bool {
    let is_before_sending =
        matches!(error, SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_));
    is_before_sending && chain(error).contains("credential")
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests;
