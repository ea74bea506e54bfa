//! The outbox: numbered without holes, gone when the effect is here, and a refusal is never lost.

#![allow(clippy::unwrap_used)]

mod log;

use board_domain::wire::CommandOutcome;
use board_domain::{Actor, Audience, Command, Fact, Origin, PersonId, Watermark};
use board_vault::Vault;
use log::{EPOCH, Log, Place, at, founded, tenant};
use uuid::Uuid;

fn command(name: &str) -> Command {
    Command::RemovePerson { person: PersonId::new(name).unwrap() }
}

fn numbers(vault: &Vault) -> Vec<u64> {
    vault.pending(&tenant()).unwrap().iter().map(|pending| pending.envelope.cmd_seq).collect()
}

fn echo(log: &mut Log, fact: &Fact, client: Uuid, cmd_seq: u64, audience: Audience) {
    log.event(fact.kind(), &fact.body().unwrap(), audience, Some(Origin { client, cmd_seq }));
}

#[test]
fn commands_are_numbered_from_one_and_survive() {
    let place = Place::new();
    let mut vault = place.create();
    let first = vault.enqueue(&tenant(), &command("a"), at(1)).unwrap();
    let second = vault.enqueue(&tenant(), &command("b"), at(2)).unwrap();
    assert_eq!((first.cmd_seq, second.cmd_seq), (1, 2));
    assert_ne!(first.key, second.key);
    assert_eq!(first.client, vault.client_id().unwrap());
    drop(vault);
    let vault = place.open();
    let pending = vault.pending(&tenant()).unwrap();
    assert_eq!(pending.iter().map(|p| p.envelope.clone()).collect::<Vec<_>>(), [first, second]);
    assert_eq!((pending[0].enqueued_at, pending[0].sent), (at(1), false));
}

#[test]
fn an_echo_takes_the_command_out_and_a_strangers_does_not() {
    let place = Place::new();
    let mut vault = place.create();
    let client = vault.client_id().unwrap();
    for name in ["a", "b", "c"] {
        vault.enqueue(&tenant(), &command(name), at(1)).unwrap();
    }
    let mut log = Log::new();
    log.fact(&founded(&tenant()));
    let fact = Fact::WatermarkSet { watermark: Watermark::default() };
    echo(&mut log, &fact, Uuid::from_u128(77), 2, Audience::Board);
    echo(&mut log, &fact, client, 1, Audience::Board);
    let applied = vault.apply(&tenant(), EPOCH, &log.frames(), at(5)).unwrap();
    assert_eq!(applied.echoed, 1);
    assert_eq!(numbers(&vault), [2, 3]);
    assert!(matches!(log.events[0].actor, Actor::Service(_)));
}

#[test]
fn an_effect_that_is_hidden_from_its_author_ends_with_its_position() {
    let place = Place::new();
    let mut vault = place.create();
    vault.enqueue(&tenant(), &command("a"), at(1)).unwrap();
    vault.enqueue(&tenant(), &command("b"), at(1)).unwrap();
    vault.settle(&tenant(), &CommandOutcome::Done { cmd_seq: 1, seq: 2 }).unwrap();
    let pending = vault.pending(&tenant()).unwrap();
    assert_eq!((pending[0].sent, pending[1].sent), (true, false), "done, but not folded yet");
    let mut log = Log::new();
    log.fact(&founded(&tenant())).raw("pack.exported", "{}", Audience::Governance);
    vault.apply(&tenant(), EPOCH, &log.frames(), at(5)).unwrap();
    assert_eq!(numbers(&vault), [2]);
    // And one whose effect is here already goes at once.
    vault.settle(&tenant(), &CommandOutcome::Done { cmd_seq: 2, seq: 1 }).unwrap();
    assert_eq!(numbers(&vault), [0; 0]);
}

#[test]
fn a_refusal_comes_back_once_by_answer_and_echo() {
    let place = Place::new();
    let mut vault = place.create();
    let client = vault.client_id().unwrap();
    let kept = vault.enqueue(&tenant(), &command("a"), at(1)).unwrap();
    vault.enqueue(&tenant(), &command("b"), at(2)).unwrap();
    let refusal =
        |cmd_seq| CommandOutcome::Refused { cmd_seq, code: "command.forbidden".into(), message: "no".into() };
    vault.settle(&tenant(), &refusal(1)).unwrap();
    vault.settle(&tenant(), &refusal(1)).unwrap();
    let mut log = Log::new();
    log.fact(&founded(&tenant()));
    let fact = |code: &str| Fact::CommandRefused { code: code.into(), message: "no".into() };
    let kari = Audience::Person(PersonId::new("kari").unwrap());
    echo(&mut log, &fact("command.forbidden"), client, 1, kari.clone());
    echo(&mut log, &fact("command.conflict"), client, 2, kari);
    vault.apply(&tenant(), EPOCH, &log.frames(), at(5)).unwrap();
    assert_eq!(numbers(&vault), [0; 0]);
    let refusals = vault.refusals(&tenant()).unwrap();
    let codes: Vec<_> = refusals.iter().map(|refused| refused.code.as_str()).collect();
    assert_eq!(codes, ["command.forbidden", "command.conflict"]);
    assert_eq!((refusals[0].key, &refusals[0].command), (kept.key, &command("a")));
    vault.dismiss_refusal(&tenant(), kept.key).unwrap();
    assert_eq!(vault.refusals(&tenant()).unwrap().len(), 1);
}

#[test]
fn a_reset_keeps_the_outbox_and_sends_it_again() {
    let place = Place::new();
    let mut vault = place.create();
    vault.enqueue(&tenant(), &command("a"), at(1)).unwrap();
    vault.settle(&tenant(), &CommandOutcome::Done { cmd_seq: 1, seq: 40 }).unwrap();
    vault.reset_tenant(&tenant(), Uuid::from_u128(2)).unwrap();
    let pending = vault.pending(&tenant()).unwrap();
    assert_eq!((pending.len(), pending[0].sent), (1, false));
}

#[test]
fn numbers_are_never_used_twice_even_after_leaving() {
    let place = Place::new();
    let mut vault = place.create();
    vault.enqueue(&tenant(), &command("a"), at(1)).unwrap();
    vault.leave_tenant(&tenant()).unwrap();
    assert_eq!(numbers(&vault), [0; 0]);
    vault.enter_tenant(&log::entry(&tenant(), board_domain::Role::Director)).unwrap();
    assert_eq!(vault.enqueue(&tenant(), &command("b"), at(2)).unwrap().cmd_seq, 2);
}

#[test]
fn a_server_that_forgot_gets_new_numbers_under_the_old_keys() {
    let place = Place::new();
    let mut vault = place.create();
    let names = ["a", "b", "c", "d", "e"];
    let keys = names.map(|name| vault.enqueue(&tenant(), &command(name), at(1)).unwrap().key);
    for cmd_seq in [2, 3] {
        let (code, message) = ("command.not_found".into(), "gone".into());
        vault.settle(&tenant(), &CommandOutcome::Refused { cmd_seq, code, message }).unwrap();
    }
    // The first is known to the server still, by its number and its key: it must not come under another number.
    for (next, expected) in [(4, [1, 4, 5]), (2, [1, 2, 3]), (1, [1, 2, 3])] {
        vault.settle(&tenant(), &CommandOutcome::Done { cmd_seq: 1, seq: 40 }).unwrap();
        vault.renumber(&tenant(), next).unwrap();
        assert_eq!(numbers(&vault), expected, "{next} is expected");
        let pending = vault.pending(&tenant()).unwrap();
        assert_eq!(
            pending.iter().map(|pending| pending.envelope.key).collect::<Vec<_>>(),
            [keys[0], keys[3], keys[4]]
        );
        assert!(pending.iter().all(|pending| !pending.sent));
    }
    assert_eq!(vault.enqueue(&tenant(), &command("f"), at(2)).unwrap().cmd_seq, 4);
}
