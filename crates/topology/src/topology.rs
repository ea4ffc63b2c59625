//! The system that the file describes, complete and checked.

use std::collections::BTreeMap;

use crate::cidr::Cidr;
use crate::region::Region;
use crate::sections::api::Api;
use crate::sections::automatic::Automatic;
use crate::sections::database::Database;
use crate::sections::dns::Dns;
use crate::sections::function::Function;
use crate::sections::monitoring::Monitoring;
use crate::sections::network::{Network, TIERS};
use crate::sections::objectives::Objectives;
use crate::sections::processor::Processor;
use crate::sections::regions::Regions;
use crate::sections::storage::Storage;
use crate::sections::system::{Architecture, Suffix};

/// What the operator wants: every value is there and fits the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topology {
    /// The beginning of resource names.
    pub name: String,
    /// What tells this environment's resources from another's.
    pub environment_suffix: Suffix,
    /// The AWS account, 12 digits, when it is known.
    pub account: Option<String>,
    /// The instruction set of the functions.
    pub architecture: Architecture,
    /// Value of the tag `Repository`.
    pub repository: String,
    /// Value of the tag `Author`.
    pub author: String,
    /// Which Regions, in which home roles.
    pub regions: Regions,
    /// What is promised for the loss of a Region.
    pub objectives: Objectives,
    /// The networks of both Regions.
    pub network: Network,
    /// The global database.
    pub database: Database,
    /// The buckets of receipts.
    pub storage: Storage,
    /// The REST API of each Region.
    pub api: Api,
    /// The name of the API, and its health checks.
    pub dns: Dns,
    /// Who moves the money of cards.
    pub processor: Processor,
    /// Thresholds of alarms.
    pub monitoring: Monitoring,
    /// What an alarm may start.
    pub automatic: Automatic,
    /// Tags besides those of the design.
    pub tags: BTreeMap<String, String>,
    /// The functions, in the order of the file.
    pub functions: Vec<Function>,
}

/// The home role of a Region that holds data: fixed, whichever Region is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Home {
    /// Where the service lives.
    Primary,
    /// Where it goes.
    Standby,
}

impl Home {
    /// Both roles, primary first.
    pub const BOTH: [Self; 2] = [Self::Primary, Self::Standby];

    /// The role in the file and in tags.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Standby => "standby",
        }
    }

    /// The role in names of stacks, which people select by `*Primary*` and `*Secondary*`.
    #[must_use]
    pub fn display(self) -> &'static str {
        match self {
            Self::Primary => "Primary",
            Self::Standby => "Secondary",
        }
    }

    /// The other role.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Primary => Self::Standby,
            Self::Standby => Self::Primary,
        }
    }
}

impl Topology {
    /// What tells this environment's resources from another's, such as `dev`.
    #[must_use]
    pub fn suffix(&self) -> &str {
        self.environment_suffix.as_str()
    }

    /// The Region of this home role.
    #[must_use]
    pub fn region(&self, home: Home) -> Region {
        match home {
            Home::Primary => self.regions.primary,
            Home::Standby => self.regions.standby,
        }
    }

    /// The addresses of this home role's VPC.
    #[must_use]
    pub fn cidr(&self, home: Home) -> Cidr {
        match home {
            Home::Primary => self.network.primary_cidr,
            Home::Standby => self.network.standby_cidr,
        }
    }

    /// The ids of this home role's availability zones; empty to let CloudFormation choose.
    #[must_use]
    pub fn zone_ids(&self, home: Home) -> &[String] {
        match home {
            Home::Primary => &self.network.primary_zone_ids,
            Home::Standby => &self.network.standby_zone_ids,
        }
    }

    /// The addresses of this home role's subnets: one for each zone in each of three tiers, the
    /// zones of the first tier first.
    #[must_use]
    pub fn subnets(&self, home: Home) -> Vec<Cidr> {
        (0..TIERS * self.network.zones)
            .filter_map(|index| self.cidr(home).subnet(self.network.subnet_prefix, index))
            .collect()
    }
}
