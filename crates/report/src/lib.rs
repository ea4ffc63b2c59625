//! The evidence of a run: what was done when and by whom, as JSON, Markdown and one page, signed.
