//! Lambda functions as rules see them: which serve the application, who invokes them, what their roles allow.
//!
//! Functions that only serve a deployment (custom resources of CloudFormation and of the CDK) are told apart: nothing
//! of a payment passes through them.

use std::collections::{BTreeMap, BTreeSet};

use crate::design::Design;
use crate::place::{Place, Resource};
use crate::policy::{Statement, statements};
use crate::roles::Roles;
use crate::value::{Reference, Value};

/// The type of a Lambda function.
pub(crate) const FUNCTION: &str = "AWS::Lambda::Function";

/// The type of a function of a serverless template; what is absent there may stand in the template's `Globals`.
pub(crate) const SERVERLESS: &str = "AWS::Serverless::Function";

/// Types of events of a serverless function that are event source mappings.
pub(crate) const MAPPED: [&str; 7] =
    ["DocumentDB", "DynamoDB", "Kinesis", "MQ", "MSK", "SelfManagedKafka", "SQS"];

/// Variables by which the CDK's provider framework knows the functions of a custom resource.
const FRAMEWORK: [&str; 3] =
    ["USER_ON_EVENT_FUNCTION_ARN", "USER_IS_COMPLETE_FUNCTION_ARN", "WAITER_STATE_MACHINE_ARN"];

/// Beginnings of logical ids that the CDK gives to its own functions.
const OF_THE_CDK: [&str; 5] = [
    "AWS679f53fac002430cb0da5b7982bd2287",
    "AWSCDK",
    "BucketNotificationsHandler",
    "CustomCDK",
    "LogRetention",
];

/// The functions of a design.
pub(crate) struct Functions<'d> {
    design: &'d Design,
    deployment: BTreeSet<Reference>,
    by_name: BTreeMap<String, Resource<'d>>,
    aliases: BTreeMap<Reference, Vec<Resource<'d>>>,
    roles: Roles<'d>,
}

impl<'d> Functions<'d> {
    /// The functions that these templates declare.
    pub(crate) fn of(design: &'d Design) -> Self {
        let mut functions = Self {
            design,
            deployment: of_deployment(design),
            by_name: by_name(design, FUNCTION),
            aliases: BTreeMap::new(),
            roles: Roles::of(design),
        };
        let mut aliases: BTreeMap<Reference, Vec<Resource<'d>>> = BTreeMap::new();
        for kind in ["AWS::Lambda::Alias", "AWS::Lambda::Version"] {
            for alias in design.of(kind) {
                if let Some(function) = functions.meant(&alias.at("FunctionName")) {
                    aliases.entry(function.reference(None)).or_default().push(alias);
                }
            }
        }
        functions.aliases = aliases;
        functions
    }

    /// Those that serve the application.
    pub(crate) fn of_application(&self) -> impl Iterator<Item = Resource<'d>> + use<'_, 'd> {
        self.design.of(FUNCTION).filter(|function| self.is_of_application(*function))
    }

    /// The same with those of serverless templates, for rules that look only at what is written there.
    pub(crate) fn with_serverless(&self) -> impl Iterator<Item = Resource<'d>> + use<'_, 'd> {
        self.of_application().chain(self.design.of(SERVERLESS))
    }

    /// Whether a function serves the application.
    pub(crate) fn is_of_application(&self, function: Resource<'_>) -> bool {
        let of_the_cdk = OF_THE_CDK.iter().any(|begin| function.id().starts_with(begin))
            || function.id().contains("CustomResourceProvider");
        !of_the_cdk && !self.deployment.contains(&function.reference(None))
    }

    /// The function that a property means: by reference, name or ARN, also by its alias or version.
    pub(crate) fn meant(&self, place: &Place<'d>) -> Option<Resource<'d>> {
        self.meant_by(place.value().known()?, place.stack.region.as_deref().unwrap_or_default())
    }

    fn meant_by(&self, value: &Value, region: &str) -> Option<Resource<'d>> {
        let text = match value {
            Value::Reference(reference) => {
                let resource = self.design.resource(reference)?;
                return match resource.kind() {
                    FUNCTION | SERVERLESS => Some(resource),
                    "AWS::Lambda::Alias" | "AWS::Lambda::Version" => {
                        self.meant(&resource.at("FunctionName"))
                    }
                    _ => None,
                };
            }
            value => self.design.text(value).known()?,
        };
        let name = text.split(":function:").last().unwrap_or(&text);
        let name = name.split(':').next().unwrap_or(name);
        self.by_name.get(&format!("{region} {name}")).copied()
    }

    /// The function that a reference means.
    pub(crate) fn referred(&self, reference: &Reference) -> Option<Resource<'d>> {
        self.meant_by(&Value::Reference(reference.clone()), "")
    }

    /// Aliases and versions of a function.
    pub(crate) fn aliases(&self, function: Resource<'_>) -> &[Resource<'d>] {
        self.aliases.get(&function.reference(None)).map_or(&[], Vec::as_slice)
    }

    /// The functions that one of these services may invoke, by its principal such as `apigateway.amazonaws.com`.
    pub(crate) fn invoked_by(&self, services: &[&str]) -> BTreeSet<Reference> {
        let permissions = self.design.of("AWS::Lambda::Permission").filter(|permission| {
            let principal = permission.at("Principal").text().known();
            principal.is_some_and(|principal| services.contains(&principal.as_str()))
        });
        let invoked =
            permissions.filter_map(|permission| self.meant(&permission.at("FunctionName")));
        invoked.map(|function| function.reference(None)).collect()
    }

    /// The role that something runs as, such as the `Role` of a function.
    pub(crate) fn role(&self, place: &Place<'d>) -> Option<Resource<'d>> {
        self.roles.role(place)
    }

    /// The statements of every policy that these templates give to a role.
    pub(crate) fn statements(&self, role: Resource<'d>) -> Vec<Statement<'d>> {
        self.roles.statements(role)
    }

    /// The statements of a function's role, and those that a serverless function has itself; none where the role is
    /// not in these templates.
    pub(crate) fn statements_of(&self, function: Resource<'d>) -> Vec<Statement<'d>> {
        let of_role = self.role(&function.at("Role")).map(|role| self.statements(role));
        let mut all = of_role.unwrap_or_default();
        if function.kind() == SERVERLESS {
            let own = function.at("Policies").items().known().unwrap_or_default();
            all.extend(own.iter().flat_map(statements));
        }
        all
    }
}

/// Variables of a function's environment, by name.
pub(crate) fn variables<'d>(function: Resource<'d>) -> Vec<(&'d str, Place<'d>)> {
    function.at("Environment.Variables").entries().known().unwrap_or_default()
}

/// The events of a serverless function, each with its type.
pub(crate) fn events<'d>(function: Resource<'d>) -> Vec<(String, Place<'d>)> {
    let events = function.at("Events").entries().known().unwrap_or_default().into_iter();
    events.filter_map(|(_, event)| Some((event.at("Type").text().known()?, event))).collect()
}

/// Resources of a type by Region and name, such as `us-east-1 pay`.
fn by_name<'d>(design: &'d Design, kind: &str) -> BTreeMap<String, Resource<'d>> {
    let named = design.of(kind).filter_map(|resource| {
        Some((format!("{} {}", resource.region(), design.name(resource).known()?), resource))
    });
    named.collect()
}

/// Functions that only serve custom resources.
fn of_deployment(design: &Design) -> BTreeSet<Reference> {
    let is_custom =
        |kind: &str| kind.starts_with("Custom::") || kind == "AWS::CloudFormation::CustomResource";
    let custom = design.resources().filter(|resource| is_custom(resource.kind()));
    let mut found: BTreeSet<Reference> =
        custom.filter_map(|resource| referred(&resource.at("ServiceToken"))).collect();
    for function in design.of(FUNCTION) {
        let variables = variables(function);
        let framework = variables.iter().filter(|(name, _)| FRAMEWORK.contains(name));
        let mut is_framework = false;
        for (_, user) in framework {
            is_framework = true;
            found.extend(referred(user));
        }
        if is_framework {
            found.insert(function.reference(None));
        }
    }
    found
}

/// The resource that a property refers to, without the attribute.
fn referred(place: &Place<'_>) -> Option<Reference> {
    let reference = place.reference().known()?;
    Some(Reference { attribute: None, ..reference.clone() })
}
