//! The throttle of a Region's API: 0 keeps everybody out, without a change of what is deployed.

use std::time::Duration;

use aws_sdk_apigateway::types::{Op, PatchOperation};

use crate::fault::{Fault, within};
use crate::site::Site;

/// How many requests an API takes a second, and how many at once beyond that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Throttle {
    pub(crate) rate: u32,
    pub(crate) burst: u32,
}

impl Throttle {
    /// Nobody comes in.
    pub(crate) const SHUT: Self = Self { rate: 0, burst: 0 };
}

impl Site {
    /// The id of the API of this name.
    pub(crate) async fn api(&self, name: &str, limit: Duration) -> Result<String, Fault> {
        let mut position = None;
        loop {
            let asked = self.apigateway().await.get_rest_apis().limit(500).set_position(position);
            let page = within(limit, asked.send()).await?;
            if let Some(api) = page.items().iter().find(|api| api.name() == Some(name)) {
                return Ok(api.id().unwrap_or_default().to_owned());
            }
            position = page.position().filter(|position| !position.is_empty()).map(str::to_owned);
            if position.is_none() {
                return Err(Fault::Absent(format!("there is no API `{name}`")));
            }
        }
    }

    /// The throttle of all methods of a stage, if it has one.
    pub(crate) async fn throttle(
        &self,
        api: &str,
        stage: &str,
        limit: Duration,
    ) -> Result<Option<Throttle>, Fault> {
        let asked = self.apigateway().await.get_stage().rest_api_id(api).stage_name(stage);
        let answer = within(limit, asked.send()).await?;
        let all = answer.method_settings().and_then(|settings| settings.get("*/*"));
        Ok(all.map(|settings| Throttle {
            rate: whole(settings.throttling_rate_limit()),
            burst: u32::try_from(settings.throttling_burst_limit()).unwrap_or(0),
        }))
    }

    /// Sets it.
    pub(crate) async fn set_throttle(
        &self,
        api: &str,
        stage: &str,
        throttle: Throttle,
        limit: Duration,
    ) -> Result<(), Fault> {
        let replace = |path: &str, value: u32| {
            PatchOperation::builder()
                .op(Op::Replace)
                .path(format!("/*/*/throttling/{path}"))
                .value(value.to_string())
                .build()
        };
        let asked = self.apigateway().await.update_stage().rest_api_id(api).stage_name(stage);
        let asked = asked.patch_operations(replace("rateLimit", throttle.rate));
        let asked = asked.patch_operations(replace("burstLimit", throttle.burst));
        within(limit, asked.send()).await.map(drop)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a rate is far below 2^32, and below zero it is none"
)]
fn whole(rate: f64) -> u32 {
    rate.max(0.0) as u32
}
