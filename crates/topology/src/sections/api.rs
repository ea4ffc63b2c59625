//! `[api]`: the REST API of each Region.

use crate::reader::Section;
use crate::rule::{Rule, keep, shaped};
use crate::value::Word;

/// How the API is published and throttled, the same in both Regions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Api {
    /// The name of the stage, the first part of every path.
    pub stage: String,
    /// Steady rate of requests that a Region accepts, in requests per second.
    pub rate_limit: u32,
    /// Requests that a Region accepts at once above the steady rate.
    pub burst_limit: u32,
    /// Whether a web application firewall stands before the API.
    pub web_acl: bool,
    /// Who may call the API.
    pub authorization: Authorization,
}

/// Who may call the API; the health of a Region is told to everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Authorization {
    /// Whoever reaches it. The functions that tideover ships check no callers, so that something before the API must.
    None,
    /// Callers with AWS credentials and the right to invoke it.
    Iam,
}

impl Word for Authorization {
    const ALL: &'static [(&'static str, Self)] = &[("none", Self::None), ("iam", Self::Iam)];
}

pub(crate) fn read(file: &mut Section<'_, '_>) -> Api {
    file.section("api", |section| Api {
        stage: section.text("stage", "prod", &STAGE),
        rate_limit: section.integer("rate_limit", 1_000, 1..=10_000),
        burst_limit: section.integer("burst_limit", 500, 1..=5_000),
        web_acl: section.flag("web_acl", true),
        authorization: section.word("authorization", Authorization::None),
    })
}

const STAGE: Rule<String> = Rule {
    pattern: "^[A-Za-z0-9_-]{1,64}$",
    example: "prod",
    read: |text| {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        keep(text, shaped(text, good, good, 64), "1 to 64 letters, digits, `_` and `-`")
    },
};
