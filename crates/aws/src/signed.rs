//! Signatures of requests that are made without the SDK of their service: one operation of a service is not worth the
//! minutes that its SDK takes to be built.

use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use hyper::Request;

use crate::sorted::Said;

/// A request that nobody has signed yet.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned<'r> {
    /// The service, by its name in signatures and endpoints, such as `kms`.
    pub service: &'r str,
    /// The Region whose endpoint is asked.
    pub region: &'r str,
    /// The method.
    pub method: &'r str,
    /// The path and the query, as they are sent, from the `/` on.
    pub path: &'r str,
    /// Headers that the signature covers.
    pub headers: &'r [(&'r str, &'r str)],
    /// What is sent.
    pub body: &'r [u8],
}

/// The address of a Region's service, without a `/` at its end: the one that the settings name, or the usual one (AWS
/// General Reference, "AWS service endpoints"). Under S3's, each bucket is a folder.
#[must_use]
pub fn endpoint(config: &SdkConfig, service: &str, region: &str) -> String {
    let domain = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let usual = || format!("https://{service}.{region}.{domain}");
    config.endpoint_url().map_or_else(usual, |url| url.trim_end_matches('/').to_owned())
}

/// The request as it is sent, as whom these settings speak now (Signature Version 4).
///
/// # Errors
/// When they speak as nobody, or when the request has no form that can be signed.
pub async fn signed(config: &SdkConfig, request: &Unsigned<'_>) -> Result<Request<Bytes>, Said> {
    let address = endpoint(config, request.service, request.region);
    signed_at(config, &address, request).await
}

/// The same for a service that answers at this address, without a `/` at its end, such as an API of API Gateway.
///
/// # Errors
/// When they speak as nobody, or when the request has no form that can be signed.
pub async fn signed_at(
    config: &SdkConfig,
    address: &str,
    request: &Unsigned<'_>,
) -> Result<Request<Bytes>, Said> {
    let provider = config.credentials_provider().ok_or(Said::new("there are no credentials"))?;
    let credentials = provider.provide_credentials().await.map_err(said)?;
    let identity = credentials.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(request.region)
        .name(request.service)
        .time(SystemTime::now())
        .settings(settings())
        .build()
        .map_err(said)?;
    let Unsigned { method, path, headers, body, .. } = *request;
    let url = format!("{address}{path}");
    let signable = SignableBody::Bytes(body);
    let signable = SignableRequest::new(method, &url, headers.iter().copied(), signable);
    let signed = sign(signable.map_err(said)?, &parameters.into()).map_err(said)?;
    let named = headers.iter().copied().chain(signed.output().headers());
    let with_headers = named
        .fold(Request::builder().method(method).uri(&url), |request, (name, value)| {
            request.header(name, value)
        });
    with_headers.body(Bytes::copy_from_slice(body)).map_err(said)
}

/// As S3 asks: paths as they are sent, and what is sent by its digest. Other services take the same.
fn settings() -> SigningSettings {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    settings
}

fn said(error: impl std::error::Error) -> Said {
    Said::new(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_answer_where_the_settings_say_or_by_their_names() {
        let usual = SdkConfig::builder().build();
        let own = SdkConfig::builder().endpoint_url("http://localhost:4566/").build();
        let rows = [
            (&usual, "s3", "us-east-2", "https://s3.us-east-2.amazonaws.com"),
            (&usual, "kms", "cn-north-1", "https://kms.cn-north-1.amazonaws.com.cn"),
            (&own, "s3", "us-east-2", "http://localhost:4566"),
        ];
        for (config, service, region, wanted) in rows {
            assert_eq!(endpoint(config, service, region), wanted);
        }
    }
}
