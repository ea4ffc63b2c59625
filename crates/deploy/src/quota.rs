//! How many executions of functions an account has left in each Region, looked at before anything is made: a Region that
//! cannot reserve what its functions want is found out by AWS after databases were made (rule `lambda-quota-parity`).

use std::collections::BTreeMap;

use aws::{Unsigned, signed};
use aws_config::SdkConfig;
use hyper::StatusCode;
use serde_json::Value as Json;

use crate::assembly::Stack;
use crate::assets::client;
use crate::site::Site;
use crate::told::{Failure, Told};

/// What AWS leaves to functions that reserve nothing (Lambda Developer Guide, "Configuring reserved concurrency").
const UNRESERVED_MIN: u64 = 100;

/// What an account has in a Region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limits {
    all: u64,
    unreserved: u64,
}

/// Makes sure that each Region can reserve what the functions of stacks want that are not there yet.
pub(crate) async fn check(site: &Site, new: &[&Stack]) -> Result<(), Failure> {
    let mut wanted: BTreeMap<String, u64> = BTreeMap::new();
    for stack in new {
        *wanted.entry(site.region(stack)?).or_default() += reserved(stack);
    }
    let mut lacking = Vec::new();
    for (region, wanted) in wanted.into_iter().filter(|(_, wanted)| *wanted > 0) {
        match limits(&site.config(&region).await, &region).await {
            Ok(limits) => lacking.extend(lacks(&region, wanted, limits)),
            Err(said) => site.tell(Told::Noted {
                stack: region,
                what: format!(
                    "nobody knows whether {wanted} executions of functions can be reserved: {said}"
                ),
            }),
        }
    }
    if lacking.is_empty() {
        return Ok(());
    }
    Err(Failure::WrongPlace {
        what: lacking.join("\n"),
        advice: "ask AWS for more, in every Region, by Service Quotas (`aws service-quotas request-service-quota-increase \
                 --service-code lambda --quota-code L-B99A9384 --desired-value 1000 --region REGION`), or lower \
                 `reserved_concurrency` in tideover.toml; nothing was changed"
            .to_owned(),
    })
}

/// What the functions of a stack reserve.
fn reserved(stack: &Stack) -> u64 {
    let functions =
        stack.template.resources().filter(|(_, it)| it["Type"] == "AWS::Lambda::Function");
    functions.filter_map(|(_, it)| it["Properties"]["ReservedConcurrentExecutions"].as_u64()).sum()
}

/// Why a Region cannot reserve that much.
fn lacks(region: &str, wanted: u64, limits: Limits) -> Option<String> {
    let Limits { all, unreserved } = limits;
    let left = UNRESERVED_MIN.min(all);
    (unreserved < wanted + left).then(|| {
        format!(
            "the functions in {region} reserve {wanted} executions, and the account has {unreserved} of {all} there that are not reserved, of which AWS keeps {left}"
        )
    })
}

async fn limits(config: &SdkConfig, region: &str) -> Result<Limits, String> {
    let request = Unsigned {
        service: "lambda",
        region,
        method: "GET",
        path: "/2016-08-19/account-settings",
        headers: &[],
        body: &[],
    };
    let request = signed(config, &request).await.map_err(|said| said.to_string())?;
    let client = client().map_err(|error| error.to_string())?;
    let answer = client.exchange(request).await.map_err(|failure| failure.to_string())?;
    if answer.status() != StatusCode::OK {
        return Err(format!("`lambda:GetAccountSettings` answers {}", answer.status()));
    }
    let json: Json = serde_json::from_slice(answer.body()).unwrap_or(Json::Null);
    let number = |name: &str| json["AccountLimit"][name].as_u64();
    let all = number("ConcurrentExecutions").zip(number("UnreservedConcurrentExecutions"));
    let (all, unreserved) = all.ok_or("`lambda:GetAccountSettings` does not tell the limit")?;
    Ok(Limits { all, unreserved })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_keeps_cannot_be_reserved() {
        let rows = [
            (103, 1_000, 1_000, None),
            (900, 1_000, 1_000, None),
            (901, 1_000, 1_000, Some(())),
            (103, 1_000, 150, Some(())),
            (1, 10, 10, Some(())),
        ];
        for (wanted, all, unreserved, lacking) in rows {
            let limits = Limits { all, unreserved };
            assert_eq!(
                lacks("us-east-2", wanted, limits).map(drop),
                lacking,
                "{wanted} {limits:?}"
            );
        }
        let told = lacks("us-east-2", 103, Limits { all: 10, unreserved: 10 });
        assert_eq!(
            told.as_deref(),
            Some(
                "the functions in us-east-2 reserve 103 executions, and the account has 10 of 10 there that are not reserved, of which AWS keeps 10"
            )
        );
    }
}
