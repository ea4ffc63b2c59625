//! One `[[functions]]`: code that runs in both Regions.

use std::collections::{BTreeMap, BTreeSet};

use crate::reader::Section;
use crate::rule::{Rule, hyphens_between, keep, lower, lower_digit_or_hyphen, shaped};
use crate::sections::recovery;
use crate::sections::route::{ROUTE, Route};
use crate::value::Word;

/// A Lambda function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name, without the environment's suffix.
    pub name: String,
    /// The path of its code, relative to the file, with forward slashes.
    pub code: String,
    /// What runs the code.
    pub runtime: Runtime,
    /// Where the code begins, in the runtime's own words.
    pub handler: String,
    /// Its memory, in MiB; processors come with it.
    pub memory_mb: u32,
    /// The longest that one invocation may take, in seconds.
    pub timeout_seconds: u32,
    /// How many invocations may run at once, kept for it and its upper bound.
    pub reserved_concurrency: Option<u32>,
    /// How many environments are kept warm.
    pub provisioned_concurrency: Option<u32>,
    /// The requests that it answers.
    pub routes: Vec<Route>,
    /// The stores that it may use.
    pub uses: BTreeSet<Use>,
    /// Whether the outbox wakes it when there is something to send.
    pub worker: bool,
    /// The stack that it belongs to; it becomes part of names such as `PrimaryLambdadev`.
    pub group: String,
    /// Environment variables of its own.
    pub environment: BTreeMap<String, String>,
}

/// What runs a function's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Runtime {
    /// An executable of its own on Amazon Linux 2023.
    ProvidedAl2023,
    /// Node.js 22.
    Nodejs22,
    /// Python 3.13.
    Python313,
    /// Java 21.
    Java21,
    /// Ruby 3.4.
    Ruby34,
}

/// A store that a function may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// The book of payments in Aurora, and the gate in front of it.
    Ledger,
    /// The table of sessions.
    Sessions,
    /// The bucket of receipts.
    Receipts,
    /// The topic of payment events.
    Events,
}

impl Function {
    /// A function of this name with the defaults of everything else.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            code: default_code(name),
            runtime: Runtime::ProvidedAl2023,
            handler: "bootstrap".to_owned(),
            memory_mb: 256,
            timeout_seconds: 10,
            reserved_concurrency: None,
            provisioned_concurrency: None,
            routes: Vec::new(),
            uses: BTreeSet::new(),
            worker: false,
            group: "Lambda".to_owned(),
            environment: BTreeMap::new(),
        }
    }
}

fn default_code(name: &str) -> String {
    format!("dist/{name}.zip")
}

/// The longest that API Gateway waits for a function, in seconds.
const LONGEST_ANSWER_SECONDS: u32 = 29;

pub(crate) fn read(section: &mut Section<'_, '_>) -> Function {
    let name = section.required_text("name", &NAME);
    let default = Function::new(name.as_deref().unwrap_or("function"));
    let function = Function {
        code: section.optional_text("code", &CODE).unwrap_or(default.code),
        runtime: section.word("runtime", default.runtime),
        handler: section.text("handler", &default.handler, &HANDLER),
        memory_mb: section.integer("memory_mb", default.memory_mb, 128..=10_240),
        timeout_seconds: section.integer("timeout_seconds", default.timeout_seconds, 1..=900),
        reserved_concurrency: section.optional_integer("reserved_concurrency", 1..=10_000),
        provisioned_concurrency: section
            .optional_integer("provisioned_concurrency", 0..=10_000)
            .filter(|environments| *environments > 0),
        routes: section.texts("routes", &ROUTE),
        uses: section.words("uses"),
        worker: section.flag("worker", default.worker),
        group: section.text("group", &default.group, &GROUP),
        environment: section.strings("environment", &VARIABLE, &VARIABLE_VALUE),
        name: default.name,
    };
    check(section, &function);
    function
}

fn check(section: &mut Section<'_, '_>, function: &Function) {
    let seconds = function.timeout_seconds;
    let answers = !function.routes.is_empty();
    if answers && seconds > LONGEST_ANSWER_SECONDS && section.is_sound(&["timeout_seconds"]) {
        let allowed = format!(
            "from 1 to {LONGEST_ANSWER_SECONDS} with routes, because API Gateway waits no longer"
        );
        section.fault("timeout_seconds", seconds.to_string(), allowed);
    }
    check_concurrency(section, function);
}

fn check_concurrency(section: &mut Section<'_, '_>, function: &Function) {
    if !section.is_sound(&["reserved_concurrency", "provisioned_concurrency", "uses"]) {
        return;
    }
    let Some(reserved) = function.reserved_concurrency else {
        if function.uses.contains(&Use::Ledger) {
            let allowed = "a number of invocations that bounds connections to the ledger; type \
                           `reserved_concurrency = 10` (rule lambda-db-pool-bounds)";
            let found = "no `reserved_concurrency`";
            section.fault("reserved_concurrency", found.into(), allowed.into());
        }
        return;
    };
    if let Some(provisioned) = function.provisioned_concurrency.filter(|p| *p > reserved) {
        let allowed = format!("from 0 to {reserved}, its reserved_concurrency");
        section.fault("provisioned_concurrency", provisioned.to_string(), allowed);
    }
}

impl Word for Runtime {
    const ALL: &'static [(&'static str, Self)] = &[
        ("provided.al2023", Self::ProvidedAl2023),
        ("nodejs22.x", Self::Nodejs22),
        ("python3.13", Self::Python313),
        ("java21", Self::Java21),
        ("ruby3.4", Self::Ruby34),
    ];
}

impl Runtime {
    /// The runtime as Lambda writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.text()
    }
}

impl Word for Use {
    const ALL: &'static [(&'static str, Self)] = &[
        ("ledger", Self::Ledger),
        ("sessions", Self::Sessions),
        ("receipts", Self::Receipts),
        ("events", Self::Events),
    ];
}

impl Use {
    /// The store as the file writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.text()
    }
}

const NAME: Rule<String> = Rule {
    pattern: "^[a-z][a-z0-9-]{0,30}$",
    example: "payment-validation",
    read: |text| {
        if recovery::is_reserved(text) {
            return Err(format!(
                "a name other than `{}`, `{}` and what begins with `{}-`, which are functions of \
                 tideover's own",
                recovery::RUNBOOK,
                recovery::LEDGER,
                recovery::LEDGER
            ));
        }
        keep(
            text,
            shaped(text, lower, lower_digit_or_hyphen, 31) && hyphens_between(text),
            "1 to 31 lower-case letters, digits and single hyphens between them, beginning with \
             a letter",
        )
    },
};

const CODE: Rule<String> = Rule {
    pattern: "^[^/\\\\:]([^\\\\:]{0,510}[^/\\\\:])?$",
    example: "dist/payment-validation.zip",
    read: |text| {
        let segment = |part: &str| !matches!(part, "" | "." | "..");
        let character = |c: char| c != '\\' && c != ':' && !c.is_control();
        keep(
            text,
            text.len() <= 512 && text.split('/').all(segment) && text.chars().all(character),
            "a path relative to the file, with forward slashes and no `.` or `..` in it, such as \
             \"dist/payment-validation.zip\"",
        )
    },
};

const HANDLER: Rule<String> = Rule {
    pattern: "^[^\\s]{1,128}$",
    example: "bootstrap",
    read: |text| {
        let good = |c: char| c.is_ascii_graphic();
        keep(
            text,
            shaped(text, good, good, 128),
            "1 to 128 characters without spaces, such as \"bootstrap\"",
        )
    },
};

/// Names of the other stacks, which a group may not have.
const STACKS: [&str; 17] = [
    "Foundation",
    "VPC",
    "Database",
    "GlobalDatabase",
    "Webhooks",
    "Control",
    "Sessions",
    "Storage",
    "API",
    "Zone",
    "Certificate",
    "Route53",
    "Monitoring",
    "ParameterStore",
    "Backup",
    "Runbook",
    "Canary",
];

const GROUP: Rule<String> = Rule {
    pattern: "^[A-Z][A-Za-z0-9]{0,15}$",
    example: "Lambda",
    read: |text| {
        if let Some(stack) = STACKS.iter().find(|stack| stack.eq_ignore_ascii_case(text)) {
            return Err(format!(
                "a name that no other stack has, such as \"Lambda\"; `{stack}` is taken"
            ));
        }
        keep(
            text,
            shaped(text, |c| c.is_ascii_uppercase(), |c| c.is_ascii_alphanumeric(), 16),
            "1 to 16 letters and digits, beginning with a capital, such as \"Lambda\"",
        )
    },
};

const VARIABLE: Rule<String> = Rule {
    pattern: "^[A-Za-z][A-Za-z0-9_]+$",
    example: "LOG_LEVEL",
    read: |text| {
        let kept = ["AWS_", "LAMBDA_", "TIDEOVER_"];
        if let Some(prefix) = kept.iter().find(|prefix| text.starts_with(**prefix)) {
            return Err(format!("a name that does not begin with `{prefix}`"));
        }
        let rest = |c: char| c.is_ascii_alphanumeric() || c == '_';
        keep(
            text,
            text.len() > 1 && shaped(text, |c| c.is_ascii_alphabetic(), rest, 256),
            "2 letters, digits and `_` or more, beginning with a letter",
        )
    },
};

const VARIABLE_VALUE: Rule<String> = Rule {
    pattern: "^[^\\u0000]{0,2048}$",
    example: "info",
    read: |text| {
        let good = text.chars().count() <= 2_048 && !text.contains('\0');
        keep(text, good, "at most 2048 characters, none of them a null")
    },
};
