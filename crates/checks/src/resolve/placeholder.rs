//! What stands in texts for an account and for zones that only a deployment names, and how such texts compare.

/// What stands for an account that is not known: the same in every stack, so that names can be compared.
pub(crate) const ACCOUNT: &str = "${AWS::AccountId}";

/// How what stands for a zone begins.
const ZONE: &str = "${AWS::AvailabilityZone.";

/// How many digits an account has.
const ACCOUNT_DIGITS: usize = 12;

/// What stands for a zone that only a deployment names: the same word for the same zone of a Region.
pub(super) fn zone(index: u64) -> String {
    format!("{ZONE}{index}}}")
}

/// Whether nothing in a text stands for something else.
pub(super) fn is_exact(text: &str) -> bool {
    !text.contains(ACCOUNT) && !text.contains(ZONE)
}

/// Whether two texts are the same; `None` where an account or a zone that is not known decides.
pub(crate) fn same_text(left: &str, right: &str) -> Option<bool> {
    let may_be_same = left.contains(ZONE) != right.contains(ZONE)
        || without_accounts(left, right).is_some_and(|[left, right]| left == right);
    if left == right { Some(true) } else { (!may_be_same).then_some(false) }
}

/// Both texts with the same word for every account, where one of them has an account that is not known.
pub(crate) fn without_accounts(left: &str, right: &str) -> Option<[String; 2]> {
    let is_open = left.contains(ACCOUNT) || right.contains(ACCOUNT);
    is_open.then(|| [left, right].map(without_account))
}

/// A text with one word for every run of as many digits as an account has.
fn without_account(text: &str) -> String {
    let is_digit = |letter: char| letter.is_ascii_digit();
    let mut found = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_digit) {
        let (before, digits) = rest.split_at(start);
        let (digits, after) =
            digits.split_at(digits.find(|letter| !is_digit(letter)).unwrap_or(digits.len()));
        found.push_str(before);
        found.push_str(if digits.len() == ACCOUNT_DIGITS { ACCOUNT } else { digits });
        rest = after;
    }
    found + rest
}

/// The parts of a text between delimiters; `None` where a delimiter may be in what only a deployment names.
pub(super) fn split(text: &str, between: &str) -> Option<Vec<String>> {
    let is_of_zone = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
    if text.contains(ACCOUNT) && between.contains(|letter: char| letter.is_ascii_digit())
        || text.contains(ZONE) && between.contains(is_of_zone)
    {
        return None;
    }
    let mut parts = Vec::new();
    let mut part = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let placeholder = placeholder(rest);
        match rest.strip_prefix(between).filter(|_| placeholder.is_none() && !between.is_empty()) {
            Some(after) => {
                parts.push(std::mem::take(&mut part));
                rest = after;
            }
            None => {
                let (kept, after) = rest.split_at(placeholder.unwrap_or(letter.len_utf8()));
                part.push_str(kept);
                rest = after;
            }
        }
    }
    parts.push(part);
    Some(parts)
}

/// The length of the placeholder that a text begins with.
fn placeholder(text: &str) -> Option<usize> {
    if text.starts_with(ACCOUNT) {
        return Some(ACCOUNT.len());
    }
    text.strip_prefix(ZONE)?.find('}').map(|end| ZONE.len() + end + 1)
}

#[cfg(test)]
mod tests {
    use super::{same_text, split};

    #[test]
    fn an_account_may_be_any_of_twelve_digits() {
        let own = "arn:aws:sns:us-east-1:${AWS::AccountId}:page";
        let rows = [
            ("arn:aws:sns:us-east-1:123456789012:page", None),
            ("arn:aws:sns:us-east-1:123456789012:other", Some(false)),
            ("arn:aws:sns:us-east-1:1234567890123:page", Some(false)),
            (own, Some(true)),
        ];
        for (other, expected) in rows {
            assert_eq!(same_text(own, other), expected, "{other}");
            assert_eq!(same_text(other, own), expected, "{other}");
        }
        assert_eq!(same_text("111111111111", "222222222222"), Some(false));
        assert_eq!(same_text("us-east-1a", "${AWS::AvailabilityZone.0}"), None);
    }

    #[test]
    fn delimiters_are_not_found_in_placeholders() {
        let rows = [
            ("a:${AWS::AccountId}:b", ":", Some(vec!["a", "${AWS::AccountId}", "b"])),
            (
                "a.${AWS::AvailabilityZone.0}.b",
                ".",
                Some(vec!["a", "${AWS::AvailabilityZone.0}", "b"]),
            ),
            ("a1${AWS::AccountId}", "1", None),
            ("${AWS::AvailabilityZone.0}", "-", None),
            ("", ":", Some(vec![""])),
            (":ä:", ":", Some(vec!["", "ä", ""])),
        ];
        for (text, between, expected) in rows {
            let found = split(text, between);
            let found = found.as_ref().map(|parts| parts.iter().map(String::as_str).collect());
            assert_eq!(found, expected, "{text} at {between}");
        }
    }
}
