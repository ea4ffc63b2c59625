//! What the user says about a check: which Regions form the pair, what is allowed, what is promised.

mod allowance;
mod parse;
mod reader;

use topology::{Fault, Home};

pub(crate) use reader::nearest;

pub use allowance::{Allowance, Expiry};

use crate::date::Date;
use crate::policy::matches;

/// What the user says about a check.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The Regions of the pair by home role, where the user says them.
    pub primary: Option<String>,
    /// The Region of the home standby.
    pub standby: Option<String>,
    /// Stacks that are the same layer in both Regions, by name: primary's, standby's.
    pub layers: Vec<(String, String)>,
    /// The recovery time objective in seconds, where one is promised.
    pub rto_seconds: Option<u32>,
    /// Times that no template says.
    pub budget: Budget,
    /// What a deployment gives to parameters.
    pub parameters: Vec<GivenParameter>,
    /// Findings that do not count.
    pub allowances: Vec<Allowance>,
    /// The day that allowances are compared with; none ends where it is not known.
    pub today: Option<Date>,
}

/// Seconds of a takeover that no template says, where people state them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// Until the loss is noticed.
    pub detect_seconds: Option<u32>,
    /// Until somebody, or something, decides to take over.
    pub decide_seconds: Option<u32>,
    /// Until the standby's database takes writes.
    pub promote_seconds: Option<u32>,
    /// Until it is verified that the standby works.
    pub verify_seconds: Option<u32>,
    /// Until the lost Region's right to write has run out.
    pub lease_seconds: Option<u32>,
}

/// A value that a deployment gives to a parameter of templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenParameter {
    /// The parameter.
    pub name: String,
    /// Its value, as on the command line of a deployment.
    pub value: String,
    /// The names of the stacks, with `*` and `?`; `None` for every stack.
    pub stack: Option<String>,
    /// Their Region; `None` for every Region.
    pub region: Option<String>,
}

impl GivenParameter {
    /// Whether it is given to a stack.
    #[must_use]
    pub fn is_for(&self, stack: &str, region: Option<&str>) -> bool {
        self.stack.as_ref().is_none_or(|pattern| matches(pattern, stack))
            && self.region.as_deref().is_none_or(|wanted| region == Some(wanted))
    }
}

impl Settings {
    /// The name that the file of the settings usually has.
    pub const FILE_NAME: &str = "tideover-check.toml";

    /// Reads the text of the file, which faults call `file_name`; every key is optional.
    ///
    /// # Errors
    ///
    /// Every fault in the text, in order of line and column.
    pub fn parse(text: &str, file_name: &str) -> Result<Self, Vec<Fault>> {
        parse::parse(text, file_name)
    }

    /// The Region of a home role, where the user says it.
    #[must_use]
    pub fn region(&self, home: Home) -> Option<&str> {
        match home {
            Home::Primary => self.primary.as_deref(),
            Home::Standby => self.standby.as_deref(),
        }
    }
}
