//! Paths of files as references of URIs.

use std::fmt::Write as _;

/// The reference that means a file: relative where the path is, with the scheme `file` where it is absolute.
pub(super) fn reference(path: &str) -> String {
    let path = path.replace('\\', "/");
    let start = match path.as_bytes() {
        [b'/', ..] => "file://",
        // A drive's letter.
        [_, b':', b'/', ..] => "file:///",
        _ => "",
    };
    start.to_owned() + &encoded(&path, "/")
}

/// A text in which no sign has a meaning.
pub(super) fn part(text: &str) -> String {
    encoded(text, "")
}

fn encoded(text: &str, kept: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let letter = char::from(byte);
        if byte.is_ascii_alphanumeric() || "-._~".contains(letter) || kept.contains(letter) {
            encoded.push(letter);
        } else {
            write!(encoded, "%{byte:02X}").expect("a string takes it");
        }
    }
    encoded
}
