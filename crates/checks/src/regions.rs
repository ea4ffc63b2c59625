//! Names of AWS Regions in texts.

use topology::Region;

/// Every Region whose name stands in a text as a word of its own, such as `us-east-1` in `sqs.us-east-1.amazonaws.com`.
pub(crate) fn named(text: &str) -> Vec<&'static str> {
    Region::all().map(Region::name).filter(|name| stands_in(name, text)).collect()
}

/// Whether a Region's name stands in a text as a word of its own: `us-east-1` does not stand in `us-east-1a`.
pub(crate) fn stands_in(name: &str, text: &str) -> bool {
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(name).any(|(start, found)| {
        let before = text[..start].chars().next_back();
        let after = text[start + found.len()..].chars().next();
        !is_part(before) && !is_part(after)
    })
}

/// A text in which the names of these Regions are replaced by one word, so that texts of both Regions can be compared.
pub(crate) fn neutral(text: &str, regions: [&str; 2]) -> String {
    regions.iter().fold(text.to_owned(), |text, region| {
        if region.is_empty() { text } else { text.replace(region, "REGION") }
    })
}

/// Whether a text is shaped like the name of a Region of any partition, such as `us-east-1` or `eu-isoe-west-1`.
#[must_use]
pub fn is_region_name(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [area, middle @ .., number] = parts.as_slice() else { return false };
    let is_word =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    (2..=4).contains(&area.len())
        && is_word(area)
        && (1..=2).contains(&middle.len())
        && middle.iter().all(is_word)
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{named, neutral, stands_in};

    #[test]
    fn words_of_their_own() {
        assert_eq!(named("https://sqs.us-east-1.amazonaws.com/1/pay"), ["us-east-1"]);
        assert_eq!(named("cdk-hnb659fds-assets-111111111111-us-west-2"), ["us-west-2"]);
        assert!(stands_in("us-east-1", "us-east-1"));
        for text in ["us-east-1a", "xus-east-1", "us-east-12", "us-gov-east-1", ""] {
            assert!(!stands_in("us-east-1", text), "{text}");
        }
    }

    #[test]
    fn names_of_both_regions_compare() {
        let regions = ["us-east-1", "us-east-2"];
        assert_eq!(neutral("/us-east-1/fee", regions), neutral("/us-east-2/fee", regions));
        assert_eq!(neutral("/eu-west-1/fee", regions), "/eu-west-1/fee");
    }
}
