//! Reading an assembly from disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use serde_json::Value as Json;

use super::{Assembly, AssemblyFault, Asset, Destination, Image, Packaging, Role, Stack, Template};

const MANIFEST: &str = "manifest.json";
const STACK: &str = "aws:cloudformation:stack";
const ASSEMBLY: &str = "cdk:cloud-assembly";
const ASSETS: &str = "cdk:asset-manifest";

/// How deep assemblies may stand in each other; the CDK makes one level for each stage.
const DEPTH_MAX: usize = 8;

impl Assembly {
    /// Reads the assembly in a directory, with those inside it.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(directory: &Path) -> Result<Self, AssemblyFault> {
        let mut stacks = Vec::new();
        read_folder(&plain(directory), "", DEPTH_MAX, &mut stacks)?;
        Ok(Self { stacks })
    }
}

/// A folder with a manifest.
struct Folder<'a> {
    path: &'a Path,
    manifest: PathBuf,
    artifacts: BTreeMap<String, Json>,
    /// The stage that it is, with a slash after it.
    stage: &'a str,
}

fn read_folder(
    path: &Path,
    stage: &str,
    depth: usize,
    stacks: &mut Vec<Stack>,
) -> Result<BTreeSet<String>, AssemblyFault> {
    let manifest = path.join(MANIFEST);
    let json = read_json(&manifest)?.1;
    let artifacts = json["artifacts"].as_object();
    let artifacts =
        artifacts.ok_or_else(|| fault(&manifest, "there is no object `artifacts` in it"))?;
    if depth == 0 {
        return Err(fault(&manifest, "assemblies stand in each other without end"));
    }
    let artifacts = artifacts.iter().map(|(id, artifact)| (id.clone(), artifact.clone())).collect();
    let folder = Folder { path, manifest, artifacts, stage };
    let mut ids: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (id, artifact) in folder.of_type(ASSEMBLY) {
        let name = artifact["properties"]["directoryName"].as_str().unwrap_or_default();
        let inner = folder.inside(name)?;
        let title = artifact["displayName"].as_str().unwrap_or(id);
        let inner = read_folder(&inner, &format!("{title}/"), depth - 1, stacks)?;
        ids.insert(id, inner);
    }
    for (id, artifact) in folder.of_type(STACK) {
        ids.insert(id, BTreeSet::from([folder.id(id, artifact)]));
    }
    for (id, artifact) in folder.of_type(STACK) {
        stacks.push(folder.stack(id, artifact, &ids)?);
    }
    Ok(ids.into_values().flatten().collect())
}

impl Folder<'_> {
    fn of_type<'s>(&'s self, kind: &'static str) -> impl Iterator<Item = (&'s str, &'s Json)> {
        let artifacts =
            self.artifacts.iter().filter(move |(_, it)| it["type"].as_str() == Some(kind));
        artifacts.map(|(id, artifact)| (id.as_str(), artifact))
    }

    /// A file of this folder, which does not lead out of it.
    fn inside(&self, name: &str) -> Result<PathBuf, AssemblyFault> {
        let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        if !name.is_empty() && Path::new(name).components().all(is_plain) {
            return Ok(self.path.join(name));
        }
        Err(fault(&self.manifest, format!("`{name}` is no file of this folder")))
    }

    fn id(&self, id: &str, artifact: &Json) -> String {
        let name = artifact["displayName"].as_str().unwrap_or(id);
        // The CDK writes the stage into the name that it displays.
        if name.starts_with(self.stage) { name.to_owned() } else { format!("{}{name}", self.stage) }
    }

    fn stack(
        &self,
        id: &str,
        artifact: &Json,
        ids: &BTreeMap<&str, BTreeSet<String>>,
    ) -> Result<Stack, AssemblyFault> {
        let properties = &artifact["properties"];
        let file = properties["templateFile"].as_str().ok_or_else(|| {
            fault(&self.manifest, format!("the stack `{id}` has no `templateFile`"))
        })?;
        let file = self.inside(file)?;
        let (text, json) = read_json(&file)?;
        let (account, region) = environment(artifact["environment"].as_str().unwrap_or_default());
        let named = artifact["dependencies"].as_array().into_iter().flatten();
        let named: Vec<&str> = named.filter_map(Json::as_str).collect();
        let dependencies = named.iter().filter_map(|id| ids.get(id)).flatten().cloned().collect();
        Ok(Stack {
            id: self.id(id, artifact),
            name: text_of(&properties["stackName"]).unwrap_or_else(|| id.to_owned()),
            account,
            region,
            template: Template { file, text, json },
            parameters: texts(&properties["parameters"]),
            tags: texts(&properties["tags"]),
            is_protected: properties["terminationProtection"].as_bool().unwrap_or(false),
            deploy_role: role(properties),
            execution_role: text_of(&properties["cloudFormationExecutionRoleArn"]),
            bootstrap_version: properties["requiresBootstrapStackVersion"].as_u64(),
            bootstrap_parameter: text_of(&properties["bootstrapStackVersionSsmParameter"]),
            dependencies,
            assets: self.assets(&named)?,
            images: self.images(&named)?,
            paths: self.paths(artifact)?,
        })
    }

    /// The assets of the manifests that a stack waits for.
    fn assets(&self, named: &[&str]) -> Result<Vec<Asset>, AssemblyFault> {
        let mut assets = Vec::new();
        for (file, json) in self.asset_manifests(named)? {
            for (id, asset) in json["files"].as_object().into_iter().flatten() {
                assets.push(self.asset(&file, id, asset)?);
            }
        }
        Ok(assets)
    }

    /// The container images of the same manifests.
    fn images(&self, named: &[&str]) -> Result<Vec<Image>, AssemblyFault> {
        let manifests = self.asset_manifests(named)?.into_iter();
        let images = manifests.flat_map(|(file, json)| {
            let ids = json["dockerImages"].as_object().into_iter().flatten().map(|(id, _)| id);
            ids.map(|id| Image { id: id.clone(), manifest: file.clone() }).collect::<Vec<_>>()
        });
        Ok(images.collect())
    }

    fn asset_manifests(&self, named: &[&str]) -> Result<Vec<(PathBuf, Json)>, AssemblyFault> {
        let artifacts = named.iter().filter_map(|id| self.artifacts.get(*id));
        let manifests = artifacts.filter(|artifact| artifact["type"].as_str() == Some(ASSETS));
        let manifests = manifests.map(|artifact| {
            let file = self.inside(artifact["properties"]["file"].as_str().unwrap_or_default())?;
            let json = read_json(&file)?.1;
            Ok((file, json))
        });
        manifests.collect()
    }

    fn asset(&self, file: &Path, id: &str, asset: &Json) -> Result<Asset, AssemblyFault> {
        let source = &asset["source"];
        let (path, packaging) = match (source["path"].as_str(), source["packaging"].as_str()) {
            (None, _) if source["executable"].is_array() => (None, Packaging::Made),
            (None, _) => {
                let what = format!("the asset `{id}` has no `source.path` or `source.executable`");
                return Err(fault(file, what));
            }
            (path, None | Some("file")) => (path, Packaging::File),
            (path, Some("zip")) => (path, Packaging::Zip),
            (_, Some(other)) => {
                let what = format!("the asset `{id}` wants the unknown packaging `{other}`");
                return Err(fault(file, what));
            }
        };
        let destinations = asset["destinations"].as_object().into_iter().flatten();
        let destinations = destinations.map(|(_, destination)| {
            let text = |name: &str| text_of(&destination[name]);
            let bucket = text("bucketName").zip(text("objectKey"));
            let (bucket, key) = bucket.ok_or_else(|| {
                fault(
                    file,
                    format!("a destination of the asset `{id}` has no `bucketName` or `objectKey`"),
                )
            })?;
            Ok(Destination { bucket, key, region: text("region"), role: role(destination) })
        });
        let destinations = destinations.collect::<Result<_, AssemblyFault>>()?;
        // Assets of stages stand in the folder around it.
        Ok(Asset {
            id: id.to_owned(),
            source: path.map_or_else(|| file.to_owned(), |path| plain(&self.path.join(path))),
            packaging,
            destinations,
        })
    }

    /// Construct paths by logical id, from the artifact or the file beside it.
    fn paths(&self, artifact: &Json) -> Result<BTreeMap<String, String>, AssemblyFault> {
        let beside = match artifact["additionalMetadataFile"].as_str() {
            Some(file) => read_json(&self.inside(file)?)?.1,
            None => Json::Null,
        };
        let told = [&artifact["metadata"], &beside];
        let entries = told.into_iter().filter_map(Json::as_object).flatten();
        let paths = entries.flat_map(|(path, entries)| {
            let entries = entries.as_array().into_iter().flatten();
            let ids = entries.filter(|entry| entry["type"].as_str() == Some("aws:cdk:logicalId"));
            ids.filter_map(|entry| Some((entry["data"].as_str()?.to_owned(), shortened(path))))
        });
        Ok(paths.collect())
    }
}

/// A construct path as people write it.
fn shortened(path: &str) -> String {
    path.trim_start_matches('/').trim_end_matches("/Resource").to_owned()
}

/// A path without steps back, so that paths to the same file are the same.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

/// The role that an artifact or a destination says is to be assumed.
fn role(of: &Json) -> Option<Role> {
    let arn = text_of(&of["assumeRoleArn"])?;
    Some(Role { arn, external_id: text_of(&of["assumeRoleExternalId"]) })
}

fn text_of(json: &Json) -> Option<String> {
    json.as_str().map(str::to_owned)
}

fn texts(json: &Json) -> BTreeMap<String, String> {
    let entries = json.as_object().into_iter().flatten();
    entries.filter_map(|(name, value)| Some((name.clone(), text_of(value)?))).collect()
}

/// Account and Region of `aws://ACCOUNT/REGION`, where the assembly knows them.
fn environment(text: &str) -> (Option<String>, Option<String>) {
    let place = text.strip_prefix("aws://").and_then(|rest| rest.split_once('/'));
    let Some((account, region)) = place else { return (None, None) };
    let known = |word: &str, unknown: &str| (word != unknown).then(|| word.to_owned());
    (known(account, "unknown-account"), known(region, "unknown-region"))
}

fn read_json(file: &Path) -> Result<(String, Json), AssemblyFault> {
    let text = fs::read_to_string(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => fault(file, "there is no such file, which an assembly has"),
        _ => fault(file, format!("it cannot be read: {error}")),
    })?;
    let json = serde_json::from_str(&text)
        .map_err(|error| fault(file, format!("it is no JSON: {error}")))?;
    Ok((text, json))
}

fn fault(file: &Path, what: impl Into<String>) -> AssemblyFault {
    AssemblyFault { file: file.to_owned(), what: what.into() }
}

#[cfg(test)]
mod tests;
