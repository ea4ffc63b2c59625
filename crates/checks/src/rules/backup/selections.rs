//! What the backup plans of a design select.

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::place::Resource;
use crate::policy;

/// Whether a plan in a Region certainly backs up the resource of this ARN.
pub(super) fn cover(design: &Design, arn: &str, region: &str) -> Answer<bool> {
    let kind = "AWS::Backup::BackupSelection";
    let mut doubt = design.may_hide(kind, region).then(|| {
        Unknown("a backup selection may be there under a condition that is not known".to_owned())
    });
    for selection in design.of(kind).filter(|selection| selection.region() == region) {
        match selects(design, selection, arn) {
            Answer::Known(true) => return Answer::Known(true),
            Answer::Unknown(why) => doubt = Some(why),
            Answer::Known(false) | Answer::Absent => {}
        }
    }
    doubt.map_or(Answer::Known(false), Answer::Unknown)
}

/// Whether a selection takes a resource.
fn selects(design: &Design, selection: Resource<'_>, arn: &str) -> Answer<bool> {
    let of = |key: &str| selection.at("BackupSelection").at(key);
    // Tags that CloudFormation or an organization passes on are not all in the templates.
    let by_tags = ["ListOfTags", "Conditions"].map(of);
    if by_tags.iter().any(|tags| tags.exists() != Answer::Known(false)) {
        return Answer::Unknown(Unknown(format!("`{}` selects by tags", selection.id())));
    }
    let resources = match of("Resources").items() {
        Answer::Known(resources) => resources,
        Answer::Absent => return Answer::Known(false),
        Answer::Unknown(why) => return Answer::Unknown(why),
    };
    let mut doubt = None;
    for resource in resources {
        let pattern = resource.value().known().and_then(|value| design.symbol(value));
        match pattern {
            Some(pattern) if policy::matches(&pattern, arn) => return Answer::Known(true),
            Some(_) => {}
            None => doubt = Some(Unknown(format!("`{}` is not known", resource.shown()))),
        }
    }
    doubt.map_or(Answer::Known(false), Answer::Unknown)
}
