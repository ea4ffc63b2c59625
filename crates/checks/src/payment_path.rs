//! What payments pass through: the stores that hold them in both Regions, and what code reaches those.

use crate::answer::Unknown;
use crate::design::Design;
use crate::functions::{self, FUNCTION, Functions, SERVERLESS};
use crate::payment_stores::PaymentStores;
use crate::place::{Place, Resource};
use crate::policy::{Statement, matches};
use crate::value::Value;

/// The type of a state machine.
const MACHINE: &str = "AWS::StepFunctions::StateMachine";
/// The type of a definition of ECS tasks.
const TASK: &str = "AWS::ECS::TaskDefinition";

/// What changes a store: the service in the store's ARN, and the action.
const WRITES: [(&str, &str); 10] = [
    ("dynamodb", "dynamodb:BatchWriteItem"),
    ("dynamodb", "dynamodb:DeleteItem"),
    ("dynamodb", "dynamodb:PutItem"),
    ("dynamodb", "dynamodb:UpdateItem"),
    ("rds", "rds-data:BatchExecuteStatement"),
    ("rds", "rds-data:ExecuteStatement"),
    ("rds", "rds-db:connect"),
    ("s3", "s3:DeleteObject"),
    ("s3", "s3:PutObject"),
    LOGS_IN,
];

/// Who reads the secret of a database from inside its network logs in there.
const LOGS_IN: (&str, &str) = ("secretsmanager", "secretsmanager:GetSecretValue");

/// What may change a store, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Act<'d> {
    /// The store.
    pub(crate) store: Resource<'d>,
    /// The action that a policy allows.
    pub(crate) action: &'static str,
}

/// The stores of a design with the functions that may reach them.
pub(crate) struct PaymentPath<'d> {
    design: &'d Design,
    /// The functions of the design.
    pub(crate) functions: Functions<'d>,
    /// The stores of the design.
    pub(crate) stores: PaymentStores<'d>,
}

impl<'d> PaymentPath<'d> {
    /// What these templates declare.
    pub(crate) fn of(design: &'d Design) -> Self {
        Self { design, functions: Functions::of(design), stores: PaymentStores::of(design) }
    }

    /// How a function, a state machine, a pipe or a task may change a store, by its own role or by the functions that
    /// it calls.
    pub(crate) fn act(&self, worker: Resource<'d>) -> Option<Act<'d>> {
        let called = self.called(worker).into_iter();
        self.own_act(worker).or_else(|| called.into_iter().find_map(|one| self.own_act(one)))
    }

    fn own_act(&self, worker: Resource<'d>) -> Option<Act<'d>> {
        let statements = self.statements(worker);
        let is_function = [FUNCTION, SERVERLESS].contains(&worker.kind());
        let is_inside =
            !is_function || worker.at("VpcConfig.SubnetIds").exists().known() == Some(true);
        let writes = WRITES.into_iter().filter(|write| is_inside || *write != LOGS_IN);
        let mut acts = writes.filter_map(|(service, action)| {
            let mut allowing = statements.iter().filter(|one| one.allows && names(one, action));
            let store = allowing.find_map(|one| self.stores.reached(one, service))?;
            Some(Act { store, action })
        });
        acts.next().or_else(|| self.by_template(worker))
    }

    /// What a policy template of a serverless function lets it change.
    fn by_template(&self, worker: Resource<'d>) -> Option<Act<'d>> {
        if worker.kind() != SERVERLESS {
            return None;
        }
        let policies = worker.at("Policies").items().known().unwrap_or_default();
        let templates = [
            ("DynamoDBCrudPolicy.TableName", "dynamodb:PutItem"),
            ("DynamoDBWritePolicy.TableName", "dynamodb:PutItem"),
            ("S3CrudPolicy.BucketName", "s3:PutObject"),
            ("S3WritePolicy.BucketName", "s3:PutObject"),
        ];
        let mut acts = policies.iter().flat_map(|policy| {
            templates.into_iter().filter_map(move |(keys, action)| {
                let store = self.stores.named(policy.at(keys).value().known()?)?;
                Some(Act { store, action })
            })
        });
        acts.next()
    }

    /// The store that code reaches: one that it may change, or that its variables name.
    pub(crate) fn reached_by(&self, worker: Resource<'d>) -> Option<Resource<'d>> {
        let named = || {
            let places = configuration(worker).into_iter();
            places.filter_map(|place| self.stores.named(place.value().known()?)).next()
        };
        self.act(worker).map(|act| act.store).or_else(named)
    }

    /// Why it is not known what code may do.
    pub(crate) fn unread(&self, worker: Resource<'d>) -> Option<Unknown> {
        let role = worker.at(role_property(worker));
        let is_elsewhere =
            role.exists().known() != Some(false) && self.functions.role(&role).is_none();
        is_elsewhere
            .then(|| Unknown(format!("the role of `{}` is not in these templates", worker.id())))
    }

    /// What the policies of something's role say.
    pub(crate) fn statements(&self, worker: Resource<'d>) -> Vec<Statement<'d>> {
        if worker.kind() == SERVERLESS {
            return self.functions.statements_of(worker);
        }
        let role = self.functions.role(&worker.at(role_property(worker)));
        role.map(|role| self.functions.statements(role)).unwrap_or_default()
    }

    /// The functions that a state machine or a pipe calls.
    fn called(&self, worker: Resource<'d>) -> Vec<Resource<'d>> {
        let properties: &[&str] = match worker.kind() {
            MACHINE => &["Definition", "DefinitionString", "DefinitionSubstitutions"],
            "AWS::Pipes::Pipe" => &["Target", "Enrichment"],
            _ => &[],
        };
        let values = properties.iter().filter_map(|one| worker.at(one).value().known());
        let called = values.flat_map(Value::references);
        called.filter_map(|reference| self.functions.referred(reference)).collect()
    }

    /// What a schedule or a mapping starts: a function or a state machine.
    pub(crate) fn started(&self, named: &Place<'d>) -> Option<Resource<'d>> {
        let referred = named.reference().known().and_then(|one| self.design.resource(one));
        let machine = referred.filter(|target| target.kind() == MACHINE);
        machine.or_else(|| self.functions.meant(named))
    }
}

/// The property that names the role of what runs code.
fn role_property(worker: Resource<'_>) -> &'static str {
    match worker.kind() {
        FUNCTION | SERVERLESS => "Role",
        TASK => "TaskRoleArn",
        _ => "RoleArn",
    }
}

/// What code is told: variables of a function; variables and secrets of a task's containers.
pub(crate) fn configuration<'d>(worker: Resource<'d>) -> Vec<Place<'d>> {
    if worker.kind() != TASK {
        return functions::variables(worker).into_iter().map(|(_, place)| place).collect();
    }
    let containers = worker.at("ContainerDefinitions").items().known().unwrap_or_default();
    let told = containers.iter().flat_map(|container| {
        let lists = [("Environment", "Value"), ("Secrets", "ValueFrom")];
        lists.into_iter().flat_map(|(list, key)| {
            let items = container.at(list).items().known().unwrap_or_default();
            items.into_iter().map(move |item| item.at(key))
        })
    });
    told.collect()
}

/// Whether a statement names an action itself, not by a star for everything.
fn names(statement: &Statement<'_>, action: &str) -> bool {
    let action = action.to_lowercase();
    let mut patterns = statement.actions.iter().map(|pattern| pattern.to_lowercase());
    patterns.any(|pattern| pattern != "*" && matches(&pattern, &action))
}
