//! Keys that services encrypt with.

use super::service_keys::{self, ServiceKeys};
use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;

rule! {
    /// AWS services encrypt with a key of their own Region, not with a multi-Region key.
    ///
    /// ## What is checked
    ///
    /// No cluster, table, bucket, topic, queue, log group, secret, parameter, vault or file system of these templates
    /// names a key with `MultiRegion: true` or an `AWS::KMS::ReplicaKey`.
    ///
    /// ## Why it hurts
    ///
    /// Services treat a multi-Region key as one of their Region: they encrypt anew when they replicate, and a copy is
    /// no more readable for it. Whoever counts on the contrary finds out in the takeover; and one key policy less
    /// stands between an intruder in one Region and the data of the other.
    ///
    /// ## What to change
    ///
    /// A key of its own in each Region, without `MultiRegion`. The property cannot be changed: make a new key, and
    /// keep the old one until nothing is encrypted with it. A database, a file system or a vault that exists keeps the
    /// key that it was made with: another one in its template REPLACES it, empty. Leave such a one as it is until it is
    /// rebuilt anyway, from a snapshot that was copied with the new key.
    ///
    /// ## Source
    ///
    /// AWS Key Management Service Developer Guide, "Multi-Region keys in AWS KMS".
    "kms-regional-keys-for-services": Error, Exposed, Documented, Pair;
    why: "services treat it as a key of one Region, so that it saves nothing in a takeover and opens both Regions to \
          whoever has it";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for (key, users) in ServiceKeys::of(design).users() {
        let Some(key) = design.resource(&key) else { continue };
        if design.home(key).is_none() {
            continue;
        }
        judge.subject();
        if service_keys::is_multi_region(key) == Some(true) {
            let places: Vec<Place<'_>> = users.iter().map(|user| user.whole()).collect();
            judge.finding_with(
                &key.whole(),
                &places,
                format!(
                    "`{}` is a multi-Region key, and `{}` encrypts with it",
                    key.id(),
                    users[0].id()
                ),
                change(&users),
            );
        }
    }
}

/// Types whose key cannot be changed: another one in the template replaces the resource.
const KEYED_FOR_LIFE: [&str; 4] = [
    "AWS::Backup::BackupVault",
    "AWS::EFS::FileSystem",
    "AWS::RDS::DBCluster",
    "AWS::RDS::DBInstance",
];

fn change(users: &[Resource<'_>]) -> String {
    let change = "give the services of each Region a key of that Region, without `MultiRegion`; keep this one until \
                  nothing is encrypted with it";
    let mut for_life = users.iter().filter(|user| KEYED_FOR_LIFE.contains(&user.kind()));
    for_life.next().map_or_else(
        || change.to_owned(),
        |user| {
            format!(
                "{change}; another key in the template replaces `{}` by an empty one, so where it exists already, \
                 rebuild it from a snapshot or copy made with the new key, or leave it",
                user.id()
            )
        },
    )
}
