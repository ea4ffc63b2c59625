//! Whether the health checkers can see the switch.

use std::collections::BTreeMap;

use super::health::attached;
use super::records::plain;
use super::routing::Routing;
use crate::Answer;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// What the switch's health checks look at can be reached by Route 53's public health checkers.
    ///
    /// ## What is checked
    ///
    /// Where the host of such a check is in these templates: a bucket lets the public read; an API's own host is
    /// neither private nor turned off by `DisableExecuteApiEndpoint`; a web ACL that blocks by default in front of
    /// the API has a rule that allows. Whether the checkers really get an answer, `GetHealthCheckStatus` says.
    ///
    /// ## Why it hurts
    ///
    /// A switch that the checkers cannot see is stuck: turning it changes nothing.
    ///
    /// ## What to change
    ///
    /// Let a small HTTPS endpoint with a domain name of its own be the switch, and let the web ACL allow its path
    /// before everything else.
    ///
    /// ## Source
    ///
    /// Route 53 Developer Guide, "How Amazon Route 53 determines whether a health check is healthy" and "Configuring
    /// router and firewall rules for Amazon Route 53 health checks".
    "r53-switch-endpoint-reachable": Error, NoTakeover, Derived, Pair;
    why: "the health checkers never see that the switch was turned, so that traffic stays with the lost Region";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let routing = Routing::of(design);
    let seen = Seen::of(design);
    for attached in attached(&routing) {
        let host = attached.check.at("HealthCheckConfig.FullyQualifiedDomainName");
        let Some(value) = host.value().known() else { continue };
        judge.subject();
        if let Some((place, found, change)) = seen.hidden(value) {
            judge.finding_with(&host, &[place], found, change);
        }
    }
}

type Hidden<'d> = (Place<'d>, String, &'static str);

/// What stands behind host names.
struct Seen<'d> {
    design: &'d Design,
    buckets: BTreeMap<String, Resource<'d>>,
    /// The web ACL that stands before a host name of API Gateway.
    guards: BTreeMap<String, Resource<'d>>,
}

impl<'d> Seen<'d> {
    fn of(design: &'d Design) -> Self {
        let buckets = design
            .of("AWS::S3::Bucket")
            .filter_map(|bucket| Some((design.name(bucket).known()?, bucket)));
        Self { design, buckets: buckets.collect(), guards: guards(design) }
    }

    /// Why a host cannot be reached, where it cannot.
    fn hidden(&self, host: &Value) -> Option<Hidden<'d>> {
        let text = self.design.text(host).known();
        if host.shown().contains(".execute-api.") {
            let reference = host.references().into_iter().next()?;
            return hidden_api(self.design.resource(reference)?);
        }
        if host.shown().contains(".s3") {
            let by_name = text.as_deref().and_then(|text| text.split(".s3").next());
            let referred = host.references().into_iter().next();
            let referred = referred.and_then(|reference| self.design.resource(reference));
            let bucket = by_name.and_then(|name| self.buckets.get(name).copied()).or(referred)?;
            return hidden_bucket(bucket);
        }
        let guard = self.guards.get(&plain(&text?))?;
        hidden_by(*guard)
    }
}

fn hidden_api(api: Resource<'_>) -> Option<Hidden<'_>> {
    let types = api.at("EndpointConfiguration.Types").items().known().unwrap_or_default();
    let private = types.iter().any(|kind| kind.text() == Answer::Known("PRIVATE".into()));
    let off = api.at("DisableExecuteApiEndpoint");
    if private {
        let what = format!("API `{}` is private: the health checkers cannot reach it", api.id());
        return Some((api.at("EndpointConfiguration.Types"), what, "check a public endpoint"));
    }
    (off.bool() == Answer::Known(true)).then(|| {
        let what = format!("API `{}` has its own host turned off", api.id());
        (off, what, "check the API's custom domain name of that Region")
    })
}

fn hidden_bucket(bucket: Resource<'_>) -> Option<Hidden<'_>> {
    if bucket.kind() != "AWS::S3::Bucket" {
        return None;
    }
    let block = bucket.at("PublicAccessBlockConfiguration");
    let blocks = |property: &str| match block.at(property).bool() {
        Answer::Known(yes) => Some(yes),
        // New buckets block all public access unless the template says otherwise.
        Answer::Absent => Some(block.exists() == Answer::Known(false)),
        Answer::Unknown(_) => None,
    };
    let hidden =
        [blocks("BlockPublicPolicy"), blocks("RestrictPublicBuckets")].contains(&Some(true));
    hidden.then(|| {
        let what = format!(
            "bucket `{}` blocks public access, so that the checkers are refused",
            bucket.id()
        );
        (
            block,
            what,
            "check a small HTTPS endpoint with a domain name of its own instead of an object",
        )
    })
}

/// A web ACL that blocks by default and allows nothing.
fn hidden_by(guard: Resource<'_>) -> Option<Hidden<'_>> {
    if guard.at("DefaultAction.Block").exists() != Answer::Known(true) {
        return None;
    }
    let rules = guard.at("Rules").items().known()?;
    let allows = |rule: &Place<'_>| rule.at("Action.Allow").exists() != Answer::Known(false);
    (!rules.iter().any(allows)).then(|| {
        let what = format!(
            "web ACL `{}` blocks everything that no rule allows, and none allows",
            guard.id()
        );
        (
            guard.at("Rules"),
            what,
            "add a rule of the first priority that allows the path of the check",
        )
    })
}

/// The web ACL before each host name: domain name, mapping, API, association.
fn guards(design: &Design) -> BTreeMap<String, Resource<'_>> {
    let mut by_api: BTreeMap<(usize, &str), Resource<'_>> = BTreeMap::new();
    for association in design.of("AWS::WAFv2::WebACLAssociation") {
        let acl = association.at("WebACLArn").reference().known();
        let acl = acl.and_then(|reference| design.resource(reference));
        let guarded = association.at("ResourceArn").value().known();
        let guarded = guarded.map(Value::references).unwrap_or_default();
        for reference in guarded {
            if let (Some(acl), Some(api)) = (acl, design.resource(reference)) {
                by_api.insert((api.stack.index, api.id()), acl);
            }
        }
    }
    let mut guards = BTreeMap::new();
    for mapping in design.of("AWS::ApiGateway::BasePathMapping") {
        let domain = mapping.at("DomainName").value().known();
        let domain = domain.and_then(|value| design.text(value).known());
        let api = mapping.at("RestApiId").reference().known();
        let api = api.and_then(|reference| design.resource(reference));
        if let (Some(domain), Some(api)) = (domain, api)
            && let Some(acl) = by_api.get(&(api.stack.index, api.id()))
        {
            guards.insert(plain(&domain), *acl);
        }
    }
    guards
}
