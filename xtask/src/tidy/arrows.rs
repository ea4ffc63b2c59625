//! The arrow table of ARCHITECTURE.md says what the packages of the workspace say: who depends on whom.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::{Context, Result, bail, ensure};
use expect_test::{Expect, expect};
use serde_json::Value;

use super::{metadata, none};

/// Packages, and those of the workspace that each depends on.
type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The line before the block of arrows.
const MARK: &str = "<!-- arrows -->";

/// The word for no dependency.
const NOTHING: &str = "nothing";

/// Reads the block after the mark: a line such as `stacks → topology, cfn` for each package.
fn table(text: &str) -> Result<Arrows> {
    let (_, after) = text.split_once(MARK).with_context(|| format!("no line `{MARK}`"))?;
    let mut lines = after.lines().skip_while(|line| line.trim().is_empty());
    let fenced = lines.next().is_some_and(|line| line.starts_with("```"));
    ensure!(fenced, "no fenced block after `{MARK}`");
    let mut arrows = Arrows::new();
    for line in lines.take_while(|line| !line.starts_with("```")) {
        let (package, dependencies) =
            line.split_once('→').with_context(|| format!("no arrow in `{line}`"))?;
        let names = dependencies.split(',').map(|name| name.trim().to_owned());
        let names = names.filter(|name| name != NOTHING).collect();
        if arrows.insert(package.trim().to_owned(), names).is_some() {
            bail!("`{}` stands there twice", package.trim());
        }
    }
    Ok(arrows)
}

/// The same from `cargo metadata`: dependencies on packages of the workspace, those of tests left out.
fn declared(metadata: &Value) -> Arrows {
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let of = |package: &Value| {
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        let normal = dependencies.filter(|one| one["path"].is_string() && one["kind"].is_null());
        normal.map(|one| text(&one["name"])).collect()
    };
    packages.map(|package| (text(&package["name"]), of(package))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// What to change in the table.
fn faults(table: &Arrows, declared: &Arrows) -> Vec<String> {
    let line = |package: &str, names: &BTreeSet<String>| {
        let names = names.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        format!("`{package} → {}`", if names.is_empty() { NOTHING } else { &names })
    };
    let wanted = declared.iter().filter_map(|(package, names)| match table.get(package) {
        Some(present) if present == names => None,
        Some(present) => {
            Some(format!("replace {} by {}", line(package, present), line(package, names)))
        }
        None => Some(format!("add {}", line(package, names))),
    });
    let unknown = table.iter().filter(|(package, _)| !declared.contains_key(*package));
    let unwanted = unknown.map(|(package, names)| {
        format!("remove {}: there is no such package", line(package, names))
    });
    wanted.chain(unwanted).collect()
}

#[test]
fn architecture_has_the_arrows_of_the_packages() -> Result<()> {
    let root = crate::workspace()?;
    let architecture = fs::read_to_string(root.join("ARCHITECTURE.md"))
        .context("read ARCHITECTURE.md, which holds the arrow table")?;
    let table = table(&architecture).context("arrow table of ARCHITECTURE.md")?;
    let faults = faults(&table, &declared(&metadata(&root, &["--no-deps"])?));
    none(&faults.iter().map(|fault| format!("ARCHITECTURE.md: {fault}")).collect::<Vec<_>>());
    Ok(())
}

/// Compares the table in a text with three packages: `a`, which leans on `b` and `c`, which on nothing.
#[track_caller]
fn check(text: &str, expected: Expect) {
    let on = |name: &str| serde_json::json!({"name": name, "kind": null, "path": "."});
    let packages = serde_json::json!({"packages": [
        {"name": "a", "dependencies": [on("b"), on("c"), {"name": "serde", "kind": null}]},
        {"name": "b", "dependencies": [{"name": "c", "kind": "dev", "path": "."}]},
        {"name": "c", "dependencies": []},
    ]});
    let faults = match table(text) {
        Ok(table) => faults(&table, &declared(&packages)).join("\n"),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&faults);
}

fn block(lines: &str) -> String {
    format!("# Title\n\n{MARK}\n\n```text\n{lines}\n```\n\nd → nothing\n")
}

#[test]
fn right_in_any_order() {
    check(&block("b → nothing\nc → nothing\na → c, b"), expect![]);
}

#[test]
fn missing_and_extra_arrows() {
    check(
        &block("a → b\nb → c\nc → nothing"),
        expect![[r#"
        replace `a → b` by `a → b, c`
        replace `b → c` by `b → nothing`"#]],
    );
}

#[test]
fn missing_and_extra_packages() {
    check(
        &block("a → b, c\nc → nothing\nd → a"),
        expect![[r#"
        add `b → nothing`
        remove `d → a`: there is no such package"#]],
    );
}

#[test]
fn no_table() {
    check("# Title", expect!["no line `<!-- arrows -->`"]);
    check(&format!("{MARK}\nWords."), expect!["no fenced block after `<!-- arrows -->`"]);
    check(&block("a -> b"), expect!["no arrow in `a -> b`"]);
    check(&block("a → b\na → c"), expect!["`a` stands there twice"]);
}
