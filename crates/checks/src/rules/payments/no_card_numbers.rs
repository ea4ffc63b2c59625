//! Card data in tables, logs and templates.

use std::collections::BTreeMap;

use super::card_data;
use crate::design::Design;
use crate::judge::Judge;
use crate::place::Resource;
use crate::rule::rule;
use crate::value::{Reference, Value};

rule! {
    /// Only tokens are stored: no card number and no security code in tables, logs or templates.
    ///
    /// ## What is checked
    ///
    /// No attribute that a table declares is named after card data (such as `cardNumber` or `cvv`). An API whose
    /// models take fields of such names logs no whole requests (`DataTraceEnabled`). And no text in the templates is
    /// a card number by range and check digit; numbers that are published for tests do not count. What code writes
    /// into logs, queues and evidence only samples of them show.
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
    for resource in design.resources() {
        numbers(judge, resource);
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
    for (path, text) in resource.whole().value().known().map(Value::texts).unwrap_or_default() {
        if card_data::has_number(&text) {
            let mut place = resource.whole();
            place.path = path;
            judge.finding(
                &place,
                "the template holds a card number",
                "take it out and replace it by a number that is published for tests; treat it as exposed, because \
                 templates are kept in many places",
            );
        }
    }
}
