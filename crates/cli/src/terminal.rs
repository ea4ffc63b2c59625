//! What whoever reads standard output can see.

use std::io::IsTerminal;

/// Whether colours are wanted there: it is a terminal, and its user has not asked for none.
pub(crate) fn is_coloured() -> bool {
    std::io::stdout().is_terminal()
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
