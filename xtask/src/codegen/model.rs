//! What is generated: one resource type as Rust declarations, before they are written down.

/// A resource type with everything reachable from its properties.
#[derive(Debug)]
pub(crate) struct ResourceType {
    /// Such as `AWS::EC2::VPCEndpoint`.
    pub(crate) type_name: String,
    /// Module of its service, such as `ec2`.
    pub(crate) service: String,
    /// Module of its own, such as `vpc_endpoint`.
    pub(crate) module: String,
    /// Name of its struct, which is the first of `structs`.
    pub(crate) name: String,
    pub(crate) structs: Vec<Struct>,
    pub(crate) choices: Vec<Choice>,
    pub(crate) attributes: Vec<Attribute>,
    /// What `Ref` yields.
    pub(crate) reference: Type,
    pub(crate) create_only: Vec<String>,
    pub(crate) conditionally_create_only: Vec<String>,
}

/// An object with known members.
#[derive(Debug)]
pub(crate) struct Struct {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) fields: Vec<Field>,
}

impl Struct {
    /// Fields that are arguments of `new`.
    pub(crate) fn required(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| field.required)
    }
}

/// A property.
#[derive(Debug)]
pub(crate) struct Field {
    /// Name in the template.
    pub(crate) property: String,
    /// Name in Rust.
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) kind: Type,
    pub(crate) required: bool,
}

/// One of a closed set of texts: an enum.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) name: String,
    pub(crate) doc: String,
    /// Variant and text of each.
    pub(crate) values: Vec<(String, String)>,
}

/// Something that `Fn::GetAtt` can read.
#[derive(Debug)]
pub(crate) struct Attribute {
    /// Name for `Fn::GetAtt`, such as `Endpoint.Address`.
    pub(crate) path: String,
    pub(crate) method: String,
    pub(crate) doc: String,
    pub(crate) kind: Type,
}

/// Type of a property's value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Type {
    Text,
    Integer,
    Number,
    Bool,
    /// Free-form JSON.
    Json,
    /// The tag that all resource types share.
    Tag,
    /// Text with a meaning, from the schema's `format`.
    Kind(Format),
    /// A struct or an enum of the same file.
    Local(String),
    List(Box<Type>),
    Map(Box<Type>),
}

impl Type {
    /// How Rust writes it.
    pub(crate) fn rust(&self) -> String {
        match self {
            Self::Text => "String".to_owned(),
            Self::Integer => "i64".to_owned(),
            Self::Number => "f64".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Json => "Json".to_owned(),
            Self::Tag => "Tag".to_owned(),
            Self::Kind(format) => format.kind(),
            Self::Local(name) => name.clone(),
            Self::List(item) => format!("Vec<Value<{}>>", item.rust()),
            Self::Map(item) => format!("BTreeMap<String, Value<{}>>", item.rust()),
        }
    }

    /// The type inside lists and maps.
    pub(crate) fn innermost(&self) -> &Self {
        match self {
            Self::List(item) | Self::Map(item) => item.innermost(),
            other => other,
        }
    }
}

/// A `format` that names an attribute of a resource type, such as `AWS::EC2::VPC.Id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Format {
    pub(crate) type_name: String,
    pub(crate) attribute: String,
}

impl Format {
    /// Reads one; formats such as `date-time` are none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (type_name, attribute) = text.split_once('.')?;
        type_name
            .starts_with("AWS::")
            .then(|| Self { type_name: type_name.to_owned(), attribute: attribute.to_owned() })
    }

    /// `AWS::EC2::VPC.Id` as `VpcId`, and `AWS::KMS::Alias.AliasName` as `AliasName`.
    pub(crate) fn kind(&self) -> String {
        let resource = self.type_name.rsplit("::").next().unwrap_or_default();
        let attribute = self.attribute.strip_prefix(resource).unwrap_or(&self.attribute);
        super::names::camel(resource) + &super::names::camel(attribute)
    }
}
