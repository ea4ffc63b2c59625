//! The names of errors: those that the function reports, and those of AWS that pass.

/// What the function reports when another attempt may help: it may or may not have happened, or what
/// was asked gave no answer.
pub(super) const PASSING: [&str; 2] = ["TryAgain", "TimedOut"];

/// What Step Functions reports when the time limit is over.
pub(super) const TIMEOUT: &str = "States.Timeout";

/// What Lambda reports when an invocation may be made again.
pub(super) const PASSING_OF_AWS: [&str; 5] = [
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
];

/// The function says that it was refused because of versions. Every other refusal is `Refused` with
/// another word, and is no more tried again than this one.
pub(super) const REFUSED_VERSIONS: &str = "Refused.versions";

/// The function says that the database was not moved, and no move of it is under way.
pub(super) const REFUSED_NOTHING_MOVED: &str = "Refused.nothing-moved";

/// The function says that another run has begun since: this one may touch nothing any more.
pub(super) const REFUSED_SUPERSEDED: &str = "Refused.superseded";

/// Everything.
pub(super) const ALL: &str = "States.ALL";
