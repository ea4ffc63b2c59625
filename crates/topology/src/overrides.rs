//! What is given beside the file: by command-line options and the environment.

/// Values that the caller found outside the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// Replaces `environment_suffix`: the value, and what gave it, such as `--suffix`.
    pub suffix: Option<(String, String)>,
    /// Stands in for `account` when the file has none (`CDK_DEFAULT_ACCOUNT`).
    pub account: Option<String>,
    /// Value of the tag `Repository` (`REPOSITORY`).
    pub repository: Option<String>,
    /// Value of the tag `Author` (`COMMIT_AUTHOR`).
    pub author: Option<String>,
}
