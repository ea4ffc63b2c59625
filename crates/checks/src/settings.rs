//! What the user says about a check: which Regions form the pair, what is allowed, what is promised.

use topology::Home;

/// What the user says about a check.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The Regions of the pair by home role, where the user says them.
    pub primary: Option<String>,
    /// The Region of the home standby.
    pub standby: Option<String>,
    /// Stacks that are the same layer in both Regions, by name: primary's, standby's.
    pub layers: Vec<(String, String)>,
    /// The recovery time objective in seconds, where one is promised.
    pub rto_seconds: Option<u32>,
}

impl Settings {
    /// The Region of a home role, where the user says it.
    #[must_use]
    pub fn region(&self, home: Home) -> Option<&str> {
        match home {
            Home::Primary => self.primary.as_deref(),
            Home::Standby => self.standby.as_deref(),
        }
    }
}
