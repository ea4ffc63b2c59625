//! What is looked at before an assembly is deployed, because AWS would refuse it only after hours: functions without a
//! package, a zone that is nobody's, and what the check calls a blocker.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context as _;
use checks::output::VALIDATION_REPORT_FILE;
use deploy::{Assembly, Stack};
use serde_json::Value;

use crate::failure::Ended;

/// The end of the key under which `synth` looks for a package that was not there.
const NO_PACKAGE: &str = "/run-tideover-package-first.zip";

/// Where Route 53 lets nobody have a zone.
const EXAMPLES: [&str; 3] = ["example.com", "example.net", "example.org"];

/// The exit code of an assembly that is wrong.
const WRONG: u8 = 3;

/// Refuses what AWS would refuse.
pub(super) fn finished(assembly: &Assembly, chosen: &BTreeSet<String>) -> anyhow::Result<()> {
    let stacks = assembly.stacks.iter().filter(|stack| chosen.contains(&stack.id));
    let (mut faults, mut hints) = (Vec::new(), BTreeSet::new());
    for stack in stacks {
        for (id, resource) in stack.template.resources() {
            if let Some((what, hint)) = unfinished(resource) {
                faults.push(format!("`{}`: `{}` {what}", stack.id, path(stack, id)));
                hints.insert(hint);
            }
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    let hints: Vec<&str> = hints.into_iter().collect();
    let hint = format!(
        "{}; nothing was changed. Into an emulator, which takes it so, `--unfinished` deploys it",
        hints.join("; ")
    );
    Err(Ended { code: WRONG, error: faults.join("\n"), hint }.into())
}

fn path<'s>(stack: &'s Stack, id: &'s str) -> &'s str {
    let path = stack.path(id);
    path.strip_prefix(stack.id.as_str()).map_or(path, |rest| rest.trim_start_matches('/'))
}

/// What is wrong with a resource, and what to type.
fn unfinished(resource: &Value) -> Option<(String, &'static str)> {
    let properties = &resource["Properties"];
    match resource["Type"].as_str()? {
        "AWS::Lambda::Function" => {
            let key = properties["Code"]["S3Key"].as_str()?;
            let name = key.strip_suffix(NO_PACKAGE)?;
            Some((
                format!("is the function `{name}`, which has no package"),
                "`tideover package` makes the packages, and `tideover synth` writes them into the assembly",
            ))
        }
        "AWS::Route53::HostedZone" => {
            let name = properties["Name"].as_str()?.trim_end_matches('.');
            let is_of = |example: &&str| {
                name.strip_suffix(*example)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            };
            let example = EXAMPLES.into_iter().find(is_of)?;
            Some((
                format!("is the zone `{name}`, and Route 53 has no zones under {example}"),
                "set `dns.zone` in tideover.toml to a name of yours, and deploy its stack first (docs/deploy.md)",
            ))
        }
        _ => None,
    }
}

/// Stops at what the check, or a validation of the CDK's, has called a failure in the report beside the assembly, as the
/// CDK does.
pub(super) fn valid(directory: &Path) -> anyhow::Result<()> {
    let file = directory.join(VALIDATION_REPORT_FILE);
    let name = file.display();
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(anyhow::Error::new(error).context(format!("cannot read `{name}`")));
        }
    };
    let report: Value =
        serde_json::from_str(&text).with_context(|| format!("`{name}` is not JSON"))?;
    let reports = report["pluginReports"].as_array().into_iter().flatten();
    let failed = reports.filter(|report| report["conclusion"] == "failure");
    let violations =
        failed.flat_map(|report| report["violations"].as_array().into_iter().flatten());
    let rules: BTreeSet<&str> =
        violations.filter_map(|violation| violation["ruleName"].as_str()).collect();
    if rules.is_empty() {
        return Ok(());
    }
    let rules = rules.into_iter().collect::<Vec<_>>().join(", ");
    Err(Ended {
        code: WRONG,
        error: format!("`{name}` says that this must not be deployed: {rules}"),
        hint: "`tideover check` says why, and how what is meant is allowed; nothing was changed"
            .to_owned(),
    }
    .into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_aws_would_refuse_is_found() {
        let function = |key: &str| json!({"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Key": key}}});
        let zone =
            |name: &str| json!({"Type": "AWS::Route53::HostedZone", "Properties": {"Name": name}});
        let rows = [
            (function("notification/run-tideover-package-first.zip"), true),
            (function("3f2a.zip"), false),
            (zone("example.com"), true),
            (zone("payments.example.org."), true),
            (zone("payments.notexample.com"), false),
            (json!({"Type": "AWS::SNS::Topic"}), false),
        ];
        for (resource, is_refused) in rows {
            assert_eq!(unfinished(&resource).is_some(), is_refused, "{resource}");
        }
    }
}
