//! Runtimes and code of functions.

use topology::Home;

use crate::answer::Answer;
use crate::design::Design;
use crate::functions::{FUNCTION, Functions};
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
    /// `Runtime` of each function of the pair against the days on which Lambda retires runtimes, as known in October
    /// 2026. For functions that do the same work in both Regions: `Runtime`, `Handler`, `Architectures` and `Code` are
    /// equal, names of Regions apart. Whether both Regions run the same version at this moment only the running system
    /// shows.
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

/// Runtimes and the day on which Lambda retires each, as of October 2026.
const RETIREMENTS: [(&str, &str); 46] = [
    ("dotnet10", "2028-11-14"),
    ("dotnet6", "2024-12-20"),
    ("dotnet8", "2026-11-10"),
    ("dotnetcore1.0", "2019-06-27"),
    ("dotnetcore2.0", "2019-05-30"),
    ("dotnetcore2.1", "2022-01-05"),
    ("dotnetcore3.1", "2023-04-03"),
    ("go1.x", "2024-01-08"),
    ("java11", "2027-06-30"),
    ("java17", "2027-06-30"),
    ("java21", "2029-06-30"),
    ("java25", "2029-06-30"),
    ("java8", "2024-01-08"),
    ("java8.al2", "2027-06-30"),
    ("nodejs", "2016-08-30"),
    ("nodejs10.x", "2021-07-30"),
    ("nodejs12.x", "2023-03-31"),
    ("nodejs14.x", "2023-12-04"),
    ("nodejs16.x", "2024-06-12"),
    ("nodejs18.x", "2025-09-01"),
    ("nodejs20.x", "2026-04-30"),
    ("nodejs22.x", "2027-04-30"),
    ("nodejs24.x", "2028-04-30"),
    ("nodejs4.3", "2020-03-05"),
    ("nodejs4.3-edge", "2020-03-05"),
    ("nodejs6.10", "2019-08-12"),
    ("nodejs8.10", "2020-03-06"),
    ("provided", "2024-01-08"),
    ("provided.al2", "2026-07-31"),
    ("provided.al2023", "2029-06-30"),
    ("python2.7", "2021-07-15"),
    ("python3.10", "2026-10-31"),
    ("python3.11", "2027-06-30"),
    ("python3.12", "2028-10-31"),
    ("python3.13", "2029-06-30"),
    ("python3.14", "2029-06-30"),
    ("python3.6", "2022-07-18"),
    ("python3.7", "2023-12-04"),
    ("python3.8", "2024-10-14"),
    ("python3.9", "2025-12-15"),
    ("ruby2.5", "2021-07-30"),
    ("ruby2.7", "2023-12-07"),
    ("ruby3.2", "2026-03-31"),
    ("ruby3.3", "2027-03-31"),
    ("ruby3.4", "2028-03-31"),
    ("ruby4.0", "2029-03-31"),
];

/// The day of that list's last update: what it retires later counts from then on, where the day is known.
const AS_OF: &str = "2026-10-31";

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
    let today = design.settings().today.map(|day| day.to_string());
    let of_pair = functions.with_serverless().filter(|function| design.home(*function).is_some());
    for function in of_pair {
        judge.subject();
        let place = function.at("Runtime");
        let runtime = judge.text(&place).flatten().unwrap_or_default();
        if let Some(day) = retired(&runtime, today.as_deref().unwrap_or(AS_OF)) {
            judge.finding(
                &place,
                format!("`Runtime` is `{runtime}`, which Lambda retired on {day}"),
                "set `Runtime` to one that Lambda supports, such as `provided.al2023`, `nodejs24.x` or `python3.13`",
            );
        }
        if design.home(function) == Some(Home::Standby)
            && function.kind() == FUNCTION
            && let Some(primary) = design.counterpart(function)
        {
            compare(design, judge, primary, function);
        }
    }
}

/// The day on which a runtime was retired, if that is over. Days compare as texts.
fn retired(runtime: &str, today: &str) -> Option<&'static str> {
    let found = RETIREMENTS.iter().find(|(name, _)| *name == runtime);
    found.map(|(_, day)| *day).filter(|day| *day <= today)
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
