//! Which functions are tideover's own, and where the file wants their zips.
//!
//! A plan is made before anything is built, from the file alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use topology::{Function, Runtime, Topology};

use crate::failure::WrongInput;

/// The functions of the payment service. All of them are one executable, which knows by its name which one it is.
const SERVICE: [&str; 3] = ["notification", "payment-validation", "transaction-processing"];

/// An executable, which one function is or several are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Program {
    /// The payment service, and what runs ask of the ledger.
    Service,
    /// What makes the attempts of runs.
    Runbook,
}

impl Program {
    /// The package that holds it.
    pub(super) const fn package(self) -> &'static str {
        match self {
            Self::Service => "lambda",
            Self::Runbook => "runner",
        }
    }

    /// Its name in that package.
    pub(super) const fn binary(self) -> &'static str {
        match self {
            Self::Service => "bootstrap",
            Self::Runbook => "runner",
        }
    }
}

/// A zip that is to be written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Zip {
    pub(super) path: PathBuf,
    pub(super) program: Program,
}

/// What is to be packaged.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Zips by the name of the function, each file once.
    pub(super) zips: BTreeMap<String, Zip>,
    /// What is left alone, in words for a person.
    pub(super) notes: Vec<String>,
}

/// The plan for the functions of this topology; for these only, where any are named. Paths are relative to `directory`,
/// that of the file.
pub(super) fn plan(
    topology: &Topology,
    directory: &Path,
    only: &[String],
) -> Result<Plan, WrongInput> {
    let (service, others): (Vec<&Function>, Vec<&Function>) =
        topology.functions.iter().partition(|function| is_of_service(function));
    let (runbook, ledger) = (topology.runbook_function(), topology.ledger_function());
    let mut ours: Vec<(&Function, Program)> =
        service.iter().map(|function| (*function, Program::Service)).collect();
    ours.push((&runbook, Program::Runbook));
    // Wherever a function of the service is packaged, that zip is the ledger's, too.
    if service.iter().all(|function| function.code != ledger.code) {
        ours.push((&ledger, Program::Service));
    }
    let faults: Vec<String> = ours.iter().filter_map(|(own, _)| taken(own, &others)).collect();
    if !faults.is_empty() {
        return Err(WrongInput::new(faults.join("\n")));
    }
    check_named(only, &ours)?;
    let is_meant = |name: &String| only.is_empty() || only.contains(name);
    let meant = ours.into_iter().filter(|(function, _)| is_meant(&function.name));
    let zips = meant.map(|(function, program)| {
        (function.name.clone(), Zip { path: directory.join(&function.code), program })
    });
    Ok(Plan { zips: zips.collect(), notes: others.iter().map(left).collect() })
}

/// That every function that is named is one of ours.
fn check_named(only: &[String], ours: &[(&Function, Program)]) -> Result<(), WrongInput> {
    let names: Vec<&str> = ours.iter().map(|(function, _)| function.name.as_str()).collect();
    let unknown = only.iter().find(|name| !names.contains(&name.as_str()));
    unknown.map_or(Ok(()), |name| {
        let names = names.join("`, `");
        Err(WrongInput::new(format!("`--only {name}`: allowed: `{names}`")))
    })
}

fn is_of_service(function: &Function) -> bool {
    function.runtime == Runtime::ProvidedAl2023 && SERVICE.contains(&function.name.as_str())
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
        let text = match plan(&topology, Path::new("system"), &[]) {
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
                        "notification": Zip {
                            path: "system/build/n.zip",
                            program: Service,
                        },
                        "runbook": Zip {
                            path: "system/dist/runbook.zip",
                            program: Runbook,
                        },
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
