//! Parameters of both Regions.

use std::collections::BTreeMap;

use topology::Home;

use crate::design::Design;
use crate::functions::{self, Functions};
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::policy::{Statement, matches};
use crate::regions;
use crate::rule::rule;

rule! {
    /// What one Region reads from Parameter Store the other one has too, under the same name.
    ///
    /// ## What is checked
    ///
    /// Parameters that do the same work in both Regions have the same name, names of Regions apart. A parameter of
    /// the primary that a function there reads, by a variable or by its role, is in the standby too. And no role of
    /// a function in the standby reads parameters of the primary's Region.
    ///
    /// ## Why it hurts
    ///
    /// Parameters stay in their Region. Code of the standby that asks for the primary's name finds nothing, and code
    /// that asks in the primary's Region fails together with it. Names with a role in them (`/primary/`) are wrong
    /// after the first takeover.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Name: /payment/db-endpoint
    /// ```
    ///
    /// in the templates of both Regions, each with the value of its own.
    ///
    /// ## Source
    ///
    /// AWS Systems Manager User Guide, "AWS Systems Manager Parameter Store"; AWS Fault Isolation Boundaries,
    /// "Regional services".
    "ssm-parameters-both": Error, NoTakeover, Derived, Pair;
    why: "code of the standby finds no configuration, or asks the lost Region for it";
    check
}

const PARAMETER: &str = "AWS::SSM::Parameter";

fn check(design: &Design, judge: &mut Judge<'_>) {
    let (Some(primary), Some(standby)) =
        (design.region(Home::Primary), design.region(Home::Standby))
    else {
        return;
    };
    let functions = Functions::of(design);
    let named = |parameter: Resource<'_>| {
        design.name(parameter).known().map(|name| regions::neutral(&name, [primary, standby]))
    };
    let there: BTreeMap<String, Resource<'_>> = design
        .of_home(PARAMETER, Home::Standby)
        .filter_map(|parameter| Some((named(parameter)?, parameter)))
        .collect();
    let readers = Readers::of(&functions, design, Home::Primary);
    for parameter in design.of_home(PARAMETER, Home::Primary) {
        judge.subject();
        let Some(name) = named(parameter) else { continue };
        if there.contains_key(&name) {
            continue;
        }
        if let Some(counterpart) = design.counterpart(parameter) {
            differs(design, judge, counterpart, parameter);
        } else if !design.may_hide(PARAMETER, standby) {
            missing(design, judge, &readers, parameter, standby);
        }
    }
    read_across(design, judge, &functions, primary);
}

fn differs(
    design: &Design,
    judge: &mut Judge<'_>,
    counterpart: Resource<'_>,
    parameter: Resource<'_>,
) {
    let names = [counterpart, parameter].map(|one| design.name(one).known());
    if let [Some(there), Some(here)] = names {
        judge.finding_with(
            &counterpart.at("Name"),
            &[parameter.at("Name")],
            format!(
                "the parameter is called `{there}` in {} and `{here}` in {}",
                counterpart.region(),
                parameter.region()
            ),
            "give it one name in both Regions, without a role in it",
        );
    }
}

fn missing(
    design: &Design,
    judge: &mut Judge<'_>,
    readers: &Readers<'_>,
    parameter: Resource<'_>,
    standby: &str,
) {
    if let Some(function) = readers.reader(design, parameter) {
        judge.finding_with(
            &parameter.whole(),
            &[function.whole()],
            format!(
                "`{}` reads `{}`, and {standby} has no parameter of this name",
                function.id(),
                parameter.id()
            ),
            format!("create the parameter in {standby} too, with the value of that Region"),
        );
    }
}

/// Functions that read parameters, by what they name.
#[derive(Default)]
struct Readers<'d> {
    /// By a name in a variable.
    by_name: BTreeMap<String, Resource<'d>>,
    /// By what a role's pattern of ARNs begins with, before its first wildcard; with the whole pattern.
    by_beginning: BTreeMap<String, Vec<(String, Resource<'d>)>>,
}

impl<'d> Readers<'d> {
    fn of(functions: &Functions<'d>, design: &'d Design, home: Home) -> Self {
        let mut readers = Self::default();
        let of_home =
            functions.of_application().filter(|function| design.home(*function) == Some(home));
        for function in of_home {
            let reading = reading(&functions.statements_of(function));
            if reading.is_empty() {
                continue;
            }
            for (_, place) in functions::variables(function) {
                if let Some(text) = symbol(design, &place) {
                    readers.by_name.entry(text).or_insert(function);
                }
            }
            let patterns = reading.iter().filter_map(|place| symbol(design, place));
            for pattern in patterns.filter(|pattern| pattern.contains("parameter/")) {
                let beginning = pattern.split(['*', '?']).next().unwrap_or_default().to_owned();
                readers.by_beginning.entry(beginning).or_default().push((pattern, function));
            }
        }
        readers
    }

    /// The first function that reads a parameter.
    fn reader(&self, design: &Design, parameter: Resource<'_>) -> Option<Resource<'d>> {
        let name = design.name(parameter).known()?;
        if let Some(function) = self.by_name.get(&name) {
            return Some(*function);
        }
        let arn = design.arn(parameter).known()?;
        let mut beginnings = arn.char_indices().map(|(end, _)| &arn[..end]).chain([arn.as_str()]);
        beginnings.find_map(|beginning| {
            let mut patterns = self.by_beginning.get(beginning)?.iter();
            let found = patterns.find(|(pattern, _)| matches(pattern, &arn))?;
            Some(found.1)
        })
    }
}

/// What statements that let somebody read parameters are about.
fn reading<'d>(statements: &[Statement<'d>]) -> Vec<Place<'d>> {
    let reads = |statement: &&Statement<'d>| {
        let mut actions = statement.actions.iter().map(|action| action.to_lowercase());
        statement.allows
            && actions.any(|action| {
                action.starts_with("ssm:")
                    && ["ssm:getparameter", "ssm:getparameters", "ssm:getparametersbypath"]
                        .into_iter()
                        .any(|read| matches(&action, read))
            })
    };
    let statements = statements.iter().filter(reads);
    statements
        .flat_map(|one| one.place.at("Resource").items().known().unwrap_or_default())
        .collect()
}

fn symbol(design: &Design, place: &Place<'_>) -> Option<String> {
    design.symbol(place.value().known()?)
}

/// Functions of the standby that read in the primary's Region.
fn read_across(design: &Design, judge: &mut Judge<'_>, functions: &Functions<'_>, primary: &str) {
    for function in functions.of_application() {
        if design.home(function) != Some(Home::Standby) {
            continue;
        }
        for place in reading(&functions.statements_of(function)) {
            let text = symbol(design, &place).unwrap_or_default();
            if text.contains(&format!(":ssm:{primary}:")) {
                judge.subject();
                judge.finding_with(
                    &place,
                    &[function.whole()],
                    format!("`{}` of the standby may read `{text}`", function.id()),
                    "let it read the parameters of its own Region: `${AWS::Region}` in the ARN",
                );
            }
        }
    }
}
