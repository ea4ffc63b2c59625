//! The assembly: stacks resolved against each other, as the files that the CDK CLI reads.
//!
//! Formats are those of the CDK's cloud assembly schema: `manifest.json`, a template and an asset manifest
//! for each stack, `tree.json`. Names of roles and buckets are those of the modern bootstrap.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Wire, json};
use sha2::{Digest, Sha256};

use crate::fault::{Fault, Faults, Problem};
use crate::resolve::{Export, Index};
use crate::stack::{Environment, Stack};
use crate::template::{self, Draft, text};

/// Schema version of the manifests: low, because the CLI refuses any newer than itself.
const SCHEMA_VERSION: &str = "36.0.0";

/// Qualifier of the CDK's modern bootstrap.
pub const QUALIFIER: &str = "hnb659fds";

/// Files of an assembly by name; the assets' own files are copied beside them by whoever writes it.
pub type Files = BTreeMap<String, String>;

/// A stack as the manifest lists it.
struct Rendered<'a> {
    stack: &'a Stack,
    template: String,
    hash: String,
    dependencies: BTreeSet<&'a str>,
}

/// Resolves the stacks against each other and writes every file, or says all that is wrong.
///
/// # Errors
/// Everything that CloudFormation or the CDK CLI would refuse, each fault with its stack and resource.
pub fn render(stacks: &[Stack]) -> Result<Files, Faults> {
    let index = Index::new(stacks);
    let drafts: Vec<Draft> = stacks.iter().map(|stack| template::draft(&index, stack)).collect();
    let imports: Vec<BTreeSet<Export>> = drafts.iter().map(|draft| draft.imports.clone()).collect();
    let dependencies: Vec<BTreeSet<&str>> =
        stacks.iter().zip(&imports).map(|(stack, imports)| dependencies(stack, imports)).collect();
    let mut faults = names(stacks);
    faults.extend(order(stacks, &dependencies));
    let mut rendered = Vec::new();
    for ((stack, draft), dependencies) in stacks.iter().zip(drafts).zip(dependencies) {
        let exports = imports.iter().flatten().filter(|(target, _)| target.stack == stack.id);
        match template::finish(&index, stack, draft, &exports.collect()) {
            Ok(template) => {
                let hash = sha256(&template);
                rendered.push(Rendered { stack, template, hash, dependencies });
            }
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() { Ok(files(&rendered)) } else { Err(Faults(faults)) }
}

fn dependencies<'a>(stack: &'a Stack, imports: &'a BTreeSet<Export>) -> BTreeSet<&'a str> {
    let imported = imports.iter().map(|(target, _)| &*target.stack);
    stack.depends_on.iter().map(|id| &**id).chain(imported).collect()
}

fn names(stacks: &[Stack]) -> Vec<Fault> {
    let mut ids = BTreeSet::new();
    let mut places = BTreeSet::new();
    let mut faults = Vec::new();
    for stack in stacks {
        let Environment { account, region } = &stack.environment;
        if !ids.insert(&stack.id) {
            faults.push(stack_fault(stack, Problem::DuplicateStack));
        } else if !places.insert((account, region, &stack.name)) {
            faults.push(stack_fault(stack, Problem::DuplicateStackName(stack.name.clone())));
        }
    }
    faults
}

fn stack_fault(stack: &Stack, problem: Problem) -> Fault {
    Fault { stack: stack.id.to_string(), resource: None, problem }
}

/// Unknown dependencies, and circles: what is left when stacks without open dependencies are taken away.
fn order(stacks: &[Stack], dependencies: &[BTreeSet<&str>]) -> Vec<Fault> {
    let mut waiting: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut faults = Vec::new();
    let known: BTreeSet<&str> = stacks.iter().map(|stack| &*stack.id).collect();
    for (stack, dependencies) in stacks.iter().zip(dependencies) {
        let unknown = dependencies.difference(&known);
        faults
            .extend(unknown.map(|id| stack_fault(stack, Problem::UnknownStack((*id).to_owned()))));
        waiting.insert(&stack.id, dependencies.intersection(&known).copied().collect());
    }
    loop {
        let ready: BTreeSet<&str> =
            waiting.iter().filter(|(_, open)| open.is_empty()).map(|(id, _)| *id).collect();
        if ready.is_empty() {
            break;
        }
        waiting.retain(|id, _| !ready.contains(id));
        waiting.values_mut().for_each(|open| open.retain(|id| !ready.contains(id)));
    }
    faults.extend(circle(&waiting).map(|circle| Fault {
        stack: circle[0].clone(),
        resource: None,
        problem: Problem::StackCycle(circle),
    }));
    faults
}

/// Follows open dependencies from the first waiting stack until one comes again.
fn circle(waiting: &BTreeMap<&str, BTreeSet<&str>>) -> Option<Vec<String>> {
    let mut path: Vec<&str> = vec![waiting.keys().next()?];
    loop {
        let next = waiting[path[path.len() - 1]]
            .first()
            .expect("a waiting stack waits for one that waits");
        if let Some(start) = path.iter().position(|id| id == next) {
            path.push(next);
            return Some(path[start..].iter().map(ToString::to_string).collect());
        }
        path.push(next);
    }
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn files(stacks: &[Rendered<'_>]) -> Files {
    let mut files = Files::from([
        ("cdk.out".to_owned(), format!("{}\n", json!({"version": SCHEMA_VERSION}))),
        ("manifest.json".to_owned(), text(&manifest(stacks))),
        ("tree.json".to_owned(), text(&tree(stacks))),
    ]);
    for rendered in stacks {
        let id = &rendered.stack.id;
        files.insert(format!("{id}.template.json"), rendered.template.clone());
        files.insert(format!("{id}.assets.json"), text(&asset_manifest(rendered)));
    }
    files
}

fn manifest(stacks: &[Rendered<'_>]) -> Wire {
    let tree = json!({"type": "cdk:tree", "properties": {"file": "tree.json"}});
    let mut artifacts = Map::from_iter([("Tree".to_owned(), tree)]);
    for rendered in stacks {
        let id = &rendered.stack.id;
        artifacts.insert(id.to_string(), stack_artifact(rendered));
        artifacts.insert(format!("{id}.assets"), asset_artifact(rendered.stack));
    }
    json!({"version": SCHEMA_VERSION, "artifacts": artifacts})
}

fn stack_artifact(rendered: &Rendered<'_>) -> Wire {
    let Stack { id, name, environment, .. } = rendered.stack;
    let assets = format!("{id}.assets");
    let dependencies: Vec<&str> =
        rendered.dependencies.iter().copied().chain([assets.as_str()]).collect();
    json!({
        "type": "aws:cloudformation:stack",
        "environment": place(environment),
        "displayName": &**id,
        "dependencies": dependencies,
        "metadata": metadata(rendered.stack),
        "properties": {
            "additionalDependencies": [assets],
            "assumeRoleArn": role("deploy-role", environment),
            "bootstrapStackVersionSsmParameter": bootstrap_version(),
            "cloudFormationExecutionRoleArn": role("cfn-exec-role", environment),
            "lookupRole": {
                "arn": role("lookup-role", environment),
                "bootstrapStackVersionSsmParameter": bootstrap_version(),
                "requiresBootstrapStackVersion": 8,
            },
            "requiresBootstrapStackVersion": 6,
            "stackName": name,
            "stackTemplateAssetObjectUrl":
                format!("s3://{}/{}.json", bucket(environment), rendered.hash),
            "tags": rendered.stack.tags,
            "templateFile": format!("{id}.template.json"),
            "terminationProtection": rendered.stack.termination_protection,
            "validateOnSynth": false,
        },
    })
}

fn metadata(stack: &Stack) -> Wire {
    let ids = stack.resources.iter().map(|entry| {
        let data = json!([{"type": "aws:cdk:logicalId", "data": &*entry.logical_id}]);
        (format!("/{}/{}", stack.id, entry.logical_id), data)
    });
    let mut metadata: Map<String, Wire> = ids.collect();
    let warnings = stack.warnings.iter().map(|text| ("aws:cdk:warning", text));
    let notes = stack.notes.iter().map(|text| ("aws:cdk:info", text));
    let said: Vec<Wire> =
        warnings.chain(notes).map(|(kind, text)| json!({"type": kind, "data": text})).collect();
    if !said.is_empty() {
        metadata.insert(format!("/{}", stack.id), Wire::Array(said));
    }
    Wire::Object(metadata)
}

fn asset_artifact(stack: &Stack) -> Wire {
    json!({
        "type": "cdk:asset-manifest",
        "properties": {
            "bootstrapStackVersionSsmParameter": bootstrap_version(),
            "file": format!("{}.assets.json", stack.id),
            "requiresBootstrapStackVersion": 6,
        },
    })
}

fn asset_manifest(rendered: &Rendered<'_>) -> Wire {
    let Stack { id, environment, assets, .. } = rendered.stack;
    let template = file(
        &format!("template of {id}"),
        &format!("{id}.template.json"),
        &format!("{}.json", rendered.hash),
        environment,
    );
    let mut files = Map::from_iter([(rendered.hash.clone(), template)]);
    for asset in assets {
        let wire = file(&asset.description, &asset.file_name(), &asset.object_key(), environment);
        files.insert(asset.hash.clone(), wire);
    }
    json!({"version": SCHEMA_VERSION, "files": files, "dockerImages": {}})
}

fn file(name: &str, path: &str, key: &str, environment: &Environment) -> Wire {
    let destination = json!({
        "assumeRoleArn": role("file-publishing-role", environment),
        "bucketName": bucket(environment),
        "objectKey": key,
        "region": environment.region,
    });
    let place = format!("{}-{}", account(environment), environment.region);
    json!({
        "displayName": name,
        "source": {"packaging": "file", "path": path},
        "destinations": {place: destination},
    })
}

fn tree(stacks: &[Rendered<'_>]) -> Wire {
    let children = stacks.iter().map(|rendered| {
        let stack = rendered.stack;
        let resources = stack.resources.iter().map(|entry| {
            let (id, path) = (&*entry.logical_id, format!("{}/{}", stack.id, entry.logical_id));
            let attributes = json!({"aws:cdk:cloudformation:type": entry.type_name});
            (id.to_owned(), json!({"id": id, "path": path, "attributes": attributes}))
        });
        let resources: Map<String, Wire> = resources.collect();
        let id = stack.id.to_string();
        (id.clone(), json!({"id": id, "path": id, "children": resources}))
    });
    let children: Map<String, Wire> = children.collect();
    json!({"version": "tree-0.1", "tree": {"id": "App", "path": "", "children": children}})
}

fn account(environment: &Environment) -> &str {
    environment.account.as_deref().unwrap_or("current_account")
}

fn place(environment: &Environment) -> String {
    let account = environment.account.as_deref().unwrap_or("unknown-account");
    format!("aws://{account}/{}", environment.region)
}

/// The bucket that holds a Region's assets; the CLI fills in the account.
fn bucket(environment: &Environment) -> String {
    format!("cdk-{QUALIFIER}-assets-${{AWS::AccountId}}-{}", environment.region)
}

fn role(name: &str, environment: &Environment) -> String {
    let region = &environment.region;
    format!(
        "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/cdk-{QUALIFIER}-{name}-${{AWS::AccountId}}-{region}"
    )
}

fn bootstrap_version() -> String {
    format!("/cdk-bootstrap/{QUALIFIER}/version")
}

/// Name of the bucket, inside a template, that holds the assets of the stack's own Region.
pub fn asset_bucket() -> String {
    format!("cdk-{QUALIFIER}-assets-${{AWS::AccountId}}-${{AWS::Region}}")
}
