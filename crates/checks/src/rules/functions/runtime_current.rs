//! Runtimes and code of functions.

use topology::Home;

use crate::answer::Answer;
use crate::design::Design;
use crate::functions::Functions;
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::regions;
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// Functions have a runtime that Lambda still supports, and the same code, runtime, handler and architecture in
    /// both Regions.
    ///
    /// ## What is checked
    ///
    /// `Runtime` of each function of the pair against the list of retired runtimes, as of October 2026. For functions
    /// that do the same work in both Regions: `Runtime`, `Handler`, `Architectures` and `Code` are equal, names of
    /// Regions apart. Whether both Regions run the same version at this moment only the running system shows.
    ///
    /// ## Why it hurts
    ///
    /// Lambda first refuses to create and then to update functions of a retired runtime: the standby cannot be
    /// mended. And code that runs in the standby only is new on the day on which everything depends on it.
    ///
    /// ## What to change
    ///
    /// ```yaml
    /// Runtime: provided.al2023
    /// Architectures: [arm64]
    /// ```
    ///
    /// ## Source
    ///
    /// AWS Lambda Developer Guide, "Lambda runtimes", runtime deprecation policy.
    "lambda-runtime-current": Error, SlowTakeover, Documented, Pair;
    why: "a retired runtime refuses the update that would mend the standby, and code that differs is a new fault there";
    check
}

/// Retired runtimes and the day on which each was. Runtimes that Lambda no longer creates came before these.
const RETIRED: [(&str, &str); 25] = [
    ("dotnet6", "2024-12-20"),
    ("dotnet8", "2026-11-10"),
    ("dotnetcore2.1", "2022-01-05"),
    ("dotnetcore3.1", "2023-04-03"),
    ("go1.x", "2024-01-08"),
    ("java8", "2024-01-08"),
    ("nodejs10.x", "2021-07-30"),
    ("nodejs12.x", "2023-03-31"),
    ("nodejs14.x", "2023-12-04"),
    ("nodejs16.x", "2024-06-12"),
    ("nodejs18.x", "2025-09-01"),
    ("nodejs20.x", "2026-04-30"),
    ("nodejs8.10", "2020-03-06"),
    ("provided", "2024-01-08"),
    ("provided.al2", "2026-07-31"),
    ("python2.7", "2021-07-15"),
    ("python3.10", "2026-10-31"),
    ("python3.6", "2022-07-18"),
    ("python3.7", "2023-12-04"),
    ("python3.8", "2024-10-14"),
    ("python3.9", "2025-12-15"),
    ("ruby2.5", "2021-07-30"),
    ("ruby2.7", "2023-12-07"),
    ("ruby3.2", "2026-03-31"),
    ("nodejs6.10", "2019-08-12"),
];

const SAME: [&str; 8] = [
    "Runtime",
    "Handler",
    "Architectures",
    "PackageType",
    "Code.S3Key",
    "Code.S3ObjectVersion",
    "Code.ImageUri",
    "Code.ZipFile",
];

fn check(design: &Design, judge: &mut Judge<'_>) {
    let functions = Functions::of(design);
    let of_pair = functions.of_application().filter(|function| design.home(*function).is_some());
    for function in of_pair {
        judge.subject();
        let place = function.at("Runtime");
        let runtime = judge.text(&place).flatten().unwrap_or_default();
        if let Some((name, day)) = RETIRED.iter().find(|(name, _)| *name == runtime) {
            judge.finding(
                &place,
                format!("`Runtime` is `{name}`, which Lambda retired on {day}"),
                "set `Runtime` to one that Lambda supports, such as `provided.al2023`, `nodejs24.x` or `python3.13`",
            );
        }
        if design.home(function) == Some(Home::Standby)
            && let Some(primary) = design.counterpart(function)
        {
            compare(design, judge, primary, function);
        }
    }
}

/// What differs between the two Regions.
fn compare(design: &Design, judge: &mut Judge<'_>, primary: Resource<'_>, standby: Resource<'_>) {
    for property in SAME {
        let [there, here] = [primary, standby].map(|function| function.at(property));
        let texts = [&there, &here].map(|place| neutral(design, place));
        if let [Some(wanted), Some(found)] = texts
            && wanted != found
        {
            judge.finding_with(
                &here,
                std::slice::from_ref(&there),
                format!("{} in the standby and {} in the primary", shown(&here), shown(&there)),
                "deploy the same build to both Regions, from one asset",
            );
            return;
        }
    }
}

/// What to compare: a text without the names of the Regions; `None` where it is not known.
fn neutral(design: &Design, place: &Place<'_>) -> Option<String> {
    let regions =
        [Home::Primary, Home::Standby].map(|home| design.region(home).unwrap_or_default());
    match place.value() {
        Answer::Absent => Some(default(&place.path).to_owned()),
        Answer::Known(Value::List(items)) => items
            .iter()
            .map(|item| design.text(item).known())
            .collect::<Option<Vec<_>>>()
            .map(|all| all.join(" ")),
        Answer::Known(value) => {
            design.text(value).known().map(|text| regions::neutral(&text, regions))
        }
        Answer::Unknown(_) => None,
    }
}

/// What holds where a property is absent.
fn default(property: &str) -> &'static str {
    match property {
        "Architectures" => "x86_64",
        "PackageType" => "Zip",
        _ => "",
    }
}

/// The property with its value; code only by its property, because it may be long.
fn shown(place: &Place<'_>) -> String {
    let text = place.shown();
    if place.exists().known() == Some(false) {
        format!("`{}` is absent", place.path)
    } else if text.len() > 100 || text.contains('\n') {
        format!("`{}` is other code", place.path)
    } else {
        format!("`{}` is `{text}`", place.path)
    }
}
