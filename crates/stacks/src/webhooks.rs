//! Who is called back: a secret with the endpoints of the merchants' systems and the keys that callbacks to them
//! are signed with. The operator keeps it; what is in it is no part of the design.

use cfn::secrets_manager::Secret;
use cfn::{Attributes, Stack, set};
use topology::{Function, Use};

use crate::foundation::Foundation;
use crate::secret;
use crate::site::{KeyUse, Site};

/// Nobody is called back at first.
///
/// This text must never change: CloudFormation writes a secret's value when the text in the template is another
/// one than in the template before, and at no other time. As it stands it is written once, and what the operator
/// stores afterwards stays, whatever else of the secret changes. A generated value would be no safer, and would
/// hold a random string that means nothing; without any value, reading the secret would fail.
const NOBODY: &str = r#"{"endpoints":[]}"#;

/// Whether a function calls endpoints: the worker does, when it may tell events.
pub(crate) fn calls_back(function: &Function) -> bool {
    function.worker && function.uses.contains(&Use::Events)
}

/// The stack of the home primary, if some function calls back.
pub(crate) fn webhooks(site: Site<'_>, foundation: &Foundation) -> Option<Stack> {
    site.topology.functions.iter().any(calls_back).then(|| stack(site, foundation))
}

fn stack(site: Site<'_>, foundation: &Foundation) -> Stack {
    let mut stack = site.protected_stack("Webhooks", "Who is called back");
    let text = "Endpoints that are called back, with the keys that sign what they are sent";
    let key = (KeyUse::Data, &foundation.data_key);
    let secret = secret::replicated(&mut stack, site, site.webhook_secret(), text, key);
    let secret = Secret { secret_string: set(NOBODY), ..secret };
    let secret = stack.add_with("Endpoints", secret, Attributes::retained());
    stack.output("WebhookSecretArn", "The secret in the home primary", secret.reference());
    stack
}
