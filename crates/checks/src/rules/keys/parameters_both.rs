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
    let readers = readers(&functions, design, Home::Primary);
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
    readers: &[Reader<'_>],
    parameter: Resource<'_>,
    standby: &str,
) {
    let reader = readers.iter().find(|reader| reader.reads(design, parameter));
    if let Some(reader) = reader {
        judge.finding_with(
            &parameter.whole(),
            &[reader.function.whole()],
            format!(
                "`{}` reads `{}`, and {standby} has no parameter of this name",
                reader.function.id(),
                parameter.id()
            ),
            format!("create the parameter in {standby} too, with the value of that Region"),
        );
    }
}

/// A function that reads parameters, with what it names.
struct Reader<'d> {
    function: Resource<'d>,
    /// Patterns of ARNs that its role may read.
    patterns: Vec<String>,
    /// Texts of its variables.
    texts: Vec<String>,
}

impl Reader<'_> {
    fn reads(&self, design: &Design, parameter: Resource<'_>) -> bool {
        let name = design.name(parameter).known();
        let arn = design.arn(parameter).known();
        let by_variable = name.is_some_and(|name| self.texts.contains(&name));
        by_variable
            || arn.is_some_and(|arn| {
                self.patterns
                    .iter()
                    .any(|pattern| pattern.contains("parameter/") && matches(pattern, &arn))
            })
    }
}

fn readers<'d>(functions: &Functions<'d>, design: &'d Design, home: Home) -> Vec<Reader<'d>> {
    let of_home =
        functions.of_application().filter(|function| design.home(*function) == Some(home));
    let readers = of_home.filter_map(|function| {
        let reading = reading(&functions.statements_of(function));
        let patterns: Vec<String> =
            reading.iter().filter_map(|place| symbol(design, place)).collect();
        let variables = functions::variables(function);
        let texts = variables.iter().filter_map(|(_, place)| symbol(design, place)).collect();
        (!reading.is_empty()).then_some(Reader { function, patterns, texts })
    });
    readers.collect()
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
