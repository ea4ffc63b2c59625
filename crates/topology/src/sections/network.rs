//! `[network]`: the VPC of each Region.

use crate::cidr::{Cidr, VPC_RANGE};
use crate::reader::Section;
use crate::region::Region;
use crate::rule::Rule;
use crate::sections::regions::Regions;

/// The networks of both Regions, alike but for their addresses and zones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// The addresses of the primary's VPC.
    pub primary_cidr: Cidr,
    /// The addresses of the standby's VPC, none of them in the primary's.
    pub standby_cidr: Cidr,
    /// How many availability zones are used, in each Region.
    pub zones: u32,
    /// The ids of the primary's zones, or nothing to let CloudFormation choose.
    pub primary_zone_ids: Vec<String>,
    /// The ids of the standby's zones, or nothing to let CloudFormation choose.
    pub standby_zone_ids: Vec<String>,
    /// The prefix length of every subnet.
    pub subnet_prefix: u8,
    /// How many NAT gateways each Region has.
    pub nat_gateways: u32,
}

/// Subnets in each zone: public, private and isolated.
pub const TIERS: u32 = 3;

pub(crate) fn read(file: &mut Section<'_, '_>, regions: &Regions) -> Network {
    let regions_are_sound = file.is_sound(&["regions"]);
    file.section("network", |section| {
        let network = Network {
            primary_cidr: section.text("primary_cidr", "10.0.0.0/16", &VPC_RANGE),
            standby_cidr: section.text("standby_cidr", "10.1.0.0/16", &VPC_RANGE),
            zones: section.integer("zones", 3, 2..=6),
            primary_zone_ids: section.texts("primary_zone_ids", &ZONE_ID),
            standby_zone_ids: section.texts("standby_zone_ids", &ZONE_ID),
            subnet_prefix: read_subnet_prefix(section),
            nat_gateways: section.integer("nat_gateways", 1, 1..=6),
        };
        check_disjoint(section, &network);
        if section.is_sound(&["zones"]) {
            check_nat_gateways(section, &network);
            check_subnets(section, &network);
            if regions_are_sound {
                check_zones(section, &network, regions);
                let ids = &network.primary_zone_ids;
                check_zone_ids(section, "primary_zone_ids", ids, &network, regions.primary);
                let ids = &network.standby_zone_ids;
                check_zone_ids(section, "standby_zone_ids", ids, &network, regions.standby);
            }
        }
        network
    })
}

fn read_subnet_prefix(section: &mut Section<'_, '_>) -> u8 {
    let prefix = section.integer("subnet_prefix", 24, 18..=28);
    u8::try_from(prefix).expect("the range ends at 28")
}

fn check_disjoint(section: &mut Section<'_, '_>, network: &Network) {
    let (primary, standby) = (network.primary_cidr, network.standby_cidr);
    if section.is_sound(&["primary_cidr", "standby_cidr"]) && primary.overlaps(standby) {
        let found =
            format!("standby_cidr \"{standby}\", which overlaps primary_cidr \"{primary}\"");
        let allowed = format!(
            "a range with no address in {primary}, such as \"{}\" (rule vpc-cidr-disjoint)",
            beside(primary)
        );
        let keys = ["network.standby_cidr", "network.primary_cidr"];
        section.report.add_between(&keys, found, allowed);
    }
}

/// A range of /16 with no address in `range`.
fn beside(range: Cidr) -> Cidr {
    ["10.0.0.0/16", "10.1.0.0/16"]
        .into_iter()
        .filter_map(Cidr::find)
        .find(|other| !other.overlaps(range))
        .unwrap_or(range)
}

fn check_nat_gateways(section: &mut Section<'_, '_>, network: &Network) {
    if section.is_sound(&["nat_gateways"]) && network.nat_gateways > network.zones {
        let allowed = format!("from 1 to {}, at most one for each zone", network.zones);
        section.fault("nat_gateways", network.nat_gateways.to_string(), allowed);
    }
}

fn check_subnets(section: &mut Section<'_, '_>, network: &Network) {
    let needed = u64::from(TIERS * network.zones);
    for (key, range) in
        [("primary_cidr", network.primary_cidr), ("standby_cidr", network.standby_cidr)]
    {
        let fits = range.subnets(network.subnet_prefix) >= needed;
        if fits || !section.is_sound(&[key, "subnet_prefix"]) {
            continue;
        }
        let found = format!("/{} for the subnets of {key} \"{range}\"", network.subnet_prefix);
        let least = (range.prefix()..=28).find(|prefix| range.subnets(*prefix) >= needed);
        let allowed = format!(
            "room for {needed} subnets, {TIERS} in each of {} zones; type `subnet_prefix = {}` or \
             a larger range",
            network.zones,
            least.unwrap_or(28),
        );
        let places = ["subnet_prefix", key, "zones"].map(|key| section.dotted(key));
        let places = places.each_ref().map(String::as_str);
        section.report.add_between(&places, found, allowed);
        return;
    }
}

fn check_zones(section: &mut Section<'_, '_>, network: &Network, regions: &Regions) {
    let fewest = [regions.primary, regions.standby]
        .into_iter()
        .min_by_key(|region| region.zones())
        .unwrap_or(regions.primary);
    let most = fewest.zones();
    if network.zones > most {
        let allowed = format!("from 2 to {most}; {fewest} offers {most} availability zones");
        section.fault("zones", network.zones.to_string(), allowed);
    }
}

fn check_zone_ids(
    section: &mut Section<'_, '_>,
    key: &'static str,
    ids: &[String],
    network: &Network,
    region: Region,
) {
    if ids.is_empty() || !section.is_sound(&[key]) {
        return;
    }
    let prefix = region.zone_id_prefix();
    for (index, id) in ids.iter().enumerate() {
        let path = format!("{key}[{index}]");
        if id.split('-').next() != Some(&prefix) {
            let allowed = format!("a zone of {region} such as \"{prefix}-az1\"");
            section.fault(&path, format!("\"{id}\""), allowed);
        } else if ids[..index].contains(id) {
            section.fault(&path, format!("\"{id}\" again"), "each zone once".into());
        }
    }
    let zones = network.zones;
    if u32::try_from(ids.len()) != Ok(zones) {
        let allowed = format!("as many as `network.zones`, {zones}, or none to let AWS choose");
        section.fault(key, format!("{} zone ids", ids.len()), allowed);
    }
}

const ZONE_ID: Rule<String> = Rule {
    pattern: "^[a-z]{3,6}[0-9]-az[1-9]$",
    example: "use1-az1",
    read: |text| {
        let good = text.split_once("-az").is_some_and(|(region, number)| {
            Region::all().any(|known| known.zone_id_prefix() == region)
                && number.len() == 1
                && number.chars().all(|c| ('1'..='9').contains(&c))
        });
        crate::rule::keep(text, good, "the id of an availability zone such as \"use1-az1\"")
    },
};
