//! Keys that the application itself encrypts with.

use std::collections::BTreeMap;

use topology::Home;

use super::service_keys::{self, ServiceKeys};
use crate::design::Design;
use crate::functions::{self, Functions};
use crate::judge::Judge;
use crate::place::Resource;
use crate::policy::{Statement, matches};
use crate::rule::rule;
use crate::value::Reference;

rule! {
    /// What the application itself encrypts, such as tokens, is encrypted with a multi-Region key that has a replica
    /// in the standby.
    ///
    /// ## What is checked
    ///
    /// Keys of the primary that a variable of a function names, whose role may encrypt and decrypt with KMS directly,
    /// and that no service of these templates uses: `MultiRegion` is true, and the standby has an
    /// `AWS::KMS::ReplicaKey`. Policies, aliases and grants of the two are not synchronized; compare them yourself.
    ///
    /// ## Why it hurts
    ///
    /// Ciphertext can be read with the key alone that wrote it: with a key of one Region, tokens of the primary
    /// cannot be read in the standby.
    ///
    /// ## What to change
    ///
    /// A new key with `MultiRegion: true`, because the property cannot be changed later, and in the standby:
    ///
    /// ```yaml
    /// Type: AWS::KMS::ReplicaKey
    /// Properties:
    ///   PrimaryKeyArn: !Ref TokenKeyArn
    ///   KeyPolicy: …
    /// ```
    ///
    /// ## Source
    ///
    /// AWS Key Management Service Developer Guide, "Multi-Region keys in AWS KMS".
    "kms-mrk-for-application-crypto": Error, DataLost, Documented, Pair;
    why: "what the application encrypted in the lost Region cannot be read in the other one";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let Some(standby) = design.region(Home::Standby) else { return };
    let has_replica = design.of_home("AWS::KMS::ReplicaKey", Home::Standby).next().is_some();
    for (key, function) in application_keys(design) {
        let Some(key) = design.resource(&key) else { continue };
        judge.subject();
        let used = format!("`{}` encrypts with `{}`", function.id(), key.id());
        match service_keys::is_multi_region(key) {
            Some(false) => judge.finding_with(
                &key.at("MultiRegion"),
                &[function.whole()],
                format!("{used}, a key of {} only", key.region()),
                format!(
                    "make a new key with `MultiRegion: true` and an `AWS::KMS::ReplicaKey` of it in {standby}; encrypt \
                     with that one from then on"
                ),
            ),
            Some(true) if !has_replica && !design.may_hide("AWS::KMS::ReplicaKey", standby) => judge
                .finding_with(
                    &key.whole(),
                    &[function.whole()],
                    format!("{used}, which has no replica in {standby}"),
                    format!("add an `AWS::KMS::ReplicaKey` with this key as `PrimaryKeyArn` in {standby}"),
                ),
            _ => {}
        }
    }
}

/// Keys of the primary that a function encrypts with by itself, each with the first such function.
fn application_keys(design: &Design) -> BTreeMap<Reference, Resource<'_>> {
    let functions = Functions::of(design);
    let keys_of_services = ServiceKeys::of(design);
    let services = keys_of_services.users();
    let mut keys: BTreeMap<Reference, Resource<'_>> = BTreeMap::new();
    for function in functions.of_application() {
        if design.home(function) != Some(Home::Primary) {
            continue;
        }
        let named = functions::variables(function)
            .into_iter()
            .flat_map(|(_, place)| keys_of_services.named(&place))
            .filter(|key| design.home(*key) == Some(Home::Primary))
            .filter(|key| !services.contains_key(&key.reference(None)));
        let named: Vec<_> = named.collect();
        if !named.is_empty() && encrypts(&functions.statements_of(function)) {
            for key in named {
                keys.entry(key.reference(None)).or_insert(function);
            }
        }
    }
    keys
}

/// Whether these statements allow to encrypt and to decrypt without another service in between.
fn encrypts(statements: &[Statement<'_>]) -> bool {
    let may = |action: &str| {
        let direct = statements.iter().filter(|statement| statement.allows && is_direct(statement));
        direct.flat_map(|statement| &statement.actions).any(|pattern| {
            let pattern = pattern.to_lowercase();
            pattern.starts_with("kms:") && matches(&pattern, action)
        })
    };
    may("kms:decrypt") && (may("kms:encrypt") || may("kms:generatedatakey"))
}

fn is_direct(statement: &Statement<'_>) -> bool {
    let shown = statement.place.at("Condition").value().known().map(crate::value::Value::shown);
    !shown.is_some_and(|condition| condition.contains("kms:ViaService"))
}
