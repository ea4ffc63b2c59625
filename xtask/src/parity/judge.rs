//! Applies the rules: every resource and output of the original meets the one rule that speaks of it, and
//! the counterpart that the rule names is looked up in our assembly.

use serde_json::Value;

use super::item::Item;
use super::pattern::{self, Found};
use super::rule::{Family, Fate, Place, Rule, at};

/// Type of the resource that holds the OpenAPI document.
const REST_API: &str = "AWS::ApiGateway::RestApi";

/// The resource that holds the OpenAPI document.
pub(crate) const API: Place = at("{home}API", "RestApi");

/// A family's rules with all that they speak of.
pub(crate) struct Table<'a> {
    pub(crate) family: &'a Family,
    pub(crate) rows: Vec<Row<'a>>,
}

/// A rule with all that it speaks of.
pub(crate) struct Row<'a> {
    pub(crate) rule: &'a Rule,
    pub(crate) pairs: Vec<Pair<'a>>,
}

/// An item of the original, and its counterpart where it has one.
pub(crate) struct Pair<'a> {
    pub(crate) original: &'a Item,
    pub(crate) ours: Option<&'a Item>,
}

/// All tables, and all that is wrong with the rules.
pub(crate) fn judge<'a>(
    families: &'a [Family],
    original: &'a [Item],
    ours: &'a [Item],
) -> (Vec<Table<'a>>, Vec<String>) {
    let mut faults = ambiguous(families, original);
    let mut tables = Vec::new();
    for family in families {
        let mut rows = Vec::new();
        for rule in family.rules {
            rows.push(row(family, rule, original, ours, &mut faults));
        }
        tables.push(Table { family, rows });
    }
    (tables, faults)
}

/// Items that no rule speaks of, or more than one.
fn ambiguous(families: &[Family], original: &[Item]) -> Vec<String> {
    let mut faults = Vec::new();
    for item in original {
        let claims = |family: &Family| {
            family.rules.iter().filter(|rule| speaks_of(family, rule, item).is_some()).count()
        };
        match families.iter().map(claims).sum::<usize>() {
            0 => faults.push(format!("{item}: no rule says what became of it")),
            1 => {}
            rules => faults.push(format!("{item}: {rules} rules say what became of it")),
        }
    }
    faults
}

/// What the rule's placeholders stand for if it speaks of the item.
fn speaks_of(family: &Family, rule: &Rule, item: &Item) -> Option<Found> {
    let stack = pattern::find(family.stack, &item.stack, &Found::new())?;
    (rule.kind == item.kind).then(|| pattern::find(rule.id, &item.id, &stack))?
}

fn row<'a>(
    family: &Family,
    rule: &'a Rule,
    original: &'a [Item],
    ours: &'a [Item],
    faults: &mut Vec<String>,
) -> Row<'a> {
    let mut pairs = Vec::new();
    for item in original {
        let Some(found) = speaks_of(family, rule, item) else { continue };
        let ours = counterpart(rule, &found, ours);
        let ours = ours.unwrap_or_else(|fault| {
            faults.push(format!("{item}: {fault}"));
            None
        });
        pairs.push(Pair { original: item, ours });
    }
    let name = format!("rule for `{}.{}` ({})", family.stack, rule.id, rule.kind);
    if pairs.is_empty() {
        faults.push(format!("{name}: the original has no such thing"));
    }
    if rule.why.is_empty() && !matches!(rule.fate, Fate::Same(_)) {
        faults.push(format!("{name}: says no reason"));
    }
    Row { rule, pairs }
}

/// The item of our assembly that the rule names, or why there is none.
fn counterpart<'a>(
    rule: &Rule,
    found: &Found,
    ours: &'a [Item],
) -> Result<Option<&'a Item>, String> {
    let (item, missing) = match rule.fate {
        Fate::Same(place) => (look_up(rule.kind, place, found, ours)?, None),
        Fate::Other(kind, place) => (look_up(kind, place, found, ours)?, None),
        Fate::Part(kind, place, property) => {
            let item = look_up(kind, place, found, ours)?;
            (item, item.property(property).is_null().then_some(property))
        }
        Fate::Api(operation) => {
            let item = look_up(REST_API, API, found, ours)?;
            (item, in_document(item, operation).is_none().then_some(operation))
        }
        Fate::Dropped => return Ok(None),
    };
    missing.map_or(Ok(Some(item)), |missing| Err(format!("{item} has no `{missing}`")))
}

/// The item of this type at this place.
fn look_up<'a>(
    kind: &str,
    place: Place,
    found: &Found,
    ours: &'a [Item],
) -> Result<&'a Item, String> {
    let [stack, id] = [place.stack, place.id].map(|pattern| pattern::fill(pattern, found));
    let there = |item: &&Item| item.stack == stack && pattern::fits(&id, &item.id);
    let candidates: Vec<&Item> = ours.iter().filter(there).collect();
    match candidates.iter().find(|item| item.kind == kind).or(candidates.first()) {
        Some(item) if item.kind == kind => Ok(item),
        Some(other) => Err(format!("its counterpart {other} is no {kind}")),
        None => Err(format!("its counterpart `{stack}.{id}` is not in our assembly")),
    }
}

/// A path of an API's OpenAPI document, or a method and a path.
fn in_document<'a>(api: &'a Item, operation: &str) -> Option<&'a Value> {
    let (method, path) = operation.split_once(' ').unwrap_or(("", operation));
    let path = api.body["Properties"]["Body"]["paths"].get(path)?;
    if method.is_empty() { Some(path) } else { path.get(method.to_lowercase()) }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use serde_json::json;

    use super::super::rule::{Fate::*, rule};
    use super::*;

    const NETWORK: Family = Family {
        title: "Network",
        stack: "{home}VPC",
        note: "",
        rules: &[
            rule("AWS::EC2::VPC", "Vpc*", Same(at("{home}Network", "Vpc"))),
            rule("AWS::EC2::EIP", "Ip{n}", Dropped).because("Nobody calls it."),
        ],
        settings: &[],
    };

    fn item(stack: &str, kind: &str, id: &str) -> Item {
        let body = json!({"Properties": {"Body": {"paths": {"/health": {"get": {}}}}}});
        Item { stack: stack.to_owned(), kind: kind.to_owned(), id: id.to_owned(), body }
    }

    fn original() -> Vec<Item> {
        let home =
            |home| [item(home, "AWS::EC2::VPC", "Vpc0A1B"), item(home, "AWS::EC2::EIP", "Ip1")];
        ["PrimaryVPC", "SecondaryVPC"].into_iter().flat_map(home).collect()
    }

    fn ours() -> Vec<Item> {
        let stacks = ["PrimaryNetwork", "SecondaryNetwork"];
        stacks.map(|stack| item(stack, "AWS::EC2::VPC", "Vpc")).into()
    }

    #[track_caller]
    fn check(rules: &'static [Rule], original: &[Item], ours: &[Item], expected: Expect) {
        let (_, faults) = judge(&[Family { rules, ..NETWORK }], original, ours);
        let faults: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
        expected.assert_eq(&faults);
    }

    #[test]
    fn rules_that_fit() {
        check(NETWORK.rules, &original(), &ours(), expect![""]);
    }

    #[test]
    fn an_uncovered_resource() {
        let mut original = original();
        original.push(item("PrimaryVPC", "AWS::EC2::Subnet", "Subnet1"));
        check(
            NETWORK.rules,
            &original,
            &ours(),
            expect![[r#"
            `PrimaryVPC.Subnet1` (AWS::EC2::Subnet): no rule says what became of it
        "#]],
        );
    }

    #[test]
    fn an_unused_rule() {
        let vpcs: Vec<Item> = original().into_iter().step_by(2).collect();
        check(
            NETWORK.rules,
            &vpcs,
            &ours(),
            expect![[r#"
            rule for `{home}VPC.Ip{n}` (AWS::EC2::EIP): the original has no such thing
        "#]],
        );
    }

    #[test]
    fn a_missing_counterpart() {
        let ours: Vec<Item> = ours().into_iter().take(1).collect();
        check(
            NETWORK.rules,
            &original(),
            &ours,
            expect![[r#"
            `SecondaryVPC.Vpc0A1B` (AWS::EC2::VPC): its counterpart `SecondaryNetwork.Vpc` is not in our assembly
        "#]],
        );
    }

    #[test]
    fn a_counterpart_of_another_type() {
        let mut ours = ours();
        ours[0].kind = "AWS::EC2::Subnet".to_owned();
        check(
            NETWORK.rules,
            &original(),
            &ours,
            expect![[r#"
            `PrimaryVPC.Vpc0A1B` (AWS::EC2::VPC): its counterpart `PrimaryNetwork.Vpc` (AWS::EC2::Subnet) is no AWS::EC2::VPC
        "#]],
        );
    }

    #[test]
    fn rules_that_say_too_much_or_too_little() {
        const RULES: &[Rule] = &[
            rule("AWS::EC2::VPC", "Vpc*", Same(at("{home}Network", "Vpc"))),
            rule("AWS::EC2::VPC", "*", Dropped).because("Twice."),
            rule("AWS::EC2::EIP", "Ip{n}", Dropped),
        ];
        check(
            RULES,
            &original()[..2],
            &ours(),
            expect![[r#"
            `PrimaryVPC.Vpc0A1B` (AWS::EC2::VPC): 2 rules say what became of it
            rule for `{home}VPC.Ip{n}` (AWS::EC2::EIP): says no reason
        "#]],
        );
    }

    #[test]
    fn parts_and_operations() {
        const RULES: &[Rule] = &[
            rule("AWS::EC2::VPC", "Vpc*", Api("POST /health")).because("It is asked."),
            rule("AWS::EC2::EIP", "Ip1", Part("AWS::EC2::VPC", at("{home}Network", "Vpc"), "Ips"))
                .because("It is a part."),
        ];
        let mut ours = ours();
        ours.push(item("PrimaryAPI", REST_API, "RestApi"));
        check(
            RULES,
            &original()[..2],
            &ours,
            expect![[r#"
            `PrimaryVPC.Vpc0A1B` (AWS::EC2::VPC): `PrimaryAPI.RestApi` (AWS::ApiGateway::RestApi) has no `POST /health`
            `PrimaryVPC.Ip1` (AWS::EC2::EIP): `PrimaryNetwork.Vpc` (AWS::EC2::VPC) has no `Ips`
        "#]],
        );
    }
}
