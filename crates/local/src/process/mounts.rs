//! The file systems that were mounted in a directory: a limited disk stays where it is when its supervisor is killed.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the system's table of mounts calls the disks that are ours.
pub(crate) const OWN_DISK: &str = "tideover";

/// Takes away the disks of ours that are mounted in this directory, with what is on them, whoever still looks there.
pub(crate) fn unmount_in(directory: &Path) {
    let table = fs::read("/proc/self/mountinfo").unwrap_or_default();
    for place in mounted_in(&table, directory) {
        unmount(&place);
    }
}

/// Takes one away.
pub(crate) fn unmount(place: &Path) {
    // What fails is seen when the directory is used again.
    let _ = Command::new("umount").arg("-l").arg(place).output();
}

/// Where the table has disks of ours in this directory, the latest first.
fn mounted_in(table: &[u8], directory: &Path) -> Vec<PathBuf> {
    let places = table.split(|byte| *byte == b'\n').filter_map(|row| {
        let fields: Vec<&[u8]> = row.split(|byte| *byte == b' ').collect();
        // `id parent device root PLACE options … - type SOURCE options`
        let dash = fields.iter().position(|field| *field == b"-")?;
        let is_ours = *fields.get(dash + 2)? == OWN_DISK.as_bytes();
        let place = PathBuf::from(OsString::from_vec(unescaped(fields.get(4)?)));
        (is_ours && place.starts_with(directory)).then_some(place)
    });
    let mut places: Vec<PathBuf> = places.collect();
    places.reverse();
    places
}

/// The table writes blanks, tabs, line ends and backslashes as a backslash and three octal digits.
fn unescaped(field: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = field;
    while let [first, others @ ..] = rest {
        let digits = others.get(..3).and_then(|digits| str::from_utf8(digits).ok());
        let code = digits.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match code.filter(|_| *first == b'\\') {
            Some(code) => {
                bytes.push(code);
                rest = &others[3..];
            }
            None => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_disks_in_a_directory_are_found_the_latest_first() {
        let table = br"22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/root rw
31 22 0:41 / /tmp/a\040b/primary/pg/volume rw,relatime shared:2 master:7 - tmpfs tideover rw,size=1048576k
32 22 0:42 / /tmp/a\040b/standby/pg/volume rw - tmpfs tideover rw
33 22 0:43 / /tmp/a\040b/other rw - tmpfs tmpfs rw
34 22 0:44 / /tmp/a\040bc/volume rw - tmpfs tideover rw
35 22 0:45 / /tmp/a\134040b rw - tmpfs tideover rw
short
";
        let found = |directory: &str| mounted_in(table, Path::new(directory));
        let both = ["/tmp/a b/standby/pg/volume", "/tmp/a b/primary/pg/volume"];
        assert_eq!(found("/tmp/a b"), both.map(PathBuf::from));
        assert_eq!(found(r"/tmp/a\040b"), [PathBuf::from(r"/tmp/a\040b")]);
        assert_eq!(found("/tmp/nothing"), [] as [PathBuf; 0]);
    }
}
