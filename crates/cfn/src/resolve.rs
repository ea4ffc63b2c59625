//! Turns expressions into CloudFormation's intrinsic functions, and finds what they cannot resolve.
//!
//! A reference within a stack becomes `Ref` or `Fn::GetAtt`. One to another stack of the same account and
//! Region becomes `Fn::ImportValue`, and that stack gets the output that exports it. Any other is a fault.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::fault::{Fault, Problem};
use crate::json::Json;
use crate::stack::{Environment, Stack};
use crate::value::{Expression, Target};

/// A value that a stack exports: the resource, and the attribute where it is not the `Ref`.
pub(crate) type Export = (Target, Option<&'static str>);

/// All stacks by id, to look references up in.
pub(crate) struct Index<'a> {
    stacks: BTreeMap<&'a str, &'a Stack>,
    ids: BTreeSet<(&'a str, &'a str)>,
    named_exports: BTreeMap<(&'a Target, Option<&'static str>), &'a str>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(stacks: &'a [Stack]) -> Self {
        let resources = stacks
            .iter()
            .flat_map(|stack| stack.resources.iter().map(|entry| (&*stack.id, &*entry.logical_id)));
        let outputs = stacks.iter().flat_map(|stack| &stack.outputs);
        let named_exports = outputs.filter_map(|output| match &output.value {
            Json::Expression(Expression::Ref(target)) => {
                Some(((target, None), output.name.as_str()))
            }
            Json::Expression(Expression::GetAtt(target, attribute)) => {
                Some(((target, Some(*attribute)), output.name.as_str()))
            }
            _ => None,
        });
        Self {
            stacks: stacks.iter().map(|stack| (&*stack.id, stack)).collect(),
            ids: resources.collect(),
            named_exports: named_exports.collect(),
        }
    }

    pub(crate) fn stack(&self, id: &str) -> Option<&'a Stack> {
        self.stacks.get(id).copied()
    }

    /// Name of the output that exports a value, and whether the stack's author declared it.
    pub(crate) fn export(&self, (target, attribute): &Export) -> (String, bool) {
        match self.named_exports.get(&(target, *attribute)) {
            Some(name) => ((*name).to_owned(), true),
            None => (default_export(&target.logical_id, *attribute), false),
        }
    }
}

fn default_export(logical_id: &str, attribute: Option<&str>) -> String {
    let attribute = attribute.unwrap_or("Ref").replace('.', "");
    format!("Export{logical_id}{attribute}")
}

/// Resolves the expressions of one stack, noting what it imports and what is wrong.
pub(crate) struct Resolver<'a> {
    index: &'a Index<'a>,
    stack: &'a Stack,
    /// Resource or output in which the resolver is at work.
    pub(crate) place: Option<Arc<str>>,
    /// What this stack imports.
    pub(crate) imports: BTreeSet<Export>,
    /// What is wrong, in the order in which it was met.
    pub(crate) faults: Vec<Fault>,
}

impl<'a> Resolver<'a> {
    pub(crate) fn new(index: &'a Index<'a>, stack: &'a Stack) -> Self {
        Self { index, stack, place: None, imports: BTreeSet::new(), faults: Vec::new() }
    }

    pub(crate) fn fault(&mut self, problem: Problem) {
        let resource = self.place.as_ref().map(ToString::to_string);
        self.faults.push(Fault { stack: self.stack.id.to_string(), resource, problem });
    }

    /// What an expression is written as; parts of it may be expressions again.
    pub(crate) fn expression(&mut self, expression: &Expression) -> Json {
        match expression {
            Expression::Ref(target) => self.reference(target, None),
            Expression::GetAtt(target, attribute) => self.reference(target, Some(attribute)),
            Expression::Parameter(name) => self.parameter(name),
            Expression::Sub(text) => self.sub(text),
            Expression::Concat(parts) => self.concat(parts),
            Expression::Join(separator, list) => {
                function("Fn::Join", [separator.as_str().into(), (**list).clone()])
            }
            Expression::Select(number, list) => {
                let number = i64::try_from(*number).expect("no list has 2^63 items");
                function("Fn::Select", [number.into(), (**list).clone()])
            }
            Expression::AvailabilityZones => function("Fn::GetAZs", ""),
            Expression::If(condition, yes, no) => {
                self.check_condition(condition);
                let branches = [condition.as_str().into(), (**yes).clone(), (**no).clone()];
                function("Fn::If", branches)
            }
            Expression::NoValue => function("Ref", "AWS::NoValue"),
        }
    }

    fn parameter(&mut self, name: &str) -> Json {
        if !self.stack.parameters.contains_key(name) {
            self.fault(Problem::UnknownParameter(name.to_owned()));
        }
        function("Ref", name)
    }

    pub(crate) fn check_condition(&mut self, name: &str) {
        if !self.stack.conditions.contains_key(name) {
            self.fault(Problem::UnknownCondition(name.to_owned()));
        }
    }

    fn reference(&mut self, target: &Target, attribute: Option<&'static str>) -> Json {
        if let Some(problem) = self.unresolvable(target) {
            self.fault(problem);
            return Json::Text(String::new());
        }
        if target.stack != self.stack.id {
            return self.import(target, attribute);
        }
        match attribute {
            Some(attribute) => {
                function("Fn::GetAtt", [Json::from(&*target.logical_id), attribute.into()])
            }
            None => function("Ref", &*target.logical_id),
        }
    }

    fn unresolvable(&self, target: &Target) -> Option<Problem> {
        let Some(owner) = self.index.stack(&target.stack) else {
            return Some(Problem::UnknownStack(target.stack.to_string()));
        };
        let (stack, logical_id) = (target.stack.to_string(), target.logical_id.to_string());
        if !self.index.ids.contains(&(&*target.stack, &*target.logical_id)) {
            return Some(Problem::Dangling { stack, logical_id });
        }
        (owner.environment != self.stack.environment).then(|| {
            let place = place(self.stack, owner);
            Problem::Unreachable { stack, logical_id, place }
        })
    }

    fn import(&mut self, target: &Target, attribute: Option<&'static str>) -> Json {
        let export = (target.clone(), attribute);
        let (output, _) = self.index.export(&export);
        self.imports.insert(export);
        let owner = self.index.stack(&target.stack).expect("`unresolvable` has found the stack");
        function("Fn::ImportValue", owner.export_name(&output))
    }

    fn sub(&mut self, text: &str) -> Json {
        for name in placeholders(text) {
            if !PSEUDO_PARAMETERS.contains(&name) {
                self.fault(Problem::UnknownPseudoParameter(name.to_owned()));
            }
        }
        if text.contains("${") { function("Fn::Sub", text) } else { text.into() }
    }

    /// One `Fn::Sub` where every part can stand in it, else `Fn::Join`.
    fn concat(&mut self, parts: &[Json]) -> Json {
        let parts: Vec<Json> = parts.iter().map(|part| self.part(part)).collect();
        if let Some(text) = parts.iter().map(as_text).collect::<Option<String>>() {
            return Json::Text(text);
        }
        match parts.iter().map(as_sub).collect::<Option<String>>() {
            Some(text) => function("Fn::Sub", text),
            None => function("Fn::Join", ["".into(), Json::List(parts)]),
        }
    }

    fn part(&mut self, part: &Json) -> Json {
        match part {
            Json::Expression(expression) => self.expression(expression),
            other => other.clone(),
        }
    }
}

fn function(name: &str, argument: impl Into<Json>) -> Json {
    Json::object([(name, argument.into())])
}

/// Where another stack is, as far as it is not where this one is.
fn place(stack: &Stack, owner: &Stack) -> String {
    let Environment { account, region } = &owner.environment;
    match account {
        Some(account) if owner.environment.account != stack.environment.account => {
            format!("account {account}, {region}")
        }
        _ => region.clone(),
    }
}

const PSEUDO_PARAMETERS: [&str; 6] = [
    "AWS::AccountId",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).map(|rest| rest.split('}').next().unwrap_or(rest))
}

fn as_text(part: &Json) -> Option<&str> {
    match part {
        Json::Text(text) => Some(text),
        _ => None,
    }
}

/// The form that a resolved part has inside the text of `Fn::Sub`.
fn as_sub(part: &Json) -> Option<String> {
    match part {
        Json::Text(text) => Some(text.replace("${", "${!")),
        Json::Object(function) => {
            let (name, argument) = function.first_key_value()?;
            match (name.as_str(), argument) {
                ("Ref", Json::Text(id)) => Some(format!("${{{id}}}")),
                ("Fn::GetAtt", Json::List(path)) => {
                    let path: Option<Vec<&str>> = path.iter().map(as_text).collect();
                    Some(format!("${{{}}}", path?.join(".")))
                }
                ("Fn::Sub", Json::Text(text)) => Some(text.clone()),
                _ => None,
            }
        }
        _ => None,
    }
}
