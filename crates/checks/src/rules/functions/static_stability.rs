//! What the standby can carry with what is there.

use topology::Home;

use crate::answer::Answer;
use crate::design::Design;
use crate::functions::{FUNCTION, Functions};
use crate::judge::Judge;
use crate::payment_path::PaymentPath;
use crate::place::{Place, Resource};
use crate::requests::{GROUP, Requests, SERVICE};
use crate::rule::rule;
use crate::value::Value;

rule! {
    /// The standby takes the full load with what exists before the takeover: as much concurrency, memory and as many
    /// tasks as the primary, and nothing has to be created or scaled in the recovery.
    ///
    /// ## What is checked
    ///
    /// For what requests reach (by an API, a load balancer, a URL, an event source or other services) or what reaches a
    /// store of payments, and does the same work in both Regions: `ReservedConcurrentExecutions`, `MemorySize` and provisioned
    /// concurrency of functions, `DesiredCount` of ECS services (where nothing scales them), `DesiredCapacity` or
    /// `MinSize` of Auto Scaling groups and `MinCapacity` of scalable targets are not lower in the standby. And if an
    /// API of the primary invokes functions, the standby has functions at all. Quotas of the account are seen at run
    /// time only (`lambda-quota-parity`).
    ///
    /// ## Why it hurts
    ///
    /// When a Region is lost, everybody scales up in the Region next to it: calls that create or scale are the first
    /// to be refused or to wait.
    ///
    /// ## What to change
    ///
    /// The same numbers in both Regions, for example:
    ///
    /// ```yaml
    /// ReservedConcurrentExecutions: 50
    /// ```
    ///
    /// ## Source
    ///
    /// Well-Architected Framework, Reliability Pillar, "Use static stability to prevent bimodal behavior"; AWS Fault
    /// Isolation Boundaries, "Static stability".
    "compute-static-stability": Blocker, NoTakeover, Documented, Pair;
    why: "the standby must then grow in the very hour in which everybody grows there, and calls to scale are refused";
    check
}

/// What the standby must not have less of: the first of these properties that the primary sets, and what holds where
/// it is absent.
const CAPACITIES: [(&str, &[&str], Option<f64>); 4] = [
    (FUNCTION, &["MemorySize"], Some(128.0)),
    (SERVICE, &["DesiredCount"], None),
    (GROUP, &["DesiredCapacity", "MinSize"], None),
    (TARGET, &["MinCapacity"], None),
];

const TARGET: &str = "AWS::ApplicationAutoScaling::ScalableTarget";

fn check(design: &Design, judge: &mut Judge<'_>) {
    let path = PaymentPath::of(design);
    let functions = &path.functions;
    let load = Load { requests: Requests::of(design, functions), path: &path, design };
    let scales = design.of_home(TARGET, Home::Standby).any(|target| is_of(target, "ecs"));
    for (kind, properties, default) in CAPACITIES {
        // Where Application Auto Scaling is at work, its minimum counts and not what the service began with.
        if kind == SERVICE && scales {
            continue;
        }
        for primary in design.of_home(kind, Home::Primary).filter(|one| load.reaches(*one)) {
            let set = |property: &&&str| primary.at(property).exists().known() != Some(false);
            let property = properties.iter().find(set).unwrap_or(&properties[0]);
            if let Some(standby) = design.counterpart(primary) {
                judge.subject();
                capacity(judge, primary.at(property), standby.at(property), default);
            }
        }
    }
    let of_primary =
        functions.of_application().filter(|function| design.home(*function) == Some(Home::Primary));
    for primary in of_primary.filter(|function| load.reaches(*function)) {
        if let Some(standby) = design.counterpart(primary) {
            reserved(judge, primary, standby);
            provisioned(judge, functions, primary, standby);
        }
    }
    nothing_there(design, judge, functions);
}

/// What carries load in a takeover.
struct Load<'p, 'd> {
    design: &'d Design,
    path: &'p PaymentPath<'d>,
    requests: Requests,
}

impl<'d> Load<'_, 'd> {
    /// Whether load comes to something: requests reach it, or it works on what holds payments.
    fn reaches(&self, resource: Resource<'d>) -> bool {
        match resource.kind() {
            TARGET => self.reaches_scaled(resource),
            FUNCTION if !self.path.functions.is_of_application(resource) => false,
            SERVICE => {
                let task = resource.at("TaskDefinition").reference().known();
                let task = task.and_then(|task| self.design.resource(task));
                self.requests.to(resource).is_some()
                    || task.is_some_and(|task| self.path.reached_by(task).is_some())
            }
            _ => self.requests.to(resource).is_some() || self.path.reached_by(resource).is_some(),
        }
    }

    /// Whether load comes to what Application Auto Scaling scales.
    fn reaches_scaled(&self, target: Resource<'d>) -> bool {
        let Some(value) = target.at("ResourceId").value().known() else { return false };
        let mut referred =
            value.references().into_iter().filter_map(|one| self.design.resource(one));
        if referred.any(|one| one.kind() != TARGET && self.reaches(one)) {
            return true;
        }
        let text = self.design.text(value).known().unwrap_or_default();
        let name = Value::Text(text.rsplit('/').next().unwrap_or_default().to_owned());
        let is_service = |service: Resource<'d>| {
            let named = service.at("ServiceName").value().known();
            named == Some(&name) && service.region() == target.region() && self.reaches(service)
        };
        self.path.stores.named(&name).is_some() || self.design.of(SERVICE).any(is_service)
    }
}

/// Whether a target is one of a service, such as `ecs`.
fn is_of(target: Resource<'_>, service: &str) -> bool {
    target.at("ServiceNamespace").text().known().is_none_or(|name| name == service)
}

fn capacity(judge: &mut Judge<'_>, primary: Place<'_>, standby: Place<'_>, default: Option<f64>) {
    let (Some(wanted), Some(there)) = (judge.number(&primary), judge.number(&standby)) else {
        return;
    };
    if let (Some(wanted), Some(there)) = (wanted.or(default), there.or(default))
        && there < wanted
    {
        less(judge, &primary, &standby, &there.to_string(), &wanted.to_string());
    }
}

/// Reserved concurrency is a floor and a ceiling; without it a function shares what is left of the account's.
fn reserved(judge: &mut Judge<'_>, primary: Resource<'_>, standby: Resource<'_>) {
    let [primary, standby] =
        [primary, standby].map(|function| function.at("ReservedConcurrentExecutions"));
    let (Some(wanted), Some(there)) = (judge.number(&primary), judge.number(&standby)) else {
        return;
    };
    match (wanted, there) {
        (Some(wanted), Some(there)) if there < wanted => {
            less(judge, &primary, &standby, &there.to_string(), &wanted.to_string());
        }
        (Some(wanted), None) => less(judge, &primary, &standby, "not set", &wanted.to_string()),
        (None, Some(there)) => judge.finding_with(
            &standby,
            std::slice::from_ref(&primary),
            format!(
                "`ReservedConcurrentExecutions` is {there} in the standby, a ceiling that the primary does not have"
            ),
            "set `ReservedConcurrentExecutions` to the same number in both Regions, or in neither",
        ),
        _ => {}
    }
}

fn less(
    judge: &mut Judge<'_>,
    primary: &Place<'_>,
    standby: &Place<'_>,
    there: &str,
    wanted: &str,
) {
    let name = standby.path.rsplit('.').next().unwrap_or_default();
    judge.finding_with(
        standby,
        std::slice::from_ref(primary),
        format!("`{name}` is {there} in the standby and {wanted} in the primary"),
        format!("set `{name}: {wanted}` in the standby, as in the primary"),
    );
}

fn provisioned(
    judge: &mut Judge<'_>,
    functions: &Functions<'_>,
    primary: Resource<'_>,
    standby: Resource<'_>,
) {
    let most = |function: Resource<'_>| {
        let aliases = functions.aliases(function).iter();
        let numbers = aliases.map(|alias| super::reserved_and_provisioned::provisioned(*alias));
        numbers.fold(Answer::Known(0.0), |most, number| match (most, number) {
            (Answer::Known(most), Answer::Known(number)) => Answer::Known(f64::max(most, number)),
            (Answer::Unknown(why), _) | (_, Answer::Unknown(why)) => Answer::Unknown(why),
            (most, _) => most,
        })
    };
    let [wanted, there] =
        [primary, standby].map(|function| judge.known(&function.whole(), most(function)));
    if let (Some(Some(wanted)), Some(Some(there))) = (wanted, there)
        && there < wanted
    {
        judge.finding_with(
            &standby.whole(),
            &[primary.whole()],
            format!(
                "`{}` has {there} provisioned instances in the standby and {wanted} in the primary",
                standby.id()
            ),
            format!(
                "set `ProvisionedConcurrentExecutions: {wanted}` on its alias in the standby too"
            ),
        );
    }
}

/// An API of the primary invokes functions, and the standby has none at all.
fn nothing_there(design: &Design, judge: &mut Judge<'_>, functions: &Functions<'_>) {
    let Some(standby) = design.region(Home::Standby) else { return };
    let is_home = |function: &Resource<'_>, home| design.home(*function) == Some(home);
    let is_there = functions.of_application().any(|function| is_home(&function, Home::Standby));
    let deployed = design.stacks().iter().any(|stack| stack.region.as_deref() == Some(standby));
    if is_there || !deployed || design.may_hide(FUNCTION, standby) {
        return;
    }
    let invoked = functions.invoked_by(&["apigateway.amazonaws.com"]);
    let serving: Vec<_> = functions
        .of_application()
        .filter(|function| is_home(function, Home::Primary))
        .filter(|function| invoked.contains(&function.reference(None)))
        .map(Resource::whole)
        .collect();
    if let Some((first, rest)) = serving.split_first() {
        judge.subject();
        judge.finding_with(
            first,
            rest,
            format!(
                "the API of the primary invokes {} functions, and {standby} has none",
                serving.len()
            ),
            format!("deploy the same functions in {standby}"),
        );
    }
}
