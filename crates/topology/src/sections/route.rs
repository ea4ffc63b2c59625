//! A route: the method and path of the requests that a function answers.

use std::collections::BTreeSet;
use std::fmt;

use crate::rule::{Rule, lower, lower_or_digit, shaped};
use crate::value::Word;
use crate::words;

/// A request that a function answers, such as `GET /payments/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// The method of the request.
    pub method: Method,
    /// The path below the stage; a segment in braces stands for any one segment.
    pub path: String,
}

/// A method of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// DELETE.
    Delete,
    /// GET.
    Get,
    /// HEAD.
    Head,
    /// OPTIONS.
    Options,
    /// PATCH.
    Patch,
    /// POST.
    Post,
    /// PUT.
    Put,
}

impl Route {
    /// The route with every parameter called the same: requests cannot tell two of equal shape
    /// apart.
    pub(crate) fn shape(&self) -> String {
        let segments = self.path.split('/');
        let segments: Vec<&str> =
            segments.map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect();
        format!("{} {}", self.method.as_str(), segments.join("/"))
    }

    fn find(text: &str) -> Option<Self> {
        let (method, path) = text.split_once(' ')?;
        let segments = path.strip_prefix('/')?;
        let mut names = BTreeSet::new();
        let good = segments.split('/').all(|segment| match parameter(segment) {
            Some(name) => is_name(name) && names.insert(name),
            None => is_segment(segment),
        });
        (good || segments.is_empty())
            .then_some(Self { method: Method::find(method)?, path: path.to_owned() })
    }
}

fn parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

fn is_name(text: &str) -> bool {
    shaped(text, lower, |c| lower_or_digit(c) || c == '_', 64)
}

fn is_segment(text: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    shaped(text, good, good, 128) && text != "." && text != ".."
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.path)
    }
}

impl Word for Method {
    const ALL: &'static [(&'static str, Self)] = &[
        ("DELETE", Self::Delete),
        ("GET", Self::Get),
        ("HEAD", Self::Head),
        ("OPTIONS", Self::Options),
        ("PATCH", Self::Patch),
        ("POST", Self::Post),
        ("PUT", Self::Put),
    ];
}

impl Method {
    /// The method as HTTP writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.text()
    }
}

pub(crate) const ROUTE: Rule<Route> = Rule {
    pattern: "^(DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) /[A-Za-z0-9._:{}/-]*$",
    example: "GET /payments/{id}",
    read: |text| {
        Route::find(text).ok_or_else(|| {
            format!(
                "{}, a space and a path, such as \"GET /payments/{{id}}\"",
                words::or(&Method::texts())
            )
        })
    },
};
