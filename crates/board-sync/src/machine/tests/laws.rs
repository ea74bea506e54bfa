//! Laws over every sequence of inputs, belonging to the state or not.

use proptest::prelude::*;

use super::*;

fn failure() -> impl Strategy<Value = Failure> {
    prop_oneof![
        4 => Just(cut()),
        1 => Just(Failure::Cut { code: "sync.busy", detail: "busy".into(), after: Some(Duration::from_mins(1)) }),
        1 => Just(Failure::Gap { detail: "position 3 was expected, 5 came".into() }),
        2 => Just(unauthorised()),
        2 => Just(must_resnapshot()),
        1 => Just(Failure::Refused { code: "tenant.not_found".into(), detail: "no".into() }),
        1 => Just(Failure::MustGreet { detail: "another role".into() }),
        1 => Just(Failure::Missing { detail: "missing".into() }),
        1 => Just(Failure::Chain { detail: "changed".into() }),
        1 => Just(Failure::Diverged { code: "sync.diverged", detail: "differs".into() }),
        1 => Just(Failure::UpgradeNeeded),
    ]
}

fn parting() -> impl Strategy<Value = Parting> {
    prop::sample::select(vec![Parting::Rotate, Parting::Expired, Parting::Draining, Parting::Behind])
}

fn progress() -> impl Strategy<Value = Progress> {
    (0..4u64, 4..6u64).prop_map(|(done, of)| Progress { done, of })
}

fn stand() -> impl Strategy<Value = Stand> {
    let head = prop_oneof![0..6u64, Just(STREAM_BACKLOG + 9)];
    let parts = (0..6u64, head, 0..3usize, prop::option::of(progress()));
    parts.prop_map(|(cursor, head, backfills, history)| Stand { cursor, head, backfills, history })
}

/// Any input at all.
fn input() -> impl Strategy<Value = Input> {
    let small = 0..6u64;
    prop_oneof![
        1 => Just(Input::Start),
        1 => Just(Input::TokenStored),
        4 => (0..200u64).prop_map(|until| Input::TokenReady { until: Duration::from_secs(until) }),
        4 => (stand(), any::<bool>()).prop_map(|(stand, foreign)| Input::HelloOk { stand, foreign }),
        2 => progress().prop_map(Input::Staged),
        2 => stand().prop_map(Input::Swapped),
        1 => Just(Input::NoSnapshot),
        2 => Just(Input::ResetDone),
        3 => (0..3usize, any::<bool>()).prop_map(|(left, moved)| Input::Backfilled { left, moved }),
        4 => (small.clone(), small.clone(), any::<bool>())
            .prop_map(|(cursor, head, more)| Input::PageApplied { cursor, head, more }),
        4 => Just(Input::StreamOpen),
        3 => Just(Input::Mute),
        4 => (small.clone(), small, any::<bool>())
            .prop_map(|(cursor, head, caught_up)| Input::Applied { cursor, head, caught_up }),
        2 => parting().prop_map(Input::Bye),
        1 => Just(Input::Ended),
        4 => failure().prop_map(Input::Failed),
        6 => Just(Input::Tick),
        1 => Just(Input::NetworkChanged),
        1 => Just(Input::CopyAnew),
        2 => (0..3u32).prop_map(|unsent| Input::OutboxChanged { unsent }),
        2 => (0..3u32).prop_map(|unsent| Input::Uploaded { unsent }),
        2 => (failure(), 0..3u32).prop_map(|(failure, unsent)| Input::UploadFailed { failure, unsent }),
        2 => prop::option::of(progress()).prop_map(Input::PastApplied),
        2 => failure().prop_map(Input::PastFailed),
    ]
}

/// What a driver has under way.
#[derive(Clone, Debug, Default)]
pub(super) struct UnderWay {
    pub(super) step: Option<Step>,
    pub(super) upload: bool,
    pub(super) history: bool,
}

impl UnderWay {
    /// Whether the driver could report this now.
    fn could_report(&self, machine: &Machine, input: &Input) -> bool {
        match input {
            Input::Mute => machine.state() == State::Opening,
            Input::TokenReady { .. } => self.step == Some(Step::Refresh),
            Input::HelloOk { .. } => self.step == Some(Step::Hello),
            Input::Staged(_) | Input::Swapped(_) | Input::NoSnapshot => self.step == Some(Step::Snapshot),
            Input::ResetDone => self.step == Some(Step::Reset),
            Input::Backfilled { .. } => self.step == Some(Step::Backfill),
            Input::PageApplied { .. } => matches!(self.step, Some(Step::Page | Step::Poll)),
            Input::StreamOpen | Input::Applied { .. } | Input::Bye(_) | Input::Ended => {
                self.step == Some(Step::Stream)
            }
            Input::Failed(_) => self.step.is_some(),
            Input::Uploaded { .. } | Input::UploadFailed { .. } => self.upload,
            Input::PastApplied(_) | Input::PastFailed(_) => self.history,
            _ => true,
        }
    }

    /// Feeds an input and carries the effects out.
    pub(super) fn feed(&mut self, machine: &mut Machine, input: Input, at: At) {
        let ends = matches!(
            input,
            Input::TokenReady { .. }
                | Input::HelloOk { .. }
                | Input::Swapped(_)
                | Input::NoSnapshot
                | Input::ResetDone
                | Input::Backfilled { .. }
                | Input::PageApplied { .. }
                | Input::Mute
                | Input::Bye(_)
                | Input::Ended
                | Input::Failed(_)
        );
        if ends {
            self.step = None;
        }
        if matches!(input, Input::Uploaded { .. } | Input::UploadFailed { .. }) {
            self.upload = false;
        }
        if matches!(input, Input::PastApplied(_) | Input::PastFailed(_)) {
            self.history = false;
        }
        let before = machine.state();
        let stored = input == Input::TokenStored;
        for effect in machine.handle(input, at) {
            match effect {
                Effect::Begin(step) => {
                    assert_eq!(self.step, None, "a second connection");
                    self.step = Some(step);
                }
                Effect::Abort => {
                    let step = self.step.take().expect("nothing to drop");
                    assert!(!matches!(step, Step::Refresh | Step::Reset), "{step:?} was dropped");
                }
                Effect::Upload => {
                    assert!(!self.upload, "a second upload");
                    self.upload = true;
                }
                Effect::History => {
                    assert!(!self.history, "a second request for history");
                    self.history = true;
                }
                Effect::AbortHistory => {
                    assert!(self.history, "no history to drop");
                    self.history = false;
                }
            }
        }
        if before == State::SignInNeeded && machine.state() != before {
            assert!(stored, "left without a token");
        }
        assert!(!self.history || machine.state().is_caught_up(), "history in the way of the log");
    }

    /// The good answer to what is under way, of a server at position 9.
    fn good(&self, machine: &Machine, now: Duration) -> Input {
        match (self.step, machine.state()) {
            (None, State::SignInNeeded) => Input::TokenStored,
            (None, _) => Input::Tick,
            (Some(Step::Refresh), _) => Input::TokenReady { until: now + Duration::from_secs(1_000) },
            (Some(Step::Hello), _) => hello(7, 9),
            (Some(Step::Snapshot), _) => Input::Swapped(super::stand(7, 9)),
            (Some(Step::Reset), _) => Input::ResetDone,
            (Some(Step::Backfill), _) => Input::Backfilled { left: 0, moved: true },
            (Some(Step::Page | Step::Poll), _) => Input::PageApplied { cursor: 9, head: 9, more: false },
            (Some(Step::Stream), State::Opening) => Input::StreamOpen,
            (Some(Step::Stream), _) => Input::Applied { cursor: 9, head: 9, caught_up: true },
        }
    }
}

proptest! {
    #[test]
    fn never_two_connections_and_always_another_attempt(
        inputs in prop::collection::vec((input(), 0..20_000u64, any::<u32>()), 1..120),
    ) {
        let (mut machine, mut under_way) = (Machine::new(), UnderWay::default());
        let mut now = Duration::ZERO;
        under_way.feed(&mut machine, Input::Start, At { now, dice: 0 });
        for (input, pause, dice) in inputs {
            now += Duration::from_millis(pause);
            if under_way.could_report(&machine, &input) {
                under_way.feed(&mut machine, input, At { now, dice });
            }
            // Either something is under way, or a moment is set, or the person must sign in.
            if under_way.step.is_none() && machine.state() != State::SignInNeeded {
                let (State::Waiting { until } | State::Polling { rest: Some(until), .. }) = machine.state() else {
                    panic!("asleep: {:?}", machine.state())
                };
                prop_assert!(machine.deadline().is_some_and(|deadline| deadline <= until));
                prop_assert!(until <= now + AFTER_REFUSAL + LONGEST);
            }
        }
        // Liveness: with every answer good from now on it becomes live.
        for _ in 0..60 {
            now += Duration::from_secs(1);
            // Time passes for the machine as well: what waits for a moment goes on when it comes.
            if under_way.step.is_none() {
                now = machine.deadline().unwrap_or(now).max(now);
            }
            if machine.deadline().is_some_and(|deadline| deadline <= now) {
                under_way.feed(&mut machine, Input::Tick, At { now, dice: 0 });
            }
            let good = under_way.good(&machine, now);
            under_way.feed(&mut machine, good, At { now, dice: 0 });
            if under_way.upload {
                under_way.feed(&mut machine, Input::Uploaded { unsent: 0 }, At { now, dice: 0 });
            }
            if under_way.history {
                under_way.feed(&mut machine, Input::PastApplied(None), At { now, dice: 0 });
            }
        }
        prop_assert_eq!(machine.shown(now), Shown::Live);
        prop_assert_eq!(machine.history(), None);
    }

    #[test]
    fn inputs_that_belong_to_no_step_do_no_harm(inputs in prop::collection::vec(input(), 1..60)) {
        let mut machine = Machine::new();
        feed(&mut machine, [Input::Start]);
        machine.handle(Input::Stop, at(1));
        for input in inputs {
            prop_assert_eq!(machine.handle(input, at(2)), []);
        }
        prop_assert_eq!(machine.shown(Duration::ZERO), Shown::Idle);
    }

    #[test]
    fn a_wait_is_between_half_a_second_and_half_a_minute(attempts: u32, dice: u32) {
        let wait = backoff(attempts, dice);
        prop_assert!((SHORTEST..=LONGEST).contains(&wait), "{wait:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_answer_of_a_server_makes_it_ask_without_a_pause(
        inputs in prop::collection::vec((input(), any::<u32>()), 200),
    ) {
        // A server that answers at once, and never with anything new: requests in ten seconds are bounded.
        let (mut machine, mut under_way) = (Machine::new(), UnderWay::default());
        under_way.feed(&mut machine, Input::Start, at(0));
        let mut asked = 0;
        for ((input, dice), milliseconds) in inputs.into_iter().cycle().zip(1..10_000u64) {
            let at = At { now: Duration::from_millis(milliseconds), dice };
            under_way.feed(&mut machine, Input::Tick, at);
            let new = match input {
                Input::Applied { cursor, .. } | Input::PageApplied { cursor, .. } => cursor > machine.cursor,
                Input::Staged(_)
                | Input::Swapped(_)
                | Input::Backfilled { moved: true, .. }
                | Input::NetworkChanged
                | Input::CopyAnew
                | Input::PastApplied(_)
                | Input::OutboxChanged { .. } => true,
                _ => false,
            };
            if !new && under_way.could_report(&machine, &input) {
                let before = under_way.step;
                under_way.feed(&mut machine, input, at);
                asked += usize::from(under_way.step.is_some() && under_way.step != before);
            }
        }
        prop_assert!(asked < 200, "{asked} requests in ten seconds");
    }
}
