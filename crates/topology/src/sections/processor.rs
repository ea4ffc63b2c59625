//! `[processor]`: who moves the money of cards.

use crate::reader::Section;
use crate::rule::Rule;
use crate::sections::dns::is_domain;

/// Where the processor of cards is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processor {
    /// Its URL, an `https` one without a `/` at the end; without it, payments stay posted.
    pub url: Option<String>,
}

pub(crate) fn read(file: &mut Section<'_, '_>) -> Processor {
    file.section("processor", |section| Processor { url: section.optional_text("url", &URL) })
}

/// The most characters of the URL: it shares Lambda's 4 KB with all other variables.
const URL_MOST: usize = 256;

const URL: Rule<String> = Rule {
    pattern: "^https://[a-z0-9][a-z0-9.-]+(/[!-~]*)?$",
    example: "https://cards.example.com/v1",
    read: |text| match text.strip_prefix("https://") {
        None => Err("a URL that begins with `https://`: nobody on the way may read or change a \
                     charge"
            .to_owned()),
        Some(rest) => {
            fault(text, rest).map_or_else(|| Ok(trimmed(text)), |why| Err(why.to_owned()))
        }
    },
};

/// What is wrong with a URL of which this comes after the scheme.
fn fault(text: &str, rest: &str) -> Option<&'static str> {
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_segment =
        |segment: &str| !matches!(segment, "." | "..") && segment.chars().all(is_path_character);
    if authority.contains('@') {
        Some("a URL without user and password, which would stand in templates for all to read")
    } else if rest.contains(['?', '#']) {
        Some("a URL without `?` and `#`, such as \"https://cards.example.com/v1\"")
    } else if authority.contains(':') {
        Some("a URL without a port: functions reach others by port 443 only")
    } else if !is_domain(authority) {
        Some("`https://` and a domain name in lower case, such as \"https://cards.example.com\"")
    } else if !path.split('/').all(is_segment) {
        Some("a path of letters, digits and `-._~!$&'()*+,;=:@%` without `.` and `..` in it")
    } else if text.len() > URL_MOST {
        Some("at most 256 characters")
    } else {
        None
    }
}

/// A character of a path (RFC 3986, "pchar").
fn is_path_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%".contains(c)
}

fn trimmed(text: &str) -> String {
    text.trim_end_matches('/').to_owned()
}
