//! What the settings say of Regions and stacks that are not there.

use std::collections::BTreeSet;

use topology::Home;

use crate::design::Design;
use crate::stack::Stack;

/// A fragment for each, in the order of the settings.
pub(super) fn of(design: &Design, pair: Option<&[String; 2]>) -> Vec<String> {
    let mut faults: Vec<String> =
        Home::BOTH.into_iter().filter_map(|home| empty_region(design, home)).collect();
    for (primary, standby) in &design.settings().layers {
        let missing: Vec<&String> = [primary, standby]
            .into_iter()
            .filter(|name| called(design, name).next().is_none())
            .collect();
        faults.extend(missing.iter().map(|name| missing_stack(design, name)));
        if missing.is_empty() && !is_across(design, [primary, standby], pair) {
            faults.push(format!(
                "`[[layers]]` names `{primary}` and `{standby}`, which are not in the two Regions of one pair"
            ));
        }
    }
    faults
}

fn empty_region(design: &Design, home: Home) -> Option<String> {
    let region = design.settings().region(home)?;
    let regions: BTreeSet<&str> =
        design.stacks().iter().filter_map(|stack| stack.region.as_deref()).collect();
    (!regions.contains(region)).then(|| {
        let there = listed(regions, ", ").map_or_else(
            || "the Region of no template is known".to_owned(),
            |there| format!("the templates are in {there}"),
        );
        format!("`[regions]` names {region}, and no template is in it: {there}")
    })
}

fn missing_stack(design: &Design, name: &str) -> String {
    let names = design.stacks().iter().map(|stack| stack.name.as_str()).collect();
    let there =
        listed(names, "`, `").map_or_else(|| "none".to_owned(), |names| format!("`{names}`"));
    format!("`[[layers]]` names `{name}`, and no stack is called so: there are {there}")
}

/// Whether stacks of these names are in two Regions, and in those of the pair where there is one.
fn is_across(design: &Design, names: [&String; 2], pair: Option<&[String; 2]>) -> bool {
    let [left, right] = names.map(|name| {
        let regions = called(design, name).filter_map(|stack| stack.region.as_ref());
        let in_pair = regions.filter(|region| pair.is_none_or(|pair| pair.contains(region)));
        in_pair.collect::<BTreeSet<_>>()
    });
    left.iter().any(|region| right.iter().any(|other| other != region))
}

fn called<'d>(design: &'d Design, name: &str) -> impl Iterator<Item = &'d Stack> {
    design.stacks().iter().filter(move |stack| stack.name == name || stack.stack_name == name)
}

fn listed(names: BTreeSet<&str>, between: &str) -> Option<String> {
    (!names.is_empty()).then(|| names.into_iter().collect::<Vec<_>>().join(between))
}
