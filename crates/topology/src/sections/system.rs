//! The keys before the first table: what the system is called and where it is deployed.

use std::fmt;

use crate::overrides::Overrides;
use crate::reader::Section;
use crate::rule::{
    Rule, hyphens_between, keep, lower, lower_digit_or_hyphen, lower_or_digit, shaped,
};
use crate::sections::regions::ACTIVE;
use crate::sections::tags::TAG_VALUE;
use crate::value::Word;
use crate::words;

/// What the keys before the first table, and the overrides, say.
pub(crate) struct System {
    pub(crate) name: String,
    pub(crate) environment_suffix: Suffix,
    pub(crate) account: Option<String>,
    pub(crate) architecture: Architecture,
    pub(crate) repository: String,
    pub(crate) author: String,
}

/// What tells one environment's resources from another's, such as `dev`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suffix(String);

/// The instruction set of the functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Architecture {
    /// 64-bit Arm, AWS Graviton.
    Arm64,
    /// 64-bit x86.
    X86_64,
}

impl Suffix {
    /// The suffix as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Suffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Word for Architecture {
    const ALL: &'static [(&'static str, Self)] =
        &[("arm64", Self::Arm64), ("x86_64", Self::X86_64)];
}

impl Architecture {
    /// The architecture as the file and Lambda write it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.text()
    }
}

pub(crate) fn read(file: &mut Section<'_, '_>, overrides: &Overrides) -> System {
    file.refuse("active", ACTIVE);
    let name = file.text("name", "payment", &NAME);
    let written = file.text("environment_suffix", "dev", &SUFFIX);
    let suffix = overrides
        .suffix
        .as_ref()
        .and_then(|(text, source)| beside(file, source, "environment_suffix", text, &SUFFIX));
    let account = file.optional_text("account", &ACCOUNT);
    let account = account.or_else(|| {
        let text = overrides.account.as_ref()?;
        beside(file, "CDK_DEFAULT_ACCOUNT", "account", text, &ACCOUNT)
    });
    System {
        name,
        environment_suffix: suffix.unwrap_or(written),
        account,
        architecture: file.word("architecture", Architecture::Arm64),
        repository: tag(file, "REPOSITORY", "repository", overrides.repository.as_ref()),
        author: tag(file, "COMMIT_AUTHOR", "author", overrides.author.as_ref()),
    }
}

fn tag(file: &mut Section<'_, '_>, source: &str, key: &str, text: Option<&String>) -> String {
    text.and_then(|text| beside(file, source, key, text, &TAG_VALUE))
        .unwrap_or_else(|| "unknown".to_owned())
}

/// A value given beside the file, by `source`.
fn beside<T>(
    file: &mut Section<'_, '_>,
    source: &str,
    key: &str,
    text: &str,
    rule: &Rule<T>,
) -> Option<T> {
    let found = words::quoted(text);
    (rule.read)(text).map_err(|allowed| file.report.add_beside(source, key, found, allowed)).ok()
}

const NAME: Rule<String> = Rule {
    pattern: "^[a-z][a-z0-9-]{0,15}$",
    example: "payment",
    read: |text| {
        keep(
            text,
            shaped(text, lower, lower_digit_or_hyphen, 16) && hyphens_between(text),
            "1 to 16 lower-case letters, digits and single hyphens between them, beginning with \
             a letter, such as \"payment\"",
        )
    },
};

const SUFFIX: Rule<Suffix> = Rule {
    pattern: "^[a-z][a-z0-9]{0,11}$",
    example: "dev",
    read: |text| {
        let good = shaped(text, lower, lower_or_digit, 12);
        let allowed = "1 to 12 lower-case letters and digits, beginning with a letter, such as \
                       \"dev\"";
        keep(text, good, allowed).map(Suffix)
    },
};

const ACCOUNT: Rule<String> = Rule {
    pattern: "^[0-9]{12}$",
    example: "123456789012",
    read: |text| {
        let good = text.len() == 12 && text.chars().all(|c| c.is_ascii_digit());
        keep(text, good, "the 12 digits of an AWS account, such as \"123456789012\"")
    },
};
