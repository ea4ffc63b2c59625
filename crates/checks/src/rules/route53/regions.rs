//! Which Region a host name or an alias leads to.

use std::collections::BTreeSet;

use topology::Region;

use crate::design::Design;
use crate::regions::stands_in;
use crate::value::{Reference, Value};

/// Regions of other partitions and their Route 53 hosted zone ids of API Gateway's endpoints, where they have one
/// (AWS General Reference, "Amazon API Gateway endpoints and quotas").
const GOVERNMENT: [(&str, &str); 2] =
    [("us-gov-east-1", "Z3SE9ATJYCRCZJ"), ("us-gov-west-1", "Z1K6XKP9SAGWDV")];

/// The hosted zone id of API Gateway's edge-optimized endpoints, which are in no Region.
pub(super) const EDGE_ZONE_ID: &str = "Z2FDTNDATAQYW2";

/// The hosted zone id of API Gateway's Regional endpoints in a Region.
pub(super) fn execute_api_zone_id(region: &str) -> Option<&'static str> {
    let government = GOVERNMENT.iter().find(|(name, _)| *name == region).map(|(_, id)| *id);
    Region::find(region).map(Region::execute_api_hosted_zone_id).or(government)
}

/// The Region whose API Gateway has this hosted zone id.
pub(super) fn of_execute_api_zone_id(id: &str) -> Option<&'static str> {
    let commercial = Region::all().find(|region| region.execute_api_hosted_zone_id() == id);
    let government = GOVERNMENT.iter().find(|(_, zone)| *zone == id).map(|(name, _)| *name);
    commercial.map(Region::name).or(government)
}

/// The one Region whose name stands in a text.
pub(super) fn in_text(text: &str) -> Option<&'static str> {
    let names = Region::all().map(Region::name).chain(GOVERNMENT.iter().map(|(name, _)| *name));
    let found: Vec<&str> = names.filter(|name| stands_in(name, text)).collect();
    match found.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

/// The one Region that a value names, or that the resources in it are in.
pub(super) fn of_value(design: &Design, value: &Value) -> Option<String> {
    if let Some(named) = in_text(&value.shown()) {
        return Some(named.to_owned());
    }
    let regions: BTreeSet<&str> = value
        .references()
        .into_iter()
        .filter_map(|reference| of_reference(design, reference))
        .collect();
    match regions.into_iter().collect::<Vec<_>>().as_slice() {
        [one] => Some((*one).to_owned()),
        _ => None,
    }
}

/// The Region of what a reference means; `None` for what is in no Region, or gives something of another.
fn of_reference<'d>(design: &'d Design, reference: &Reference) -> Option<&'d str> {
    const NOWHERE: [&str; 5] = [
        "AWS::CloudFront::",
        "AWS::GlobalAccelerator::",
        "AWS::Route53::",
        "AWS::CloudFormation::",
        "Custom::",
    ];
    let resource = design.resource(reference)?;
    let nowhere = NOWHERE.iter().any(|kind| resource.kind().starts_with(kind));
    (!nowhere && !resource.region().is_empty()).then(|| resource.region())
}

#[cfg(test)]
mod tests {
    use super::{execute_api_zone_id, in_text, of_execute_api_zone_id};

    #[test]
    fn a_region_is_read_from_a_host_name() {
        assert_eq!(in_text("abc.execute-api.us-east-2.amazonaws.com"), Some("us-east-2"));
        assert_eq!(in_text("api-eu-west-1.example.com"), Some("eu-west-1"));
        assert_eq!(in_text("plus-east-12.example.com"), None);
        assert_eq!(in_text("us-east-1-to-us-east-2"), None);
    }

    #[test]
    fn zone_ids_of_all_partitions_lead_back_to_their_region() {
        for region in ["us-east-2", "us-gov-west-1"] {
            let id = execute_api_zone_id(region).expect("the Region has API Gateway");
            assert_eq!(of_execute_api_zone_id(id), Some(region));
        }
        assert_eq!(of_execute_api_zone_id("Z35SXDOTRQ7X7K"), None);
    }
}
