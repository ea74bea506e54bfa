//! The outbox against a model: whatever is enqueued, answered, echoed, reset, renumbered or cut off, numbers have no
//! holes, no command is lost, none stays after its echo, and every refusal comes back.

#![allow(clippy::unwrap_used)]

mod log;

use board_domain::wire::{CommandOutcome, Frame};
use board_domain::{Audience, Command, Fact, Origin, PersonId, Watermark};
use board_vault::Vault;
use log::{Log, Place, at, tenant};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use uuid::Uuid;

#[derive(Clone, Debug)]
enum Transition {
    Enqueue,
    /// The server answers that it happened, this far after the cursor.
    Done(Index, u64),
    Refused(Index),
    /// The effect comes back in the log; or the refusal, where true.
    Echo(Index, bool),
    /// Somebody else's event, or one that is hidden.
    Other(bool),
    /// An answer to a number that is not in the outbox.
    Stale,
    Dismiss(Index),
    Reopen,
    Reset,
    Renumber(u64),
}

#[derive(Clone, Debug)]
struct Waiting {
    number: u64,
    id: u32,
    done: Option<u64>,
}

#[derive(Clone, Debug, Default)]
struct Model {
    last: u64,
    ids: u32,
    cursor: u64,
    epoch: u128,
    waiting: Vec<Waiting>,
    refused: Vec<u32>,
    /// Commands whose effect came back, and refusals that were seen.
    ended: Vec<u32>,
}

impl Model {
    fn pass(&mut self, to: u64) {
        self.cursor = to;
        let ended =
            self.waiting.iter().filter(|waiting| waiting.done.is_some_and(|seq| seq <= to)).map(|w| w.id);
        self.ended.extend(ended);
        self.waiting.retain(|waiting| waiting.done.is_none_or(|seq| seq > to));
    }
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Transition;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Transition> {
        prop_oneof![
            5 => Just(Transition::Enqueue),
            3 => (any::<Index>(), 0..4u64).prop_map(|(index, after)| Transition::Done(index, after)),
            2 => any::<Index>().prop_map(Transition::Refused),
            3 => (any::<Index>(), any::<bool>()).prop_map(|(index, refused)| Transition::Echo(index, refused)),
            3 => any::<bool>().prop_map(Transition::Other),
            1 => Just(Transition::Stale),
            1 => any::<Index>().prop_map(Transition::Dismiss),
            2 => Just(Transition::Reopen),
            1 => Just(Transition::Reset),
            1 => (1..9u64).prop_map(Transition::Renumber),
        ]
        .boxed()
    }

    fn preconditions(state: &Self, transition: &Transition) -> bool {
        match transition {
            Transition::Done(..) | Transition::Refused(_) | Transition::Echo(..) => !state.waiting.is_empty(),
            Transition::Dismiss(_) => !state.refused.is_empty(),
            _ => true,
        }
    }

    fn apply(mut state: Self, transition: &Transition) -> Self {
        match transition {
            Transition::Enqueue => {
                (state.last, state.ids) = (state.last + 1, state.ids + 1);
                state.waiting.push(Waiting { number: state.last, id: state.ids, done: None });
            }
            Transition::Done(index, after) => {
                let (at, seq) = (index.index(state.waiting.len()), state.cursor + after);
                state.waiting[at].done = Some(seq);
                state.pass(state.cursor);
            }
            Transition::Refused(index) => {
                let refused = state.waiting.remove(index.index(state.waiting.len()));
                state.refused.push(refused.id);
            }
            Transition::Echo(index, refused) => {
                let echoed = state.waiting.remove(index.index(state.waiting.len()));
                if *refused { &mut state.refused } else { &mut state.ended }.push(echoed.id);
                state.pass(state.cursor + 1);
            }
            Transition::Other(_) => state.pass(state.cursor + 1),
            Transition::Stale | Transition::Reopen => {}
            Transition::Dismiss(index) => {
                let seen = state.refused.remove(index.index(state.refused.len()));
                state.ended.push(seen);
            }
            Transition::Reset => {
                (state.cursor, state.epoch) = (0, state.epoch + 1);
                state.waiting.iter_mut().for_each(|waiting| waiting.done = None);
            }
            Transition::Renumber(next) => {
                state.waiting.iter_mut().for_each(|waiting| waiting.done = None);
                let renumbered = state.waiting.iter_mut().filter(|waiting| waiting.number >= *next);
                state.last = next - 1;
                for waiting in renumbered {
                    state.last += 1;
                    waiting.number = state.last;
                }
            }
        }
        state
    }
}

struct System {
    place: Place,
    vault: Option<Vault>,
    log: Log,
    before: Model,
}

fn command(id: u32) -> Command {
    Command::RemovePerson { person: PersonId::new(format!("p{id}")).unwrap() }
}

impl System {
    fn vault(&mut self) -> &mut Vault {
        self.vault.as_mut().unwrap()
    }

    fn append(&mut self, fact: &Fact, origin: Option<Origin>, audience: Audience) {
        self.log.event(fact.kind(), &fact.body().unwrap(), audience, origin);
        let frame = Frame::Event(Box::new(self.log.events.last().unwrap().clone()));
        self.apply(frame);
    }

    fn apply(&mut self, frame: Frame) {
        let epoch = Uuid::from_u128(self.before.epoch);
        self.vault().apply(&tenant(), epoch, &[frame], at(500)).unwrap();
    }
}

struct Outbox;

impl StateMachineTest for Outbox {
    type SystemUnderTest = System;
    type Reference = Model;

    fn init_test(model: &Model) -> System {
        let place = Place::new();
        let mut vault = place.create();
        vault.reset_tenant(&tenant(), Uuid::from_u128(0)).unwrap();
        System { vault: Some(vault), place, log: Log::new(), before: model.clone() }
    }

    fn apply(mut system: System, model: &Model, transition: Transition) -> System {
        let before = system.before.clone();
        let number = |index: Index| before.waiting[index.index(before.waiting.len())].number;
        let watermark = Fact::WatermarkSet { watermark: Watermark::default() };
        match transition {
            Transition::Enqueue => {
                let envelope = system.vault().enqueue(&tenant(), &command(model.ids), at(1)).unwrap();
                assert_eq!(envelope.cmd_seq, before.last + 1, "numbers have no holes");
            }
            Transition::Done(index, after) => {
                let outcome = CommandOutcome::Done { cmd_seq: number(index), seq: before.cursor + after };
                system.vault().settle(&tenant(), &outcome).unwrap();
            }
            Transition::Refused(index) => {
                let outcome = CommandOutcome::Refused {
                    cmd_seq: number(index),
                    code: "command.forbidden".into(),
                    message: "no".into(),
                };
                system.vault().settle(&tenant(), &outcome).unwrap();
            }
            Transition::Echo(index, refused) => {
                let client = system.vault().client_id().unwrap();
                let origin = Some(Origin { client, cmd_seq: number(index) });
                let fact = if refused {
                    Fact::CommandRefused { code: "command.forbidden".into(), message: "no".into() }
                } else {
                    watermark
                };
                system.append(&fact, origin, Audience::Board);
            }
            Transition::Other(true) => {
                let seq = before.cursor + 1;
                system.log.fact(&watermark);
                // Its place in the log is taken, in another audience than the one that is followed.
                system.log = log_after(&system.log, seq);
                system.apply(Frame::Hidden { from: seq, to: seq });
            }
            Transition::Other(false) => system.append(&watermark, None, Audience::Board),
            Transition::Stale => {
                let outcome = CommandOutcome::Done { cmd_seq: before.last + 7, seq: 1 };
                system.vault().settle(&tenant(), &outcome).unwrap();
            }
            Transition::Dismiss(index) => {
                let id = before.refused[index.index(before.refused.len())];
                let refusals = system.vault().refusals(&tenant()).unwrap();
                let refused = refusals.iter().find(|refused| refused.command == command(id)).unwrap();
                system.vault().dismiss_refusal(&tenant(), refused.key).unwrap();
            }
            Transition::Reopen => {
                system.vault = None;
                system.vault = Some(system.place.open());
            }
            Transition::Reset => {
                system.log = Log::new();
                system.vault().reset_tenant(&tenant(), Uuid::from_u128(model.epoch)).unwrap();
            }
            Transition::Renumber(next) => system.vault().renumber(&tenant(), next).unwrap(),
        }
        system.before = model.clone();
        system
    }

    fn check_invariants(system: &System, model: &Model) {
        let vault = system.vault.as_ref().unwrap();
        let pending = vault.pending(&tenant()).unwrap();
        let found: Vec<_> =
            pending.iter().map(|p| (p.envelope.cmd_seq, p.envelope.command.clone(), p.sent)).collect();
        let expected: Vec<_> =
            model.waiting.iter().map(|w| (w.number, command(w.id), w.done.is_some())).collect();
        assert_eq!(found, expected);
        let mut refused: Vec<_> =
            vault.refusals(&tenant()).unwrap().into_iter().map(|refused| refused.command).collect();
        let mut expected: Vec<_> = model.refused.iter().map(|id| command(*id)).collect();
        let name = |command: &Command| serde_json::to_string(command).unwrap();
        refused.sort_by_key(name);
        expected.sort_by_key(name);
        assert_eq!(refused, expected);
        let all = model.waiting.len() + model.refused.len() + model.ended.len();
        assert_eq!(all, model.ids as usize, "no command is lost");
        assert_eq!(vault.tenant(&tenant()).unwrap().cursor, model.cursor);
    }
}

/// The log with its newest event moved to an audience that the copy does not see.
fn log_after(log: &Log, seq: u64) -> Log {
    let mut again = Log::new();
    for event in &log.events {
        let audience = if event.seq == seq { Audience::Governance } else { event.audience.clone() };
        again.event(&event.kind, &event.body, audience, event.origin.clone());
    }
    again
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn the_outbox_does_what_the_model_does(sequential 1..40 => Outbox);
}
