//! The bytes of a file as text: UTF-8, or which other encoding it seems to be in.

use std::str;

use super::DocumentFault;

/// The text of a file in UTF-8.
pub(super) fn text(bytes: &[u8]) -> Result<&str, DocumentFault> {
    if let Some(encoding) = wide(bytes) {
        let what = format!("the file is in {encoding}; save it as UTF-8");
        return Err(DocumentFault { line: None, what });
    }
    str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let byte = bytes.get(at).copied().unwrap_or_default();
        let newlines = bytes.iter().take(at).filter(|byte| **byte == b'\n').count();
        let what = format!("byte 0x{byte:02X} is not UTF-8, perhaps Latin-1 or Windows-1252; save the file as UTF-8");
        DocumentFault { line: Some(newlines + 1), what }
    })
}

/// The encoding of more than one byte for each character, where the file has its mark or looks like it.
fn wide(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Some("UTF-32"),
        [0, 0, 0, first, ..] | [first, 0, 0, 0, ..] if *first != 0 => Some("UTF-32"),
        [0xFF, 0xFE, ..] => Some("UTF-16 (little endian)"),
        [0xFE, 0xFF, ..] => Some("UTF-16 (big endian)"),
        // Without a mark: templates begin with ASCII, half of whose bytes are then zero.
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some("UTF-16 (little endian)"),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some("UTF-16 (big endian)"),
        _ => None,
    }
}
