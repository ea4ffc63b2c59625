//! Card data in tables, logs and templates.

use std::collections::BTreeMap;

use super::card_data;
use crate::design::Design;
use crate::functions::{self, FUNCTION, SERVERLESS};
use crate::judge::Judge;
use crate::place::{Place, Resource};
use crate::rule::rule;
use crate::value::{Reference, Value};

rule! {
    /// Only tokens are stored: no card number and no security code in tables, logs or templates.
    ///
    /// ## What is checked
    ///
    /// No attribute that a table declares is named after card data (such as `cardNumber`, `panNumber` or `cvv`). An API
    /// whose models take fields of such names logs no whole requests (`DataTraceEnabled`). No format of access logs,
    /// and no variable that lists what is logged (such as `LOG_FIELDS`), names one; lists of what is left out of logs
    /// do not count. And no text in the templates passes as a card number by range and check digit; numbers that are
    /// published for tests, ids, hashes and keys of objects do not count. What code writes into logs, queues and
    /// evidence only samples of them show.
    ///
    /// ## Why it hurts
    ///
    /// A replica doubles the places that can be broken into, and brings the second Region with all its logs into the
    /// scope of PCI DSS.
    ///
    /// ## What to change
    ///
    /// Store the token that a vault or the processor gives for the number; set `DataTraceEnabled: false`.
    ///
    /// ## Source
    ///
    /// PCI DSS 4.0.1, requirements 3 and 12.10.7.
    "pay-no-pan": Blocker, Exposed, Documented, Template;
    why: "card data in a replica doubles the breach, and brings the second Region with its logs into the audit";
    check
}

fn check(design: &Design, judge: &mut Judge<'_>) {
    for kind in ["AWS::DynamoDB::GlobalTable", "AWS::DynamoDB::Table"] {
        for table in design.of(kind) {
            judge.subject();
            attributes(judge, table);
        }
    }
    let fields = fields(design);
    for stage in design.of("AWS::ApiGateway::Stage") {
        judge.subject();
        traced(judge, &fields, stage);
    }
    for (kind, format) in LOGS {
        for resource in design.of(kind) {
            logged(judge, &resource.at(format), "the format of access logs");
        }
    }
    for resource in design.resources() {
        if [FUNCTION, SERVERLESS].contains(&resource.kind()) {
            fields_of_logs(judge, resource);
        }
        numbers(judge, resource);
    }
}

/// What has a format of access logs.
const LOGS: [(&str, &str); 4] = [
    ("AWS::ApiGateway::Stage", "AccessLogSetting.Format"),
    ("AWS::ApiGatewayV2::Stage", "AccessLogSettings.Format"),
    ("AWS::Serverless::Api", "AccessLogSetting.Format"),
    ("AWS::Serverless::HttpApi", "AccessLogSettings.Format"),
];

/// Words of variables that list what is kept out of logs.
const KEPT_OUT: [&str; 10] =
    ["DENY", "DROP", "EXCLUDE", "FILTER", "HIDE", "IGNORE", "MASK", "OMIT", "REDACT", "SCRUB"];

/// Variables of a function that list what it logs.
fn fields_of_logs(judge: &mut Judge<'_>, function: Resource<'_>) {
    for (name, place) in functions::variables(function) {
        let upper = name.to_uppercase();
        let is_of_logs =
            upper.split('_').any(|word| ["LOG", "LOGS", "LOGGED", "LOGGING"].contains(&word));
        if is_of_logs && !KEPT_OUT.iter().any(|word| upper.contains(word)) {
            logged(judge, &place, &format!("`{name}`"));
        }
    }
}

fn logged(judge: &mut Judge<'_>, place: &Place<'_>, what: &str) {
    let text = place.value().known().map(Value::shown).unwrap_or_default();
    if let Some(field) = card_data::named_in(&text) {
        judge.finding(
            place,
            format!("{what} has the field `{field}`"),
            format!("take `{field}` out of it, and log the card's token or its last four digits"),
        );
    }
}

fn attributes(judge: &mut Judge<'_>, table: Resource<'_>) {
    for attribute in table.at("AttributeDefinitions").items().known().unwrap_or_default() {
        let place = attribute.at("AttributeName");
        if let Some(name) = place.text().known().filter(|name| card_data::is_field(name)) {
            judge.finding(
                &place,
                format!("the table has an attribute `{name}`"),
                "key the table by a token for the card, and store no number",
            );
        }
    }
}

/// The first field of card data that each API's models take.
fn fields(design: &Design) -> BTreeMap<Reference, String> {
    let mut fields = BTreeMap::new();
    for model in design.of("AWS::ApiGateway::Model") {
        let field = model.at("Schema").value().known().and_then(card_data::field);
        if let (Some(api), Some(field)) = (api(model), field) {
            fields.insert(api, field);
        }
    }
    for api in design.of("AWS::ApiGateway::RestApi") {
        if let Some(field) = api.at("Body").value().known().and_then(card_data::field) {
            fields.insert(api.reference(None), field);
        }
    }
    fields
}

fn api(resource: Resource<'_>) -> Option<Reference> {
    let reference = resource.at("RestApiId").reference().known()?;
    Some(Reference { attribute: None, ..reference.clone() })
}

/// A stage that logs whole requests of an API that takes card data.
fn traced(judge: &mut Judge<'_>, fields: &BTreeMap<Reference, String>, stage: Resource<'_>) {
    let Some(field) = api(stage).and_then(|api| fields.get(&api)) else { return };
    for setting in judge.items(&stage.at("MethodSettings")) {
        let place = setting.at("DataTraceEnabled");
        if judge.bool(&place) == Some(Some(true)) {
            judge.finding(
                &place,
                format!(
                    "`DataTraceEnabled` is true, and a model of the API has the field `{field}`"
                ),
                "set `DataTraceEnabled: false`",
            );
        }
    }
}

fn numbers(judge: &mut Judge<'_>, resource: Resource<'_>) {
    let texts = resource.whole().value().known().map(Value::texts).unwrap_or_default();
    for (path, text) in texts {
        if card_data::has_number(&text) && !card_data::is_of_others(&path) {
            let mut place = resource.whole();
            place.path = path;
            judge.finding(
                &place,
                "a number in the template passes as a card number",
                "if it is one, treat it as exposed, because templates are kept in many places, and replace it by a \
                 number that is published for tests",
            );
        }
    }
}
