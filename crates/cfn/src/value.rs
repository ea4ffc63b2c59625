//! Property values: a literal, or an expression that CloudFormation evaluates at deployment.
//!
//! Expressions are typed by where they come from: only a [`Handle`](crate::Handle) makes a `Ref` or a
//! `GetAtt`, so a reference always names a resource that exists and an attribute that it has.

use std::sync::Arc;

use crate::json::{Json, ToJson};
use crate::kind::Kind;

/// A property's value: a literal of type `T`, or an expression that yields a `T` at deployment.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<T> {
    /// Known when the template is written.
    Literal(T),
    /// Known when the template is deployed.
    Expression(Expression),
}

/// What CloudFormation evaluates: an intrinsic function or a reference.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// `Ref` of a resource, possibly of another stack.
    Ref(Target),
    /// `Fn::GetAtt` of a resource, possibly of another stack.
    GetAtt(Target, &'static str),
    /// `Ref` of a parameter of the same template.
    Parameter(String),
    /// Text in which only pseudo parameters such as `${AWS::Region}` are replaced.
    Sub(String),
    /// Parts put one behind the other.
    Concat(Vec<Json>),
    /// `Fn::Join` of a list that is itself an expression.
    Join(String, Box<Json>),
    /// `Fn::Select` of one item, counted from zero.
    Select(usize, Box<Json>),
    /// `Fn::GetAZs` of the stack's own Region.
    AvailabilityZones,
    /// `Fn::If` over a condition of the same template.
    If(String, Box<Json>, Box<Json>),
    /// `AWS::NoValue`: the property is absent.
    NoValue,
}

impl Expression {
    pub(crate) fn plain_text(&self) -> String {
        match self {
            Self::Ref(target) => format!("Ref({})", target.logical_id),
            Self::GetAtt(target, attribute) => format!("GetAtt({}.{attribute})", target.logical_id),
            Self::Parameter(name) => format!("Parameter({name})"),
            Self::Sub(text) => format!("Sub({text})"),
            Self::Concat(parts) => {
                let parts: Vec<String> = parts.iter().map(Json::plain_text).collect();
                format!("Concat({})", parts.join(","))
            }
            Self::Join(separator, list) => format!("Join({separator:?},{})", list.plain_text()),
            Self::Select(number, list) => format!("Select({number},{})", list.plain_text()),
            Self::AvailabilityZones => "AvailabilityZones".to_owned(),
            Self::If(condition, yes, no) => {
                format!("If({condition},{},{})", yes.plain_text(), no.plain_text())
            }
            Self::NoValue => "NoValue".to_owned(),
        }
    }
}

/// The resource that a reference points at: stack id and logical id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// Id of the stack that owns the resource.
    pub stack: Arc<str>,
    /// Logical id of the resource in that stack.
    pub logical_id: Arc<str>,
}

/// Text that CloudFormation puts together; it may stand wherever text of any kind is wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Text(Expression);

/// Text in which pseudo parameters (`${AWS::Region}`, `${AWS::AccountId}`, `${AWS::Partition}`) are replaced.
pub fn sub(text: impl Into<String>) -> Text {
    Text(Expression::Sub(text.into()))
}

/// Parts put one behind the other: literals and references mixed.
pub fn concat<const N: usize>(parts: [Json; N]) -> Text {
    Text(Expression::Concat(parts.into()))
}

/// The items of a list that is only known at deployment, with a separator between them.
pub fn join(separator: &str, list: impl Into<Json>) -> Text {
    Text(Expression::Join(separator.to_owned(), Box::new(list.into())))
}

/// The zone with this number (from zero) among those that the account has in the stack's Region.
pub fn availability_zone(number: usize) -> Value<String> {
    let zones = Json::Expression(Expression::AvailabilityZones);
    Value::Expression(Expression::Select(number, Box::new(zones)))
}

/// `value` where the template's condition holds, and no property at all where it does not.
pub fn only_if<T: ToJson>(condition: &str, value: impl Into<Value<T>>) -> Value<T> {
    let present = Box::new(value.into().to_json());
    let absent = Box::new(Json::Expression(Expression::NoValue));
    Value::Expression(Expression::If(condition.to_owned(), present, absent))
}

/// An optional property that is present: `engine_version: set("17.7")`.
pub fn set<T>(value: impl Into<T>) -> Option<T> {
    Some(value.into())
}

impl<T: ToJson> ToJson for Value<T> {
    fn to_json(&self) -> Json {
        match self {
            Self::Literal(literal) => literal.to_json(),
            Self::Expression(expression) => Json::Expression(expression.clone()),
        }
    }
}

impl ToJson for Text {
    fn to_json(&self) -> Json {
        Json::Expression(self.0.clone())
    }
}

impl From<Text> for Value<String> {
    fn from(text: Text) -> Self {
        Self::Expression(text.0)
    }
}

impl<K: Kind> From<Text> for Value<K> {
    fn from(text: Text) -> Self {
        Self::Expression(text.0)
    }
}

impl<T> From<T> for Value<T> {
    fn from(literal: T) -> Self {
        Self::Literal(literal)
    }
}

impl From<&str> for Value<String> {
    fn from(literal: &str) -> Self {
        Self::Literal(literal.to_owned())
    }
}

impl From<&String> for Value<String> {
    fn from(literal: &String) -> Self {
        Self::Literal(literal.clone())
    }
}

impl<T, X: Into<Value<T>>, const N: usize> From<[X; N]> for Value<Vec<Value<T>>> {
    fn from(items: [X; N]) -> Self {
        Self::Literal(items.into_iter().map(Into::into).collect())
    }
}

impl<K: Kind> From<Value<K>> for Value<String> {
    fn from(value: Value<K>) -> Self {
        match value {
            Value::Literal(literal) => Self::Literal(literal.into_text()),
            Value::Expression(expression) => Self::Expression(expression),
        }
    }
}

impl<K: Kind> From<Vec<Value<K>>> for Value<Vec<Value<String>>> {
    fn from(items: Vec<Value<K>>) -> Self {
        Self::Literal(items.into_iter().map(Into::into).collect())
    }
}
