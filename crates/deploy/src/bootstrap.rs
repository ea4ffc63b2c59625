//! Whether Regions are prepared for the CDK's way of deploying (rule `cdk-bootstrap-both`): asked before anything is
//! written.

mod parameter;

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_cloudformation::Client;

use crate::ask::{Trouble, TroubleKind};
use crate::assembly::{Place, Stack};
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
        let mut wanted: BTreeMap<String, (u64, &Stack)> = BTreeMap::new();
        for stack in stacks {
            if let Some(version) = stack.bootstrap_version {
                let most = wanted.entry(self.region(stack)?).or_insert((version, stack));
                if version > most.0 {
                    *most = (version, stack);
                }
            }
        }
        let mut missing = Vec::new();
        for (region, (version, stack)) in &wanted {
            match self.bootstrap_version(&speaker.place(region), stack, toolkit).await? {
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

    /// The version of a Region's bootstrap; none when there is none. Asked as who deploys there: whoever may do no more
    /// than assume the CDK's roles may not ask as themselves.
    async fn bootstrap_version(
        &self,
        place: &Place,
        stack: &Stack,
        toolkit: &str,
    ) -> Result<Option<u64>, Trouble> {
        let config = self.config_as(place, stack.deploy_role.as_ref()).await?;
        let of_stack = self.version_of_stack(&config, place, toolkit).await;
        let Some(parameter) = &stack.bootstrap_parameter else { return of_stack };
        match of_stack {
            Ok(Some(version)) => Ok(Some(version)),
            // The stack may be called otherwise, or be nothing that one may ask for; the parameter is what all agree on.
            Ok(None) => parameter::number(self, &config, place, parameter).await,
            Err(trouble) if trouble.kind == TroubleKind::Denied => {
                parameter::number(self, &config, place, parameter).await
            }
            Err(trouble) => Err(trouble),
        }
    }

    async fn version_of_stack(
        &self,
        config: &SdkConfig,
        place: &Place,
        toolkit: &str,
    ) -> Result<Option<u64>, Trouble> {
        let client = Client::new(config);
        let about = format!("the stack `{toolkit}`");
        let asked = question("cloudformation:DescribeStacks", &place.region, &about);
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
