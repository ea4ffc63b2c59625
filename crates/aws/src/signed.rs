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

use crate::sorted::Said;

/// A request that nobody has signed yet.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned<'r> {
    /// The service, by its name in signatures, such as `kms`.
    pub service: &'r str,
    /// The Region whose endpoint is asked.
    pub region: &'r str,
    /// The method.
    pub method: &'r str,
    /// The whole address, with its path as it is sent.
    pub url: &'r str,
    /// Headers that the signature covers.
    pub headers: &'r [(&'r str, &'r str)],
    /// What is sent.
    pub body: &'r [u8],
}

/// The headers that a request needs besides its own, as whom these settings speak now (Signature Version 4).
///
/// # Errors
/// When they speak as nobody, or when the request has no form that can be signed.
pub async fn signed(
    config: &SdkConfig,
    request: &Unsigned<'_>,
) -> Result<Vec<(String, String)>, Said> {
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
    let Unsigned { method, url, headers, body, .. } = *request;
    let body = SignableBody::Bytes(body);
    let signable = SignableRequest::new(method, url, headers.iter().copied(), body);
    let signed = sign(signable.map_err(said)?, &parameters.into()).map_err(said)?;
    let headers = signed.output().headers();
    Ok(headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
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
