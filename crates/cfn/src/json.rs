//! JSON in which expressions may still stand: what properties become before references are resolved.

use std::collections::BTreeMap;

use crate::value::{Expression, Text, Value};

/// Members of a JSON object, in the order in which they are written.
pub type Object = BTreeMap<String, Json>;

/// A JSON value that may contain expressions.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Self>),
    /// An object.
    Object(Object),
    /// Something that CloudFormation evaluates.
    Expression(Expression),
}

impl Json {
    /// An object from its members, as in `Json::object([("Effect", "Allow".into())])`.
    pub fn object<const N: usize>(members: [(&str, Self); N]) -> Self {
        let members = members.into_iter();
        Self::Object(members.map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// The value as text for comparing and hashing: references count by logical id, whichever stack they are of.
    pub fn plain_text(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Text(text) => format!("{text:?}"),
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(Self::plain_text).collect();
                format!("[{}]", items.join(","))
            }
            Self::Object(members) => {
                let member =
                    |(name, value): (&String, &Self)| format!("{name:?}:{}", value.plain_text());
                let members: Vec<String> = members.iter().map(member).collect();
                format!("{{{}}}", members.join(","))
            }
            Self::Expression(expression) => expression.plain_text(),
        }
    }

    /// The same with these pseudo parameters filled in, for what stands in no template: `("AWS::Region", "us-east-1")`.
    #[must_use]
    pub fn filled(&self, parameters: &[(&str, &str)]) -> Self {
        let filled = |text: &String| {
            let fill = |text: String, (name, value): &(&str, &str)| {
                text.replace(&format!("${{{name}}}"), value)
            };
            parameters.iter().fold(text.clone(), fill)
        };
        match self {
            Self::List(items) => Self::list(items.iter().map(|item| item.filled(parameters))),
            Self::Object(members) => {
                let members = members.iter();
                Self::Object(
                    members.map(|(name, value)| (name.clone(), value.filled(parameters))).collect(),
                )
            }
            Self::Expression(Expression::Sub(text)) => {
                let text = filled(text);
                if text.contains("${") {
                    return Self::Expression(Expression::Sub(text));
                }
                Self::Text(text)
            }
            other => other.clone(),
        }
    }

    /// A list of anything that can be JSON.
    pub fn list<T: Into<Self>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

/// An object from members of which some are absent; generated code writes properties with it.
pub(crate) fn members<const N: usize>(members: [(&str, Option<Json>); N]) -> Json {
    let present = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Json::Object(present.collect())
}

/// Whatever may stand in a template.
pub trait ToJson {
    /// The JSON form.
    fn to_json(&self) -> Json;
}

impl ToJson for Json {
    fn to_json(&self) -> Json {
        self.clone()
    }
}

impl ToJson for String {
    fn to_json(&self) -> Json {
        Json::Text(self.clone())
    }
}

impl ToJson for bool {
    fn to_json(&self) -> Json {
        Json::Bool(*self)
    }
}

impl ToJson for i64 {
    fn to_json(&self) -> Json {
        Json::Integer(*self)
    }
}

impl ToJson for f64 {
    fn to_json(&self) -> Json {
        Json::Number(*self)
    }
}

impl<T: ToJson> ToJson for Box<T> {
    fn to_json(&self) -> Json {
        self.as_ref().to_json()
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn to_json(&self) -> Json {
        Json::List(self.iter().map(ToJson::to_json).collect())
    }
}

impl<T: ToJson> ToJson for BTreeMap<String, T> {
    fn to_json(&self) -> Json {
        Json::Object(self.iter().map(|(name, value)| (name.clone(), value.to_json())).collect())
    }
}

impl<T: ToJson> From<Value<T>> for Json {
    fn from(value: Value<T>) -> Self {
        value.to_json()
    }
}

impl From<Text> for Json {
    fn from(text: Text) -> Self {
        text.to_json()
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl<const N: usize> From<[Self; N]> for Json {
    fn from(items: [Self; N]) -> Self {
        Self::List(items.into())
    }
}

impl From<Vec<Self>> for Json {
    fn from(items: Vec<Self>) -> Self {
        Self::List(items)
    }
}
