//! What functions and state machines may do to DNS and to databases, by the policies of their roles.

use std::collections::{BTreeMap, BTreeSet};

use super::switch_zones::Switched;
use crate::design::Design;
use crate::place::{Place, Resource};
use crate::policy::{Statement, statements};
use crate::roles::Roles;
use crate::value::Value;

/// Calls that change what Route 53 answers, all of which need its control plane.
pub(super) const CHANGES: [&str; 6] = [
    RECORDS,
    "route53:CreateHealthCheck",
    "route53:DeleteHealthCheck",
    "route53:UpdateHealthCheck",
    "route53:CreateTrafficPolicyInstance",
    "route53:UpdateTrafficPolicyInstance",
];

/// The one of them that whoever validates certificates needs.
const RECORDS: &str = "route53:ChangeResourceRecordSets";

/// Calls that make another database the writer.
pub(super) const PROMOTIONS: [&str; 7] = [
    "rds:FailoverGlobalCluster",
    "rds:SwitchoverGlobalCluster",
    "rds:RemoveFromGlobalCluster",
    "rds:PromoteReadReplica",
    "rds:PromoteReadReplicaDBCluster",
    "rds:SwitchoverReadReplica",
    "elasticache:FailoverGlobalReplicationGroup",
];

/// What runs code of its own with a role.
const WORKERS: [(&str, &str); 4] = [
    ("AWS::Lambda::Function", "Role"),
    ("AWS::StepFunctions::StateMachine", "RoleArn"),
    ("AWS::Serverless::Function", "Role"),
    ("AWS::Serverless::StateMachine", "Role"),
];

type Key<'d> = (usize, &'d str);

/// The statements of every role, and who has which role.
#[derive(Debug)]
pub(super) struct Rights<'d> {
    design: &'d Design,
    roles: Roles<'d>,
    statements: BTreeMap<Key<'d>, Vec<Statement<'d>>>,
    /// Functions that only serve custom resources, which run when a stack is deployed.
    providers: BTreeSet<Key<'d>>,
    switched: Switched,
}

impl<'d> Rights<'d> {
    pub(super) fn of(design: &'d Design) -> Self {
        let mut rights = Self {
            design,
            roles: Roles::of(design),
            statements: BTreeMap::new(),
            providers: providers(design),
            switched: Switched::of(design),
        };
        rights.read();
        rights
    }

    /// Takes down what each role may do, and what serverless functions and state machines say themselves.
    fn read(&mut self) {
        for role in self.design.of("AWS::IAM::Role") {
            self.statements.insert((role.stack.index, role.id()), self.roles.statements(role));
        }
        // The serverless transform makes a role of what the function itself says.
        for kind in ["AWS::Serverless::Function", "AWS::Serverless::StateMachine"] {
            for worker in self.design.of(kind) {
                let policies = worker.at("Policies").items().known().unwrap_or_default();
                let found = policies.iter().flat_map(statements);
                self.statements.entry((worker.stack.index, worker.id())).or_default().extend(found);
            }
        }
    }

    /// What a function or state machine may do; `None` where its role is not in these templates.
    pub(super) fn of_worker(&self, worker: Resource<'d>) -> Option<Vec<&Statement<'d>>> {
        let own = self.statements.get(&(worker.stack.index, worker.id()));
        let role = self.role_of(worker).map(|role| (role.stack.index, role.id()));
        if own.is_none() && role.is_none() {
            return None;
        }
        let by_role = role.and_then(|role| self.statements.get(&role));
        Some(own.into_iter().chain(by_role).flatten().collect())
    }

    /// Functions and state machines, without what only serves custom resources.
    pub(super) fn workers(&self) -> impl Iterator<Item = Resource<'d>> {
        let all = WORKERS.into_iter().flat_map(|(kind, _)| self.design.of(kind));
        all.filter(|worker| !self.providers.contains(&(worker.stack.index, worker.id())))
    }

    /// Whether a worker that changes DNS can be taken for what moves the service between Regions: these templates have
    /// records that lead to both, or it may make another database the writer.
    pub(super) fn may_switch(&self, worker: Resource<'d>) -> bool {
        let statements = self.of_worker(worker).unwrap_or_default();
        let promotes = |statement: &&Statement<'_>| {
            PROMOTIONS.iter().any(|action| allows_by_name(statement, action))
        };
        self.switched.is_there() || statements.iter().any(promotes)
    }

    /// Whether these templates have records that lead to both Regions.
    pub(super) fn knows_switch(&self) -> bool {
        self.switched.is_there()
    }

    /// Where it says that a worker may change the records of the switch, or the state of health checks.
    pub(super) fn to_change_dns(&self, worker: Resource<'d>) -> Option<Place<'d>> {
        let statements = self.of_worker(worker)?;
        let found = statements.iter().find(|statement| {
            CHANGES.iter().any(|action| allows(statement, action))
                && self.switched.may_be_changed_by(self.design, statement)
        });
        found
            .map(|statement| statement.place.at("Action"))
            .or_else(|| self.by_policy_of_aws(worker))
    }

    /// Whether a worker that may change records can be one that renews certificates, which writes validation records that
    /// nobody is sent to: it may do that by name, and touches neither health checks nor databases.
    pub(super) fn may_only_renew(&self, worker: Resource<'d>) -> bool {
        let statements = self.of_worker(worker).unwrap_or_default();
        let any = |actions: &[&str], may: fn(&Statement<'_>, &str) -> bool| {
            let mut pairs = statements
                .iter()
                .flat_map(|statement| actions.iter().map(move |action| (statement, action)));
            pairs.any(|(statement, action)| may(statement, action))
        };
        let switches: Vec<&str> = CHANGES.into_iter().filter(|call| *call != RECORDS).collect();
        any(&["acm:RequestCertificate", "acm:ImportCertificate"], allows_by_name)
            && !any(&switches, allows)
            && !any(&PROMOTIONS, allows)
            && self.by_policy_of_aws(worker).is_none()
    }

    /// A policy of AWS's making that lets its bearers change records.
    fn by_policy_of_aws(&self, worker: Resource<'d>) -> Option<Place<'d>> {
        let own = worker.at("Policies").items().known().unwrap_or_default();
        let role = self.role_of(worker).map(|role| role.at("ManagedPolicyArns"));
        let of_role = role.and_then(|managed| managed.items().known()).unwrap_or_default();
        let mut policies = own.into_iter().chain(of_role);
        let names = ["AmazonRoute53FullAccess", "Route53ChangeResourceRecordSetsPolicy"];
        // Names that only begin so are of narrower ones, such as `AdministratorAccess-Amplify`.
        let whole = ["AdministratorAccess", "PowerUserAccess"];
        policies.find(|policy| {
            let shown = policy.shown();
            let name = shown.rsplit('/').next().unwrap_or_default();
            names.iter().any(|name| shown.contains(name)) || whole.contains(&name)
        })
    }

    /// The role of a function or state machine.
    fn role_of(&self, worker: Resource<'d>) -> Option<Resource<'d>> {
        let property = WORKERS.iter().find(|(kind, _)| *kind == worker.kind())?.1;
        self.roles.role(&worker.at(property))
    }

    /// Whether a worker may make another database the writer, or might by policies that are not in these templates.
    pub(super) fn may_promote(&self, worker: Resource<'d>) -> bool {
        let Some(statements) = self.of_worker(worker) else { return true };
        let managed = self
            .role_of(worker)
            .map(|role| role.at("ManagedPolicyArns").shown())
            .unwrap_or_default();
        statements.iter().any(|statement| PROMOTIONS.iter().any(|action| statement.covers(action)))
            || ["RDS", "Administrator", "PowerUser"].iter().any(|word| managed.contains(word))
    }
}

/// Whether a statement allows a call, be it by a star for everything.
fn allows(statement: &Statement<'_>, action: &str) -> bool {
    statement.allows && statement.covers(action)
}

/// The same by the name of the service, which tells what its bearer is for.
fn allows_by_name(statement: &Statement<'_>, action: &str) -> bool {
    allows(statement, action) && statement.actions.iter().any(|pattern| pattern.contains(':'))
}

/// Functions that custom resources name, and those that these functions call in turn.
fn providers(design: &Design) -> BTreeSet<Key<'_>> {
    let named = design.resources().filter_map(|resource| {
        let token = resource.at("ServiceToken").value().known()?;
        token.references().first().and_then(|reference| design.resource(reference))
    });
    let mut found: BTreeSet<Key<'_>> = BTreeSet::new();
    let mut open: Vec<Resource<'_>> = named.collect();
    while let Some(function) = open.pop() {
        if found.insert((function.stack.index, function.id())) {
            let variables = function.at("Environment").value().known();
            let references = variables.map(Value::references).unwrap_or_default();
            let called = references.into_iter().filter_map(|reference| design.resource(reference));
            open.extend(called.filter(|called| {
                called.kind() == "AWS::Lambda::Function"
                    || called.kind() == "AWS::StepFunctions::StateMachine"
            }));
        }
    }
    found
}
