//! Whether Regions are prepared for the CDK's way of deploying (rule `cdk-bootstrap-both`): asked before anything is
//! written.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::Client;

use crate::ask::Trouble;
use crate::assembly::Stack;
use crate::site::{Site, Speaker, question};
use crate::told::Failure;

impl Site {
    /// Makes sure that every Region of these stacks is bootstrapped, under this name of the toolkit's stack.
    ///
    /// # Errors
    /// When some are not, all of them at once, with the command that prepares them.
    pub async fn check_bootstrap(
        &self,
        speaker: &Speaker,
        stacks: &[&Stack],
        toolkit: &str,
    ) -> Result<(), Failure> {
        let mut wanted: BTreeMap<String, u64> = BTreeMap::new();
        for stack in stacks {
            if let Some(version) = stack.bootstrap_version {
                let most = wanted.entry(self.region(stack)?).or_default();
                *most = version.max(*most);
            }
        }
        let mut missing = Vec::new();
        for (region, version) in &wanted {
            match self.bootstrap_version(region, toolkit).await? {
                Some(is) if is >= *version => {}
                Some(is) => {
                    missing.push((region, format!("version {is} where {version} is needed")))
                }
                None => missing.push((
                    region,
                    format!("there is no stack `{toolkit}`, or it has not ended well"),
                )),
            }
        }
        if missing.is_empty() {
            Ok(())
        } else {
            Err(not_bootstrapped(&speaker.account, &missing, toolkit))
        }
    }

    /// The version of a Region's bootstrap; none when there is none.
    async fn bootstrap_version(&self, region: &str, toolkit: &str) -> Result<Option<u64>, Trouble> {
        let client = Client::new(&self.config(region).await);
        let asked =
            question("cloudformation:DescribeStacks", region, &format!("the stack `{toolkit}`"));
        let told = self.ask(&asked, || client.describe_stacks().stack_name(toolkit).send()).await;
        let told = match told {
            Ok(told) => told,
            Err(trouble) if trouble.has_code("ValidationError") => return Ok(None),
            Err(trouble) => return Err(trouble),
        };
        let outputs = told.stacks().iter().flat_map(|stack| stack.outputs());
        let version = outputs.filter(|output| output.output_key() == Some("BootstrapVersion"));
        Ok(version.filter_map(|output| output.output_value()?.parse().ok()).next())
    }
}

fn not_bootstrapped(account: &str, missing: &[(&String, String)], toolkit: &str) -> Failure {
    let regions: Vec<String> =
        missing.iter().map(|(region, why)| format!("{region} ({why})")).collect();
    let places: Vec<String> =
        missing.iter().map(|(region, _)| format!("aws://{account}/{region}")).collect();
    let named = if toolkit == "CDKToolkit" {
        String::new()
    } else {
        format!(" --toolkit-stack-name {toolkit}")
    };
    Failure::NotBootstrapped {
        what: format!(
            "not prepared for deployments by the CDK's bootstrap: {}",
            regions.join(", ")
        ),
        advice: format!(
            "`npx cdk bootstrap {}{named}`, then the same command again; nothing was changed",
            places.join(" ")
        ),
    }
}
