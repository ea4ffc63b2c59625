//! A bucket emptied of every version of every object and of every delete marker, page by page. What is gone is gone, so
//! that whoever begins anew goes on.

use aws::{Unsigned, signed};
use aws_config::SdkConfig;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::StatusCode;
use percent_encoding::percent_decode_str;
use sha2::{Digest as _, Sha256};

use crate::ask::{Trouble, TroubleKind};
use crate::assembly::Place;
use crate::assets::{EXPECTED_OWNER, client, is_for_now};
use crate::site::Site;

/// One version of an object, or a delete marker.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    key: String,
    id: String,
}

/// A bucket, and as whom to ask it.
struct Bucket<'s> {
    site: &'s Site,
    place: &'s Place,
    config: SdkConfig,
    name: &'s str,
}

/// Empties a bucket; answers how many versions were in it. None when there is no such bucket.
pub(super) async fn empty(
    site: &Site,
    place: &Place,
    name: &str,
    mut tell: impl FnMut(usize),
) -> Result<Option<usize>, Trouble> {
    let config = site.config(&place.region).await;
    let bucket = Bucket { site, place, config, name };
    let mut count = 0;
    loop {
        // From the beginning again: what was there is not there any more.
        let Some(versions) = bucket.list().await? else { return Ok(None) };
        if versions.is_empty() {
            return Ok(Some(count));
        }
        bucket.delete(&versions).await?;
        count += versions.len();
        tell(count);
    }
}

impl Bucket<'_> {
    /// The first of its versions, at most a thousand; none when there is no such bucket.
    async fn list(&self) -> Result<Option<Vec<Version>>, Trouble> {
        let query = "versions&encoding-type=url";
        let action = "s3:ListBucketVersions";
        let (status, text) = self.ask(action, "GET", query, &[]).await?;
        match status {
            StatusCode::OK => Ok(Some(versions(&text))),
            _ if code(&text).as_deref() == Some("NoSuchBucket") => Ok(None),
            _ => Err(self.refused(action, &text)),
        }
    }

    async fn delete(&self, versions: &[Version]) -> Result<(), Trouble> {
        let action = "s3:DeleteObjectVersion";
        let body = deletion(versions);
        let (status, text) = self.ask(action, "POST", "delete", body.as_bytes()).await?;
        // Each object is refused for itself, such as one that is locked.
        match element(&text, "Error") {
            None if status == StatusCode::OK => Ok(()),
            _ => Err(self.refused(action, &text)),
        }
    }

    /// The answer, after asking again where that helps.
    async fn ask(
        &self,
        action: &'static str,
        method: &str,
        query: &str,
        body: &[u8],
    ) -> Result<(StatusCode, String), Trouble> {
        let mut attempts = 0;
        loop {
            let answer = self.ask_once(method, query, body).await;
            attempts += 1;
            let said = match answer {
                Ok((status, text)) if !is_for_now(status) => return Ok((status, text)),
                Ok((status, text)) => format!("{status}: {text}"),
                Err(said) => said,
            };
            let Some(pause) = self.site.pause(&self.place.region, attempts) else {
                return Err(self.trouble(action, TroubleKind::Unanswered, None, said));
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn ask_once(
        &self,
        method: &str,
        query: &str,
        body: &[u8],
    ) -> Result<(StatusCode, String), String> {
        let path = format!("/{}?{query}", self.name);
        let checksum = BASE64_STANDARD.encode(Sha256::digest(body));
        let request = Unsigned {
            service: "s3",
            region: &self.place.region,
            method,
            path: &path,
            // Only what is ours is emptied.
            headers: &[
                ("x-amz-checksum-sha256", &*checksum),
                (EXPECTED_OWNER, &*self.place.account),
            ],
            body,
        };
        let request = signed(&self.config, &request).await.map_err(|said| said.to_string())?;
        let client = client().map_err(|error| error.to_string())?;
        let answer = client.exchange(request).await.map_err(|failure| failure.to_string())?;
        Ok((answer.status(), String::from_utf8_lossy(answer.body()).into_owned()))
    }

    fn refused(&self, action: &'static str, text: &str) -> Trouble {
        let code = code(text);
        let message = element(text, "Message").unwrap_or(text);
        let said = match element(text, "Key") {
            Some(key) => format!("`{}`: {}", unescaped(key), unescaped(message)),
            None => unescaped(message),
        };
        self.trouble(action, TroubleKind::of(code.as_deref()), code, said)
    }

    fn trouble(
        &self,
        action: &'static str,
        kind: TroubleKind,
        code: Option<String>,
        said: String,
    ) -> Trouble {
        let about = format!("the bucket `{}`", self.name);
        Trouble { action, region: self.place.region.clone(), about, kind, code, said }
    }
}

/// What is to be deleted, as S3 wants to be asked (`DeleteObjects`).
fn deletion(versions: &[Version]) -> String {
    let mut text = r#"<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">"#.to_owned();
    for Version { key, id } in versions {
        let (key, id) = (escaped(key), escaped(id));
        text.push_str(&format!("<Object><Key>{key}</Key><VersionId>{id}</VersionId></Object>"));
    }
    text.push_str("<Quiet>true</Quiet></Delete>");
    text
}

/// What `ListObjectVersions` answers.
fn versions(text: &str) -> Vec<Version> {
    let is_encoded = element(text, "EncodingType") == Some("url");
    let key = |key: &str| match is_encoded {
        true => percent_decode_str(&key.replace('+', " ")).decode_utf8_lossy().into_owned(),
        false => unescaped(key),
    };
    let version = |text: &str| {
        let id = element(text, "VersionId").unwrap_or("null");
        Some(Version { key: key(element(text, "Key")?), id: unescaped(id) })
    };
    elements(text, "Version").chain(elements(text, "DeleteMarker")).filter_map(version).collect()
}

fn code(text: &str) -> Option<String> {
    element(text, "Code").map(str::to_owned)
}

/// What is in the first element of this name.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    elements(text, name).next()
}

/// What is in each element of this name; elements of one name do not stand in each other.
fn elements<'t>(text: &'t str, name: &str) -> impl Iterator<Item = &'t str> + use<'t> {
    let (begins, ends) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, after) = rest.split_once(&begins)?;
        let (inside, after) = after.split_once(&ends)?;
        rest = after;
        Some(inside)
    })
}

const ESCAPES: [(char, &str); 6] = [
    ('&', "&amp;"),
    ('<', "&lt;"),
    ('>', "&gt;"),
    ('"', "&quot;"),
    ('\'', "&apos;"),
    ('\r', "&#13;"),
];

fn escaped(text: &str) -> String {
    let escaped = |letter: char| ESCAPES.iter().find(|(it, _)| *it == letter);
    text.chars().fold(String::new(), |mut all, letter| {
        match escaped(letter) {
            Some((_, escape)) => all.push_str(escape),
            None => all.push(letter),
        }
        all
    })
}

fn unescaped(text: &str) -> String {
    // The ampersand last, or what it escapes would be taken for another escape.
    ESCAPES
        .iter()
        .rev()
        .fold(text.to_owned(), |text, (letter, escape)| text.replace(escape, &letter.to_string()))
}

#[cfg(test)]
mod tests;
