//! Structs and enums, with their JSON.

use crate::codegen::model::{Choice, Field, Struct};
use crate::codegen::text::comment;

/// A struct, its `new` where properties are required, and its JSON.
pub(crate) fn structure(item: &Struct) -> String {
    let optional = item.required().next().is_none();
    let derived =
        if optional { "Clone, Debug, Default, PartialEq" } else { "Clone, Debug, PartialEq" };
    let fields: String = item.fields.iter().map(field).collect();
    let doc = comment("", &item.doc);
    let declaration =
        format!("{doc}#[derive({derived})]\npub struct {} {{\n{fields}}}\n", item.name);
    let new = if optional { String::new() } else { new(item) };
    [declaration, new, to_json(item)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

fn field(field: &Field) -> String {
    let value = format!("Value<{}>", field.kind.rust());
    let kind = if field.required { value } else { format!("Option<{value}>") };
    format!("{}    pub {}: {kind},\n", comment("    ", &field.doc), field.name)
}

fn new(item: &Struct) -> String {
    let arguments = item
        .required()
        .map(|field| format!("{}: impl Into<Value<{}>>", field.name, field.kind.rust()));
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    let fields: String = item.fields.iter().map(initial).collect();
    format!(
        "impl {} {{\n/// With what is required.\npub fn new({arguments}) -> Self {{\nSelf {{\n{fields}}}\n}}\n}}\n",
        item.name
    )
}

fn initial(field: &Field) -> String {
    let name = &field.name;
    let value = if field.required { format!("{name}.into()") } else { "None".to_owned() };
    format!("{name}: {value},\n")
}

fn to_json(item: &Struct) -> String {
    let members: String = item.fields.iter().map(member).collect();
    implementation(&item.name, &format!("members([\n{members}])\n"))
}

fn member(field: &Field) -> String {
    let Field { property, name, .. } = field;
    if field.required {
        format!("(\"{property}\", Some(self.{name}.to_json())),\n")
    } else {
        format!("(\"{property}\", optional(&self.{name})),\n")
    }
}

/// An enum with its JSON.
pub(crate) fn choice(choice: &Choice) -> String {
    let variants = choice
        .values
        .iter()
        .map(|(variant, value)| format!("    /// `{value}`.\n    {variant},\n"));
    let doc = comment("", &choice.doc);
    let derive = "#[derive(Clone, Copy, Debug, PartialEq, Eq)]";
    let declaration =
        format!("{doc}{derive}\npub enum {} {{\n{}}}\n", choice.name, variants.collect::<String>());
    let arms =
        choice.values.iter().map(|(variant, value)| format!("Self::{variant} => \"{value}\",\n"));
    let body = format!("Json::from(match self {{\n{}}})\n", arms.collect::<String>());
    [declaration, implementation(&choice.name, &body)].join("\n")
}

fn implementation(name: &str, body: &str) -> String {
    format!("impl ToJson for {name} {{\nfn to_json(&self) -> Json {{\n{body}}}\n}}\n")
}
