//! The design that is judged: every stack, which Regions form the pair, and what corresponds to what.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;
use topology::Home;

use crate::document::{DocumentFault, parse};
use crate::hidden::Hidden;
use crate::naming;
use crate::pairing::Pairing;
use crate::place::Resource;
use crate::resolve::Exports;
use crate::settings::Settings;
use crate::source::{Parent, Source};
use crate::stack::Stack;
use crate::value::{Reference, Value};
use crate::{Answer, Unknown};

/// A template that cannot be judged, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The template's file.
    pub file: String,
    /// What is wrong with it.
    pub fault: DocumentFault,
}

/// Every stack of a system in all its Regions.
#[derive(Debug, Clone)]
pub struct Design {
    stacks: Arc<[Stack]>,
    pairing: Pairing,
    settings: Settings,
    by_kind: BTreeMap<String, Vec<(usize, String)>>,
    hidden: Hidden,
}

impl Design {
    /// The design that these templates make.
    ///
    /// # Errors
    ///
    /// Every template that cannot be read.
    pub fn new(sources: &[Source], settings: Settings) -> Result<Self, Vec<Unreadable>> {
        let stacks = stacks(sources, &settings)?;
        let mut by_kind: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
        for stack in &stacks {
            for resource in stack.resources.values() {
                by_kind
                    .entry(resource.kind.clone())
                    .or_default()
                    .push((stack.index, resource.id.clone()));
            }
        }
        let hidden = Hidden::of(&stacks);
        let pairing = Pairing::default();
        let mut design = Self { stacks: stacks.into(), pairing, settings, by_kind, hidden };
        design.pairing = Pairing::infer(&design);
        design.pairing = design.pairing.with_roles(&design);
        Ok(design)
    }

    /// The same design with the home roles exchanged.
    pub(crate) fn turned(&self) -> Self {
        Self { pairing: self.pairing.turned(), ..self.clone() }
    }

    /// Every stack, in the order in which they were given.
    #[must_use]
    pub fn stacks(&self) -> &[Stack] {
        &self.stacks
    }

    /// Which Regions and stacks belong together.
    #[must_use]
    pub fn pairing(&self) -> &Pairing {
        &self.pairing
    }

    /// What the user said about the check.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The resources of a type that are certainly created.
    pub fn of<'d>(&'d self, kind: &str) -> impl Iterator<Item = Resource<'d>> + use<'d> {
        self.all_of(kind).filter(|resource| resource.declared.doubt.is_none())
    }

    /// The resources of a type in the Region of a home role that are certainly created.
    pub fn of_home<'d>(
        &'d self,
        kind: &str,
        home: Home,
    ) -> impl Iterator<Item = Resource<'d>> + use<'d> {
        self.of(kind).filter(move |resource| self.home(*resource) == Some(home))
    }

    /// Whether a resource of this type might be created in a Region without our knowing: one whose condition is not
    /// known or rests on a parameter, one in a template without a Region, or something that is not expanded here: a
    /// macro, a module, a nested stack whose template is not here. A rule about what is missing must not speak then.
    #[must_use]
    pub fn may_hide(&self, kind: &str, region: &str) -> bool {
        self.hidden.may_hide(kind, region)
    }

    /// Every resource that is or may be created, in the order of the stacks.
    pub fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        self.stacks.iter().flat_map(|stack| {
            stack.resources.values().map(move |declared| Resource { stack, declared })
        })
    }

    fn all_of<'d>(&'d self, kind: &str) -> impl Iterator<Item = Resource<'d>> + use<'d> {
        self.by_kind.get(kind).into_iter().flatten().map(|(stack, id)| {
            let stack = &self.stacks[*stack];
            Resource { stack, declared: &stack.resources[id] }
        })
    }

    /// The resource that a reference means.
    #[must_use]
    pub fn resource(&self, reference: &Reference) -> Option<Resource<'_>> {
        let stack = self.stacks.get(reference.stack)?;
        Some(Resource { stack, declared: stack.resources.get(&reference.resource)? })
    }

    /// The home role of the Region that a resource is in; `None` outside of the pair.
    #[must_use]
    pub fn home(&self, resource: Resource<'_>) -> Option<Home> {
        self.pairing.home(resource.region())
    }

    /// Whether the settings or the templates say which Region is the home primary; where not, it is a guess.
    #[must_use]
    pub fn home_is_known(&self) -> bool {
        !self.pairing.roles_are_guessed()
    }

    /// The Region of a home role, where there is a pair.
    #[must_use]
    pub fn region(&self, home: Home) -> Option<&str> {
        self.pairing.region(home)
    }

    /// The resource of the other Region that does the same work.
    #[must_use]
    pub fn counterpart(&self, resource: Resource<'_>) -> Option<Resource<'_>> {
        self.resource(self.pairing.counterpart(&resource.reference(None))?)
    }

    /// A value as text, with the names and ARNs of resources whose names the templates say.
    #[must_use]
    pub fn text(&self, value: &Value) -> Answer<String> {
        naming::text(self, value)
    }

    /// A value as a text to compare with others: where only a deployment knows a name, the resource stands for it.
    /// `None` where a part is not known at all.
    #[must_use]
    pub fn symbol(&self, value: &Value) -> Option<String> {
        naming::symbol(self, value)
    }

    /// The physical name of a resource, where its template says it.
    #[must_use]
    pub fn name(&self, resource: Resource<'_>) -> Answer<String> {
        naming::name(self, resource)
    }

    /// The ARN of a resource, where its template says its name; the account may stand in it as `${AWS::AccountId}`.
    #[must_use]
    pub fn arn(&self, resource: Resource<'_>) -> Answer<String> {
        naming::arn(self, resource)
    }

    /// Whether two values are certainly the same, certainly not, or not to be known.
    #[must_use]
    pub fn same(&self, left: &Value, right: &Value) -> Answer<bool> {
        if left == right && !matches!(left, Value::Unknown(_) | Value::Either(_)) {
            return Answer::Known(true);
        }
        match (self.text(left), self.text(right)) {
            (Answer::Known(left), Answer::Known(right)) => naming::same(&left, &right),
            (Answer::Unknown(why), _) | (_, Answer::Unknown(why)) => Answer::Unknown(why),
            _ => Answer::Unknown(Unknown("it is no text".into())),
        }
    }
}

/// The stacks of all templates; exports of one are known to the others.
fn stacks(sources: &[Source], settings: &Settings) -> Result<Vec<Stack>, Vec<Unreadable>> {
    let mut templates = Vec::with_capacity(sources.len());
    let mut unreadable = Vec::new();
    for source in sources {
        match parse(&source.text) {
            Ok(template) if is_template(&template) => templates.push(template),
            Ok(_) => {
                unreadable.push(Unreadable { file: source.file.clone(), fault: no_template() })
            }
            Err(fault) => unreadable.push(Unreadable { file: source.file.clone(), fault }),
        }
    }
    if !unreadable.is_empty() {
        return Err(unreadable);
    }
    Ok(settled(sources, &templates, settings))
}

/// How many stacks may hand a value on to each other.
const STEPS_MAX: usize = 8;

/// The stacks when what they give to each other is known everywhere.
fn settled(sources: &[Source], templates: &[Json], settings: &Settings) -> Vec<Stack> {
    let mut given = Exports::default();
    let mut stacks = built(sources, templates, settings, &given);
    if !stacks.iter().any(Stack::takes) {
        return stacks;
    }
    for _ in 0..STEPS_MAX {
        let now = Exports::of(&stacks);
        if now == given {
            return stacks;
        }
        given = now;
        stacks = built(sources, templates, settings, &given);
    }
    let now = Exports::of(&stacks);
    if now == given { stacks } else { built(sources, templates, settings, &now.settled(&given)) }
}

/// Whether a document has any section of a template.
fn is_template(document: &Json) -> bool {
    const SECTIONS: [&str; 8] = [
        "AWSTemplateFormatVersion",
        "Conditions",
        "Description",
        "Mappings",
        "Outputs",
        "Parameters",
        "Resources",
        "Transform",
    ];
    SECTIONS.iter().any(|section| document.get(section).is_some())
}

fn no_template() -> DocumentFault {
    let what =
        "it is no CloudFormation template: it has neither `Resources` nor any other section of one";
    DocumentFault { line: None, what: what.to_owned() }
}

fn built(
    sources: &[Source],
    templates: &[Json],
    settings: &Settings,
    exports: &Exports,
) -> Vec<Stack> {
    let mut stacks: Vec<Stack> = Vec::with_capacity(sources.len());
    for (index, (source, template)) in sources.iter().zip(templates).enumerate() {
        let arguments = match &source.parent {
            Some(parent) => arguments(&stacks, parent),
            None => given(source, template, settings),
        };
        stacks.push(Stack::new(index, source, template, exports, &arguments));
    }
    stacks
}

/// What the settings give to the parameters of a stack.
fn given(source: &Source, template: &Json, settings: &Settings) -> Value {
    let is_declared =
        |name: &str| template.get("Parameters").is_some_and(|all| all.get(name).is_some());
    let here = settings.parameters.iter().filter(|given| {
        given.is_for(&source.name, source.region.as_deref()) && is_declared(&given.name)
    });
    Value::Map(here.map(|given| (given.name.clone(), Value::Text(given.value.clone()))).collect())
}

/// What a parent stack gives to a nested one.
fn arguments(stacks: &[Stack], parent: &Parent) -> Value {
    // Two assemblies may have stacks of one name; a nested stack follows its parent.
    let stack = stacks.iter().rfind(|stack| stack.name == parent.stack);
    let nested = stack.and_then(|stack| {
        let declared = stack.resources.get(&parent.resource)?;
        Some(Resource { stack, declared }.at("Parameters"))
    });
    let carried = |entries: &BTreeMap<String, Value>| {
        let carried = |(name, value): (&String, &Value)| (name.clone(), value.clone().carried());
        entries.iter().map(carried).collect()
    };
    match nested.map_or(Answer::Absent, |parameters| parameters.value()) {
        Answer::Known(Value::Map(entries)) => Value::Map(carried(entries)),
        Answer::Known(Value::Open(entries, why)) => Value::Open(carried(entries), why.clone()),
        Answer::Unknown(why) => Value::Unknown(why),
        Answer::Known(_) | Answer::Absent => Value::Map(BTreeMap::new()),
    }
}
