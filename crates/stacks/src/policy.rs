//! IAM and resource policies, statement by statement.

use cfn::{Json, Value};

/// A statement that allows something.
#[derive(Clone, Debug)]
pub(crate) struct Allow {
    /// Who may, in a resource policy or a role's trust; absent in an identity policy.
    pub(crate) principal: Option<Json>,
    /// Actions such as `s3:GetObject`, sorted as they were given.
    pub(crate) actions: Vec<String>,
    /// ARNs; in key policies `*` means the key itself.
    pub(crate) resources: Vec<Json>,
    /// Conditions: operator, key, values.
    pub(crate) conditions: Vec<(&'static str, &'static str, Json)>,
}

/// Allows actions on resources.
pub(crate) fn allow<const A: usize, const R: usize>(
    actions: [&'static str; A],
    resources: [Json; R],
) -> Allow {
    Allow {
        principal: None,
        actions: actions.map(str::to_owned).into(),
        resources: resources.into(),
        conditions: Vec::new(),
    }
}

impl Allow {
    /// Restricts the statement.
    pub(crate) fn when(
        mut self,
        operator: &'static str,
        key: &'static str,
        value: impl Into<Json>,
    ) -> Self {
        self.conditions.push((operator, key, value.into()));
        self
    }

    /// Restricts the statement to items of a DynamoDB table with keys like these. Of all keys that a request has: a
    /// transaction names several, and one of them must not open the door for the others.
    pub(crate) fn of_items(self, keys: impl IntoIterator<Item = String>) -> Self {
        self.when("ForAllValues:StringLike", "dynamodb:LeadingKeys", Json::list(keys))
    }

    /// Names a service, such as `lambda.amazonaws.com`, as the one who may.
    pub(crate) fn by_service(self, service: impl Into<Json>) -> Self {
        Self { principal: Some(Json::object([("Service", service.into())])), ..self }
    }

    /// Names the account's own administrators as those who may.
    pub(crate) fn by_account(self) -> Self {
        let root = cfn::sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root");
        Self { principal: Some(Json::object([("AWS", root.into())])), ..self }
    }

    /// The statement as it stands in a document.
    pub(crate) fn statement(self) -> Json {
        let mut statement = cfn::Object::from([
            ("Effect".to_owned(), "Allow".into()),
            ("Action".to_owned(), one_or_many(self.actions.into_iter().map(Json::from).collect())),
        ]);
        if !self.resources.is_empty() {
            statement.insert("Resource".to_owned(), one_or_many(self.resources));
        }
        statement.extend(self.principal.map(|principal| ("Principal".to_owned(), principal)));
        if !self.conditions.is_empty() {
            statement.insert("Condition".to_owned(), conditions(self.conditions));
        }
        Json::Object(statement)
    }
}

/// A policy document.
pub(crate) fn document(statements: impl IntoIterator<Item = Allow>) -> Json {
    let statements = statements.into_iter().map(Allow::statement).collect();
    with_statements(statements)
}

/// A policy document of statements as they are, for those that deny.
pub(crate) fn with_statements(statements: Vec<Json>) -> Json {
    Json::object([("Version", "2012-10-17".into()), ("Statement", Json::List(statements))])
}

/// The trust policy of a role that a service takes on.
pub(crate) fn trust(service: &str) -> Value<Json> {
    document([allow(["sts:AssumeRole"], []).by_service(service)]).into()
}

/// The same for services that say on whose behalf they come: nobody else's resource may use the role.
pub(crate) fn trust_for_own_account(service: &str) -> Value<Json> {
    let assume = allow(["sts:AssumeRole"], []).by_service(service);
    document([assume.when("StringEquals", "aws:SourceAccount", cfn::sub("${AWS::AccountId}"))])
        .into()
}

fn one_or_many(mut items: Vec<Json>) -> Json {
    if items.len() == 1 { items.remove(0) } else { Json::List(items) }
}

fn conditions(conditions: Vec<(&'static str, &'static str, Json)>) -> Json {
    let mut by_operator: std::collections::BTreeMap<String, cfn::Object> = Default::default();
    for (operator, key, value) in conditions {
        by_operator.entry(operator.to_owned()).or_default().insert(key.to_owned(), value);
    }
    Json::Object(
        by_operator.into_iter().map(|(operator, keys)| (operator, Json::Object(keys))).collect(),
    )
}
