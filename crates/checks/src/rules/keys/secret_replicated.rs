//! The one secret of a global database.

use topology::Home;

use super::database_secrets::{self, DatabaseSecret};
use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::inputs::decided;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;

rule! {
    /// A global database has one secret, made in the primary and replicated to the standby.
    ///
    /// ## What is checked
    ///
    /// The secret of the primary's member (named in its master credentials or attached to it) lists the standby in
    /// `ReplicaRegions`, and the standby has none of its own for its member. That code reads the secret of its own
    /// Region is checked by `net-no-cross-region-call-in-request-path`.
    ///
    /// ## Why it hurts
    ///
    /// The members of a global database have the same users: those of the primary. A password that was made in the
    /// standby is one that the database does not know, and one that is in the primary alone is lost with it.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// ReplicaRegions:
    ///   - Region: us-east-2
    ///     KmsKeyId: alias/payment-ledger
    /// ```
    ///
    /// A replica holds the host of the source: keep host names out of it, or under a key for each Region.
    ///
    /// ## Source
    ///
    /// AWS Secrets Manager User Guide, "Replicate AWS Secrets Manager secrets across Regions".
    "secret-one-replicated": Blocker, NoTakeover, Documented, Pair;
    why: "the standby logs in with a password that its database does not know, or has none";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let Some(standby) = design.region(Home::Standby) else { return };
    let own = database_secrets::of_home(design, Home::Standby);
    let mut told = false;
    for DatabaseSecret { secret, cluster } in database_secrets::of_home(design, Home::Primary) {
        judge.subject();
        let place = secret.at("ReplicaRegions");
        if let Some(why) = chosen(secret, cluster) {
            judge.cannot_judge(&place, why);
            told = true;
            continue;
        }
        let Some(is_replicated) = judge.known(&place, replicates(secret, standby)) else {
            continue;
        };
        if is_replicated != Some(true) {
            told = true;
            let related: Vec<Place<'_>> = own.iter().map(|own| own.secret.whole()).collect();
            // A secret that has the name already would refuse the replica.
            let first = match own.first() {
                Some(own) => {
                    format!("remove `{}` of {standby} if it has the same name; ", own.secret.id())
                }
                None => String::new(),
            };
            let beside = match own.first() {
                Some(own) => format!(", which has its own secret `{}`", own.secret.id()),
                None => String::new(),
            };
            judge.finding_with(
                &place,
                &related,
                format!(
                    "`{}` holds the credentials of `{}` and is not replicated to {standby}{beside}",
                    secret.id(),
                    cluster.id()
                ),
                format!(
                    "{first}add `ReplicaRegions: [{{Region: {standby}, KmsKeyId: ALIAS}}]` here and let {standby} read \
                     the replica, which has the same name"
                ),
            );
        }
    }
    let own = own.iter().filter(|own| !told && chosen(own.secret, own.cluster).is_none());
    for DatabaseSecret { secret, cluster } in own {
        judge.subject();
        judge.finding(
            &secret.whole(),
            format!(
                "`{}` makes credentials for `{}`, whose users are the primary's",
                secret.id(),
                cluster.id()
            ),
            "remove it, and read the replica of the primary's secret, which has the same name",
        );
    }
}

/// Why it is not known whether a secret is there, or where: a parameter decides.
fn chosen(secret: Resource<'_>, cluster: Resource<'_>) -> Option<Unknown> {
    decided(secret, "ReplicaRegions")
        .or_else(|| decided(secret, "Condition"))
        .or_else(|| decided(cluster, "Condition"))
}

fn replicates(secret: Resource<'_>, region: &str) -> Answer<bool> {
    let replicas = match secret.at("ReplicaRegions").items() {
        Answer::Known(replicas) => replicas,
        Answer::Absent => return Answer::Known(false),
        Answer::Unknown(why) => return Answer::Unknown(why),
    };
    let mut answer = Answer::Known(false);
    for replica in replicas {
        match replica.at("Region").text() {
            Answer::Known(name) if name == region => return Answer::Known(true),
            Answer::Unknown(why) => answer = Answer::Unknown(why),
            Answer::Known(_) | Answer::Absent => {}
        }
    }
    answer
}
