//! A parameter of Systems Manager that is a number: one call, made without the SDK of that service.

use aws::{Unsigned, signed};
use aws_config::SdkConfig;
use hyper::StatusCode;
use serde_json::{Value as Json, json};

use crate::ask::{Trouble, TroubleKind};
use crate::assembly::Place;
use crate::assets::{client, is_for_now};
use crate::site::Site;

const ACTION: &str = "ssm:GetParameter";

/// The number; none when there is no such parameter.
pub(super) async fn number(
    site: &Site,
    config: &SdkConfig,
    place: &Place,
    name: &str,
) -> Result<Option<u64>, Trouble> {
    let mut attempts = 0;
    loop {
        let answer = get(config, place, name).await;
        attempts += 1;
        let said = match answer {
            Ok((StatusCode::OK, json)) => {
                return Ok(json["Parameter"]["Value"].as_str().and_then(|it| it.parse().ok()));
            }
            Ok((status, json)) if !is_for_now(status) => {
                let code = json["__type"].as_str().and_then(|it| it.rsplit('#').next());
                return match code {
                    Some("ParameterNotFound") => Ok(None),
                    code => {
                        Err(trouble(place, name, TroubleKind::of(code), code, json.to_string()))
                    }
                };
            }
            Ok((status, json)) => format!("{status}: {json}"),
            Err(said) => said,
        };
        let Some(pause) = site.pause(&place.region, attempts) else {
            return Err(trouble(place, name, TroubleKind::Unanswered, None, said));
        };
        tokio::time::sleep(pause).await;
    }
}

async fn get(config: &SdkConfig, place: &Place, name: &str) -> Result<(StatusCode, Json), String> {
    let body = json!({"Name": name}).to_string();
    let request = Unsigned {
        service: "ssm",
        region: &place.region,
        method: "POST",
        path: "/",
        headers: &[
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "AmazonSSM.GetParameter"),
        ],
        body: body.as_bytes(),
    };
    let request = signed(config, &request).await.map_err(|said| said.to_string())?;
    let client = client().map_err(|error| error.to_string())?;
    let answer = client.exchange(request).await.map_err(|failure| failure.to_string())?;
    Ok((answer.status(), serde_json::from_slice(answer.body()).unwrap_or(Json::Null)))
}

fn trouble(
    place: &Place,
    name: &str,
    kind: TroubleKind,
    code: Option<&str>,
    said: String,
) -> Trouble {
    let (region, code) = (place.region.clone(), code.map(str::to_owned));
    Trouble { action: ACTION, region, about: format!("the parameter `{name}`"), kind, code, said }
}
