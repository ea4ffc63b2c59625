//! Patterns of names: `*` is anything, `{n}` one digit, `{home}` a home role, any other `{word}` letters.
//!
//! What a placeholder stood for in one name fills it in another, so that one rule speaks of many resources.

use std::collections::BTreeMap;

/// The words with which names of both assemblies begin in each Region.
pub(crate) const HOMES: [&str; 2] = ["Primary", "Secondary"];

/// What the placeholders of a pattern stood for.
pub(crate) type Found = BTreeMap<String, String>;

/// Whether a text fits a pattern in which no placeholder is left.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    find(pattern, text, &Found::new()).is_some()
}

/// What the placeholders stand for if the text fits, besides what was known of them before.
pub(crate) fn find(pattern: &str, text: &str, known: &Found) -> Option<Found> {
    if let Some(rest) = pattern.strip_prefix('*') {
        return (0..=text.len()).find_map(|at| find(rest, text.get(at..)?, known));
    }
    if let Some((name, rest)) = placeholder(pattern) {
        return match known.get(name) {
            Some(word) => find(rest, text.strip_prefix(word.as_str())?, known),
            None => (1..=text.len()).find_map(|at| {
                let word = text.get(..at).filter(|word| allowed(name, word))?;
                let mut known = known.clone();
                known.insert(name.to_owned(), word.to_owned());
                find(rest, &text[at..], &known)
            }),
        };
    }
    match pattern.chars().next() {
        Some(letter) => find(&pattern[letter.len_utf8()..], text.strip_prefix(letter)?, known),
        None => text.is_empty().then(|| known.clone()),
    }
}

/// The pattern with its placeholders filled in.
pub(crate) fn fill(pattern: &str, found: &Found) -> String {
    let fill =
        |text: String, (name, word): (&String, &String)| text.replace(&format!("{{{name}}}"), word);
    found.iter().fold(pattern.to_owned(), fill)
}

/// The name of the placeholder with which a pattern begins, and the rest of the pattern.
fn placeholder(pattern: &str) -> Option<(&str, &str)> {
    pattern.strip_prefix('{')?.split_once('}')
}

fn allowed(name: &str, word: &str) -> bool {
    match name {
        "n" => word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_digit()),
        "home" => HOMES.contains(&word),
        _ => word.bytes().all(|byte| byte.is_ascii_alphabetic()),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, other: &str, expected: Expect) {
        let filled = find(pattern, text, &Found::new()).map(|found| fill(other, &found));
        expected.assert_eq(&filled.unwrap_or_else(|| "does not fit".to_owned()));
    }

    #[test]
    fn placeholders_carry_over() {
        let subnet = "Net{tier}Subnet{n}Subnet*";
        check(subnet, "NetPublicSubnet3Subnet0A", "{tier}{n}", expect!["Public3"]);
        check(subnet, "NetPublicSubnet3RouteTable0A", "", expect!["does not fit"]);
        check("{home}VPC", "SecondaryVPC", "{home}Network", expect!["SecondaryNetwork"]);
        check("{home}VPC", "TertiaryVPC", "", expect!["does not fit"]);
        check("{word}dev*", "Notificationdev97", "{word}Role*", expect!["NotificationRole*"]);
        check("{home}Of{home}", "PrimaryOfSecondary", "", expect!["does not fit"]);
        check("Vpc", "VpcEndpoint", "", expect!["does not fit"]);
    }
}
