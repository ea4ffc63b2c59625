//! The text of a template as JSON.

/// Why a text cannot be read as a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFault {
    /// Line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub what: String,
}

/// Reads the text of a template or a manifest.
///
/// # Errors
///
/// What is wrong with it, and where.
pub fn parse(text: &str) -> Result<serde_json::Value, DocumentFault> {
    serde_json::from_str(text)
        .map_err(|error| DocumentFault { line: Some(error.line()), what: error.to_string() })
}
