//! Takes personal data out of feedback before any of it is stored for clients, and refuses what still looks personal.
//!
//! By pattern and by name list, in English, Norwegian and Ukrainian; it does not understand text. It takes out too
//! much rather than too little.

mod names;
mod patterns;

pub(crate) use names::Names;

/// The text still looks personal after redaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text still looks personal after redaction")]
pub(crate) struct StillPersonal;

/// The text with a word in brackets for each thing taken out: `[email]`, `[link]`, `[handle]`, `[card]`, `[id]`,
/// `[ip]`, `[phone]`, `[name]`.
pub(crate) fn redact(text: &str, names: &Names) -> Result<String, StillPersonal> {
    let text = plain(text);
    let once = names.redact(&patterns::redact(&text));
    // What a second look would change, the first has not understood.
    let twice = names.redact(&patterns::redact(&once));
    if twice != once || patterns::suspicious(&once) {
        return Err(StillPersonal);
    }
    Ok(once)
}

/// The text without what hides a pattern from a reader of patterns: invisible characters go, full-width letters and
/// digits of other scripts become ASCII, odd spaces and dashes become plain ones.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| {
            !matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        })
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{660}'..='\u{669}' => digit(c, 0x660),
            '\u{6f0}'..='\u{6f9}' => digit(c, 0x6f0),
            '\u{966}'..='\u{96f}' => digit(c, 0x966),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => ' ',
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            other => other,
        })
        .collect()
}

fn digit(c: char, zero: u32) -> char {
    char::from_digit(u32::from(c) - zero, 10).unwrap_or(c)
}

#[cfg(test)]
mod tests;
