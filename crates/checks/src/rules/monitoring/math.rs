//! CloudWatch's metric math, as far as rules ask: calls, names, numbers and what is divided by what.

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Math {
    /// A number.
    Number(f64),
    /// The id of a metric or of another expression.
    Name(String),
    /// A quoted text.
    Text,
    /// A function with its arguments, such as `FILL(m1, 0)`.
    Call(String, Vec<Math>),
    /// A list in brackets.
    List(Vec<Math>),
    /// A division; `text` is how it is written.
    Divided { by: Box<Math>, what: Box<Math>, text: String, by_text: String },
    /// Another operation, with its sign.
    Operation(char, Vec<Math>),
}

/// How deep parentheses may stand in each other.
const DEPTH_MAX: usize = 64;

impl Math {
    /// Reads an expression; `None` where it is none, or one of another language (queries, searches).
    pub(super) fn read(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        let mut reader = Reader { text, tokens: &tokens, at: 0, depth: 0 };
        let math = reader.binary(0)?;
        (reader.at == tokens.len()).then_some(math)
    }

    /// What it is made of, one level down.
    pub(super) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Number(_) | Self::Name(_) | Self::Text => Vec::new(),
            Self::Call(_, parts) | Self::List(parts) | Self::Operation(_, parts) => {
                parts.iter().collect()
            }
            Self::Divided { by, what, .. } => vec![what, by],
        }
    }

    /// The ids in it.
    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            Self::Name(name) => vec![name],
            other => other.parts().into_iter().flat_map(Self::names).collect(),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Word(String),
    Text,
    Sign(&'static str),
}

/// Longer signs first.
const SIGNS: [&str; 19] = [
    "==", "!=", "<=", ">=", "&&", "||", "(", ")", "[", "]", ",", "+", "-", "*", "/", "^", "<", ">",
    "%",
];

/// The tokens with where they begin and end.
fn tokens(text: &str) -> Option<Vec<(Token, usize, usize)>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        let rest = &text[at..];
        let (token, length) = if letter.is_whitespace() {
            at += letter.len_utf8();
            continue;
        } else if letter == '\'' || letter == '"' {
            (Token::Text, rest[1..].find(letter)? + 2)
        } else if letter.is_ascii_digit() || letter == '.' {
            let length = length_of(rest, |letter| letter.is_ascii_digit() || letter == '.');
            (Token::Number(rest[..length].parse().ok()?), length)
        } else if letter.is_alphabetic() || letter == '_' {
            let length = length_of(rest, |letter| letter.is_alphanumeric() || letter == '_');
            (Token::Word(rest[..length].to_owned()), length)
        } else {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign))?;
            (Token::Sign(sign), sign.len())
        };
        found.push((token, at, at + length));
        at += length;
    }
    Some(found)
}

fn length_of(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|letter: char| !is_part(letter)).unwrap_or(text.len())
}

struct Reader<'t> {
    text: &'t str,
    tokens: &'t [(Token, usize, usize)],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn sign(&mut self, sign: &str) -> bool {
        let is_there =
            matches!(self.tokens.get(self.at), Some((Token::Sign(found), ..)) if *found == sign);
        self.at += usize::from(is_there);
        is_there
    }

    /// An operation whose signs bind at least as tightly as `level`.
    fn binary(&mut self, level: usize) -> Option<Math> {
        if level == LEVELS.len() {
            return self.signed();
        }
        let start = self.at;
        let mut left = self.binary(level + 1)?;
        while let Some(sign) = self.one_of(LEVELS[level]) {
            let by_start = self.at;
            let right = self.binary(level + 1)?;
            left = match sign {
                '/' => Math::Divided {
                    text: self.written(start),
                    by_text: self.written(by_start),
                    what: Box::new(left),
                    by: Box::new(right),
                },
                _ => Math::Operation(sign, vec![left, right]),
            };
        }
        Some(left)
    }

    /// The first letter of the sign or word that comes next, if it is one of these.
    fn one_of(&mut self, wanted: &[&str]) -> Option<char> {
        let (token, ..) = self.tokens.get(self.at)?;
        let found = match token {
            Token::Sign(sign) => wanted.iter().find(|wanted| *wanted == sign)?,
            Token::Word(word) => wanted.iter().find(|wanted| wanted.eq_ignore_ascii_case(word))?,
            Token::Number(_) | Token::Text => return None,
        };
        self.at += 1;
        found.chars().next()
    }

    fn signed(&mut self) -> Option<Math> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return None;
        }
        let math = if self.sign("-") {
            Math::Operation('-', vec![self.signed()?])
        } else if self.sign("+") {
            self.signed()?
        } else {
            self.plain()?
        };
        self.depth -= 1;
        Some(math)
    }

    fn plain(&mut self) -> Option<Math> {
        if self.sign("(") {
            let math = self.binary(0)?;
            return self.sign(")").then_some(math);
        }
        if self.sign("[") {
            return Some(Math::List(self.list("]")?));
        }
        let (token, ..) = self.tokens.get(self.at)?;
        self.at += 1;
        match token {
            Token::Number(number) => Some(Math::Number(*number)),
            Token::Text => Some(Math::Text),
            Token::Word(word) if self.sign("(") => {
                Some(Math::Call(word.to_uppercase(), self.list(")")?))
            }
            Token::Word(word) => Some(Math::Name(word.clone())),
            Token::Sign(_) => None,
        }
    }

    /// Expressions with commas between them, up to a closing sign.
    fn list(&mut self, close: &str) -> Option<Vec<Math>> {
        let mut found = Vec::new();
        if self.sign(close) {
            return Some(found);
        }
        loop {
            found.push(self.binary(0)?);
            if self.sign(close) {
                return Some(found);
            }
            if !self.sign(",") {
                return None;
            }
        }
    }

    /// How what was read since the token `start` is written.
    fn written(&self, start: usize) -> String {
        let (_, begin, _) = self.tokens[start];
        let (_, _, end) = self.tokens[self.at - 1];
        self.text[begin..end].to_owned()
    }
}

/// Signs that bind alike, the loosest first.
const LEVELS: [&[&str]; 6] = [
    &["||", "OR"],
    &["&&", "AND"],
    &["==", "!=", "<=", ">=", "<", ">"],
    &["+", "-"],
    &["*", "/", "%"],
    &["^"],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn divisions(math: &Math) -> Vec<(String, String)> {
        let mut found: Vec<_> = math.parts().into_iter().flat_map(divisions).collect();
        if let Math::Divided { text, by_text, .. } = math {
            found.push((text.clone(), by_text.clone()));
        }
        found
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)]) {
        let math = Math::read(text).unwrap_or_else(|| panic!("`{text}` is not read"));
        let expected: Vec<_> =
            expected.iter().map(|(text, by)| ((*text).to_owned(), (*by).to_owned())).collect();
        assert_eq!(divisions(&math), expected, "{text}");
    }

    #[test]
    fn divisions_are_found_as_they_are_written() {
        check("(errors / invocations) * 100", &[("errors / invocations", "invocations")]);
        check(
            "IF(FILL(all, 0) >= 20, 100 * FILL(bad, 0) / all, 0)",
            &[("100 * FILL(bad, 0) / all", "all")],
        );
        check("a/b/(c + 1)", &[("a/b", "b"), ("a/b/(c + 1)", "(c + 1)")]);
        check("MAX([m1, m2]) ^ -2 AND m3 != 0", &[]);
        check("SEARCH('{AWS/Lambda,Name} a/b', 'Sum')", &[]);
        check("-m1 / PERIOD(m1)", &[("-m1 / PERIOD(m1)", "PERIOD(m1)")]);
    }

    #[test]
    fn what_is_no_expression_is_not_read() {
        let deep = format!("{}m1{}", "(".repeat(5000), ")".repeat(5000));
        for text in
            ["", "m1 +", "m1 m2", "IF(m1, 2", "[m1", "'open", "m1 ; m2", "1.2.3", "é +", &deep]
        {
            assert_eq!(Math::read(text), None, "{text}");
        }
    }
}
