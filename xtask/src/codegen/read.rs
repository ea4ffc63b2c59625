//! From a schema to the model: everything reachable from a resource's properties.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde_json::Value as Node;

use super::leaf::{choice, format, is_tag, map_value, scalar, singular, summary};
use super::model::{Choice, Field, ResourceType, Struct, Type};
use super::schema::{Schema, allows, lists, properties};
use super::{corrections, names, readable};

/// Names that generated files import: no struct of theirs may have them.
const IMPORTED: &[&str] = &[
    "BTreeMap", "Handle", "Json", "Option", "Resource", "String", "Tag", "ToJson", "Value", "Vec",
];

/// Reads the schema of one resource type.
pub(crate) fn read(schema: &Schema) -> Result<ResourceType> {
    let type_name = schema.type_name()?;
    let (service, resource) =
        type_name.trim_start_matches("AWS::").split_once("::").context("odd type name")?;
    let mut reader = Reader::new(schema, type_name, names::camel(resource))?;
    reader.all()?;
    Ok(ResourceType {
        type_name: type_name.to_owned(),
        service: names::service(service),
        module: names::snake(resource),
        attributes: readable::attributes(schema)?,
        reference: readable::reference(schema)?,
        create_only: schema.verbatim("createOnlyProperties"),
        conditionally_create_only: schema.verbatim("conditionalCreateOnlyProperties"),
        name: reader.resource,
        structs: reader.structs,
        choices: reader.choices,
    })
}

struct Reader<'a> {
    schema: &'a Schema,
    type_name: &'a str,
    resource: String,
    /// Nodes of properties that can only be read.
    read_only: Vec<&'a Node>,
    /// Objects that are still to be read: name and node.
    pending: Vec<(String, &'a Node)>,
    /// Declared names, each with what it was declared for.
    declared: BTreeMap<String, &'a Node>,
    structs: Vec<Struct>,
    choices: Vec<Choice>,
}

impl<'a> Reader<'a> {
    fn new(schema: &'a Schema, type_name: &'a str, resource: String) -> Result<Self> {
        let paths = schema.paths("readOnlyProperties");
        let nodes: Result<Vec<_>> = paths.iter().map(|path| schema.at(path)).collect();
        Ok(Self {
            schema,
            type_name,
            read_only: nodes?.into_iter().flatten().collect(),
            pending: vec![(resource.clone(), schema.root())],
            declared: BTreeMap::from([(resource.clone(), schema.root())]),
            resource,
            structs: Vec::new(),
            choices: Vec::new(),
        })
    }

    /// Reads objects until none is pending; the resource comes first, then the others by name.
    fn all(&mut self) -> Result<()> {
        while let Some((name, node)) = self.pending.pop() {
            let read = self.structure(name, node)?;
            self.structs.push(read);
        }
        let Self { structs, choices, resource, .. } = self;
        structs.sort_by_key(|one| (one.name != *resource, one.name.clone()));
        choices.sort_by_key(|one| one.name.clone());
        Ok(())
    }

    fn structure(&mut self, name: String, node: &'a Node) -> Result<Struct> {
        let fallback = if name == self.resource { self.type_name } else { &name };
        let doc = summary(node).unwrap_or_else(|| format!("`{fallback}`."));
        let mut fields = Vec::new();
        for (property, inner) in properties(node) {
            if self.is_writable(property, inner, &name) {
                fields.push(self.field(
                    &name,
                    property,
                    inner,
                    lists(node, "required", property),
                )?);
            }
        }
        Ok(Struct { name, doc, fields })
    }

    fn is_writable(&self, property: &str, node: &Node, holder: &str) -> bool {
        let absent = holder == self.resource && corrections::is_absent(self.type_name, property);
        !absent && !self.read_only.iter().any(|one| std::ptr::eq(*one, node))
    }

    fn field(
        &mut self,
        holder: &str,
        property: &str,
        node: &'a Node,
        required: bool,
    ) -> Result<Field> {
        let kind = match format!("{holder}.{property}") {
            spot if corrections::is_raw(self.type_name, &spot) => Type::Json,
            _ => self.kind(node, holder, property)?,
        };
        let doc = summary(node).or_else(|| self.definition_summary(node, &kind));
        Ok(Field {
            property: property.to_owned(),
            name: names::field(property),
            doc: doc.unwrap_or_else(|| format!("`{property}`.")),
            kind,
            required,
        })
    }

    /// The definition speaks for the property, unless it is generated and speaks for itself.
    fn definition_summary(&self, node: &Node, kind: &Type) -> Option<String> {
        let generated = matches!(kind, Type::Local(_));
        let definition = self.schema.resolved(node).ok().filter(|_| !generated)?;
        summary(definition)
    }

    /// The type of a property, of an item or of a map's value.
    fn kind(&mut self, node: &'a Node, holder: &str, property: &str) -> Result<Type> {
        let Some((name, definition)) = self.schema.definition(node)? else {
            return self.inline(
                node,
                &names::nested(holder, property),
                &format!("{holder}.{property}"),
            );
        };
        if let Some(format) = format(node) {
            return Ok(Type::Kind(format));
        }
        if corrections::is_raw(self.type_name, name) {
            return Ok(Type::Json);
        }
        if is_tag(name, definition) {
            return Ok(Type::Tag);
        }
        if definition.get("$ref").is_some() {
            return self.kind(definition, holder, property);
        }
        self.inline(definition, &names::camel(name), name)
    }

    /// The type of a node that is no reference; `name` is for what must be declared.
    fn inline(&mut self, node: &'a Node, name: &str, spot: &str) -> Result<Type> {
        if let Some(items) = node.get("items").filter(|_| allows(node, "array")) {
            return self.list(node, items, name);
        }
        if node.get("properties").is_some() {
            return self.object(name, node);
        }
        if let Some(value) = map_value(node) {
            let map = Type::Map(Box::new(self.map_item(value, name, spot)?));
            return Ok(map);
        }
        if let Some(values) = choice(node).filter(|_| !corrections::is_text(self.type_name, spot)) {
            return self.choice(name, node, &values);
        }
        Ok(scalar(node))
    }

    fn list(&mut self, node: &Node, items: &'a Node, name: &str) -> Result<Type> {
        let plural = format(node).map(|format| Type::Kind(singular(format)));
        let item = match plural {
            Some(kind) => kind,
            None => self.kind(items, &names::singular(name), "")?,
        };
        Ok(Type::List(Box::new(item)))
    }

    fn map_item(&mut self, value: &'a Node, name: &str, spot: &str) -> Result<Type> {
        if corrections::is_text(self.type_name, spot) {
            Ok(Type::Text)
        } else {
            self.kind(value, name, "Value")
        }
    }

    fn object(&mut self, name: &str, node: &'a Node) -> Result<Type> {
        let name = self.free(name);
        if self.declare(&name, node)? {
            self.pending.push((name.clone(), node));
        }
        Ok(Type::Local(name))
    }

    fn choice(&mut self, name: &str, node: &'a Node, values: &[&str]) -> Result<Type> {
        let name = self.free(name);
        if self.declare(&name, node)? {
            let doc = summary(node).unwrap_or_else(|| format!("`{name}`."));
            self.choices.push(Choice { name: name.clone(), doc, values: variants(values)? });
        }
        Ok(Type::Local(name))
    }

    /// Whether a name is new; it can stand for one thing only.
    fn declare(&mut self, name: &str, node: &'a Node) -> Result<bool> {
        let before = self.declared.insert(name.to_owned(), node);
        ensure!(
            before.is_none_or(|before| std::ptr::eq(before, node)),
            "`{name}` would be two things"
        );
        Ok(before.is_none())
    }

    /// A name that neither the resource nor an import has.
    fn free(&self, name: &str) -> String {
        let taken = name == self.resource || IMPORTED.contains(&name);
        if taken { format!("{}{name}", self.resource) } else { name.to_owned() }
    }
}

/// Variants of an enum, each with its text; of spellings such as `GLACIER` and `Glacier`, the first.
fn variants(values: &[&str]) -> Result<Vec<(String, String)>> {
    let mut variants: BTreeMap<String, &str> = BTreeMap::new();
    for value in values {
        let kept = *variants.entry(names::variant(value)).or_insert(value);
        ensure!(kept.eq_ignore_ascii_case(value), "`{kept}` and `{value}` would be one variant");
    }
    ensure!(!variants.contains_key(""), "a value without a letter: {values:?}");
    Ok(variants.into_iter().map(|(variant, value)| (variant, value.to_owned())).collect())
}
