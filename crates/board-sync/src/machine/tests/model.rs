//! The machine against a model of the server and of the vault: a log that grows, is trimmed, restored and cut short,
//! audiences that come and go, answers that are cut, late, empty or out of order, and an app that is killed.
//!
//! Safety: the copy is always a prefix of a log that the server had, and nothing but applied answers moves it. Liveness:
//! once the server answers again, the copy is the log.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use super::laws::UnderWay;
use super::*;

/// The server: its log as a chain of hashes, so that equal tips mean equal logs.
#[derive(Clone, Debug)]
struct Server {
    epoch: u32,
    log: Vec<u64>,
    floor: u64,
    snapshot: Option<u64>,
    /// Audiences of the person beside those that everybody has.
    audiences: Vec<u8>,
    /// Grows with everything that happens, so that no two events are the same.
    events: u64,
}

#[derive(Clone, Debug)]
enum Transition {
    Append(u16),
    TakeSnapshot,
    Trim,
    /// A backup is restored, or a replica promoted: part of the log is gone, and the epoch is another.
    Restore {
        kept: u8,
    },
    /// As a restore, but nobody minted an epoch.
    CutShort {
        kept: u8,
    },
    Admit(u8),
    Dismiss(u8),
    /// The step under way is answered as it should be, a page or a batch holding so many positions.
    Answer(u16),
    /// The step under way comes to another end.
    Spoil(Spoilt),
    /// An answer of a step that is no longer under way, or was given twice.
    Late(Late),
    HistoryAnswer(u16),
    HistoryCut,
    Enqueue,
    UploadAnswer {
        good: bool,
    },
    Wait,
    NetworkChanged,
    Killed,
}

#[derive(Clone, Copy, Debug)]
enum Spoilt {
    Cut,
    Unauthorised,
    Busy,
    Mute,
    Gap,
    Bye(Parting),
    Ended,
}

#[derive(Clone, Copy, Debug)]
enum Late {
    Page,
    Applied,
    Hello,
    Swapped,
    Reset,
    History,
}

impl Server {
    fn head(&self) -> u64 {
        self.log.len() as u64
    }

    fn tip(&self, seq: u64) -> u64 {
        seq.checked_sub(1).map_or(u64::from(self.epoch), |index| self.log[usize::try_from(index).unwrap()])
    }

    fn append(&mut self, count: u16) {
        for _ in 0..count {
            self.events += 1;
            let tip = self.tip(self.head());
            self.log.push(tip.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(self.events));
        }
    }

    fn keep(&mut self, kept: u8) {
        let kept = self.log.len() * usize::from(kept) / 256;
        self.log.truncate(kept);
        self.floor = self.floor.min(self.head());
        self.snapshot = self.snapshot.filter(|seq| *seq <= self.head());
        // A log that starts after position 0 cannot be read without a snapshot.
        if self.floor > 0 && self.snapshot.is_none() {
            self.snapshot = Some(self.head());
        }
    }
}

impl ReferenceStateMachine for Server {
    type State = Self;
    type Transition = Transition;

    fn init_state() -> BoxedStrategy<Self> {
        prop_oneof![Just(0u16), 1..200u16, 5_001..7_000u16]
            .prop_map(|length| {
                let mut server = Self {
                    epoch: 1,
                    log: Vec::new(),
                    floor: 0,
                    snapshot: None,
                    audiences: Vec::new(),
                    events: 0,
                };
                server.append(length);
                server
            })
            .boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Transition> {
        let parting =
            prop::sample::select(vec![Parting::Rotate, Parting::Expired, Parting::Draining, Parting::Behind]);
        let spoilt = prop_oneof![
            4 => Just(Spoilt::Cut),
            2 => Just(Spoilt::Unauthorised),
            1 => Just(Spoilt::Busy),
            2 => Just(Spoilt::Mute),
            2 => Just(Spoilt::Gap),
            2 => parting.prop_map(Spoilt::Bye),
            1 => Just(Spoilt::Ended),
        ];
        let late = prop::sample::select(vec![
            Late::Page,
            Late::Applied,
            Late::Hello,
            Late::Swapped,
            Late::Reset,
            Late::History,
        ]);
        prop_oneof![
            4 => prop_oneof![1..20u16, 500..6_000u16].prop_map(Transition::Append),
            2 => Just(Transition::TakeSnapshot),
            1 => Just(Transition::Trim),
            1 => any::<u8>().prop_map(|kept| Transition::Restore { kept }),
            1 => any::<u8>().prop_map(|kept| Transition::CutShort { kept }),
            1 => (0..3u8).prop_map(Transition::Admit),
            1 => (0..3u8).prop_map(Transition::Dismiss),
            24 => prop_oneof![1..50u16, Just(1_000)].prop_map(Transition::Answer),
            6 => spoilt.prop_map(Transition::Spoil),
            2 => late.prop_map(Transition::Late),
            4 => prop_oneof![1..50u16, Just(1_000)].prop_map(Transition::HistoryAnswer),
            1 => Just(Transition::HistoryCut),
            1 => Just(Transition::Enqueue),
            2 => any::<bool>().prop_map(|good| Transition::UploadAnswer { good }),
            8 => Just(Transition::Wait),
            1 => Just(Transition::NetworkChanged),
            1 => Just(Transition::Killed),
        ]
        .boxed()
    }

    fn apply(mut server: Self, transition: &Transition) -> Self {
        match transition {
            Transition::Append(count) => server.append(*count),
            Transition::TakeSnapshot => server.snapshot = Some(server.head()).filter(|seq| *seq > 0),
            Transition::Trim => server.floor = server.snapshot.unwrap_or(server.floor),
            Transition::Restore { kept } => {
                server.keep(*kept);
                server.epoch += 1;
            }
            Transition::CutShort { kept } => server.keep(*kept),
            Transition::Admit(audience) if !server.audiences.contains(audience) => {
                server.audiences.push(*audience);
            }
            Transition::Dismiss(audience) => server.audiences.retain(|known| known != audience),
            _ => {}
        }
        server
    }
}

/// What the vault does with answers, without what is in them.
#[derive(Debug, Default)]
struct Vault {
    epoch: Option<u32>,
    cursor: u64,
    tip: u64,
    head_heard: u64,
    start: u64,
    past: u64,
    audiences: Vec<u8>,
    /// How far the events of audiences gained are here, and how far they are needed.
    backfills: BTreeMap<u8, (u64, u64)>,
}

impl Vault {
    fn history(&self) -> Option<Progress> {
        (self.past < self.start).then_some(Progress { done: self.past, of: self.start })
    }

    fn stand(&self) -> Stand {
        Stand {
            cursor: self.cursor,
            head: self.head_heard,
            backfills: self.backfills.len(),
            history: self.history(),
        }
    }

    fn replace(&mut self, server: &Server, seq: u64) {
        let floor = server.floor;
        *self = Self {
            epoch: Some(server.epoch),
            cursor: seq,
            tip: server.tip(seq),
            head_heard: server.head(),
            start: seq,
            past: if floor > 0 { seq } else { 0 },
            audiences: server.audiences.clone(),
            backfills: BTreeMap::new(),
        };
    }

    fn greet(&mut self, server: &Server) {
        let audiences = std::mem::replace(&mut self.audiences, server.audiences.clone());
        self.backfills.retain(|audience, _| server.audiences.contains(audience));
        if self.cursor > 0 && self.epoch == Some(server.epoch) {
            for audience in server.audiences.iter().filter(|audience| !audiences.contains(audience)) {
                self.backfills.insert(*audience, (0, self.cursor));
            }
        }
        self.head_heard = server.head();
    }

    /// Nothing is shown to one whose audiences are others than they were told.
    fn fits(&self, server: &Server) -> Result<(), Failure> {
        let known = self.audiences.iter().all(|audience| server.audiences.contains(audience));
        let fits = known && self.audiences.len() == server.audiences.len();
        if fits { Ok(()) } else { Err(Failure::MustGreet { detail: "another role".into() }) }
    }

    /// Applies the positions up to `to`; the events must continue ours. `told` where the answer tells the head.
    fn apply(&mut self, server: &Server, to: u64, told: bool) -> Result<(), Failure> {
        if server.tip(self.cursor) != self.tip && self.cursor > 0 {
            return Err(Failure::Chain { detail: "changed".into() });
        }
        self.epoch = Some(server.epoch);
        (self.cursor, self.tip) = (to, server.tip(to));
        self.head_heard = if told { server.head() } else { self.head_heard.max(to) };
        Ok(())
    }
}

/// What the server says to a position, as its pages and its stream do.
fn resume(server: &Server, epoch: Option<u32>, seq: u64) -> Result<(), Failure> {
    let reason = if epoch.is_some_and(|epoch| epoch != server.epoch) {
        "epoch"
    } else if seq > server.head() {
        "ahead"
    } else if seq < server.floor {
        "trimmed"
    } else {
        return Ok(());
    };
    Err(Failure::MustResnapshot { detail: reason.into() })
}

#[derive(Debug)]
struct Client {
    machine: Machine,
    under_way: UnderWay,
    vault: Vault,
    now: Duration,
    /// Epoch of the last greeting: what a reset and the history are for.
    greeted: u32,
    unsent: u32,
}

impl Client {
    fn new() -> Self {
        let mut client = Self {
            machine: Machine::new(),
            under_way: UnderWay::default(),
            vault: Vault::default(),
            now: Duration::ZERO,
            greeted: 0,
            unsent: 0,
        };
        client.feed(Input::Start);
        client
    }

    fn feed(&mut self, input: Input) {
        self.now += Duration::from_millis(40);
        self.under_way.feed(&mut self.machine, input, At { now: self.now, dice: 7 });
        if matches!(self.under_way.step, Some(Step::Page | Step::Stream | Step::Poll)) {
            assert!(self.vault.backfills.is_empty(), "the log goes on without an audience");
        }
    }

    /// Answers the step under way.
    fn answer(&mut self, server: &Server, size: u64) {
        let Some(step) = self.under_way.step else { return };
        let input = self.answered(step, server, size).unwrap_or_else(Input::Failed);
        self.feed(input);
    }

    fn answered(&mut self, step: Step, server: &Server, size: u64) -> Result<Input, Failure> {
        let vault = &mut self.vault;
        Ok(match step {
            Step::Refresh => Input::TokenReady { until: self.now + Duration::from_mins(10) },
            Step::Hello => {
                vault.greet(server);
                self.greeted = server.epoch;
                let foreign = vault.epoch.is_some_and(|epoch| epoch != server.epoch);
                Input::HelloOk { stand: vault.stand(), foreign }
            }
            Step::Snapshot => match vault.fits(server).map(|()| server.snapshot)? {
                _ if server.epoch != self.greeted => {
                    return Err(Failure::MustResnapshot { detail: "epoch".into() });
                }
                Some(seq) => {
                    vault.replace(server, seq);
                    Input::Swapped(vault.stand())
                }
                None => Input::NoSnapshot,
            },
            Step::Reset => {
                *vault = Vault {
                    epoch: Some(self.greeted),
                    audiences: vault.audiences.clone(),
                    ..Vault::default()
                };
                Input::ResetDone
            }
            Step::Backfill => {
                let (audience, (cursor, until)) =
                    vault.backfills.first_key_value().map(|(k, v)| (*k, *v)).expect("an audience gained");
                vault.fits(server)?;
                resume(server, vault.epoch, cursor)?;
                let reached = until.min(cursor + size);
                if reached == until {
                    vault.backfills.remove(&audience);
                } else {
                    vault.backfills.insert(audience, (reached, until));
                }
                Input::Backfilled { left: vault.backfills.len(), moved: true }
            }
            Step::Page | Step::Poll => {
                vault.fits(server)?;
                resume(server, vault.epoch, vault.cursor)?;
                vault.apply(server, server.head().min(vault.cursor + size), true)?;
                let (cursor, head) = (vault.cursor, vault.head_heard);
                Input::PageApplied { cursor, head, more: cursor < server.head() }
            }
            Step::Stream => {
                resume(server, vault.epoch, vault.cursor)?;
                if self.machine.state() == State::Opening {
                    vault.fits(server)?;
                    return Ok(Input::StreamOpen);
                }
                if server.audiences != vault.audiences {
                    return Ok(Input::Bye(Parting::Rotate));
                }
                if server.head() - vault.cursor > STREAM_BACKLOG {
                    return Ok(Input::Bye(Parting::Behind));
                }
                let to = server.head().min(vault.cursor + size);
                vault.apply(server, to, to == server.head())?;
                let (cursor, head) = (vault.cursor, vault.head_heard);
                Input::Applied { cursor, head, caught_up: cursor == server.head() }
            }
        })
    }

    fn answer_history(&mut self, server: &Server, size: u64) {
        if !self.under_way.history {
            return;
        }
        let vault = &mut self.vault;
        let shown = vault.fits(server).and_then(|()| resume(server, vault.epoch, vault.past));
        let input = if let Err(failure) = shown {
            Input::PastFailed(failure)
        } else {
            vault.past = vault.start.min(vault.past + size);
            if vault.past == vault.start {
                (vault.past, vault.start) = (0, 0);
            }
            Input::PastApplied(vault.history())
        };
        self.feed(input);
    }

    fn wait(&mut self) {
        if let Some(deadline) = self.machine.deadline() {
            self.now = self.now.max(deadline);
            self.feed(Input::Tick);
        }
    }
}

struct Synced;

impl StateMachineTest for Synced {
    type SystemUnderTest = Client;
    type Reference = Server;

    fn init_test(_: &Server) -> Client {
        Client::new()
    }

    fn apply(mut client: Client, server: &Server, transition: Transition) -> Client {
        let before = (client.vault.epoch, client.vault.cursor, client.machine.cursor);
        match transition {
            Transition::Answer(size) => client.answer(server, size.into()),
            Transition::Spoil(spoilt) => {
                let streaming = client.under_way.step == Some(Step::Stream);
                let opening = client.machine.state() == State::Opening;
                let input = match spoilt {
                    Spoilt::Cut => Input::Failed(cut()),
                    Spoilt::Unauthorised => Input::Failed(unauthorised()),
                    Spoilt::Busy => {
                        let after = Some(Duration::from_mins(1));
                        Input::Failed(Failure::Cut { code: "sync.busy", detail: "busy".into(), after })
                    }
                    Spoilt::Gap if streaming && !opening => {
                        Input::Failed(Failure::Gap { detail: "missing".into() })
                    }
                    Spoilt::Mute if opening => Input::Mute,
                    Spoilt::Bye(parting) if streaming && !opening => Input::Bye(parting),
                    Spoilt::Ended if streaming => Input::Ended,
                    _ => return client,
                };
                // An exchange of tokens that is refused ends the session; that is for the person to mend.
                let refused = matches!(spoilt, Spoilt::Unauthorised);
                let exchanging = client.under_way.step == Some(Step::Refresh);
                if client.under_way.step.is_some() && !(refused && exchanging) {
                    client.feed(input);
                }
                assert_eq!((client.vault.epoch, client.vault.cursor), (before.0, before.1));
            }
            Transition::Late(late) => {
                // The driver hands on nothing of an earlier step; were it to, a step of another kind would not take it.
                let (cursor, head) = (before.2 + 3, before.2 + 3);
                let (input, taken) = match late {
                    Late::Page => (
                        Input::PageApplied { cursor, head, more: false },
                        matches!(client.under_way.step, Some(Step::Page | Step::Poll)),
                    ),
                    Late::Applied => (
                        Input::Applied { cursor, head, caught_up: true },
                        client.under_way.step == Some(Step::Stream),
                    ),
                    Late::Hello => (hello(cursor, head), client.under_way.step == Some(Step::Hello)),
                    Late::Swapped => {
                        let swapped = Input::Swapped(stand(cursor, head));
                        (swapped, client.under_way.step == Some(Step::Snapshot))
                    }
                    Late::Reset => (Input::ResetDone, client.under_way.step == Some(Step::Reset)),
                    Late::History => (Input::PastApplied(None), client.under_way.history),
                };
                if !taken {
                    let (state, history) = (client.machine.state(), client.machine.history());
                    assert_eq!(client.machine.handle(input, At { now: client.now, dice: 0 }), []);
                    let after = (client.machine.cursor, client.machine.state(), client.machine.history());
                    assert_eq!(after, (before.2, state, history), "an answer out of order was taken");
                }
            }
            Transition::HistoryAnswer(size) => client.answer_history(server, size.into()),
            Transition::HistoryCut if client.under_way.history => {
                client.feed(Input::PastFailed(cut()));
            }
            Transition::Enqueue => {
                client.unsent += 1;
                client.feed(Input::OutboxChanged { unsent: client.unsent });
            }
            Transition::UploadAnswer { good } if client.under_way.upload => {
                if good {
                    client.unsent = 0;
                    client.feed(Input::Uploaded { unsent: 0 });
                } else {
                    client.feed(Input::UploadFailed { failure: cut(), unsent: client.unsent });
                }
            }
            Transition::Wait => client.wait(),
            Transition::NetworkChanged => client.feed(Input::NetworkChanged),
            Transition::Killed => {
                let (vault, unsent) = (std::mem::take(&mut client.vault), client.unsent);
                client = Client { vault, unsent, ..Client::new() };
                client.feed(Input::OutboxChanged { unsent });
            }
            _ => {}
        }
        client
    }

    fn check_invariants(client: &Client, _: &Server) {
        let (machine, vault) = (&client.machine, &client.vault);
        if machine.shown(client.now) == Shown::Live {
            assert!(machine.cursor >= vault.head_heard, "live behind what the server told");
            assert_eq!(machine.cursor, vault.cursor, "live somewhere else than the copy");
            assert!(vault.backfills.is_empty(), "live without an audience");
        }
    }

    fn teardown(mut client: Client, server: Server) {
        // From now on every answer is good.
        for _ in 0..400 {
            client.wait();
            if client.under_way.upload {
                client.feed(Input::Uploaded { unsent: 0 });
            }
            client.answer(&server, 1_000);
            client.answer_history(&server, 1_000);
        }
        let (machine, vault) = (&client.machine, &client.vault);
        let same_log = vault.epoch == Some(server.epoch) && vault.cursor <= server.head();
        if same_log && vault.cursor > 0 && server.tip(vault.cursor) != vault.tip {
            // Cut short and grown again without a new epoch: history was changed, and the person is told.
            assert_eq!(machine.trouble(client.now).unwrap().code, "sync.chain");
            return;
        }
        assert_eq!(machine.shown(client.now), Shown::Live, "{machine:?}");
        assert_eq!((vault.cursor, vault.tip), (server.head(), server.tip(server.head())));
        assert_eq!((machine.cursor, machine.head), (server.head(), server.head()));
        assert_eq!(vault.audiences, server.audiences);
        assert!(vault.backfills.is_empty());
        assert!(vault.start == 0 || server.floor > 0, "the history is not here");
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn the_copy_is_always_a_prefix_and_in_the_end_the_log(sequential 1..120 => Synced);
}
