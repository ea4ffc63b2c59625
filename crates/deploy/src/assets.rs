//! Files and folders brought to their buckets, once each.

mod bucket;
mod owned;
mod zipped;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::path::Path as Key;
use object_store::{Error, ObjectStoreExt as _};
use tokio::task::JoinSet;

use self::bucket::bucket;
pub(crate) use self::bucket::client;
use self::owned::check_owner;
pub(crate) use self::owned::{EXPECTED_OWNER, is_for_now};
use crate::ask::{Trouble, TroubleKind};
use crate::assembly::{Asset, Destination, Image, Packaging, Place, Role, Stack};
use crate::site::{Site, Speaker};
use crate::told::{Failure, Told};

/// One asset for one bucket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Errand {
    id: String,
    source: PathBuf,
    packaging: Packaging,
    bucket: String,
    key: String,
    place: Place,
    role: Option<Role>,
}

/// Which of the assets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needed {
    /// All of them.
    All,
    /// Templates that are too large to be sent, without which there is no change set.
    Templates,
}

/// Puts what is not there yet of what these stacks need. Nothing is replaced: a key says what is under it.
pub(crate) async fn publish(
    site: &Site,
    speaker: &Speaker,
    stacks: &[&Stack],
    needed: Needed,
) -> Result<usize, Failure> {
    let mut errands = BTreeSet::new();
    for stack in stacks {
        let region = site.region(stack)?;
        let is_needed =
            |asset: &&Asset| needed == Needed::All || asset.source == stack.template.file;
        for asset in stack.assets_needed().filter(is_needed) {
            errands.extend(asset.destinations.iter().map(|it| errand(asset, it, speaker, &region)));
        }
    }
    let buckets = errands.iter().map(|it| ((&it.place, &it.bucket), it.role.as_ref()));
    for ((place, bucket), role) in buckets.collect::<BTreeMap<_, _>>() {
        let config = site.config_as(place, role).await?;
        check_owner(site, place, &config, bucket).await?;
    }
    let mut running = JoinSet::new();
    for errand in errands {
        let site = site.clone();
        running.spawn(async move { run(&site, &errand).await });
    }
    let mut published = 0;
    while let Some(done) = running.join_next().await {
        published += usize::from(done.map_err(|error| file(Path::new("an asset"), error))??);
    }
    Ok(published)
}

fn errand(asset: &Asset, destination: &Destination, speaker: &Speaker, region: &str) -> Errand {
    let place = speaker.place(destination.region.as_deref().unwrap_or(region));
    Errand {
        id: asset.id.clone(),
        source: asset.source.clone(),
        packaging: asset.packaging,
        bucket: place.fill(&destination.bucket),
        key: place.fill(&destination.key),
        role: destination.role.clone(),
        place,
    }
}

/// Puts a text where an asset of a stack in this place belongs.
pub(crate) async fn put(
    site: &Site,
    place: &Place,
    destination: &Destination,
    text: &str,
) -> Result<(), Trouble> {
    let errand = Errand {
        id: destination.key.clone(),
        source: PathBuf::new(),
        packaging: Packaging::File,
        bucket: place.fill(&destination.bucket),
        key: place.fill(&destination.key),
        role: destination.role.clone(),
        place: place.clone(),
    };
    let config = site.config_as(place, errand.role.as_ref()).await?;
    check_owner(site, place, &config, &errand.bucket).await?;
    let store = bucket(&config, &errand.bucket, &place.region);
    let put = async { store?.put(&Key::from(errand.key.as_str()), text.to_owned().into()).await };
    put.await.map(drop).map_err(|error| trouble("s3:PutObject", &errand, &error))
}

/// Whether it had to be put there.
async fn run(site: &Site, errand: &Errand) -> Result<bool, Failure> {
    let config = site.config_as(&errand.place, errand.role.as_ref()).await?;
    let store = bucket(&config, &errand.bucket, &errand.place.region);
    let store = store.map_err(|error| trouble("s3:PutObject", errand, &error))?;
    let key = Key::from(errand.key.as_str());
    match store.head(&key).await {
        Ok(_) => return Ok(false),
        Err(Error::NotFound { .. }) => {}
        Err(error) => return Err(trouble("s3:GetObject", errand, &error).into()),
    }
    if errand.packaging == Packaging::Made {
        let asset = Image { id: errand.id.clone(), manifest: errand.source.clone() };
        return Err(Failure::NotPublished { assets: vec![asset] });
    }
    let bytes = contents(errand.clone()).await?;
    store.put(&key, bytes.into()).await.map_err(|error| trouble("s3:PutObject", errand, &error))?;
    site.tell(Told::Published { asset: errand.id.clone(), bucket: errand.bucket.clone() });
    Ok(true)
}

async fn contents(errand: Errand) -> Result<Vec<u8>, Failure> {
    let Errand { source, packaging, .. } = errand;
    let source = Arc::new(source);
    let read = Arc::clone(&source);
    let bytes = tokio::task::spawn_blocking(move || match packaging {
        Packaging::Zip => zipped::zipped(&read),
        Packaging::File | Packaging::Made => std::fs::read(&*read),
    });
    bytes.await.map_err(|error| file(&source, error))?.map_err(|error| file(&source, error))
}

fn file(path: &Path, said: impl ToString) -> Failure {
    Failure::File { file: path.display().to_string(), said: said.to_string() }
}

/// What the bucket said, without what was sent.
fn trouble(action: &'static str, errand: &Errand, error: &Error) -> Trouble {
    let causes =
        std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |&it| it.source());
    let said: Vec<String> = causes.map(ToString::to_string).collect();
    let said = said.last().cloned().unwrap_or_default();
    let code = code(&format!("{error:?}{said}"));
    let kind = match error {
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } if code.is_none() => {
            TroubleKind::Denied
        }
        Error::Generic { .. } if code.is_none() => TroubleKind::Unanswered,
        _ => TroubleKind::of(code.as_deref()),
    };
    let about = format!("the object `{}` of the bucket `{}`", errand.key, errand.bucket);
    Trouble { action, region: errand.place.region.clone(), about, kind, code, said }
}

/// The code of an error of S3, in what is told of it.
fn code(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("<Code>")?;
    Some(rest.split_once("</Code>")?.0.to_owned())
}
