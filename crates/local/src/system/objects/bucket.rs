//! The bucket of a Region: a folder of objects that are written once and never over.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What is copied of it: receipts.
const COPIED: &str = "receipts";
/// How an object's name ends; what is being written has another end.
const ENDING: &str = "json";
/// For how long a folder may get more entries and its time of change stay the same: clocks of file systems are coarse.
const COARSE: Duration = Duration::from_secs(1);

/// The bucket of a Region.
#[derive(Debug, Clone)]
pub(super) struct Bucket(PathBuf);

/// What came of putting an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Put {
    /// It is there, as it was put.
    Kept,
    /// Another is there under this name.
    Differs,
}

impl Bucket {
    pub(super) fn in_folder(folder: PathBuf) -> Self {
        Self(folder)
    }

    pub(super) fn get(&self, name: &str) -> io::Result<String> {
        fs::read_to_string(self.path(name)?)
    }

    /// Puts an object; whoever reads never sees a part of it.
    pub(super) fn put(&self, name: &str, text: &str) -> io::Result<Put> {
        let path = self.path(name)?;
        match fs::read_to_string(&path) {
            Ok(kept) => return Ok(if kept == text { Put::Kept } else { Put::Differs }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        fs::create_dir_all(path.parent().unwrap_or(&self.0))?;
        let aside = path.with_extension("copy");
        File::create(&aside)?.write_all(text.as_bytes())?;
        fs::rename(&aside, &path)?;
        Ok(Put::Kept)
    }

    /// Where an object of this name is, which is in the bucket and nowhere else.
    fn path(&self, name: &str) -> io::Result<PathBuf> {
        let is_inside =
            Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        let outside = || io::Error::new(io::ErrorKind::InvalidInput, "the name leads elsewhere");
        is_inside.then(|| self.0.join(name)).ok_or_else(outside)
    }

    /// The names of all objects that are copied.
    pub(super) fn names(&self) -> io::Result<BTreeSet<String>> {
        Ok(Listing::of(self.clone()).news()?.into_iter().collect())
    }
}

/// What is known of a bucket, so that only what is new is told.
pub(super) struct Listing {
    bucket: Bucket,
    told: BTreeSet<String>,
    /// When folders without folders in them were changed last, if that is long enough ago to be the last time.
    read: BTreeMap<PathBuf, SystemTime>,
}

impl Listing {
    pub(super) fn of(bucket: Bucket) -> Self {
        Self { bucket, told: BTreeSet::new(), read: BTreeMap::new() }
    }

    /// The names that were not told before.
    pub(super) fn news(&mut self) -> io::Result<Vec<String>> {
        let mut news = Vec::new();
        self.walk(&self.bucket.0.join(COPIED), &mut news)?;
        Ok(news)
    }

    fn walk(&mut self, folder: &Path, news: &mut Vec<String>) -> io::Result<()> {
        let changed_at = match folder.metadata() {
            Ok(metadata) => metadata.modified()?,
            // Nothing was put there yet.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        if self.read.get(folder) == Some(&changed_at) {
            return Ok(());
        }
        let mut has_folders = false;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                has_folders = true;
                self.walk(&entry.path(), news)?;
            } else {
                news.extend(self.name(&entry.path()));
            }
        }
        let is_old = changed_at.elapsed().is_ok_and(|age| age > COARSE);
        if !has_folders && is_old {
            self.read.insert(folder.to_owned(), changed_at);
        }
        Ok(())
    }

    /// The name of the object in this file, if it is one and was not told.
    fn name(&mut self, path: &Path) -> Option<String> {
        if path.extension()? != ENDING {
            return None;
        }
        let name = path.strip_prefix(&self.bucket.0).ok()?.to_str()?.to_owned();
        self.told.insert(name.clone()).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "receipts/acc_1/pay_1/evt_1.1.json";

    fn bucket(folder: &tempfile::TempDir) -> Bucket {
        Bucket::in_folder(folder.path().to_owned())
    }

    #[test]
    fn an_object_is_put_once_and_never_over() {
        let folder = tempfile::tempdir().expect("there is space");
        let bucket = bucket(&folder);
        for (text, came_of_it) in [("one", Put::Kept), ("one", Put::Kept), ("two", Put::Differs)] {
            assert_eq!(bucket.put(NAME, text).expect("it is written"), came_of_it);
        }
        assert_eq!(bucket.get(NAME).expect("it is there"), "one");
        for name in ["../elsewhere.json", "/etc/passwd", "receipts/../../a.json"] {
            assert!(bucket.put(name, "three").is_err(), "{name}");
        }
    }

    #[test]
    fn what_is_new_is_told_once() {
        let folder = tempfile::tempdir().expect("there is space");
        let bucket = bucket(&folder);
        let mut listing = Listing::of(bucket.clone());
        let mut news = || {
            let mut news = listing.news().expect("it is read");
            news.sort();
            news
        };
        assert_eq!(news(), [""; 0], "there is no folder yet");
        let names = [1, 2].map(|event| format!("receipts/acc_1/pay_1/evt_{event}.1.json"));
        for name in &names {
            bucket.put(name, "text").expect("it is written");
            assert_eq!(news(), [name.as_str()]);
        }
        let half = folder.path().join("receipts/acc_1/pay_1/evt_3.1.copy");
        fs::write(half, "te").expect("it is written");
        fs::write(folder.path().join("events.jsonl"), "{}").expect("it is written");
        assert_eq!(news(), [""; 0], "neither is an object that is copied");
        assert_eq!(bucket.names().expect("it is read"), names.into());
    }

    #[test]
    fn folders_that_rest_are_not_read_again_until_they_change() {
        let folder = tempfile::tempdir().expect("there is space");
        let bucket = bucket(&folder);
        bucket.put(NAME, "text").expect("it is written");
        let inner = folder.path().join("receipts/acc_1/pay_1");
        let hour_ago = SystemTime::now() - Duration::from_secs(3_600);
        File::open(&inner).and_then(|file| file.set_modified(hour_ago)).expect("it is ours");
        let mut listing = Listing::of(bucket.clone());
        assert_eq!(listing.news().expect("it is read"), [NAME]);
        assert_eq!(listing.read.keys().collect::<Vec<_>>(), [&inner]);
        let later = "receipts/acc_1/pay_1/evt_2.1.json";
        bucket.put(later, "text").expect("it is written");
        assert_eq!(listing.news().expect("it is read"), [later]);
    }
}
