//! Names of exports: unique in their Region, and another in each environment.

use std::collections::BTreeMap;

use crate::design::Design;
use crate::judge::Judge;
use crate::place::Place;
use crate::rule::rule;
use crate::stack::Stack;
use crate::value::Value;

rule! {
    /// The name of an export carries the application and the environment, so that it is unique in account and Region.
    ///
    /// ## What is checked
    ///
    /// No two stacks of one account and Region export the same name. A name that the template writes out contains
    /// the stack's name, the value of its tag `Environment`, or a word that all stack names of the design share at
    /// their beginning or end, such as `dev`. Where stack names share no word, a name is not judged.
    ///
    /// ## Why it hurts
    ///
    /// Names of exports are unique in an account and Region. A name without the environment lets one environment in
    /// and refuses the second: no rehearsal beside production, no rebuilt stack beside the old one.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Export:
    ///   Name: !Sub "${AWS::StackName}-VpcId"
    /// ```
    ///
    /// ## Source
    ///
    /// AWS CloudFormation User Guide, "Get exported outputs from a deployed CloudFormation stack".
    "cfn-export-names-unique": Warning, NotDeployable, Derived, Pair;
    why: "a second environment, such as one to rehearse the loss in, is refused in the same account and Region";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    let shared = shared_words(design.stacks());
    let mut seen: BTreeMap<(Option<&str>, Option<&str>, &str), Place<'_>> = BTreeMap::new();
    for stack in design.stacks() {
        let region = stack.region.as_deref();
        for (id, output) in &stack.outputs {
            let Some(Value::Text(name)) = &output.export else { continue };
            judge.subject();
            let mut place = stack.whole();
            place.path = format!("Outputs.{id}.Export.Name");
            let key = (stack.account.as_deref(), region, name.as_str());
            if let (Some(region), Some(other)) = (region, seen.get(&key)) {
                twice(judge, &place, other, name, region);
            } else if output.export_is_literal && is_constant(stack, name, &shared) {
                constant(judge, &place, name);
            }
            seen.entry(key).or_insert(place);
        }
    }
}

fn twice(judge: &mut Judge<'_>, place: &Place<'_>, other: &Place<'_>, name: &str, region: &str) {
    judge.finding_with(
        place,
        std::slice::from_ref(other),
        format!(
            "`{}` and `{}` both export `{name}` in {region}",
            other.stack.name, place.stack.name
        ),
        format!("let the name carry the stack: `!Sub \"${{AWS::StackName}}-{name}\"`"),
    );
}

fn constant(judge: &mut Judge<'_>, place: &Place<'_>, name: &str) {
    judge.finding(
        place,
        format!("the export is called `{name}` in every environment"),
        format!("let the name carry the stack: `!Sub \"${{AWS::StackName}}-{name}\"`"),
    );
}

/// Whether nothing in a name tells one environment from another.
fn is_constant(stack: &Stack, name: &str, shared: &[String]) -> bool {
    let name = name.to_lowercase();
    let tags = stack.tags.iter().filter(|(tag, _)| is_environment(tag));
    let tags = tags.map(|(_, value)| value.to_lowercase()).filter(|value| !value.is_empty());
    let telling: Vec<String> = tags.chain(shared.iter().cloned()).collect();
    !telling.is_empty()
        && !name.contains(&stack.stack_name.to_lowercase())
        && !telling.iter().any(|word| name.contains(word))
}

fn is_environment(tag: &str) -> bool {
    ["env", "environment", "stage"].iter().any(|word| tag.eq_ignore_ascii_case(word))
}

/// The words at the beginning and at the end of all stack names, in lower case.
fn shared_words(stacks: &[Stack]) -> Vec<String> {
    let own = stacks.iter().filter(|stack| stack.parent.is_none());
    let names: Vec<String> = own.map(|stack| stack.stack_name.to_lowercase()).collect();
    let Some((first, rest)) = names.split_first() else { return Vec::new() };
    let begins = |length: &usize| rest.iter().all(|name| name.starts_with(&first[..*length]));
    let ends =
        |length: &usize| rest.iter().all(|name| name.ends_with(&first[first.len() - length..]));
    let lengths = || (1..=first.len()).filter(|length| first.is_char_boundary(*length));
    let start = lengths().take_while(begins).last().unwrap_or_default();
    let from_end = (1..=first.len()).filter(|length| first.is_char_boundary(first.len() - length));
    let end = from_end.take_while(ends).last().unwrap_or_default();
    let shared = [&first[..start], &first[first.len() - end..]];
    let words =
        shared.into_iter().flat_map(|part| part.split(|letter: char| !letter.is_alphanumeric()));
    words.filter(|word| word.len() > 1).map(str::to_owned).collect()
}
