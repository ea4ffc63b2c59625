//! Compares settings: the original's value and ours are read from the templates and must be what is said.

use serde_json::Value;

use super::judge::{Pair, Table};
use super::pattern;
use super::pattern::Found;
use super::rule::{Setting, Subject, Verdict};
use super::value::{is_absent, plain, shown};

/// A setting with the values of all resources it is about.
pub(crate) struct Compared<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) setting: &'a Setting,
    pub(crate) original: Vec<Value>,
    pub(crate) ours: Vec<Value>,
}

/// All settings of a family, and all that is wrong with what is said of them.
pub(crate) fn compare<'a>(table: &Table<'a>) -> (Vec<Compared<'a>>, Vec<String>) {
    let mut faults = Vec::new();
    let mut settings = Vec::new();
    for subject in table.family.settings {
        let pairs = pairs(table, subject);
        if pairs.is_empty() {
            let Subject { stack, kind, id, .. } = subject;
            faults.push(format!("settings of `{stack}.{id}` ({kind}): nothing to compare"));
        }
        for setting in subject.settings {
            faults.extend(pairs.iter().filter_map(|pair| fault(setting, pair)));
            let original = pairs.iter().map(|pair| values(setting, pair).0).collect();
            let ours = pairs.iter().map(|pair| values(setting, pair).1).collect();
            settings.push(Compared { subject, setting, original, ours });
        }
    }
    (settings, faults)
}

/// The resources a subject is about, with their counterparts of the same type.
fn pairs<'t, 'a>(table: &'t Table<'a>, subject: &Subject) -> Vec<&'t Pair<'a>> {
    let about = |pair: &&Pair<'_>| {
        let Pair { original, ours } = pair;
        let found = pattern::find(subject.stack, &original.stack, &Found::new());
        original.kind == subject.kind
            && ours.is_some_and(|ours| ours.kind == subject.kind)
            && found.is_some_and(|found| pattern::find(subject.id, &original.id, &found).is_some())
    };
    table.rows.iter().flat_map(|row| &row.pairs).filter(about).collect()
}

fn values(setting: &Setting, pair: &Pair<'_>) -> (Value, Value) {
    let ours = pair.ours.map(|ours| ours.property(setting.property));
    (pair.original.property(setting.property), ours.unwrap_or_default())
}

fn fault(setting: &Setting, pair: &Pair<'_>) -> Option<String> {
    let (original, ours) = values(setting, pair);
    let same = plain(&original) == plain(&ours);
    let problem = match setting.verdict {
        _ if is_absent(&original) && is_absent(&ours) => "neither side has it".to_owned(),
        Verdict::Kept if !same => {
            format!("said to be kept, but {} became {}", shown(&[original]), shown(&[ours]))
        }
        Verdict::Changed(_) if same => {
            format!("said to be changed, but is still {}", shown(&[ours]))
        }
        _ => return None,
    };
    Some(format!("`{}` of {}: {problem}", setting.property, pair.original))
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::super::item::Item;
    use super::super::judge::Row;
    use super::super::rule::{Family, Fate::*, Rule, at, changed, kept, rule};
    use super::*;

    const KIND: &str = "AWS::RDS::DBCluster";
    const RULE: Rule = rule(KIND, "Old", Same(at("PrimaryDatabase", "New")));
    const SETTINGS: &[Setting] = &[
        kept("Days"),
        kept("Window"),
        changed("Version", "It is old."),
        changed("Class", "It is small."),
        kept("Nothing"),
    ];
    const DATABASE: Family = Family {
        title: "Database",
        stack: "PrimaryDatabase",
        note: "",
        rules: &[RULE],
        settings: &[
            Subject { stack: "{home}Database", kind: KIND, id: "*", settings: SETTINGS },
            Subject { stack: "{home}Database", kind: KIND, id: "Other", settings: &[] },
        ],
    };

    fn item(id: &str, properties: Value) -> Item {
        let body = json!({ "Properties": properties });
        Item { stack: "PrimaryDatabase".to_owned(), kind: KIND.to_owned(), id: id.to_owned(), body }
    }

    #[test]
    fn what_is_said_is_checked() {
        let [old, new] = [
            item("Old", json!({"Days": 7, "Window": "03:00", "Version": "14", "Class": "t3"})),
            item("New", json!({"Days": 7, "Window": "04:00", "Version": "14", "Class": "r6g"})),
        ];
        let pairs = vec![Pair { original: &old, ours: Some(&new) }];
        let table = Table { family: &DATABASE, rows: vec![Row { rule: &RULE, pairs }] };
        let (settings, faults) = compare(&table);
        let read = |one: &Compared<'_>| {
            format!("{}: {} {}\n", one.setting.property, shown(&one.original), shown(&one.ours))
        };
        let settings: String = settings.iter().map(read).collect();
        let faults: String = faults.iter().map(|fault| format!("{fault}\n")).collect();
        expect![[r#"
            Days: `7` `7`
            Window: `03:00` `04:00`
            Version: `14` `14`
            Class: `t3` `r6g`
            Nothing: – –
        "#]]
        .assert_eq(&settings);
        expect![[r#"
            `Window` of `PrimaryDatabase.Old` (AWS::RDS::DBCluster): said to be kept, but `03:00` became `04:00`
            `Version` of `PrimaryDatabase.Old` (AWS::RDS::DBCluster): said to be changed, but is still `14`
            `Nothing` of `PrimaryDatabase.Old` (AWS::RDS::DBCluster): neither side has it
            settings of `{home}Database.Other` (AWS::RDS::DBCluster): nothing to compare
        "#]].assert_eq(&faults);
    }
}
