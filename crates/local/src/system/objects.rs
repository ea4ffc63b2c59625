//! Receipts are copied from the bucket of each Region into that of the other, as S3 does in AWS: late, over a link of the
//! network, and after a cut all that waited. Only the Regions' own cuts, losses and standstills hold it up.

mod bucket;

use std::collections::{BTreeSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use drill::Site;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::sleep;

use self::bucket::{Bucket, Listing, Put};
use crate::network::Line;
use crate::place::Place;
use crate::system::inner::Inner;
use crate::wire::{self, Caller};

/// From one look for what is new to the next.
const LOOK: Duration = Duration::from_millis(250);
/// How many objects are on their way at once.
const AT_ONCE: usize = 256;
/// For how long the other Region's answer to one is waited for.
const LIMIT: Duration = Duration::from_secs(5);

/// An object on its way into the other Region's bucket.
#[derive(Debug, Serialize, Deserialize)]
struct Object {
    name: String,
    text: String,
}

/// What came of that there.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Came {
    Kept,
    /// Another is there under this name.
    Differs,
    Not(String),
}

/// What is copied between the buckets of two Regions.
#[derive(Debug)]
pub(crate) struct Objects {
    buckets: [Bucket; 2],
    /// How many of each Region's objects the other has not, by when that was looked at last.
    behind: [AtomicU64; 2],
    /// Which of a Region's objects have come from the other.
    arrived: [Mutex<BTreeSet<String>>; 2],
    alone: Mutex<Vec<Alone>>,
}

/// Objects that only one Region had when it was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alone {
    pub(crate) site: Site,
    pub(crate) names: BTreeSet<String>,
}

/// Where the service of a Region keeps what is in its bucket.
pub(crate) fn bucket_of(directory: &Path, site: Site) -> PathBuf {
    directory.join(site.role()).join("objects")
}

impl Objects {
    /// Those of two Regions in this folder.
    pub(crate) fn in_folder(directory: &Path) -> Self {
        let buckets = Site::ALL.map(|site| Bucket::in_folder(bucket_of(directory, site)));
        let (behind, arrived, alone) = Default::default();
        Self { buckets, behind, arrived, alone }
    }

    /// How many objects of a Region the other has not yet.
    pub(crate) fn behind(&self, site: Site) -> u64 {
        self.behind[site as usize].load(Ordering::Relaxed)
    }

    /// Writes down what a Region that is lost now had alone.
    pub(crate) fn note_loss(&self, site: Site) -> io::Result<()> {
        let names = self.had_alone(site)?;
        lock(&self.alone).push(Alone { site, names });
        Ok(())
    }

    /// What lost Regions had alone, each with how many of that the other has by now.
    pub(crate) fn alone(&self) -> io::Result<Vec<(Alone, u64)>> {
        let noted = lock(&self.alone).clone();
        let all = noted.into_iter().map(|alone| {
            let there = self.buckets[alone.site.other() as usize].names()?;
            let arrived = alone.names.intersection(&there).count() as u64;
            Ok((alone, arrived))
        });
        all.collect()
    }

    fn had_alone(&self, site: Site) -> io::Result<BTreeSet<String>> {
        let there = self.buckets[site.other() as usize].names()?;
        Ok(&self.buckets[site as usize].names()? - &there)
    }
}

impl Inner {
    /// Begins to copy each bucket into the other.
    pub(crate) async fn start_buckets(self: &Arc<Self>, tasks: &mut JoinSet<()>) -> io::Result<()> {
        for site in Site::ALL {
            let address = self.addresses.buckets[site as usize];
            let listener = self.network.listen(Place::Region(site), address).await?;
            tasks.spawn(Arc::clone(self).take_objects(site, listener));
            tasks.spawn(Arc::clone(self).copy_objects(site));
        }
        Ok(())
    }

    /// Takes what comes into the bucket of a Region.
    async fn take_objects(self: Arc<Self>, at: Site, listener: TcpListener) {
        let take = move |object: Object| Arc::clone(&self).take_object(at, object);
        match wire::serve_all(listener, take).await {}
    }

    async fn take_object(self: Arc<Self>, at: Site, Object { name, text }: Object) -> Came {
        lock(&self.objects.arrived[at as usize]).insert(name.clone());
        let put = spawn_blocking(move || self.objects.buckets[at as usize].put(&name, &text));
        match put.await.map_err(io::Error::other).flatten() {
            Ok(Put::Kept) => Came::Kept,
            Ok(Put::Differs) => Came::Differs,
            Err(error) => Came::Not(error.to_string()),
        }
    }

    /// Copies what is put into the bucket of a Region into the other's, for as long as the Regions run.
    async fn copy_objects(self: Arc<Self>, from: Site) {
        let (here, there) = (Place::Region(from), Place::Region(from.other()));
        let caller = Arc::new(Caller::tcp(self.links.end(here, there, Line::Objects)));
        let mut listing = Listing::of(self.objects.buckets[from as usize].clone());
        let mut waiting = VecDeque::new();
        loop {
            sleep(LOOK).await;
            let looked = spawn_blocking(move || (listing.news(), listing)).await;
            let Ok((news, kept)) = looked else { return };
            listing = kept;
            match news {
                Ok(news) => waiting.extend(self.own(from, news)),
                Err(error) => self.warn_unless_broken(&format!("receipts are not read: {error}")),
            }
            let mut left = waiting.len();
            while left > 0 && self.faults().connects(here, there) {
                self.tell_behind(from, &waiting);
                let some: Vec<String> = waiting.drain(..AT_ONCE.min(left)).collect();
                left -= some.len();
                waiting.extend(self.send(from, &caller, some).await);
            }
            self.tell_behind(from, &waiting);
        }
    }

    fn tell_behind(&self, from: Site, waiting: &VecDeque<String>) {
        self.objects.behind[from as usize].store(waiting.len() as u64, Ordering::Relaxed);
    }

    /// Those that have not come from the other Region: S3 does not send back what it has copied.
    fn own(&self, site: Site, mut names: Vec<String>) -> Vec<String> {
        let arrived = lock(&self.objects.arrived[site as usize]);
        names.retain(|name| !arrived.contains(name));
        names
    }

    /// Sends some objects; gives those back that must be sent again.
    async fn send(
        self: &Arc<Self>,
        from: Site,
        caller: &Arc<Caller<Object, Came>>,
        names: Vec<String>,
    ) -> Vec<String> {
        let mut sending = JoinSet::new();
        for name in names {
            let (inner, caller) = (Arc::clone(self), Arc::clone(caller));
            sending.spawn(async move { inner.send_one(from, &caller, name).await });
        }
        sending.join_all().await.into_iter().flatten().collect()
    }

    async fn send_one(
        &self,
        from: Site,
        caller: &Caller<Object, Came>,
        name: String,
    ) -> Option<String> {
        let text = match self.objects.buckets[from as usize].get(&name) {
            Ok(text) => text,
            Err(error) => {
                self.warn_unless_broken(&format!("`{name}` cannot be read: {error}"));
                return Some(name);
            }
        };
        let object = Object { name, text };
        match caller.ask(&object, LIMIT).await {
            Ok(Came::Kept) => None,
            Ok(Came::Differs) => {
                self.warn(&format!("both Regions have written `{}`, and differ", object.name));
                None
            }
            Ok(Came::Not(error)) => {
                self.warn_unless_broken(&format!("`{}` is not copied: {error}", object.name));
                Some(object.name)
            }
            // It may be there: the same again is no other.
            Err(_) => Some(object.name),
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
