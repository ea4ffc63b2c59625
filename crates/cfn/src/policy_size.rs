//! How large a role's policies are for IAM, which counts what stands in the template as it will be resolved.

use crate::json::Json;
use crate::value::Expression;

/// The most that the policies in a role may have together, in characters without white space (IAM User Guide, "IAM and
/// AWS STS quotas").
pub(crate) const CHARACTERS_MAX: usize = 10_240;

/// Of a reference nobody knows the length before it is made; ARNs are about this long.
const OF_REFERENCE: usize = 90;

/// The parts of texts that are resolved, by something as long as they become. The longest names of Regions have 14.
const PSEUDO: [(&str, &str); 3] = [
    ("${AWS::AccountId}", "111122223333"),
    ("${AWS::Partition}", "aws"),
    ("${AWS::Region}", "ap-northeast-1"),
];

/// The size of the policies in a role, by its properties.
pub(crate) fn policy_size(properties: &Json) -> usize {
    let Json::Object(properties) = properties else { return 0 };
    let Some(Json::List(policies)) = properties.get("Policies") else { return 0 };
    let documents = policies.iter().filter_map(|policy| match policy {
        Json::Object(policy) => policy.get("PolicyDocument"),
        _ => None,
    });
    documents.map(size).sum()
}

fn size(json: &Json) -> usize {
    let text = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).count() + 2;
    match json {
        Json::Bool(_) | Json::Integer(_) | Json::Number(_) => json.plain_text().len(),
        Json::Text(it) => text(it),
        // Brackets, and a comma after each but the last.
        Json::List(items) => items.iter().map(|item| size(item) + 1).sum::<usize>().max(1) + 1,
        Json::Object(members) => {
            let members = members.iter().map(|(name, value)| text(name) + size(value) + 2);
            members.sum::<usize>().max(1) + 1
        }
        Json::Expression(Expression::Sub(it)) => {
            let it = PSEUDO.iter().fold(it.clone(), |it, (name, value)| it.replace(name, value));
            text(&it)
        }
        Json::Expression(Expression::Concat(parts)) => parts.iter().map(size).sum(),
        Json::Expression(Expression::NoValue) => 0,
        Json::Expression(_) => OF_REFERENCE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_it_becomes() {
        let sub = |text: &str| Json::Expression(Expression::Sub(text.to_owned()));
        let document = Json::object([
            (
                "Statement",
                Json::list([Json::object([("Resource", sub("arn:${AWS::Partition}:s3:::a b"))])]),
            ),
            ("Version", "2012-10-17".into()),
        ]);
        let resolved = r#"{"Statement":[{"Resource":"arn:aws:s3:::ab"}],"Version":"2012-10-17"}"#;
        assert_eq!(size(&document), resolved.len());
        let policy =
            Json::object([("PolicyDocument", document), ("PolicyName", "function".into())]);
        let role = Json::object([("Policies", Json::list([policy.clone(), policy]))]);
        assert_eq!(policy_size(&role), 2 * resolved.len());
        assert_eq!(policy_size(&Json::object([])), 0);
    }
}
