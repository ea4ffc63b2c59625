//! The design as a whole: what holds for every template of every topology.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod grants;
mod invariants;
mod names;
mod operators;
mod recovery;
mod regions;
mod sizes;
mod tables;
mod traffic;
mod watching;

use std::collections::BTreeMap;

use cfn::assembly::Files;
use serde_json::Value;
use stacks::Packages;
use topology::{Overrides, Topology};

/// The topology of a file with these lines.
#[track_caller]
pub(crate) fn topology(text: &str) -> Topology {
    topology::parse(text, "tideover.toml", &Overrides::default()).unwrap()
}

/// The files of the assembly of a file with these lines.
#[track_caller]
pub(crate) fn files(text: &str) -> Files {
    let stacks = stacks::stacks(&topology(text), &Packages::new());
    cfn::assembly::render(&stacks).unwrap()
}

/// The templates of an assembly by stack id.
pub(crate) fn templates(files: &Files) -> BTreeMap<String, Value> {
    let templates = files.iter().filter_map(|(name, text)| {
        let id = name.strip_suffix(".template.json")?;
        Some((id.to_owned(), serde_json::from_str(text).unwrap()))
    });
    templates.collect()
}

/// All resources of an assembly: stack id, logical id, resource.
pub(crate) fn resources(files: &Files) -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (stack, template) in templates(files) {
        for (id, resource) in template["Resources"].as_object().unwrap() {
            all.push((stack.clone(), id.clone(), resource.clone()));
        }
    }
    all
}

/// The statements of a role's own policies.
pub(crate) fn statements(role: &Value) -> Vec<Value> {
    let policies = list(&role["Properties"]["Policies"]).into_iter();
    policies.flat_map(|policy| list(&policy["PolicyDocument"]["Statement"])).collect()
}

/// One or many, as policies have it.
pub(crate) fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

/// Topologies that differ in everything that changes the shape of templates.
pub(crate) const VARIETY: [&str; 7] = [
    "",
    "[regions]\nprimary = \"eu-west-1\"\nstandby = \"eu-central-1\"\n[network]\nzones = 2\n[automatic]\nfailover = \"start\"",
    "[network]\nnat_gateways = 3\nprimary_zone_ids = [\"use1-az1\", \"use1-az2\", \"use1-az4\"]",
    "[dns]\nzone = \"pay.example.org\"\nhosted_zone_id = \"Z0123456789ABC\"\n[api]\nweb_acl = false\nauthorization = \"iam\"",
    "architecture = \"x86_64\"\n[monitoring]\nemail = \"a@example.org\"\n[storage]\nreplicate_delete_markers = true\n[automatic]\nfailover = \"tell\"",
    "[[functions]]\nname = \"one\"\nroutes = [\"GET /health\"]\n[[functions]]\nname = \"two\"\ngroup = \"Extra\"\nuses = [\"receipts\"]",
    "[processor]\nurl = \"https://cards.example.com\"\n[[functions]]\nname = \"one\"\nroutes = [\"GET /health\"]\n\
     uses = [\"events\"]\n[[functions]]\nname = \"two\"\nreserved_concurrency = 1\nuses = [\"ledger\", \"events\"]\nworker = true",
];
