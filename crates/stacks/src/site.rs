//! A home Region as the stacks see it: its facts, and the names that both Regions derive alike.
//!
//! Whatever one Region must know of the other is a name that follows from the topology. No stack refers to
//! a resource of another Region (rules `cfn-no-import-across-regions`, `cfn-weak-ref-couples-deploys`).

use cfn::{Environment, Json, Stack, Text, sub};
use runbook::ALIAS;
use sha2::{Digest, Sha256};
use topology::{Cidr, Function, Home, Region, Topology};

/// The tag that says a resource's home role.
pub(crate) const ROLE_TAG: &str = "DR-Role";

/// A home Region and the topology it belongs to.
#[derive(Clone, Copy)]
pub(crate) struct Site<'a> {
    pub(crate) topology: &'a Topology,
    pub(crate) home: Home,
}

/// What a customer-managed key of a Region protects.
#[derive(Clone, Copy)]
pub(crate) enum KeyUse {
    /// The ledger: cluster, its secret, performance data.
    Ledger,
    /// Objects, tables, and who is called back.
    Data,
    /// Topics, queues and logs.
    Signals,
    /// Recovery points.
    Backup,
}

impl KeyUse {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::Data => "data",
            Self::Signals => "signals",
            Self::Backup => "backup",
        }
    }
}

impl<'a> Site<'a> {
    pub(crate) fn new(topology: &'a Topology, home: Home) -> Self {
        Self { topology, home }
    }

    /// The other home Region.
    pub(crate) fn other(self) -> Self {
        Self { home: self.home.other(), ..self }
    }

    pub(crate) fn region(self) -> Region {
        self.topology.region(self.home)
    }

    pub(crate) fn cidr(self) -> Cidr {
        self.topology.cidr(self.home)
    }

    /// A stack of this Region: `layer` is the word people know it by, such as `VPC`.
    pub(crate) fn stack(self, layer: &str, description: &str) -> Stack {
        let id = self.stack_id(layer);
        stack(self.topology, self.region(), (&id, layer), self.home.word(), description)
    }

    /// A stack that holds data, or that the whole system hangs on: CloudFormation refuses to delete it.
    pub(crate) fn protected_stack(self, layer: &str, description: &str) -> Stack {
        let mut stack = self.stack(layer, description);
        stack.termination_protection = true;
        stack
    }

    /// The id under which people and the CDK CLI's patterns know a stack, such as `PrimaryVPCdev`.
    pub(crate) fn stack_id(self, layer: &str) -> String {
        format!("{}{layer}{}", self.home.display(), self.topology.suffix())
    }

    /// What every name of the system begins with, such as `payment-dev`.
    pub(crate) fn prefix(self) -> String {
        format!("{}-{}", self.topology.name, self.topology.suffix())
    }

    pub(crate) fn key_alias(self, key: KeyUse) -> String {
        format!("alias/{}-{}", self.prefix(), key.word())
    }

    /// ARN of a key's alias, good in any Region of the account.
    pub(crate) fn key_alias_arn(self, key: KeyUse) -> Text {
        self.arn("kms", &self.key_alias(key))
    }

    pub(crate) fn bucket_name(self) -> String {
        let Self { topology, .. } = self;
        format!(
            "{}-data-{}-{}-${{AWS::AccountId}}",
            topology.name,
            topology.suffix(),
            self.region()
        )
    }

    /// Name of the bucket of what canaries leave behind. By this word rules know that it keeps no payment data.
    pub(crate) fn log_bucket_name(self) -> String {
        self.bucket_name().replacen("-data-", "-logs-", 1)
    }

    pub(crate) fn bucket_arn(self) -> String {
        format!("arn:${{AWS::Partition}}:s3:::{}", self.bucket_name())
    }

    /// Identifier of the Aurora global cluster: one for both Regions.
    pub(crate) fn global_cluster(self) -> String {
        format!("{}-global-{}", self.topology.name, self.topology.suffix())
    }

    /// Identifier of this Region's cluster; they differ (rule `aurora-unique-cluster-names`).
    pub(crate) fn cluster(self) -> String {
        format!("{}-{}", self.prefix(), self.region())
    }

    pub(crate) fn secret_name(self) -> String {
        format!("{}/ledger", self.prefix())
    }

    /// Name of the secret that says who is called back.
    pub(crate) fn webhook_secret(self) -> String {
        format!("{}/webhooks", self.prefix())
    }

    pub(crate) fn session_table(self) -> String {
        format!("SessionTable-{}", self.topology.suffix())
    }

    /// Name of the table that holds control record, leases and intents: one for both Regions.
    pub(crate) fn control_table(self) -> String {
        format!("{}-control", self.prefix())
    }

    pub(crate) fn alarm_topic(self) -> String {
        format!("{}-alarms-{}", self.topology.name, self.topology.suffix())
    }

    /// Name of the canary that watches the other Region from this one.
    pub(crate) fn canary(self) -> String {
        format!("{}-other-region", self.prefix())
    }

    /// Name of the rule that listens to the global database.
    pub(crate) fn database_event_rule(self) -> String {
        format!("{}-database-events", self.prefix())
    }

    pub(crate) fn event_topic(self) -> String {
        format!("{}-events-{}", self.topology.name, self.topology.suffix())
    }

    pub(crate) fn alarm_topic_arn(self) -> Text {
        self.arn("sns", &self.alarm_topic())
    }

    /// Name of the queue whose messages wake the outbox worker.
    pub(crate) fn wake_up_queue(self) -> String {
        format!("{}-outbox-wake-up", self.prefix())
    }

    pub(crate) fn function_name(self, function: &Function) -> String {
        format!("{}-{}", function.name, self.topology.suffix())
    }

    pub(crate) fn api_name(self) -> String {
        format!("{}-api-{}", self.topology.name, self.topology.suffix())
    }

    pub(crate) fn backup_vault(self) -> String {
        self.prefix()
    }

    /// Path of a parameter, the same in both Regions.
    pub(crate) fn parameter(self, name: &str) -> String {
        format!("/{}/{}/{name}", self.topology.name, self.topology.suffix())
    }

    /// The name that clients call; DNS answers with one of the Regions.
    pub(crate) fn public_domain(self) -> String {
        let dns = &self.topology.dns;
        format!("{}.{}", dns.record, dns.zone)
    }

    /// The name that always means this Region: for probes, canaries and the DNS switch.
    pub(crate) fn regional_domain(self) -> String {
        let dns = &self.topology.dns;
        format!("{}-{}.{}", dns.record, self.region(), dns.zone)
    }

    /// ARN of the alias under which a function is invoked.
    pub(crate) fn alias_arn(self, function: &Function) -> Text {
        self.arn("lambda", &format!("function:{}:{ALIAS}", self.function_name(function)))
    }

    /// Eight hex digits that change with the value and are the same in both Regions, for logical ids of
    /// resources that are snapshots of others.
    pub(crate) fn fingerprint(self, value: &Json) -> String {
        let neutral = value
            .plain_text()
            .replace(self.region().name(), "REGION")
            .replace(self.other().region().name(), "PEER");
        Sha256::digest(neutral).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    /// ARN of something of this Region, with account and partition filled in at deployment.
    pub(crate) fn arn(self, service: &str, resource: &str) -> Text {
        arn(self.region(), service, resource)
    }
}

/// A stack of a Region, with its id and its layer; `role` is what the Region is for.
pub(crate) fn stack(
    topology: &Topology,
    region: Region,
    (id, layer): (&str, &str),
    role: &str,
    description: &str,
) -> Stack {
    let name = format!("{}-{}-{region}-{}", topology.name, topology.suffix(), kebab(layer));
    let environment = Environment { account: topology.account.clone(), region: region.to_string() };
    let mut stack = Stack::new(id, &name, environment, description);
    stack.tags.clone_from(&topology.tags);
    stack.tags.extend([
        ("Environment".to_owned(), topology.suffix().to_owned()),
        ("Repository".to_owned(), topology.repository.clone()),
        ("Author".to_owned(), topology.author.clone()),
        ("Project".to_owned(), "PaymentDR".to_owned()),
        (ROLE_TAG.to_owned(), role.to_owned()),
    ]);
    stack
}

/// ARN of something in a Region, with account and partition filled in at deployment.
pub(crate) fn arn(region: Region, service: &str, resource: &str) -> Text {
    sub(format!("arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{resource}"))
}

/// `ParameterStore` → `parameter-store`, `VPC` → `vpc`.
fn kebab(word: &str) -> String {
    let mut kebab = String::new();
    let mut previous_is_lower = false;
    for letter in word.chars() {
        if letter.is_ascii_uppercase() && previous_is_lower {
            kebab.push('-');
        }
        previous_is_lower = !letter.is_ascii_uppercase();
        kebab.push(letter.to_ascii_lowercase());
    }
    kebab
}

/// `payment-validation` → `PaymentValidation`, for logical ids.
pub(crate) fn pascal(word: &str) -> String {
    let words = word.split('-').filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect()
}
