//! The words that a name is made of.

/// The words of a name in any of the usual spellings, in lower case; numbers only part them.
pub(crate) fn words(name: &str) -> impl Iterator<Item = String> {
    split(name, char::is_alphabetic)
}

/// The words of a name such as `DR_ROLE`, `traceId2` or `/payments/active-region`, in lower case and with their numbers.
pub(crate) fn words_and_numbers(name: &str) -> impl Iterator<Item = String> {
    split(name, char::is_alphanumeric)
}

fn split(name: &str, is_of_word: fn(char) -> bool) -> impl Iterator<Item = String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for letter in name.chars() {
        let starts = letter.is_uppercase() && before.is_lowercase();
        if starts || !is_of_word(letter) {
            words.push(String::new());
        }
        if is_of_word(letter)
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
        before = letter;
    }
    words.into_iter().filter(|word| !word.is_empty())
}
