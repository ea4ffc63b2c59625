//! Where the code of functions is fetched from.

use std::collections::BTreeMap;

use crate::design::Design;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::regions;
use crate::rule::rule;

rule! {
    /// The code of a function comes from a bucket or a repository of its own Region.
    ///
    /// ## What is checked
    ///
    /// `Code.S3Bucket` and `Code.ImageUri` of functions, `Content.S3Bucket` and the ARNs of layers: no asset bucket
    /// of the CDK that another Region's name stands in, no bucket that these templates create in another Region, no
    /// image and no layer of another Region.
    ///
    /// ## Why it hurts
    ///
    /// Lambda reads code from its own Region only: the function is not created there, and if it was moved there by
    /// hand, nobody can update it while the other Region is lost.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Code:
    ///   S3Bucket: !Sub "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"
    /// ```
    ///
    /// and publish the asset to the bucket of each Region.
    ///
    /// ## Source
    ///
    /// CloudFormation reference, `AWS::Lambda::Function` `Code`: "An Amazon S3 bucket in the same AWS Region as your
    /// function".
    "lambda-artifact-in-own-region": Blocker, NoTakeover, Documented, Template;
    why: "the function cannot be created or updated there without the other Region";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let buckets: BTreeMap<String, Resource<'_>> = design
        .of("AWS::S3::Bucket")
        .filter_map(|bucket| Some((design.name(bucket).known()?, bucket)))
        .collect();
    let places = [
        ("AWS::Lambda::Function", "Code.S3Bucket"),
        ("AWS::Lambda::LayerVersion", "Content.S3Bucket"),
        ("AWS::Lambda::Function", "Code.ImageUri"),
    ];
    for (kind, property) in places {
        for function in design.of(kind).filter(|function| !function.region().is_empty()) {
            let place = function.at(property);
            if place.exists().known() != Some(false) {
                judge.subject();
                artifact(design, judge, &buckets, function, &place);
            }
        }
    }
    for function in design.of("AWS::Lambda::Function").filter(|one| !one.region().is_empty()) {
        for layer in function.at("Layers").items().known().unwrap_or_default() {
            let arn = layer.value().known().map_or_else(String::new, crate::value::Value::shown);
            let region = arn.split_once(":lambda:").and_then(|(_, rest)| rest.split(':').next());
            if let Some(region) = region.filter(|region| is_other(region, function)) {
                report(judge, &layer, &format!("the layer `{arn}` is in {region}"), function);
            }
        }
    }
}

fn artifact(
    design: &Design,
    judge: &mut Judge<'_>,
    buckets: &BTreeMap<String, Resource<'_>>,
    function: Resource<'_>,
    place: &Place<'_>,
) {
    let answer = place.value();
    let Some(Some(value)) = judge.known(place, answer) else { return };
    let text = design.text(value).known().unwrap_or_else(|| value.shown());
    let declared = buckets.get(&text).map(|bucket| bucket.region());
    let is_own_name =
        (text.starts_with("cdk-") && text.contains("-assets-")) || text.contains(".dkr.ecr.");
    let named = || regions::named(&text).into_iter().find(|_| is_own_name);
    if let Some(region) = declared.or_else(named).filter(|region| is_other(region, function)) {
        report(judge, place, &format!("`{text}` is in {region}"), function);
    }
}

fn is_other(region: &str, function: Resource<'_>) -> bool {
    !region.is_empty() && !region.contains('$') && region != function.region()
}

fn report(judge: &mut Judge<'_>, place: &Place<'_>, found: &str, function: Resource<'_>) {
    let region = function.region();
    judge.finding(
        place,
        format!("{found}, the function is in {region}"),
        format!("publish it in {region} too and name that one: `${{AWS::Region}}` in place of the Region's name"),
    );
}
