//! Notes: who may write, share and remove them, and what commands look like before they are answered.
#![allow(clippy::unwrap_used)]

mod common;

use board_domain::{
    Anchor, Audience, Book, Command, Fact, Note, NoteId, Refusal, ReportId, ReportMove, ReportStatus, Role,
    Standing, decide, find_passage, overlay,
};
use common::{book, now, person, person_id, report};
use proptest::prelude::*;
use uuid::Uuid;

fn write(id: &str, text: &str, shared: bool) -> Command {
    let anchor = Anchor::Section { report: ReportId::new("q3").unwrap(), section: "summary".into() };
    Command::WriteNote { id: NoteId::new(id).unwrap(), anchor, text: text.into(), shared }
}

fn remove(id: &str) -> Command {
    Command::RemoveNote { id: NoteId::new(id).unwrap() }
}

fn tell(book: &mut Book, who: &str, command: Command) -> Vec<Refusal> {
    let refused = overlay(book, &person_id(who), [(Uuid::nil(), command)], now());
    refused.into_iter().map(|(_, refusal)| refusal).collect()
}

#[test]
fn a_private_note_goes_to_its_author_and_a_shared_one_to_those_who_see_evidence() {
    let people = [person("kari", Role::Manager), person("ragnhild", Role::Viewer)];
    let book = book(&people, None);
    for (who, shared, expected) in [
        ("kari", false, Ok(Audience::Person(person_id("kari")))),
        ("kari", true, Ok(Audience::Evidence)),
        ("ragnhild", false, Ok(Audience::Person(person_id("ragnhild")))),
        ("ragnhild", true, Err(Refusal::Forbidden)),
        ("nobody", false, Err(Refusal::Forbidden)),
    ] {
        let decided = decide(&book, &person_id(who), write("n1", "Ask about it.", shared), now());
        assert_eq!(decided.map(|facts| facts[0].audience()), expected, "{who} {shared}");
    }
}

#[test]
fn notes_outside_their_limits_are_refused() {
    let book = book(&[person("kari", Role::Manager)], None);
    let passage = |quote: String| Command::WriteNote {
        id: NoteId::new("n1").unwrap(),
        anchor: Anchor::Passage { report: ReportId::new("q3").unwrap(), section: "summary".into(), quote },
        text: "Why?".into(),
        shared: false,
    };
    for command in [
        write("n1", "", false),
        write("n1", "   ", false),
        write("n1", &"ø".repeat(4_001), false),
        passage(String::new()),
        passage("q".repeat(301)),
    ] {
        assert_eq!(decide(&book, &person_id("kari"), command, now()), Err(Refusal::Malformed));
    }
    assert!(decide(&book, &person_id("kari"), write("n1", &"ø".repeat(4_000), false), now()).is_ok());
}

#[test]
fn a_note_is_its_authors_alone_and_keeps_its_audience() {
    let mut book = book(&[person("kari", Role::Manager), person("mina", Role::Admin)], None);
    assert_eq!(tell(&mut book, "kari", write("n1", "Mine.", true)), []);
    // The same id of someone else is another note.
    assert_eq!(tell(&mut book, "mina", remove("n1")), [Refusal::NotFound("note")]);
    assert_eq!(tell(&mut book, "mina", write("n1", "Hers.", false)), []);
    assert_eq!(tell(&mut book, "kari", write("n1", "Hidden now?", false)), [Refusal::Malformed]);
    let key = Note::key(&person_id("kari"), &NoteId::new("n1").unwrap());
    assert_eq!(book.note(&key).unwrap().text, "Mine.");
    assert_eq!(tell(&mut book, "kari", remove("n1")), []);
    assert_eq!(book.note(&key), None);
}

#[test]
fn a_refused_command_is_told_and_the_next_one_still_shows() {
    let report = report("kari", ReportStatus::Draft);
    let mut book = book(&[person("kari", Role::Manager)], Some(&report));
    let step = |step| Command::MoveReport { id: report.id.clone(), version: 1, step, reason: String::new() };
    let keys = [1, 2, 3].map(Uuid::from_u128);
    let commands = [step(ReportMove::Approve), step(ReportMove::Submit), remove("n1")];
    let refused = overlay(&mut book, &person_id("kari"), keys.into_iter().zip(commands), now());
    assert_eq!(refused, [(keys[0], Refusal::Forbidden), (keys[2], Refusal::NotFound("note"))]);
    assert_eq!(book.report("q3").unwrap().status, ReportStatus::InReview);
}

proptest! {
    /// What is shown before the answer is what the log says after it, where nobody else wrote in between.
    #[test]
    fn the_overlay_is_the_fold_of_what_the_server_will_append(
        steps in prop::collection::vec((0..3_u8, any::<bool>(), any::<bool>()), 0..12)
    ) {
        let people = [person("kari", Role::Manager)];
        let mut log = common::Log::default();
        log.append(&Fact::PersonJoined { person: people[0].clone() });
        let mut shown = log.book();
        let commands: Vec<Command> = steps
            .into_iter()
            .map(|(id, shared, removes)| {
                let id = format!("n{id}");
                if removes { remove(&id) } else { write(&id, "A thought.", shared) }
            })
            .collect();
        let keyed = commands.iter().cloned().map(|command| (Uuid::nil(), command));
        overlay(&mut shown, &people[0].id, keyed, now());
        for command in commands {
            for fact in decide(&log.book(), &people[0].id, command, now()).unwrap_or_default() {
                log.append(&fact);
            }
        }
        prop_assert_eq!(shown, log.book());
    }
}

#[test]
fn a_passage_is_found_again_after_an_edit_or_its_note_is_an_orphan() {
    let text = "Retention rose in Oslo and fell in Bergen.\nWe expect it to hold through the winter.";
    let found = |quote| find_passage(text, quote);
    assert_eq!(found("rose in Oslo"), (Standing::Here, "rose in Oslo".into()));
    assert_eq!(
        found("ROSE  in\n oslo"),
        (Standing::Here, "rose in Oslo".into()),
        "white space and case do not count"
    );
    assert_eq!(
        found("tention ros"),
        (Standing::Here, "tention ros".into()),
        "a quote may begin within a word"
    );
    assert_eq!(
        found("Bergen. We expect"),
        (Standing::Here, "Bergen. We expect".into()),
        "or go over two paragraphs"
    );
    assert_eq!(
        found("Retention rose in Oslo and Drammen and fell"),
        (Standing::Changed, "Retention rose in Oslo and fell in Bergen.".into())
    );
    assert_eq!(found("The mentors were paid in full").0, Standing::Gone);
    assert_eq!(found(""), (Standing::Gone, String::new()));
    assert_eq!(find_passage("", "words").0, Standing::Gone);
}

proptest! {
    /// Whatever a section says, its own words are found in it, also when others are put before and after them.
    #[test]
    fn own_words_are_always_found(
        before in "(\\PC{1,12} ){0,30}", quote in "(\\PC{1,12} ){1,20}", after in "(\\PC{1,12} ){0,30}",
    ) {
        let text = format!("{before} {quote} {after}");
        let blank = quote.trim().is_empty();
        prop_assert_eq!(find_passage(&text, &quote).0 == Standing::Here, !blank);
    }

    /// No text and no quote makes the search fail, and what is found is of the text.
    #[test]
    fn any_words_can_be_looked_for(text in "\\PC{0,400}", quote in "\\PC{0,80}") {
        let (standing, words) = find_passage(&text, &quote);
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        prop_assert!(standing == Standing::Gone || squeezed(&text).contains(&squeezed(&words)));
    }
}
