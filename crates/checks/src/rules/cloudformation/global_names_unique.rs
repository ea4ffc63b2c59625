//! Names that exist once in all Regions.

use std::collections::BTreeMap;

use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;
use crate::rules::route53::records::{Record, plain, records, zone};

rule! {
    /// What is called the same in all Regions has another name in each of them: roles, users, policies and instance
    /// profiles of IAM, buckets, and DNS records.
    ///
    /// ## What is checked
    ///
    /// No two stacks in the two Regions of the pair give the same name to roles, users, groups, managed policies or
    /// instance profiles of one account, or to buckets (but for those in a namespace of their own account and Region,
    /// `BucketNamespace`), and none has the same record without a `SetIdentifier` in one hosted zone. Names that only a
    /// deployment knows are not compared.
    ///
    /// ## Why it hurts
    ///
    /// IAM, S3's names and Route 53 know no Regions. The Region that is deployed second is refused, because the name is
    /// taken; a record that is overwritten instead leads to one Region only.
    ///
    /// ## What to change
    ///
    /// Leave the name out, so that CloudFormation makes one, or let it carry the Region:
    ///
    /// ```yaml
    /// RoleName: !Sub "payments-${AWS::Region}"
    /// ```
    ///
    /// ## Source
    ///
    /// IAM User Guide, "IAM and AWS STS quotas", names; Amazon S3 User Guide, "General purpose bucket naming rules";
    /// Amazon Route 53 API Reference, `ChangeResourceRecordSets`.
    "cfn-global-names-unique": Blocker, NotDeployable, Documented, Pair;
    why: "the Region that is deployed second is refused, as the name is taken: there is no standby, or it cannot be built anew";
    check
}

/// Types with a name that an account has once, and the property of the name.
const OF_ACCOUNT: [(&str, &str); 5] = [
    ("AWS::IAM::Group", "GroupName"),
    ("AWS::IAM::InstanceProfile", "InstanceProfileName"),
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"),
    ("AWS::IAM::Role", "RoleName"),
    ("AWS::IAM::User", "UserName"),
];

/// The type whose names all accounts share.
const BUCKET: &str = "AWS::S3::Bucket";

/// What must not be there twice: the type, the account if only one has it once, and the name.
type Key<'d> = (&'d str, Option<&'d str>, String);

fn check(design: &Design, judge: &mut Judge<'_>) {
    let mut seen: BTreeMap<Key<'_>, Place<'_>> = BTreeMap::new();
    for (kind, property) in OF_ACCOUNT.into_iter().chain([(BUCKET, "BucketName")]) {
        for resource in design.of(kind).filter(|one| design.home(*one).is_some()) {
            let place = resource.at(property);
            if let Some(name) = name(design, resource, &place) {
                judge.subject();
                let account = resource.stack.account.as_deref().filter(|_| kind != BUCKET);
                let key = (kind, account, name.to_lowercase());
                if let Some(other) = twice(design, &mut seen, key, &place) {
                    report_name(judge, &place, &other, &name);
                }
            }
        }
    }
    judge_records(design, judge);
}

/// The name that a resource is given, if it must be the only one of that name.
fn name(design: &Design, resource: Resource<'_>, place: &Place<'_>) -> Option<String> {
    let is_apart = resource.at("BucketNamespace").exists().known() != Some(false);
    if resource.kind() == BUCKET && is_apart {
        return None;
    }
    design.text(place.value().known()?).known()
}

/// What has the same key in the other Region of the pair.
fn twice<'d>(
    design: &Design,
    seen: &mut BTreeMap<Key<'d>, Place<'d>>,
    key: Key<'d>,
    place: &Place<'d>,
) -> Option<Place<'d>> {
    let home = |place: &Place<'_>| design.pairing().home(place.stack.region.as_deref()?);
    let first = seen.entry(key).or_insert_with(|| place.clone());
    (home(first) != home(place)).then(|| first.clone())
}

fn report_name(judge: &mut Judge<'_>, place: &Place<'_>, other: &Place<'_>, name: &str) {
    let (property, region) = (&place.path, other.stack.region.as_deref().unwrap_or_default());
    judge.finding_with(
        place,
        std::slice::from_ref(other),
        format!("`{property}` is `{name}` here and in {region}, and the name can be taken once only"),
        format!(
            "leave `{property}` out, or let it carry the Region: `{property}: !Sub \"{name}-${{AWS::Region}}\"`"
        ),
    );
}

/// Records that are the only ones of their name and type in a zone.
fn judge_records(design: &Design, judge: &mut Judge<'_>) {
    let mut seen: BTreeMap<Key<'_>, Place<'_>> = BTreeMap::new();
    let all = records(design).into_iter();
    for record in all.filter(|record| design.home(record.resource).is_some()) {
        let Some((name, key)) = simple(design, &record) else { continue };
        judge.subject();
        if let Some(other) = twice(design, &mut seen, ("record", None, key), &record.place) {
            let region = other.stack.region.as_deref().unwrap_or_default();
            judge.finding_with(
                &record.place,
                std::slice::from_ref(&other),
                format!("the record `{name}` is declared here and in {region} for one zone, without `SetIdentifier`"),
                "declare it once; or, to answer from both Regions, give both a `SetIdentifier` and a `Failover` role or \
                 a `Weight`",
            );
        }
    }
}

/// The name of a record without a `SetIdentifier`, and what must not be there twice: its zone, name and type.
fn simple(design: &Design, record: &Record<'_>) -> Option<(String, String)> {
    if record.place.at("SetIdentifier").exists().known() != Some(false) {
        return None;
    }
    let zone = design.symbol(zone(record, "HostedZoneId").value().known()?)?;
    let name = plain(&design.text(record.place.at("Name").value().known()?).known()?);
    let kind = record.place.at("Type").text().known()?;
    let key = format!("{zone} {name} {kind}");
    Some((name, key))
}
