//! The switch here is the one that is deployed: each check and record of the golden templates, in
//! the same words as ours.

use std::net::Ipv4Addr;

use serde_json::Value;

use super::*;

/// The checks of the templates, by stack and logical id, and what they are called here.
const CHECKS: [(Site, &str, CheckId); 6] = [
    (Site::Primary, "StandbyNamedHere", STANDBY_NAMED_HERE),
    (Site::Primary, "StandbyNamedThere", STANDBY_NAMED_THERE),
    (Site::Primary, "Switch", PRIMARY_SWITCH),
    (Site::Primary, "EndpointCheck", PRIMARY_ENDPOINT),
    (Site::Standby, "Switch", PRIMARY_NAMED_HERE),
    (Site::Standby, "EndpointCheck", STANDBY_ENDPOINT),
];

/// The second of the deployed switch: its interval is ten of them.
const SECOND: Duration = Duration::from_millis(5);

fn settings() -> SwitchSettings {
    let api = |last| SocketAddrV4::new(Ipv4Addr::new(127, 77, last, 1), 443);
    SwitchSettings {
        zone: "payment-dev.example.com".to_owned(),
        record: "api".to_owned(),
        apis: [api(1), api(2)],
        ttl: Duration::from_millis(200),
        check_interval: SECOND * 10,
    }
}

fn template(site: Site) -> Value {
    let text = match site {
        Site::Primary => {
            include_str!("../../../../stacks/golden/PrimaryRoute53dev.template.json")
        }
        Site::Standby => {
            include_str!("../../../../stacks/golden/SecondaryRoute53dev.template.json")
        }
    };
    serde_json::from_str(text).unwrap()
}

/// The resources of a type, by logical id.
fn resources(site: Site, kind: &str) -> BTreeMap<String, Value> {
    let template = template(site);
    let resources = template["Resources"].as_object().unwrap().clone();
    let of_kind = resources.into_iter().filter(|(_, resource)| resource["Type"] == kind);
    of_kind.map(|(id, mut resource)| (id, resource["Properties"].take())).collect()
}

/// What a logical id of a stack is called here.
fn named_here(site: Site, id: &str) -> &'static str {
    let found = CHECKS.iter().find(|(stack, logical, _)| (*stack, *logical) == (site, id));
    found.unwrap_or_else(|| panic!("`{id}` is not here")).2.0
}

fn words_of_deployed(site: Site, config: &Value) -> String {
    if config["Type"] == "CALCULATED" {
        let children = config["ChildHealthChecks"].as_array().unwrap();
        let children =
            children.iter().map(|child| named_here(site, child["Ref"].as_str().unwrap()));
        return calculated(&children.collect::<Vec<_>>(), config["HealthThreshold"].as_u64());
    }
    let search = config["SearchString"].as_str();
    assert_eq!(config["Type"], if search.is_some() { "HTTPS_STR_MATCH" } else { "HTTPS" });
    format!(
        "{} {} port {}, {search:?}, inverted {}, every {} s, after {}",
        config["FullyQualifiedDomainName"],
        config["ResourcePath"],
        config["Port"],
        config["Inverted"].as_bool().unwrap_or_default(),
        config["RequestInterval"],
        config["FailureThreshold"],
    )
}

fn words_of_ours(check: &HealthCheck) -> String {
    assert!(!check.is_disabled);
    match &check.watched {
        Watched::Calculated { children, threshold } => {
            let children: Vec<&str> = children.iter().map(|child| child.0).collect();
            calculated(&children, u64::try_from(*threshold).ok())
        }
        Watched::Endpoint(Endpoint { address, path, search, interval, threshold }) => format!(
            "{:?} {path:?} port {}, {:?}, inverted {}, every {} s, after {threshold}",
            site_of(*address.ip()),
            address.port(),
            search.as_deref(),
            check.is_inverted,
            interval.as_millis() / SECOND.as_millis(),
        ),
    }
}

fn calculated(children: &[&str], threshold: Option<u64>) -> String {
    format!("{threshold:?} of {children:?}")
}

/// The name that always means the Region of this address.
fn site_of(address: Ipv4Addr) -> String {
    let settings = settings();
    let site = Site::ALL.into_iter().find(|site| *settings.api(*site).ip() == address);
    settings.regional_name(site.unwrap())
}

#[test]
fn every_check_is_deployed_and_every_deployed_check_is_here() {
    let ours: BTreeMap<&str, String> =
        settings().health_checks().iter().map(|(id, check)| (id.0, words_of_ours(check))).collect();
    let mut deployed = BTreeMap::new();
    for site in Site::ALL {
        for (id, check) in resources(site, "AWS::Route53::HealthCheck") {
            let words = words_of_deployed(site, &check["HealthCheckConfig"]);
            deployed.insert(named_here(site, &id), words);
        }
    }
    assert_eq!(deployed.len(), CHECKS.len());
    assert_eq!(ours, deployed);
}

#[test]
fn every_record_is_deployed_and_every_deployed_record_is_here() {
    let mut ours: Vec<String> = Vec::new();
    for (name, records) in settings().zone().records {
        ours.extend(records.iter().map(|Weighted { address, weight, check, site }| {
            assert_eq!(site_of(*address), settings().regional_name(*site));
            let check = check.map(|check| check.0);
            // A name with one record is not weighted where it is deployed.
            let weight = if check.is_some() { Some(u64::from(*weight)) } else { None };
            format!("{name} to {}, weight {weight:?}, check {check:?}", site.region())
        }));
    }
    let mut deployed: Vec<String> = Vec::new();
    for site in Site::ALL {
        for record in resources(site, "AWS::Route53::RecordSet").values() {
            let check = record["HealthCheckId"]["Ref"].as_str().map(|id| named_here(site, id));
            let weight = record["Weight"].as_u64();
            let name = record["Name"].as_str().unwrap();
            deployed
                .push(format!("{name} to {}, weight {weight:?}, check {check:?}", site.region()));
        }
    }
    ours.sort();
    deployed.sort();
    assert_eq!(deployed.len(), 4);
    assert_eq!(ours, deployed);
}
