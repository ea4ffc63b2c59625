//! Kinds: text with a meaning, such as the id of a VPC or the ARN of a role.
//!
//! The kinds themselves are generated from the `format` that the schemas give to properties. A property
//! of a kind takes a literal or a reference of that kind only; any kind may stand where plain text is wanted.

/// Text with a meaning.
pub trait Kind {
    /// The text itself.
    fn into_text(self) -> String;
}

/// Declares kinds: `kinds! { /// The id of a VPC. VpcId, }`.
macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub String);

        impl $crate::kind::Kind for $name {
            fn into_text(self) -> String {
                self.0
            }
        }

        impl $crate::json::ToJson for $name {
            fn to_json(&self) -> $crate::json::Json {
                $crate::json::Json::Text(self.0.clone())
            }
        }

        impl From<&str> for $crate::Value<$name> {
            fn from(literal: &str) -> Self {
                Self::Literal($name(literal.to_owned()))
            }
        }

        impl From<String> for $crate::Value<$name> {
            fn from(literal: String) -> Self {
                Self::Literal($name(literal))
            }
        }
    )*};
}
pub(crate) use kinds;
