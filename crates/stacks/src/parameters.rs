//! Parameters that tools and functions of a Region look up, under the same names in both Regions
//! (rule `ssm-parameters-both`).

use cfn::ssm::Parameter;
use cfn::ssm::parameter::ParameterType;
use cfn::{Stack, Value, set, sub};

use crate::database::Database;
use crate::foundation::Foundation;
use crate::site::{Site, pascal};
use crate::webhooks::calls_back;

pub(crate) fn parameters(site: Site<'_>, foundation: &Foundation, database: &Database) -> Stack {
    let mut stack = site.stack("ParameterStore", "Parameters of the Region");
    let mut parameters: Vec<(&str, &str, Value<String>)> = vec![
        (
            "db-endpoint",
            "Host of the Region's own cluster endpoint",
            database.cluster.endpoint_address(),
        ),
        ("db-secret", "Name of the database secret", site.secret_name().into()),
        ("api-url", "The Region's own API, whatever DNS says", url(&site.regional_domain())),
        ("public-url", "The API that clients call", url(&site.public_domain())),
        ("data-bucket", "Bucket of payment data", sub(site.bucket_name()).into()),
        ("control-table", "Name of the control table", site.control_table().into()),
        ("session-table", "Name of the session table", site.session_table().into()),
        ("event-topic", "Topic of payment events", foundation.event_topic.topic_arn().into()),
    ];
    if site.topology.functions.iter().any(calls_back) {
        let secret = site.webhook_secret();
        parameters.push((
            "webhook-secret",
            "Name of the secret of who is called back",
            secret.into(),
        ));
    }
    for (name, text, value) in parameters {
        let parameter = Parameter {
            name: set(site.parameter(name)),
            description: set(text),
            ..Parameter::new(ParameterType::String, value)
        };
        stack.add(&pascal(name), parameter);
    }
    stack
}

fn url(domain: &str) -> Value<String> {
    format!("https://{domain}").into()
}
