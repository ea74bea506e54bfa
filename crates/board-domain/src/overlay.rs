//! What a person sees of commands that the server has not answered yet: decided here by the same rules, on top of the
//! rows that are here. Not a promise: the server decides on the whole log.

use jiff::Timestamp;
use uuid::Uuid;

use crate::{Book, Command, PersonId, Refusal, decide};

/// Takes the commands in order into the book, each under its idempotency key. Returns those that would be refused as
/// things stand; a refused one changes nothing and never stands in the way of the next.
pub fn overlay(
    book: &mut Book,
    actor: &PersonId,
    commands: impl IntoIterator<Item = (Uuid, Command)>,
    now: Timestamp,
) -> Vec<(Uuid, Refusal)> {
    let mut refused = Vec::new();
    for (key, command) in commands {
        match decide(book, actor, command, now) {
            Ok(facts) => facts.into_iter().for_each(|fact| book.imagine(key, fact)),
            Err(refusal) => refused.push((key, refusal)),
        }
    }
    refused
}
