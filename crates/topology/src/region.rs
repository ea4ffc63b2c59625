//! The commercial AWS Regions and the facts about each that the design needs.
//!
//! Says nothing about which Regions fit together; `sections/regions.rs` does.

use std::fmt;

use crate::rule::Rule;

/// A commercial AWS Region.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(usize);

/// The three sets of Regions whose DynamoDB tables can be strongly consistent with each other,
/// in the order in which a witness is chosen (Amazon DynamoDB Developer Guide, "multi-Region strong consistency").
pub const MRSC_SETS: [&[&str]; 3] = [
    &["us-east-1", "us-east-2", "us-west-2"],
    &["eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"],
    &["ap-northeast-1", "ap-northeast-2", "ap-northeast-3"],
];

impl Region {
    /// The Region of this name, such as `us-east-1`, if it is a commercial one.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        FACTS.binary_search_by(|facts| facts.name.cmp(name)).ok().map(Self)
    }

    /// All commercial Regions, sorted by name.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..FACTS.len()).map(Self)
    }

    /// The name, such as `us-east-1`.
    #[must_use]
    pub fn name(self) -> &'static str {
        FACTS[self.0].name
    }

    /// The name in CamelCase for logical ids, such as `UsEast1`.
    #[must_use]
    pub fn camel_case(self) -> String {
        self.name().split('-').map(capitalized).collect()
    }

    /// The beginning of its availability zone ids, such as `use1` in `use1-az1`.
    #[must_use]
    pub fn zone_id_prefix(self) -> String {
        let mut parts = self.name().split('-');
        let area = parts.next().unwrap_or_default();
        let direction = parts.next().unwrap_or_default();
        let number = parts.next().unwrap_or_default();
        let letters = match direction {
            "northeast" => "ne",
            "northwest" => "nw",
            "southeast" => "se",
            "southwest" => "sw",
            other => &other[..1],
        };
        format!("{area}{letters}{number}")
    }

    /// How many availability zones an ordinary account can use.
    #[must_use]
    pub fn zones(self) -> u32 {
        FACTS[self.0].zones
    }

    /// The Route 53 hosted zone id of Regional API endpoints (AWS General Reference,
    /// "Amazon API Gateway endpoints and quotas").
    #[must_use]
    pub fn execute_api_hosted_zone_id(self) -> &'static str {
        FACTS[self.0].execute_api_hosted_zone_id
    }

    /// The Regions whose tables can be strongly consistent with this one's, itself included.
    #[must_use]
    pub fn mrsc_set(self) -> Option<&'static [&'static str]> {
        MRSC_SETS.into_iter().find(|set| set.contains(&self.name()))
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

pub(crate) const REGION: Rule<Region> = Rule {
    pattern: "^[a-z]{2}-[a-z]+-[0-9]$",
    example: "us-east-2",
    read: |text| {
        Region::find(text).ok_or_else(|| {
            if text.starts_with("us-gov-") || text.starts_with("cn-") {
                "a commercial AWS Region; AWS GovCloud (US) and the China Regions are not supported"
                    .to_owned()
            } else {
                format!("a commercial AWS Region such as {}", nearest(text))
            }
        })
    },
};

/// The Regions of strongly consistent sets whose names are most like `text`, in words.
fn nearest(text: &str) -> String {
    let area: String = text.chars().take(2).collect();
    let names: Vec<&str> = MRSC_SETS
        .into_iter()
        .find(|set| set.iter().any(|name| name.starts_with(&area)))
        .unwrap_or(MRSC_SETS[0])
        .to_vec();
    crate::words::or(&names)
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

struct Facts {
    name: &'static str,
    zones: u32,
    execute_api_hosted_zone_id: &'static str,
}

const fn facts(name: &'static str, zones: u32, execute_api_hosted_zone_id: &'static str) -> Facts {
    Facts { name, zones, execute_api_hosted_zone_id }
}

/// Sorted by name.
static FACTS: [Facts; 33] = [
    facts("af-south-1", 3, "Z2DHW2332DAMTN"),
    facts("ap-east-1", 3, "Z3FD1VL90ND7K5"),
    facts("ap-east-2", 3, "Z02909591O7FG9Q56HWB1"),
    facts("ap-northeast-1", 3, "Z1YSHQZHG15GKL"),
    facts("ap-northeast-2", 4, "Z20JF4UZKIW1U8"),
    facts("ap-northeast-3", 3, "Z22ILHG95FLSZ2"),
    facts("ap-south-1", 3, "Z3VO1THU9YC4UR"),
    facts("ap-south-2", 3, "Z0853509Q1135NJ66RUH"),
    facts("ap-southeast-1", 3, "ZL327KTPIQFUL"),
    facts("ap-southeast-2", 3, "Z2RPCDW04V8134"),
    facts("ap-southeast-3", 3, "Z10132843TYUYSLUG4HA3"),
    facts("ap-southeast-4", 3, "Z092189423Y7RJK61311D"),
    facts("ap-southeast-5", 3, "Z0314042F0KBUTZ3X5HF"),
    facts("ap-southeast-7", 3, "Z048508712PZLK5NKG8R0"),
    facts("ca-central-1", 3, "Z19DQILCV0OWEC"),
    facts("ca-west-1", 3, "Z04745493436AWVTG1OQY"),
    facts("eu-central-1", 3, "Z1U9ULNL0V5AJ3"),
    facts("eu-central-2", 3, "Z09222482MK253X48U76H"),
    facts("eu-north-1", 3, "Z3UWIKFBOOGXPP"),
    facts("eu-south-1", 3, "Z3BT4WSQ9TDYZV"),
    facts("eu-south-2", 3, "Z02499852UI5HEQ5JVWX3"),
    facts("eu-west-1", 3, "ZLY8HYME6SFDD"),
    facts("eu-west-2", 3, "ZJ5UAJN8Y3Z2Q"),
    facts("eu-west-3", 3, "Z3KY65QIEKYHQQ"),
    facts("il-central-1", 3, "Z07264553HBI44N5X2CKP"),
    facts("me-central-1", 3, "Z08780021BKYYY8U0YHTV"),
    facts("me-south-1", 3, "Z20ZBPC0SS8806"),
    facts("mx-central-1", 3, "Z00020171WIGL5M88SHRM"),
    facts("sa-east-1", 3, "ZCMLWB8V5SYIT"),
    facts("us-east-1", 6, "Z1UJRXOUMOOFQ8"),
    facts("us-east-2", 3, "ZOJJZC49E0EPZ"),
    facts("us-west-1", 2, "Z2MUQ32089INYE"),
    facts("us-west-2", 4, "Z2OJLYMUO9EFXC"),
];
