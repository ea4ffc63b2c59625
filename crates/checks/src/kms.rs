//! Keys of KMS: their Regions, and which key of these templates is meant by a reference or an alias.

use std::collections::BTreeMap;

use crate::design::Design;
use crate::place::Resource;
use crate::value::Value;

/// The Region of a key, where its ARN says it or it is in these templates.
pub(crate) fn region(design: &Design, key: &Value) -> Option<String> {
    if let Value::Reference(reference) = key {
        return Some(design.resource(reference)?.region().to_owned());
    }
    let text = design.text(key).known()?;
    let region = text.strip_prefix("arn:")?.split(':').nth(2)?;
    (!region.is_empty()).then(|| region.to_owned())
}

/// Keys by the Region and the name of their aliases.
pub(crate) struct Aliases<'d>(BTreeMap<(String, String), Resource<'d>>);

/// Reads the aliases of a design once.
pub(crate) fn aliases(design: &Design) -> Aliases<'_> {
    let aliases = design.of("AWS::KMS::Alias").filter_map(|alias| {
        let target = alias.at("TargetKeyId").reference().known()?;
        let name = alias.at("AliasName").value().known()?;
        let name = design.text(name).known()?;
        Some(((alias.region().to_owned(), name), design.resource(target)?))
    });
    Aliases(aliases.collect())
}

/// The key that a resource names, by reference or by alias, where it is in these templates.
pub(crate) fn key<'d>(
    design: &'d Design,
    aliases: &Aliases<'d>,
    value: &Value,
) -> Option<Resource<'d>> {
    if let Value::Reference(reference) = value {
        let found = design.resource(reference)?;
        if found.kind() == "AWS::KMS::Alias" {
            return design.resource(found.at("TargetKeyId").reference().known()?);
        }
        let is_key = ["AWS::KMS::Key", "AWS::KMS::ReplicaKey"].contains(&found.kind());
        return Some(found).filter(|_| is_key);
    }
    let text = design.text(value).known()?;
    let (arn, alias) = text.split_once(":alias/")?;
    let region = arn.strip_prefix("arn:")?.split(':').nth(2)?;
    aliases.0.get(&(region.to_owned(), format!("alias/{alias}"))).copied()
}
