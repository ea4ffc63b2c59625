//! What the backup plans of a design select.

use std::collections::BTreeMap;

use crate::answer::{Answer, Unknown};
use crate::design::Design;
use crate::place::Resource;
use crate::policy;

/// What the plans of each Region select.
#[derive(Debug, Default)]
pub(super) struct Selections {
    /// Patterns of ARNs, by Region.
    patterns: BTreeMap<String, Vec<String>>,
    /// Why not all is known, by Region.
    doubts: BTreeMap<String, Unknown>,
}

/// The type of a selection.
const KIND: &str = "AWS::Backup::BackupSelection";

impl Selections {
    /// Reads the selections of a design.
    pub(super) fn of(design: &Design) -> Self {
        let mut selections = Self::default();
        for region in design.stacks().iter().filter_map(|stack| stack.region.as_deref()) {
            if design.may_hide(KIND, region) {
                selections.doubt(region, "a backup selection may be there that is not seen".into());
            }
        }
        for selection in design.of(KIND) {
            selections.read(design, selection);
        }
        selections
    }

    fn doubt(&mut self, region: &str, why: String) {
        self.doubts.insert(region.to_owned(), Unknown(why));
    }

    fn read(&mut self, design: &Design, selection: Resource<'_>) {
        let (region, of) =
            (selection.region(), |key: &str| selection.at("BackupSelection").at(key));
        // Tags that CloudFormation or an organization passes on are not all in the templates.
        let by_tags = ["ListOfTags", "Conditions"].map(of);
        if by_tags.iter().any(|tags| tags.exists() != Answer::Known(false)) {
            return self.doubt(region, format!("`{}` selects by tags", selection.id()));
        }
        let resources = match of("Resources").items() {
            Answer::Known(resources) => resources,
            Answer::Absent => return,
            Answer::Unknown(why) => return self.doubt(region, why.0),
        };
        for resource in resources {
            match resource.value().known().and_then(|value| design.symbol(value)) {
                Some(pattern) => {
                    self.patterns.entry(region.to_owned()).or_default().push(pattern);
                }
                None => self.doubt(region, format!("`{}` is not known", resource.shown())),
            }
        }
    }

    /// Whether a plan of a Region certainly backs up the resource of this ARN.
    pub(super) fn cover(&self, arn: &str, region: &str) -> Answer<bool> {
        let mut patterns = self.patterns.get(region).into_iter().flatten();
        match self.doubts.get(region) {
            _ if patterns.any(|pattern| policy::matches(pattern, arn)) => Answer::Known(true),
            Some(why) => Answer::Unknown(why.clone()),
            None => Answer::Known(false),
        }
    }
}
