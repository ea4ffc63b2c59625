//! What is wrong with a configuration of endpoints, for the person who must put it right. What stands there is not
//! repeated: it may be a secret.

use std::fmt;

/// One thing that cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointFault {
    /// Where, such as `endpoints[0].url`.
    pub place: String,
    /// What is wrong.
    pub what: String,
    /// What may stand there.
    pub allowed: String,
}

/// Everything wrong with a configuration, in the order of reading; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointFaults(pub(crate) Vec<EndpointFault>);

impl EndpointFaults {
    /// The faults, in the order of reading.
    pub fn iter(&self) -> std::slice::Iter<'_, EndpointFault> {
        self.0.iter()
    }
}

impl fmt::Display for EndpointFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; allowed: {}", self.place, self.what, self.allowed)
    }
}

impl fmt::Display for EndpointFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.iter().enumerate() {
            let end_of_last = if index == 0 { "" } else { "\n" };
            write!(f, "{end_of_last}{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for EndpointFaults {}
