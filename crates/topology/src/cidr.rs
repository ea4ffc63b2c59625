//! Ranges of private IPv4 addresses, in CIDR notation.

use std::fmt;
use std::net::Ipv4Addr;

use crate::rule::Rule;

/// A range of IPv4 addresses such as `10.0.0.0/16`; its address is the first of the range.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr {
    first: u32,
    prefix: u8,
}

impl Cidr {
    /// The range of this notation, if `text` is one and its address is the first of the range.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let (address, digits) = text.split_once('/')?;
        let prefix = digits.parse().ok().filter(|prefix| *prefix <= 32)?;
        let address: Ipv4Addr = address.parse().ok()?;
        let cidr = Self::around(address, prefix);
        (cidr.to_string() == text).then_some(cidr)
    }

    /// The first address.
    #[must_use]
    pub fn address(self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.first)
    }

    /// How many leading bits all addresses share, 0 to 32.
    #[must_use]
    pub fn prefix(self) -> u8 {
        self.prefix
    }

    /// Whether some address is in both ranges.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.first <= other.last() && other.first <= self.last()
    }

    /// How many ranges of this prefix length fit into this one.
    #[must_use]
    pub fn subnets(self, prefix: u8) -> u64 {
        match prefix.checked_sub(self.prefix) {
            Some(bits) if prefix <= 32 => 1 << bits,
            _ => 0,
        }
    }

    /// The range number `index`, from 0, of those of this prefix length in this one.
    #[must_use]
    pub fn subnet(self, prefix: u8, index: u32) -> Option<Self> {
        let offset = u64::from(index) << (32 - u32::from(prefix.min(32)));
        let first = u32::try_from(u64::from(self.first) + offset).ok()?;
        (u64::from(index) < self.subnets(prefix)).then_some(Self { first, prefix })
    }

    /// The range of `2^(32 - prefix)` addresses that `address` lies in.
    fn around(address: Ipv4Addr, prefix: u8) -> Self {
        Self { first: address.to_bits() & !host_bits(prefix), prefix }
    }

    fn last(self) -> u32 {
        self.first | host_bits(self.prefix)
    }

    fn is_private(self) -> bool {
        [(10, 0, 8), (172, 16, 12), (192, 168, 16)]
            .into_iter()
            .map(|(a, b, prefix)| Self::around(Ipv4Addr::new(a, b, 0, 0), prefix))
            .any(|private| private.overlaps(self) && private.prefix <= self.prefix)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address(), self.prefix)
    }
}

impl fmt::Debug for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

pub(crate) const VPC_RANGE: Rule<Cidr> = Rule {
    pattern: "^(10|172|192)\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}/(1[6-9]|2[0-4])$",
    example: "10.0.0.0/16",
    read: |text| {
        if let Some(cidr) = Cidr::find(text) {
            return match (cidr.is_private(), cidr.prefix) {
                (true, 16..=24) => Ok(cidr),
                (true, _) => Err("a range from /16 to /24, such as \"10.0.0.0/16\"".to_owned()),
                (false, _) => {
                    Err("a private range: in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"
                        .to_owned())
                }
            };
        }
        Err(match inexact(text) {
            Some(cidr) => format!("the first address of the range, \"{cidr}\""),
            None => "a range of addresses such as \"10.0.0.0/16\"".to_owned(),
        })
    },
};

/// The range that `text` lies in when only its address is not the first one.
fn inexact(text: &str) -> Option<Cidr> {
    let (address, digits) = text.split_once('/')?;
    let prefix = digits.parse().ok().filter(|prefix| *prefix <= 32)?;
    Some(Cidr::around(address.parse().ok()?, prefix))
}

/// The bits of an address that vary in a range of this prefix length.
fn host_bits(prefix: u8) -> u32 {
    u32::MAX.checked_shr(u32::from(prefix)).unwrap_or(0)
}
