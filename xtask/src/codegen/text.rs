//! Documentation: from the schemas' descriptions to comments that rustdoc takes without complaint.

/// Beyond this many characters a description ends with the sentence before.
const ENOUGH: usize = 240;

/// Width of a comment, with its indentation.
const WIDTH: usize = 100;

/// What the schemas write for names of products, in place of the names.
const PLACEHOLDERS: &[(&str, &str)] = &[
    ("CFNlong", "CloudFormation"),
    ("CFNshort", "CloudFormation"),
    ("CFN", "CloudFormation"),
    ("DDBlong", "Amazon DynamoDB"),
    ("DDB", "DynamoDB"),
    ("LAMlong", "Lambda"),
    ("LAM", "Lambda"),
    ("KMSlong", "Key Management Service"),
    ("CMKlong", "customer master key"),
    ("R53long", "Amazon Route 53"),
    ("R53", "Route 53"),
    ("AOlong", "Organizations"),
    ("SYSlong", "Systems Manager"),
    ("LAMlong-managed", "Lambda-managed"),
    ("MKT", "Marketplace"),
    ("&webacl;", "web ACL"),
    ("IAMlong", "Identity and Access Management"),
    ("SNSlong", "Amazon SNS"),
    ("SQSlong", "Amazon SQS"),
];

/// The beginning of a description: whole sentences of its first paragraph, none where it says nothing.
pub(crate) fn summary(description: &str) -> Option<String> {
    let paragraph = description.trim().lines().next()?;
    let paragraph = without_placeholders(&without_links(paragraph).replace("``", "`"));
    let paragraph = single_spaced(&paragraph.replace('\u{2013}', "-").replace('\u{2019}', "'"));
    let mut summary = String::new();
    for sentence in sentences(&paragraph).filter(|sentence| says_something(sentence)) {
        if !summary.is_empty()
            && (summary.len() + sentence.len() > ENOUGH || sentence.ends_with(':'))
        {
            break;
        }
        summary =
            if summary.is_empty() { sentence.to_owned() } else { format!("{summary} {sentence}") };
    }
    (!summary.is_empty()).then(|| finished(&escaped(&summary)))
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Links to pages become their text.
fn without_links(text: &str) -> String {
    let parts = text.split_once("](").and_then(|(before, after)| {
        let (before, label) = before.rsplit_once('[')?;
        let (_, rest) = after.split_once(')')?;
        Some(format!("{before}{label}{}", without_links(rest)))
    });
    parts.unwrap_or_else(|| text.to_owned())
}

fn without_placeholders(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let bare = word.trim_matches(|char: char| !char.is_ascii_alphanumeric());
        let known = PLACEHOLDERS.iter().find(|(placeholder, _)| [bare, word].contains(placeholder));
        known.map_or_else(|| word.to_owned(), |(placeholder, name)| word.replace(placeholder, name))
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Splits behind a full stop that a capital or a quoted name follows.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end =
            text.match_indices(". ").map(|(at, _)| at + 1).find(|end| ends_sentence(text, *end));
        let (sentence, behind) = text.split_at(end.unwrap_or(text.len()));
        rest = Some(behind.trim_start()).filter(|behind| !behind.is_empty());
        Some(sentence)
    })
}

fn ends_sentence(text: &str, end: usize) -> bool {
    let abbreviated = [" e.g.", " i.e.", " vs.", "(e.g.", "(i.e."]
        .iter()
        .any(|ending| text[..end].ends_with(ending));
    let next = text[end..].trim_start().chars().next();
    !abbreviated && next.is_some_and(|next| next.is_uppercase() || next == '`')
}

/// Pointers to other pages say nothing here, nor do introductions of the schema itself.
fn says_something(sentence: &str) -> bool {
    let lower = sentence.to_lowercase();
    let pointers = ["for more ", "for details", "for information", "see ", "to learn more"];
    let introductions = [
        "version: none",
        "resource schema",
        "resource type definition",
        "definition of aws::",
        "schema for",
    ];
    !lower.contains("://")
        && !pointers.iter().any(|pointer| lower.starts_with(pointer))
        && !lower.contains(", see ")
        && !introductions.iter().any(|introduction| lower.contains(introduction))
        && lower.chars().any(char::is_alphabetic)
}

/// Takes brackets and tags as text, except inside code; unpaired backticks go.
fn escaped(text: &str) -> String {
    if text.matches('`').count() % 2 == 1 {
        return escaped(&single_spaced(&text.replace('`', "")));
    }
    let parts = text.split('`').enumerate();
    let parts = parts.map(
        |(at, part)| {
            if at % 2 == 1 { part.trim().to_owned() } else { escaped_prose(part) }
        },
    );
    parts.collect::<Vec<_>>().join("`").replace("``", "")
}

fn escaped_prose(text: &str) -> String {
    let mut escaped = String::new();
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let emphasis = char == '*' && (joins(before) || chars.peek().copied().is_some_and(joins));
        if matches!(char, '<' | '>' | '[' | ']') {
            escaped.push('\\');
        }
        escaped.extend(Some(char).filter(|_| !emphasis));
        before = char;
    }
    escaped
}

/// Whether an asterisk next to this character is emphasis rather than a sign of its own.
fn joins(char: char) -> bool {
    char.is_alphanumeric() || matches!(char, ':' | '.')
}

/// Begins with a capital, ends with a full stop.
fn finished(text: &str) -> String {
    let text =
        text.trim_start_matches(['-', '+', '*', '#', ' ']).trim_end_matches([':', ' ', ',', ';']);
    let capital = text.chars().next().filter(|first| starts_plain_word(text, *first));
    let text = match capital {
        Some(first) => first.to_uppercase().to_string() + &text[first.len_utf8()..],
        None => text.to_owned(),
    };
    if text.ends_with(['.', '!', '?']) { text } else { text + "." }
}

fn starts_plain_word(text: &str, first: char) -> bool {
    let word = text.split(' ').next().unwrap_or_default();
    first.is_ascii_lowercase() && word.chars().all(|char| char.is_ascii_lowercase())
}

/// A documentation comment, wrapped.
pub(crate) fn comment(indentation: &str, text: &str) -> String {
    let start = format!("{indentation}///");
    let mut lines = vec![start.clone()];
    for word in text.split(' ') {
        let fits = lines
            .last()
            .is_some_and(|line| line.chars().count() + 1 + word.chars().count() <= WIDTH);
        if !fits {
            lines.push(start.clone());
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(description: &str, expected: &str) {
        assert_eq!(summary(description).as_deref(), Some(expected));
    }

    #[test]
    fn takes_the_first_paragraph_without_pointers() {
        check(
            "The ``Zone`` of a [hosted zone](https://example.com/zone). It is *public*. For more information, see *Guide*.\n Valid: all",
            "The `Zone` of a hosted zone. It is public.",
        );
    }

    #[test]
    fn finishes_sentences() {
        check("Indicates the following:", "Indicates the following.");
        check("the name of CFNshort stacks", "The name of CloudFormation stacks.");
    }

    #[test]
    fn escapes_what_is_not_code() {
        check("Either <b> or [c], `Vec<T>` as is", "Either \\<b\\> or \\[c\\], `Vec<T>` as is.");
        check("An unpaired ` goes", "An unpaired goes.");
    }

    #[test]
    fn says_nothing_where_the_description_does() {
        assert_eq!(summary("Resource Type definition for AWS::Events::Rule"), None);
        assert_eq!(summary(""), None);
    }
}
