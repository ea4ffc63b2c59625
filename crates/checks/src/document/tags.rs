//! The tags of YAML: short forms of CloudFormation's functions, and the few of YAML's own that it knows.

use granit_parser::Tag;
use strsim::levenshtein;

/// Short form and long form of every function.
const FUNCTIONS: [(&str, &str); 29] = [
    ("And", "Fn::And"),
    ("Base64", "Fn::Base64"),
    ("Cidr", "Fn::Cidr"),
    ("Condition", "Condition"),
    ("Contains", "Fn::Contains"),
    ("EachMemberEquals", "Fn::EachMemberEquals"),
    ("EachMemberIn", "Fn::EachMemberIn"),
    ("Equals", "Fn::Equals"),
    ("FindInMap", "Fn::FindInMap"),
    ("ForEach", "Fn::ForEach"),
    ("GetAZs", "Fn::GetAZs"),
    ("GetAtt", GET_ATT),
    ("GetStackOutput", "Fn::GetStackOutput"),
    ("If", "Fn::If"),
    ("ImportValue", "Fn::ImportValue"),
    ("Join", "Fn::Join"),
    ("Length", "Fn::Length"),
    ("Not", "Fn::Not"),
    ("Or", "Fn::Or"),
    ("Ref", "Ref"),
    ("RefAll", "Fn::RefAll"),
    ("Select", "Fn::Select"),
    ("Split", "Fn::Split"),
    ("Sub", "Fn::Sub"),
    ("ToJsonString", "Fn::ToJsonString"),
    ("Transform", "Fn::Transform"),
    ("ValueOf", "Fn::ValueOf"),
    ("ValueOfAll", "Fn::ValueOfAll"),
    ("Implies", "Fn::Implies"),
];

/// What YAML's own tags begin with.
const YAML: &str = "tag:yaml.org,2002:";

/// The function whose short form may be one word, `Thing.Attribute`.
pub(super) const GET_ATT: &str = "Fn::GetAtt";

/// What a tag makes of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// It says what would be understood without it.
    Plain,
    /// What it would be without quotes.
    Unquoted,
    /// A word, whatever it looks like.
    Word,
    /// The argument of this function.
    Function(&'static str),
}

/// What a tag means, or what is wrong with it.
pub(super) fn meaning(tag: Option<&Tag>) -> Result<Meaning, String> {
    let Some(tag) = tag else {
        return Ok(Meaning::Plain);
    };
    match tag.parts() {
        (YAML, "str") | ("", "!") | ("!", "") => Ok(Meaning::Word),
        (YAML, "int" | "float" | "bool" | "null") => Ok(Meaning::Unquoted),
        (YAML, "map" | "seq") => Ok(Meaning::Plain),
        (YAML, _) => {
            Err(format!("the tag `{}`, which CloudFormation does not support", tag.original()))
        }
        _ => function(tag),
    }
}

fn function(tag: &Tag) -> Result<Meaning, String> {
    let (handle, name) = tag.original_parts();
    let known = FUNCTIONS.iter().find(|(short, _)| handle == "!" && *short == name);
    if let Some((_, long)) = known {
        return Ok(Meaning::Function(long));
    }
    let written = tag.original();
    let bare = name.trim_start_matches("Fn::").to_lowercase();
    let nearest = FUNCTIONS
        .iter()
        .map(|(short, _)| (levenshtein(&short.to_lowercase(), &bare), *short))
        .min()
        .filter(|(distance, _)| *distance <= 2);
    Err(match nearest {
        Some((_, short)) => format!("unknown tag `{written}`; `!{short}` was meant?"),
        None => format!("unknown tag `{written}`, which is no function of CloudFormation"),
    })
}
