//! From the text of the file to the settings.

use toml::de::{DeTable, DeValue, Error};
use topology::{Fault, dismantle};

use super::reader::{Found, Section, nearest, place, shown};
use super::{Allowance, Budget, Expiry, GivenParameter, Settings};
use crate::date::Date;
use crate::regions::is_region_name;
use crate::rules;

/// Reads the text of the file.
pub(super) fn parse(text: &str, file_name: &str) -> Result<Settings, Vec<Fault>> {
    let mut found = Found::default();
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        report_error(&mut found, error);
    }
    let table = table.into_inner();
    // What could not be read would be reported as wrong or missing once more.
    let settings = errors.is_empty().then(|| {
        let file = File { text, name: file_name };
        Section::file(&table, &mut found).read(|section| settings(section, file))
    });
    dismantle(table);
    let faults = found.into_faults(text, file_name);
    settings.filter(|_| faults.is_empty()).ok_or(faults)
}

/// The file being read.
#[derive(Clone, Copy)]
struct File<'t> {
    text: &'t str,
    name: &'t str,
}

fn settings(section: &mut Section<'_, '_>, file: File<'_>) -> Settings {
    let [primary, standby] = section.section("regions", regions).unwrap_or_default();
    let layers = section.sections("layers", layer);
    let objectives = section.section("objectives", |objectives| objectives.seconds("rto_seconds"));
    Settings {
        primary,
        standby,
        layers: layers.into_iter().flatten().collect(),
        rto_seconds: objectives.flatten(),
        budget: section.section("budget", budget).unwrap_or_default(),
        parameters: section.sections("parameters", parameter).into_iter().flatten().collect(),
        allowances: section
            .sections("allow", |allow| allowance(allow, file))
            .into_iter()
            .flatten()
            .collect(),
        today: None,
    }
}

fn regions(section: &mut Section<'_, '_>) -> [Option<String>; 2] {
    let regions = ["primary", "standby"].map(|home| region(section, home));
    if let [Some(primary), Some(standby)] = &regions
        && primary == standby
    {
        let allowed = "another Region than the primary's".to_owned();
        section.fault("standby", format!("{standby:?}"), allowed);
    }
    regions
}

fn region(section: &mut Section<'_, '_>, home: &'static str) -> Option<String> {
    section.require(home, "\"us-east-1\"");
    section.value(home, REGION, region_name)
}

const REGION: &str = "the name of a Region such as \"us-east-1\"";

fn region_name(value: &DeValue<'_>) -> Option<String> {
    value.as_str().filter(|name| is_region_name(name)).map(str::to_owned)
}

fn layer(section: &mut Section<'_, '_>) -> Option<(String, String)> {
    section.require("primary", "\"PaymentsPrimary\"");
    section.require("standby", "\"PaymentsStandby\"");
    let names = (section.text("primary"), section.text("standby"));
    let (Some(primary), Some(standby)) = names else { return None };
    Some((primary.to_owned(), standby.to_owned()))
}

fn parameter(section: &mut Section<'_, '_>) -> Option<GivenParameter> {
    section.require("name", "\"Role\"");
    section.require("value", "\"standby\"");
    let (name, value) =
        (section.text("name").map(str::to_owned), section.text("value").map(str::to_owned));
    let stack = section.text("stack").map(str::to_owned);
    let region = section.value("region", REGION, region_name);
    Some(GivenParameter { name: name?, value: value?, stack, region })
}

fn budget(section: &mut Section<'_, '_>) -> Budget {
    Budget {
        detect_seconds: section.seconds("detect_seconds"),
        decide_seconds: section.seconds("decide_seconds"),
        promote_seconds: section.seconds("promote_seconds"),
        verify_seconds: section.seconds("verify_seconds"),
        lease_seconds: section.seconds("lease_seconds"),
    }
}

fn allowance(section: &mut Section<'_, '_>, file: File<'_>) -> Option<Allowance> {
    section.require("rule", "\"r53-ttl-60\"");
    section.require("reason", "\"why it may be so\"");
    section.require("expires", "\"never\"` or `expires = 2027-03-31");
    let rule = rule(section);
    let resource = section.text("resource").map(str::to_owned);
    let reason = section.text("reason").map(|reason| reason.trim().to_owned());
    let expires = section.value("expires", "a day such as 2027-03-31, or \"never\"", expiry);
    Some(Allowance {
        rule: rule?,
        resource,
        reason: reason?,
        expires: expires?,
        file: file.name.to_owned(),
        line: place(file.text, section.at).line,
    })
}

fn rule(section: &mut Section<'_, '_>) -> Option<&'static str> {
    let typed = section.text("rule")?;
    if let Some(rule) = rules::find(typed) {
        return Some(rule.code);
    }
    let run_time = rules::run_time().any(|rule| rule.code == typed);
    let allowed = match nearest(typed, rules::all().map(|rule| rule.code)) {
        _ if run_time => {
            "the code of a rule that templates can break; this one is checked elsewhere"
        }
        Some(code) => &format!("the code of a rule; did you mean `{code}`?"),
        None => "the code of a rule, as in a finding",
    };
    section.fault("rule", shown(&DeValue::String(typed.into())), allowed.to_owned());
    None
}

fn expiry(value: &DeValue<'_>) -> Option<Expiry> {
    let text = match value {
        DeValue::String(text) if text == "never" => return Some(Expiry::Never),
        DeValue::String(text) => text.to_string(),
        DeValue::Datetime(day) => day.to_string(),
        _ => return None,
    };
    text.parse::<Date>().ok().map(Expiry::On)
}

fn report_error(found: &mut Found, error: &Error) {
    let at = error.span().map_or(0, |span| span.start);
    let (what, expected) =
        error.message().split_once(", expected ").unwrap_or((error.message(), ""));
    found.add(at, "", format!("text that is not TOML ({what})"), expected.to_owned());
}
