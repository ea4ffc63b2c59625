//! The web ACL in front of a Region's API: AWS's managed rules, the same in both Regions, with the health
//! checks let through first (rule `apigw-validation-waf`).

use cfn::api_gateway::{RestApi, Stage as ApiStage};
use cfn::wafv2::web_acl::{
    AllowAction, DefaultAction, OverrideAction, Rule, RuleAction, Scope, VisibilityConfig,
};
use cfn::wafv2::{WebAcl, WebAclAssociation};
use cfn::{Handle, Json, Stack, concat, set, sub};

use crate::site::Site;

pub(crate) fn web_acl(
    stack: &mut Stack,
    site: Site<'_>,
    rest_api: &Handle<RestApi>,
    stage: &Handle<ApiStage>,
) {
    let name = format!("{}-api", site.prefix());
    let allow = DefaultAction { allow: set(AllowAction::default()), ..DefaultAction::default() };
    let acl = WebAcl {
        name: set(&name),
        rules: set([
            health_checks(&site.topology.api.stage),
            managed(1, "AWSManagedRulesCommonRuleSet"),
            managed(2, "AWSManagedRulesKnownBadInputsRuleSet"),
            managed(3, "AWSManagedRulesSQLiRuleSet"),
        ]),
        ..WebAcl::new(allow, Scope::Regional, visibility(&name))
    };
    let acl = stack.add("WebAcl", acl);
    let stage = concat([
        sub("arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/").into(),
        rest_api.reference().into(),
        "/stages/".into(),
        stage.reference().into(),
    ]);
    stack.add("WebAclAssociation", WebAclAssociation::new(stage, acl.arn()));
}

fn health_checks(stage: &str) -> Rule {
    let path = Json::object([("UriPath", Json::object([]))]);
    let plain = Json::object([("Priority", 0.into()), ("Type", "NONE".into())]);
    let statement = Json::object([(
        "RegexMatchStatement",
        Json::object([
            ("RegexString", format!("^(/{stage})?/health(/ready|/traffic)?$").into()),
            ("FieldToMatch", path),
            ("TextTransformations", [plain].into()),
        ]),
    )]);
    let allow = RuleAction { allow: set(AllowAction::default()), ..RuleAction::default() };
    Rule {
        action: set(allow),
        ..Rule::new("health-checks", 0, statement, visibility("health-checks"))
    }
}

fn managed(priority: i64, group: &str) -> Rule {
    let statement = Json::object([(
        "ManagedRuleGroupStatement",
        Json::object([("VendorName", "AWS".into()), ("Name", group.into())]),
    )]);
    let as_written = OverrideAction { none: set(Json::object([])), ..OverrideAction::default() };
    Rule {
        override_action: set(as_written),
        ..Rule::new(group, priority, statement, visibility(group))
    }
}

fn visibility(name: &str) -> VisibilityConfig {
    VisibilityConfig::new(true, name, true)
}
