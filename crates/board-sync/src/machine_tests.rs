//! The machine alone: each line of its table, and laws over every sequence of inputs.

use proptest::prelude::*;

use super::*;

const fn at(milliseconds: u64) -> At {
    At { now: Duration::from_millis(milliseconds), dice: 0 }
}

fn cut() -> Failure {
    Failure::Cut { code: "sync.offline", detail: "cut".into(), after: None }
}

fn unauthorised() -> Failure {
    Failure::Unauthorised { detail: "ended".into() }
}

fn must_resnapshot() -> Failure {
    Failure::MustResnapshot { detail: "epoch".into() }
}

fn ready() -> Input {
    Input::TokenReady { until: Duration::from_mins(10) }
}

const fn hello(cursor: u64, head: u64) -> Input {
    Input::HelloOk { cursor, head, reset: false }
}

/// Feeds inputs a millisecond apart; returns the effects of the last.
fn feed(machine: &mut Machine, inputs: impl IntoIterator<Item = Input>) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (input, now) in inputs.into_iter().zip(1..) {
        effects = machine.handle(input, at(now));
    }
    effects
}

fn live() -> Machine {
    let mut machine = Machine::new();
    let caught_up = Input::Applied { cursor: 5, head: 5, caught_up: true };
    feed(&mut machine, [Input::Start, ready(), hello(5, 5), Input::StreamOpen, caught_up]);
    assert_eq!(machine.shown(Duration::ZERO), Shown::Live);
    machine
}

#[test]
fn the_first_catch_up_goes_from_token_to_live() {
    let mut machine = Machine::new();
    assert_eq!(machine.shown(Duration::ZERO), Shown::Idle);
    for (input, effect, shown) in [
        (Input::Start, Some(Step::Refresh), Shown::Connecting),
        (ready(), Some(Step::Hello), Shown::Connecting),
        (hello(0, 1_500), Some(Step::Page), Shown::CatchingUp),
        (Input::PageApplied { cursor: 1_000, head: 1_500, more: true }, Some(Step::Page), Shown::CatchingUp),
        (
            Input::PageApplied { cursor: 1_500, head: 1_500, more: false },
            Some(Step::Stream),
            Shown::CatchingUp,
        ),
        (Input::StreamOpen, None, Shown::CatchingUp),
        (Input::Applied { cursor: 1_501, head: 1_502, caught_up: false }, None, Shown::CatchingUp),
        (Input::Applied { cursor: 1_502, head: 1_502, caught_up: true }, None, Shown::Live),
        (Input::Applied { cursor: 1_503, head: 1_503, caught_up: false }, None, Shown::Live),
    ] {
        let effects = machine.handle(input.clone(), at(1));
        assert_eq!(effects, effect.map(Effect::Begin).into_iter().collect::<Vec<_>>(), "{input:?}");
        assert_eq!(machine.shown(Duration::ZERO), shown, "{input:?}");
    }
}

#[test]
fn a_cut_waits_shows_offline_and_comes_back_without_a_new_token() {
    let mut machine = live();
    assert_eq!(machine.handle(Input::Failed(cut()), at(100)), []);
    assert_eq!(machine.shown(Duration::ZERO), Shown::Offline);
    assert_eq!(machine.deadline(), Some(Duration::from_millis(600)));
    assert_eq!(machine.handle(Input::Tick, at(599)), []);
    assert_eq!(machine.handle(Input::Tick, at(600)), [Effect::Begin(Step::Hello)]);
    assert_eq!(machine.shown(Duration::ZERO), Shown::Offline, "still offline until something answers");
    assert_eq!(machine.handle(hello(5, 5), at(601)), [Effect::Begin(Step::Stream)]);
    assert_eq!(machine.shown(Duration::ZERO), Shown::CatchingUp);
}

#[test]
fn waits_grow_to_half_a_minute_and_start_over_once_something_arrived() {
    let mut machine = Machine::new();
    feed(&mut machine, [Input::Start]);
    let mut longest = Duration::ZERO;
    for _ in 0..12 {
        let now = At { now: Duration::from_secs(1_000), dice: u32::MAX };
        machine.handle(Input::Failed(cut()), now);
        let wait = machine.deadline().unwrap().saturating_sub(now.now);
        assert!(wait >= longest && wait <= LONGEST, "{wait:?}");
        longest = wait;
        machine.handle(Input::Tick, At { now: machine.deadline().unwrap(), dice: 0 });
    }
    assert_eq!(longest, LONGEST);
    let mut machine = live();
    machine.handle(Input::Failed(cut()), At { now: Duration::ZERO, dice: u32::MAX });
    assert_eq!(machine.deadline(), Some(Duration::from_secs(1)));
}

#[test]
fn a_connection_alone_does_not_shorten_the_waits() {
    let mut machine = Machine::new();
    feed(&mut machine, [Input::Start, ready()]);
    let mut waits = Vec::new();
    for _ in 0..4 {
        let now = At { now: Duration::from_secs(10), dice: u32::MAX };
        machine.handle(hello(5, 5), now);
        machine.handle(Input::StreamOpen, now);
        machine.handle(Input::Ended, now);
        waits.push(machine.deadline().unwrap().saturating_sub(now.now));
        machine.handle(Input::Tick, At { now: machine.deadline().unwrap(), dice: 0 });
    }
    assert!(waits.windows(2).all(|pair| pair[0] < pair[1]), "{waits:?}");
    assert_eq!(machine.shown(Duration::ZERO), Shown::Offline, "a stream that always ends is no connection");
}

#[test]
fn an_expired_token_is_exchanged_and_an_ended_session_asks_to_sign_in() {
    let mut machine = live();
    assert_eq!(machine.handle(Input::Failed(unauthorised()), at(9)), [Effect::Begin(Step::Refresh)]);
    assert_eq!(machine.handle(Input::Failed(unauthorised()), at(10)), []);
    assert_eq!(machine.shown(Duration::ZERO), Shown::SignInNeeded);
    for input in
        [Input::Tick, Input::NetworkChanged, Input::OutboxChanged { unsent: 3 }, ready(), Input::Start]
    {
        assert_eq!(machine.handle(input, at(1_000_000)), []);
    }
    assert_eq!(machine.deadline(), None);
    assert_eq!(machine.handle(Input::TokenStored, at(11)), [Effect::Begin(Step::Refresh)]);
}

#[test]
fn a_fresh_token_that_is_refused_is_not_exchanged_in_a_circle() {
    let mut machine = Machine::new();
    feed(&mut machine, [Input::Start, ready(), Input::Failed(unauthorised())]);
    assert_eq!(machine.shown(Duration::ZERO), Shown::Refused);
    let deadline = machine.deadline().unwrap();
    assert!(deadline >= SHORTEST);
    assert_eq!(machine.handle(Input::Tick, At { now: deadline, dice: 0 }), [Effect::Begin(Step::Refresh)]);
}

#[test]
fn a_token_that_has_run_out_is_exchanged_before_the_next_connection() {
    let mut machine = live();
    machine.handle(Input::Ended, at(650_000));
    assert_eq!(machine.handle(Input::NetworkChanged, at(650_001)), [Effect::Begin(Step::Refresh)]);
}

#[test]
fn the_copy_starts_again_once_and_then_the_trouble_is_shown() {
    let mut machine = live();
    assert_eq!(machine.handle(Input::Failed(must_resnapshot()), at(1)), [Effect::Begin(Step::Hello)]);
    assert_eq!(machine.handle(hello(5, 9), at(2)), [Effect::Begin(Step::Reset)]);
    assert_eq!(machine.handle(Input::ResetDone, at(3)), [Effect::Begin(Step::Page)]);
    assert_eq!(machine.cursor, 0);
    assert_eq!(machine.handle(Input::Failed(must_resnapshot()), at(4)), []);
    assert_eq!(machine.shown(Duration::ZERO), Shown::Refused);
    assert_eq!(machine.trouble(Duration::ZERO).unwrap().code, "sync.must_resnapshot");
    assert!(machine.deadline().unwrap() >= AFTER_REFUSAL);
}

#[test]
fn a_greeting_of_another_epoch_starts_the_copy_again() {
    let mut machine = Machine::new();
    let effects =
        feed(&mut machine, [Input::Start, ready(), Input::HelloOk { cursor: 5, head: 9, reset: true }]);
    assert_eq!(effects, [Effect::Begin(Step::Reset)]);
}

#[test]
fn a_refusal_is_tried_again_later_or_when_asked_and_outlives_a_cut() {
    let mut machine = live();
    machine.handle(
        Input::Failed(Failure::Refused { code: "sync.chain".into(), detail: "changed".into() }),
        at(1),
    );
    assert_eq!(machine.shown(Duration::ZERO), Shown::Refused);
    assert_eq!(machine.handle(Input::NetworkChanged, at(2)), [Effect::Begin(Step::Hello)]);
    machine.handle(Input::Failed(cut()), at(3));
    assert_eq!(machine.shown(Duration::ZERO), Shown::Refused);
    assert_eq!(machine.trouble(Duration::ZERO).unwrap().code, "sync.chain");
}

#[test]
fn a_page_that_promises_more_and_brings_nothing_is_not_asked_for_in_a_circle() {
    let mut machine = Machine::new();
    let nothing = Input::PageApplied { cursor: 0, head: 9, more: true };
    assert_eq!(feed(&mut machine, [Input::Start, ready(), hello(0, 9), nothing]), []);
    assert_eq!(machine.trouble(Duration::ZERO).unwrap().code, "sync.protocol");
    assert!(machine.deadline().is_some());
}

#[test]
fn the_outbox_goes_beside_the_stream_and_a_stuck_one_is_not_live() {
    let mut machine = live();
    assert_eq!(machine.handle(Input::OutboxChanged { unsent: 2 }, at(10)), [Effect::Upload]);
    assert_eq!(machine.handle(Input::OutboxChanged { unsent: 3 }, at(11)), [], "one upload at a time");
    assert_eq!(machine.handle(Input::UploadFailed { failure: cut(), unsent: 3 }, at(12)), []);
    assert_eq!(machine.shown(Duration::from_millis(13)), Shown::Live);
    let mut now = at(12);
    while machine.shown(now.now) == Shown::Live {
        now.now = machine.deadline().unwrap();
        if machine.handle(Input::Tick, now) == [Effect::Upload] {
            machine.handle(Input::UploadFailed { failure: cut(), unsent: 3 }, now);
        }
        assert!(now.now < Duration::from_mins(2));
    }
    assert_eq!(machine.shown(now.now), Shown::CatchingUp);
    assert_eq!(machine.trouble(now.now).unwrap().code, "sync.unsent");
    now.now = machine.deadline().unwrap() + LONGEST;
    assert_eq!(machine.handle(Input::Tick, now), [Effect::Upload]);
    assert_eq!(machine.handle(Input::Uploaded { unsent: 0 }, now), []);
    assert_eq!(machine.shown(now.now), Shown::Live);
}

#[test]
fn an_upload_whose_token_ran_out_gets_a_new_one() {
    let mut machine = live();
    machine.handle(Input::OutboxChanged { unsent: 1 }, at(10));
    let failed = Input::UploadFailed { failure: unauthorised(), unsent: 1 };
    assert_eq!(machine.handle(failed, at(11)), [Effect::Abort, Effect::Begin(Step::Refresh)]);
}

#[test]
fn a_change_of_network_drops_a_connection_but_never_an_exchange() {
    let mut machine = live();
    assert_eq!(machine.handle(Input::NetworkChanged, at(1)), [Effect::Abort, Effect::Begin(Step::Hello)]);
    let mut machine = Machine::new();
    assert_eq!(feed(&mut machine, [Input::Start, Input::NetworkChanged]), []);
    assert_eq!(machine.handle(Input::Stop, at(2)), []);
    assert_eq!(machine.shown(Duration::ZERO), Shown::Idle);
}

fn failure() -> impl Strategy<Value = Failure> {
    prop_oneof![
        4 => Just(cut()),
        1 => Just(Failure::Cut { code: "sync.busy", detail: "busy".into(), after: Some(Duration::from_mins(1)) }),
        2 => Just(unauthorised()),
        2 => Just(must_resnapshot()),
        1 => Just(Failure::Refused { code: "tenant.not_found".into(), detail: "no".into() }),
        1 => Just(Failure::UpgradeNeeded),
    ]
}

/// Any input at all, belonging to the state or not.
fn input() -> impl Strategy<Value = Input> {
    let (small, flag) = (0..6u64, any::<bool>());
    prop_oneof![
        1 => Just(Input::Start),
        1 => Just(Input::TokenStored),
        4 => (0..200u64).prop_map(|until| Input::TokenReady { until: Duration::from_secs(until) }),
        4 => (small.clone(), small.clone(), flag).prop_map(|(cursor, head, reset)| Input::HelloOk { cursor, head, reset }),
        2 => Just(Input::ResetDone),
        4 => (small.clone(), small.clone(), any::<bool>())
            .prop_map(|(cursor, head, more)| Input::PageApplied { cursor, head, more }),
        4 => Just(Input::StreamOpen),
        4 => (small.clone(), small, any::<bool>())
            .prop_map(|(cursor, head, caught_up)| Input::Applied { cursor, head, caught_up }),
        1 => Just(Input::Ended),
        4 => failure().prop_map(Input::Failed),
        6 => Just(Input::Tick),
        1 => Just(Input::NetworkChanged),
        2 => (0..3u32).prop_map(|unsent| Input::OutboxChanged { unsent }),
        2 => (0..3u32).prop_map(|unsent| Input::Uploaded { unsent }),
        2 => (failure(), 0..3u32).prop_map(|(failure, unsent)| Input::UploadFailed { failure, unsent }),
    ]
}

/// What a driver has under way.
#[derive(Default)]
struct UnderWay {
    step: Option<Step>,
    upload: bool,
}

impl UnderWay {
    /// Whether the driver could report this now.
    fn could_report(&self, input: &Input) -> bool {
        match input {
            Input::TokenReady { .. } => self.step == Some(Step::Refresh),
            Input::HelloOk { .. } => self.step == Some(Step::Hello),
            Input::ResetDone => self.step == Some(Step::Reset),
            Input::PageApplied { .. } => self.step == Some(Step::Page),
            Input::StreamOpen | Input::Applied { .. } | Input::Ended => self.step == Some(Step::Stream),
            Input::Failed(_) => self.step.is_some(),
            Input::Uploaded { .. } | Input::UploadFailed { .. } => self.upload,
            _ => true,
        }
    }

    /// Feeds an input and carries the effects out.
    fn feed(&mut self, machine: &mut Machine, input: Input, at: At) -> Result<(), TestCaseError> {
        let ends = matches!(
            input,
            Input::TokenReady { .. }
                | Input::HelloOk { .. }
                | Input::ResetDone
                | Input::PageApplied { .. }
                | Input::Ended
                | Input::Failed(_)
        );
        if ends {
            self.step = None;
        }
        if matches!(input, Input::Uploaded { .. } | Input::UploadFailed { .. }) {
            self.upload = false;
        }
        let before = machine.state();
        let stored = input == Input::TokenStored;
        for effect in machine.handle(input, at) {
            match effect {
                Effect::Begin(step) => {
                    prop_assert_eq!(self.step, None, "a second connection");
                    self.step = Some(step);
                }
                Effect::Abort => {
                    prop_assert!(
                        self.step.is_some_and(|step| step != Step::Refresh),
                        "an exchange was dropped"
                    );
                    self.step = None;
                }
                Effect::Upload => {
                    prop_assert!(!self.upload, "a second upload");
                    self.upload = true;
                }
            }
        }
        if before == State::SignInNeeded && machine.state() != before {
            prop_assert!(stored, "left without a token");
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn never_two_connections_and_always_another_attempt(
        inputs in prop::collection::vec((input(), 0..20_000u64, any::<u32>()), 1..120),
    ) {
        let (mut machine, mut under_way) = (Machine::new(), UnderWay::default());
        let mut now = Duration::ZERO;
        under_way.feed(&mut machine, Input::Start, At { now, dice: 0 })?;
        for (input, pause, dice) in inputs {
            now += Duration::from_millis(pause);
            if under_way.could_report(&input) {
                under_way.feed(&mut machine, input, At { now, dice })?;
            }
            // Either something is under way, or a moment is set, or the person must sign in.
            if under_way.step.is_none() && machine.state() != State::SignInNeeded {
                let State::Waiting { until } = machine.state() else { panic!("asleep: {:?}", machine.state()) };
                prop_assert!(machine.deadline().is_some_and(|deadline| deadline <= until));
                prop_assert!(until <= now + AFTER_REFUSAL + LONGEST);
            }
        }
        // Liveness: with every answer good from now on it becomes live.
        for _ in 0..40 {
            now += Duration::from_secs(1);
            let until = now + Duration::from_secs(1_000);
            // Time passes for the machine as well: an upload that failed is tried again when its moment comes.
            if under_way.step.is_some() && machine.deadline().is_some_and(|deadline| deadline <= now) {
                under_way.feed(&mut machine, Input::Tick, At { now, dice: 0 })?;
            }
            let good = match (under_way.step, machine.state()) {
                (None, State::SignInNeeded) => Input::TokenStored,
                (None, _) => {
                    now = machine.deadline().unwrap_or(now).max(now);
                    Input::Tick
                }
                (Some(Step::Refresh), _) => Input::TokenReady { until },
                (Some(Step::Hello), _) => Input::HelloOk { cursor: 7, head: 9, reset: false },
                (Some(Step::Reset), _) => Input::ResetDone,
                (Some(Step::Page), _) => Input::PageApplied { cursor: 9, head: 9, more: false },
                (Some(Step::Stream), State::Opening) => Input::StreamOpen,
                (Some(Step::Stream), _) => Input::Applied { cursor: 9, head: 9, caught_up: true },
            };
            under_way.feed(&mut machine, good, At { now, dice: 0 })?;
            if under_way.upload {
                under_way.feed(&mut machine, Input::Uploaded { unsent: 0 }, At { now, dice: 0 })?;
            }
        }
        prop_assert_eq!(machine.shown(now), Shown::Live);
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
