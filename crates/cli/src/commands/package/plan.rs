//! Which functions of the file are the payment service's own, and where the file wants their zips.
//!
//! A plan is made before anything is built, from the file alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use topology::{Function, Runtime, Topology};

use crate::failure::WrongInput;

/// The functions that tideover builds. All of them are one executable, which knows by its name which one it is.
const OURS: [&str; 3] = ["notification", "payment-validation", "transaction-processing"];

/// What is to be packaged.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Zips by the name of the function.
    pub(super) zips: BTreeMap<String, PathBuf>,
    /// What is left alone, in words for a person.
    pub(super) notes: Vec<String>,
}

/// The plan for the functions of this topology. Paths are relative to `directory`, that of the file.
pub(super) fn plan(topology: &Topology, directory: &Path) -> Result<Plan, WrongInput> {
    let (ours, others): (Vec<&Function>, Vec<&Function>) =
        topology.functions.iter().partition(|function| is_ours(function));
    let faults: Vec<String> = ours.iter().filter_map(|own| taken(own, &others)).collect();
    if !faults.is_empty() {
        return Err(WrongInput::new(faults.join("\n")));
    }
    let zip = |function: &&Function| (function.name.clone(), directory.join(&function.code));
    Ok(Plan { zips: ours.iter().map(zip).collect(), notes: others.iter().map(left).collect() })
}

fn is_ours(function: &Function) -> bool {
    function.runtime == Runtime::ProvidedAl2023 && OURS.contains(&function.name.as_str())
}

/// A zip of ours must not be written over somebody's own.
fn taken(own: &Function, others: &[&Function]) -> Option<String> {
    let other = others.iter().find(|other| other.code == own.code)?;
    let (own, other, code) = (&own.name, &other.name, &own.code);
    Some(format!(
        "function `{own}`: found `code` \"{code}\", which function `{other}` has too; allowed: a path of its own"
    ))
}

fn left(other: &&Function) -> String {
    let (name, code) = (&other.name, &other.code);
    format!("`{name}` is not a function of tideover's: `{code}` is yours to build")
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use topology::Overrides;

    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Expect) {
        let health = "[[functions]]\nname = \"own\"\nroutes = [\"GET /health\"]\n";
        let text = format!("{health}{text}");
        let topology = topology::parse(&text, "tideover.toml", &Overrides::default());
        let topology = topology.unwrap_or_else(|faults| panic!("{faults}"));
        let text = match plan(&topology, Path::new("system")) {
            Ok(plan) => format!("{plan:#?}\n"),
            Err(wrong) => format!("{wrong}\n"),
        };
        expected.assert_eq(&text);
    }

    #[test]
    fn only_ours_are_built() {
        check(
            "
[[functions]]
name = \"notification\"
code = \"build/n.zip\"
[[functions]]
name = \"payment-validation\"
runtime = \"python3.13\"
handler = \"validate.handler\"
",
            expect![[r#"
                Plan {
                    zips: {
                        "notification": "system/build/n.zip",
                    },
                    notes: [
                        "`own` is not a function of tideover's: `dist/own.zip` is yours to build",
                        "`payment-validation` is not a function of tideover's: `dist/payment-validation.zip` is yours to build",
                    ],
                }
            "#]],
        );
    }

    #[test]
    fn a_zip_of_ours_replaces_nobodys() {
        check(
            "code = \"dist/n.zip\"\n[[functions]]\nname = \"notification\"\ncode = \"dist/n.zip\"\n",
            expect![[r#"
                function `notification`: found `code` "dist/n.zip", which function `own` has too; allowed: a path of its own
            "#]],
        );
    }
}
