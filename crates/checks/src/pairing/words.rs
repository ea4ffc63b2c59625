//! Names without what tells one Region's from the other's, so that they can be compared.

use topology::{Home, Region};

/// Words of names that mean the home primary.
const PRIMARY: [&str; 4] = ["primary", "main", "active", "master"];
/// Words of names that mean the home standby.
const STANDBY: [&str; 7] =
    ["secondary", "standby", "dr", "passive", "failover", "recovery", "replica"];

/// Words of names that mean a stage of a system; two stages are two systems.
const STAGES: [&str; 16] = [
    "dev",
    "development",
    "test",
    "testing",
    "qa",
    "uat",
    "int",
    "integration",
    "sandbox",
    "stage",
    "staging",
    "preprod",
    "beta",
    "prod",
    "prd",
    "production",
];

/// The lower-case words of a name without those of roles and of its Region.
pub(super) fn neutral(name: &str, region: &str) -> String {
    let words = words(&without_region(name, region));
    let kept: Vec<&str> =
        words.iter().map(String::as_str).filter(|word| role(word).is_none()).collect();
    kept.join("-")
}

/// The home role that a name speaks of, if it speaks of one.
pub(super) fn home(name: &str) -> Option<Home> {
    words(name).iter().find_map(|word| role(word))
}

/// The stage that a name speaks of, if it speaks of one.
pub(super) fn stage(name: &str) -> Option<String> {
    words(name).into_iter().find(|word| STAGES.contains(&word.as_str()))
}

fn role(word: &str) -> Option<Home> {
    if PRIMARY.contains(&word) {
        return Some(Home::Primary);
    }
    STANDBY.contains(&word).then_some(Home::Standby)
}

/// `PaymentAPIStackV2-dev` and `PaymentAPIStackV2dev` are `payment`, `api`, `stack`, `v2` and `dev`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for (at, letter) in name.char_indices() {
        if begins(&name[..at], letter, &name[at + letter.len_utf8()..]) {
            words.push(String::new());
        }
        if letter.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a word begins with a letter. The last capital of a run begins one, as in `DRStack`, unless a word that is
/// known follows the run, as in `APIdev`.
fn begins(before: &str, letter: char, rest: &str) -> bool {
    let is_of_run = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let run = before.bytes().rev().take_while(is_of_run).count();
    if letter.is_ascii_lowercase() {
        return run > 1 && is_known(&format!("{letter}{}", lower_case(rest)));
    }
    if !letter.is_ascii_uppercase() || !before.ends_with(|last: char| last.is_ascii_uppercase()) {
        return !letter.is_ascii_digit();
    }
    let tail = lower_case(rest);
    !tail.is_empty() && !is_known(tail)
}

/// The lower-case letters that a text begins with.
fn lower_case(text: &str) -> &str {
    let end = text.find(|letter: char| !letter.is_ascii_lowercase()).unwrap_or(text.len());
    &text[..end]
}

/// Whether a word means a stage or a role.
fn is_known(word: &str) -> bool {
    STAGES.contains(&word) || role(word).is_some()
}

/// A name without its Region in the ways people write it: `us-east-1`, `us_east_1`, `useast1`, `UsEast1`, `use1`.
fn without_region(name: &str, region: &str) -> String {
    let camel: String = region.split('-').map(capitalized).collect();
    let mut forms =
        vec![region.to_owned(), region.replace('-', "_"), region.replace('-', ""), camel];
    forms.extend(Region::find(region).map(Region::zone_id_prefix));
    let forms = forms.iter().filter(|form| !form.is_empty());
    forms.fold(name.to_owned(), |rest, form| without(&rest, form))
}

/// A text with `-` in place of a part, in capitals or not.
fn without(text: &str, part: &str) -> String {
    let (lower, part) = (text.to_ascii_lowercase(), part.to_ascii_lowercase());
    let mut rest = String::with_capacity(text.len());
    let mut end = 0;
    for (at, _) in lower.match_indices(&part) {
        rest += &text[end..at];
        rest.push('-');
        end = at + part.len();
    }
    rest + &text[end..]
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
        .unwrap_or_default()
}
