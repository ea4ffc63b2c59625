//! Every package that is linked or run has a licence that `deny.toml` allows.
//!
//! Licences of files inside packages are left to cargo-deny.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result};

use super::{metadata, none};

/// The list `allow` of `deny.toml`.
fn allowed(deny: &str) -> Result<BTreeSet<&str>> {
    let (_, after) = deny.split_once("\nallow = [").context("no `allow = [` in deny.toml")?;
    let (list, _) = after.split_once(']').context("no end of `allow` in deny.toml")?;
    Ok(list.split('"').skip(1).step_by(2).collect())
}

/// Whether a licence expression of SPDX can be fulfilled with allowed licences alone: one side of `OR`, or of the
/// old `/`, is enough; both sides of `AND` are needed.
fn is_allowed(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words = spaced.split_whitespace().peekable();
    either(&mut words, allowed) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words<'_>, allowed: &BTreeSet<&str>) -> bool {
    let mut good = both(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        good |= both(words, allowed);
    }
    good
}

fn both(words: &mut Words<'_>, allowed: &BTreeSet<&str>) -> bool {
    let mut good = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        good &= one(words, allowed);
    }
    good
}

/// A licence, or an expression in brackets. An exception only adds rights to its licence.
fn one(words: &mut Words<'_>, allowed: &BTreeSet<&str>) -> bool {
    if words.next_if_eq(&"(").is_some() {
        let good = either(words, allowed);
        return words.next_if_eq(&")").is_some() && good;
    }
    let good = words.next().is_some_and(|licence| allowed.contains(licence));
    if words.next_if_eq(&"WITH").is_some() {
        words.next();
    }
    good
}

#[test]
fn all_packages_are_permissive() -> Result<()> {
    let root = crate::workspace()?;
    let deny = fs::read_to_string(root.join("deny.toml")).context("read deny.toml")?;
    let allowed = allowed(&deny)?;
    let metadata = metadata(&root, &["--locked", "--all-features"])?;
    let packages = metadata["packages"].as_array().context("cargo lists no packages")?;
    let bad = packages.iter().filter(|package| {
        !package["license"].as_str().is_some_and(|licence| is_allowed(licence, &allowed))
    });
    none(&bad.map(|one| format!("{}: licence {}", one["id"], one["license"])).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn expressions() {
    let allowed = BTreeSet::from(["MIT", "Apache-2.0", "Unicode-3.0"]);
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0-only", false),
        ("MIT OR GPL-3.0-only", true),
        ("GPL-3.0-only OR MIT", true),
        ("MIT/Apache-2.0", true),
        ("MIT AND GPL-3.0-only", false),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
        ("(MIT OR Apache-2.0) AND GPL-3.0-only", false),
        ("MIT OR Apache-2.0 AND GPL-3.0-only", true),
        ("Apache-2.0 WITH LLVM-exception OR GPL-3.0-only", true),
        ("GPL-2.0-only WITH Classpath-exception-2.0", false),
        ("((MIT))", true),
        ("(MIT", false),
        ("MIT)", false),
        ("MIT Apache-2.0", false),
        ("", false),
    ] {
        assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
    }
}

#[test]
fn list_of_licences() -> Result<()> {
    let deny = "[licenses]\nallow = [\n    \"MIT\",\n    \"ISC\",\n]\nignore = [\"Zlib\"]\n";
    assert_eq!(allowed(deny)?, BTreeSet::from(["ISC", "MIT"]));
    Ok(())
}
