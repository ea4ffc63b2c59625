//! Settings of buckets, which replication does not copy.

use std::collections::{BTreeMap, BTreeSet};

use super::notifications::{self, Custom};
use super::replications::{self, named};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;

rule! {
    /// Buckets that replicate to each other have the same settings, because replication copies objects only.
    ///
    /// ## What is checked
    ///
    /// For the two buckets of every rule between buckets of the pair that is turned on: `LifecycleConfiguration`,
    /// `PublicAccessBlockConfiguration`, `OwnershipControls` and `CorsConfiguration` are equal, the algorithm of
    /// the default encryption too, the same events go to somebody (apart from those of replication), and bucket
    /// policies allow and deny the same actions. Statements of the CDK's auto-delete resource do not count.
    ///
    /// ## Why it hurts
    ///
    /// When the other Region takes over, its bucket has other triggers, other retention or another lock on the door,
    /// and nobody has seen it under load before.
    ///
    /// ## What to change
    ///
    /// Make both buckets by the same function or module, with the Region as its only parameter.
    ///
    /// ## Source
    ///
    /// Amazon S3 User Guide, "What does Amazon S3 replicate?".
    "s3-bucket-settings-not-replicated": Error, NoTakeover, Documented, Pair;
    why: "the bucket that takes over has other triggers, other retention or another policy than the one that is lost";
    check
}

/// Properties that must be equal as a whole.
const EQUAL: [&str; 4] = [
    "CorsConfiguration",
    "LifecycleConfiguration",
    "OwnershipControls",
    "PublicAccessBlockConfiguration",
];

/// Two buckets.
type Ends<'d> = [Resource<'d>; 2];

fn check(design: &Design, judge: &mut Judge<'_>) {
    let custom = notifications::custom(design);
    let policies = by_bucket(design);
    let mut seen = BTreeSet::new();
    for (replication, destination) in replications::across(design) {
        let ends = [replication.source, destination];
        let mut key = ends.map(|end| (end.stack.index, end.id()));
        key.sort_unstable();
        if seen.insert(key) {
            judge.subject();
            properties(design, judge, ends);
            encryption(design, judge, ends);
            events(design, judge, &custom, ends);
            access(design, judge, &policies, ends);
        }
    }
}

fn properties(design: &Design, judge: &mut Judge<'_>, ends: Ends<'_>) {
    for key in EQUAL {
        let places = ends.map(|end| end.at(key));
        let Some([here, there]) = both(judge, &places) else { continue };
        if here != there {
            report(design, judge, ends, key, key, &differ(&places));
        }
    }
}

/// What both places hold, `None` for nothing; `None` if that is not known of both.
fn both<'d>(
    judge: &mut Judge<'_>,
    places: &[Place<'d>; 2],
) -> Option<[Option<&'d crate::Value>; 2]> {
    let [here, there] = places;
    let (here, there) = (judge.known(here, here.value())?, judge.known(there, there.value())?);
    let readable = [here, there].into_iter().flatten().all(|value| !value.shown().contains("${?}"));
    readable.then_some([here, there])
}

fn differ(places: &[Place<'_>; 2]) -> String {
    let there = places.iter().map(|place| place.exists() == Answer::Known(true));
    match there.collect::<Vec<_>>().as_slice() {
        [true, false] => "only in the first".to_owned(),
        [false, true] => "only in the second".to_owned(),
        _ => "different".to_owned(),
    }
}

fn encryption(design: &Design, judge: &mut Judge<'_>, ends: Ends<'_>) {
    let algorithms = ends.map(algorithm);
    if let [Answer::Known(here), Answer::Known(there)] = &algorithms
        && here != there
    {
        let how = format!("`{here}` in the first and `{there}` in the second");
        report(design, judge, ends, "BucketEncryption", "the default encryption", &how);
    }
}

/// The algorithm of a bucket's default encryption, which is SSE-S3 unless it says otherwise.
fn algorithm(bucket: Resource<'_>) -> Answer<String> {
    let rules = bucket.at("BucketEncryption.ServerSideEncryptionConfiguration");
    let default = || Answer::Known("AES256".to_owned());
    match rules.items() {
        Answer::Known(rules) => rules.first().map_or_else(default, |rule| {
            match rule.at("ServerSideEncryptionByDefault.SSEAlgorithm").text() {
                Answer::Absent => default(),
                other => other,
            }
        }),
        Answer::Absent => default(),
        Answer::Unknown(why) => Answer::Unknown(why),
    }
}

fn events(design: &Design, judge: &mut Judge<'_>, custom: &Custom<'_>, ends: Ends<'_>) {
    let told = ends.map(|end| notifications::events(design, custom, end));
    let key = "NotificationConfiguration";
    match told {
        [Ok(mut here), Ok(mut there)] => {
            for events in [&mut here, &mut there] {
                events.retain(|event| !event.starts_with("s3:Replication"));
            }
            if here != there {
                let how =
                    format!("for {} in the first and {} in the second", list(&here), list(&there));
                report(design, judge, ends, key, "notifications", &how);
            }
        }
        [Err(why), _] | [_, Err(why)] => judge.cannot_judge(&ends[0].at(key), why),
    }
}

fn access(design: &Design, judge: &mut Judge<'_>, policies: &Policies<'_>, ends: Ends<'_>) {
    let said = ends.map(|end| statements(design, policies, end));
    match said {
        [Ok(here), Ok(there)] => {
            let missing = |left: &BTreeSet<String>, right: &BTreeSet<String>| {
                list(&left.difference(right).cloned().collect())
            };
            if here != there {
                let how = format!(
                    "the first alone has {}, the second alone {}",
                    missing(&here, &there),
                    missing(&there, &here)
                );
                report(design, judge, ends, "", "the bucket policy", &how);
            }
        }
        [Err(why), _] | [_, Err(why)] => judge.cannot_judge(&ends[0].whole(), why),
    }
}

/// The policies of buckets, by the bucket's name.
type Policies<'d> = BTreeMap<String, Vec<Resource<'d>>>;

fn by_bucket(design: &Design) -> Policies<'_> {
    let mut found = Policies::new();
    for policy in design.of("AWS::S3::BucketPolicy") {
        let bucket = policy.at("Bucket").value().known();
        let name = bucket.and_then(|bucket| design.symbol(bucket)).unwrap_or_default();
        found.entry(name).or_default().push(policy);
    }
    found
}

/// What a bucket's policy says, as texts such as `Deny s3:*`.
fn statements(
    design: &Design,
    policies: &Policies<'_>,
    bucket: Resource<'_>,
) -> Result<BTreeSet<String>, Unknown> {
    if design.may_hide("AWS::S3::BucketPolicy", bucket.region()) {
        return Err(Unknown("a policy may be there under a condition that is not known".into()));
    }
    let name = replications::name(design, bucket);
    let documents = policies.get(&name).into_iter().flatten();
    let documents = documents.map(|policy| policy.at("PolicyDocument"));
    let all = documents.flat_map(|document| crate::policy::statements(&document));
    // What the CDK's auto-delete resource needs is no setting of the bucket.
    let deleter = "s3:PutBucketPolicy".to_owned();
    let own = all.filter(|statement| !statement.actions.contains(&deleter));
    let said = own.map(|statement| {
        let effect = if statement.allows { "Allow" } else { "Deny" };
        let actions: BTreeSet<_> = statement.actions.iter().map(String::as_str).collect();
        format!("{effect} {}", actions.into_iter().collect::<Vec<_>>().join(", "))
    });
    Ok(said.collect())
}

fn list(texts: &BTreeSet<String>) -> String {
    let texts: Vec<_> = texts.iter().map(|text| format!("`{text}`")).collect();
    if texts.is_empty() { "nothing".to_owned() } else { texts.join(", ") }
}

fn report(
    design: &Design,
    judge: &mut Judge<'_>,
    ends: Ends<'_>,
    key: &str,
    what: &str,
    how: &str,
) {
    let [first, second] = ends.map(|end| format!("`{}` in {}", named(design, end), end.region()));
    let place = if key.is_empty() { ends[1].whole() } else { ends[1].at(key) };
    let what = if what == key { format!("`{key}`") } else { what.to_owned() };
    judge.finding_with(
        &place,
        &[ends[0].whole()],
        format!("{first} replicates to {second}; {what}: {how}"),
        format!("give both buckets the same {}", what.trim_start_matches("the ")),
    );
}
