//! The machine alone: what it does in order. Laws over every sequence of inputs are in `laws`, a model of the server in
//! `model`, the table of the document in `table`.

mod laws;
mod model;
mod table;

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

const fn stand(cursor: u64, head: u64) -> Stand {
    Stand { cursor, head, backfills: 0, history: None }
}

const fn hello(cursor: u64, head: u64) -> Input {
    Input::HelloOk { stand: stand(cursor, head), foreign: false }
}

/// Feeds inputs a millisecond apart; returns the effects of the last.
fn feed(machine: &mut Machine, inputs: impl IntoIterator<Item = Input>) -> Vec<Effect> {
    let mut effects = Vec::new();
    for (input, now) in inputs.into_iter().zip(1..) {
        effects = machine.handle(input, at(now));
    }
    effects
}

fn feed_from(machine: &mut Machine, now: Duration, inputs: impl IntoIterator<Item = Input>) {
    for input in inputs {
        machine.handle(input, At { now, dice: 0 });
    }
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
fn the_copy_starts_again_twice_and_then_the_trouble_is_shown() {
    let mut machine = live();
    for _ in 0..2 {
        assert_eq!(machine.handle(Input::Failed(must_resnapshot()), at(1)), [Effect::Begin(Step::Hello)]);
        assert_eq!(machine.handle(hello(5, 9), at(2)), [Effect::Begin(Step::Snapshot)]);
        assert_eq!(machine.handle(Input::NoSnapshot, at(3)), [Effect::Begin(Step::Reset)]);
        assert_eq!(machine.handle(Input::ResetDone, at(3)), [Effect::Begin(Step::Page)]);
        assert_eq!(machine.cursor, 0);
    }
    assert_eq!(machine.handle(Input::Failed(must_resnapshot()), at(4)), []);
    assert_eq!(machine.shown(Duration::ZERO), Shown::Refused);
    assert_eq!(machine.trouble(Duration::ZERO).unwrap().code, "sync.must_resnapshot");
    assert!(machine.deadline().unwrap() >= AFTER_REFUSAL);
}

#[test]
fn a_log_that_is_trimmed_while_its_copy_begins_again_is_no_trouble() {
    let mut machine = Machine::new();
    let foreign = Input::HelloOk { stand: stand(5, 9), foreign: true };
    for (input, step) in [
        (Input::Start, Step::Refresh),
        (ready(), Step::Hello),
        (foreign, Step::Snapshot),
        (Input::NoSnapshot, Step::Reset),
        (Input::ResetDone, Step::Page),
        // Now there is a snapshot, and the beginning of the log is no more.
        (Input::Failed(must_resnapshot()), Step::Hello),
        (hello(0, 9), Step::Snapshot),
        (Input::Swapped(stand(9, 9)), Step::Stream),
    ] {
        assert_eq!(machine.handle(input.clone(), at(1)), [Effect::Begin(step)], "{input:?}");
    }
    assert_eq!(machine.trouble(Duration::ZERO), None);
}

#[test]
fn a_copy_that_must_start_again_after_a_run_of_other_haste_waits_a_moment_and_no_more() {
    let mut machine = live();
    for _ in 0..3 {
        machine.handle(Input::Bye(Parting::Rotate), at(100));
        feed_from(&mut machine, Duration::from_millis(100), [hello(5, 5), Input::StreamOpen]);
    }
    assert_eq!(machine.handle(Input::Failed(must_resnapshot()), at(101)), []);
    let due = machine.deadline().unwrap();
    assert!(due < Duration::from_secs(2), "{due:?}");
    assert_eq!(machine.handle(Input::Tick, At { now: due, dice: 0 }), [Effect::Begin(Step::Hello)]);
    assert_eq!(machine.handle(hello(5, 9), At { now: due, dice: 0 }), [Effect::Begin(Step::Snapshot)]);
}

#[test]
fn a_greeting_of_another_epoch_starts_the_copy_again() {
    let mut machine = Machine::new();
    let foreign = Input::HelloOk { stand: stand(5, 9), foreign: true };
    assert_eq!(feed(&mut machine, [Input::Start, ready(), foreign]), [Effect::Begin(Step::Snapshot)]);
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

#[test]
fn a_long_log_starts_from_its_snapshot_and_its_history_comes_behind_the_stream() {
    let mut machine = Machine::new();
    let progress = |done| Some(Progress { done, of: 90_000 });
    let swapped = Stand { cursor: 90_000, head: 90_100, backfills: 0, history: progress(0) };
    for (input, effects) in [
        (Input::Start, vec![Effect::Begin(Step::Refresh)]),
        (ready(), vec![Effect::Begin(Step::Hello)]),
        (hello(0, 90_100), vec![Effect::Begin(Step::Snapshot)]),
        (Input::Staged(Progress { done: 1, of: 2 }), vec![]),
        (Input::Swapped(swapped), vec![Effect::Begin(Step::Page)]),
        (Input::PageApplied { cursor: 90_100, head: 90_100, more: false }, vec![Effect::Begin(Step::Stream)]),
        (Input::StreamOpen, vec![]),
        (Input::Applied { cursor: 90_100, head: 90_100, caught_up: true }, vec![Effect::History]),
        (Input::PastApplied(progress(1_000)), vec![Effect::History]),
        (Input::Applied { cursor: 90_101, head: 90_101, caught_up: false }, vec![]),
        (Input::PastFailed(cut()), vec![]),
    ] {
        assert_eq!(machine.handle(input.clone(), at(1)), effects, "{input:?}");
        let staged = matches!(input, Input::Staged(_));
        assert_eq!(machine.staged().is_some(), staged, "{input:?}");
    }
    assert_eq!((machine.shown(Duration::ZERO), machine.history()), (Shown::Live, progress(1_000)));
    let again = machine.deadline().unwrap();
    assert_eq!(machine.handle(Input::Tick, At { now: again, dice: 0 }), [Effect::History]);
    let lost = machine.handle(Input::Failed(cut()), At { now: again, dice: 0 });
    assert_eq!(lost, [Effect::AbortHistory], "offline nothing is fetched");
    assert_eq!(machine.handle(Input::PastApplied(None), at(1)), [], "too late");
    assert_eq!(machine.history(), progress(1_000));
    feed_from(&mut machine, again * 2, [Input::Tick, hello(90_101, 90_101), Input::StreamOpen]);
    assert_eq!(machine.history(), None, "the greeting says what is missing");
}

#[test]
fn a_short_log_starts_with_pages() {
    let mut machine = Machine::new();
    assert_eq!(
        feed(&mut machine, [Input::Start, ready(), hello(0, STREAM_BACKLOG)]),
        [Effect::Begin(Step::Page)]
    );
    let mut machine = Machine::new();
    assert_eq!(
        feed(&mut machine, [Input::Start, ready(), hello(0, STREAM_BACKLOG + 1)]),
        [Effect::Begin(Step::Snapshot)]
    );
}

#[test]
fn a_history_that_contradicts_the_copy_stops_everything_and_says_so() {
    let mut machine = live();
    let history = Some(Progress { done: 0, of: 5 });
    machine.handle(Input::Failed(cut()), at(1));
    let told = Input::HelloOk { stand: Stand { history, ..stand(5, 5) }, foreign: false };
    let caught_up = Input::Applied { cursor: 5, head: 5, caught_up: true };
    feed_from(&mut machine, Duration::from_secs(9), [Input::Tick, told, Input::StreamOpen, caught_up]);
    let contradiction = Failure::Diverged { code: "sync.diverged", detail: "differs".into() };
    assert_eq!(machine.handle(Input::PastFailed(contradiction), at(10_000)), [Effect::Abort]);
    assert_eq!(machine.shown(Duration::ZERO), Shown::Refused);
    assert_eq!(machine.trouble(Duration::ZERO).unwrap().code, "sync.diverged");
    assert_eq!(machine.handle(Input::NetworkChanged, at(11_000)), [Effect::Begin(Step::Hello)]);
    assert_eq!(machine.handle(hello(5, 5), at(11_001)), [Effect::Begin(Step::Snapshot)], "it starts again");
}

#[test]
fn a_chain_that_breaks_is_refused_unless_a_greeting_explains_it() {
    let chain = || Input::Failed(Failure::Chain { detail: "does not continue".into() });
    let gained = Input::HelloOk { stand: Stand { backfills: 1, ..stand(5, 6) }, foreign: false };
    let mut machine = live();
    assert_eq!(machine.handle(chain(), at(1)), [Effect::Begin(Step::Hello)]);
    assert_eq!(machine.handle(gained, at(2)), [Effect::Begin(Step::Backfill)]);
    let mut machine = live();
    machine.handle(chain(), at(1));
    feed_from(&mut machine, Duration::from_millis(2), [hello(5, 6)]);
    assert_eq!(machine.handle(chain(), at(3)), []);
    assert_eq!(machine.shown(Duration::ZERO), Shown::Refused);
    assert_eq!(machine.trouble(Duration::ZERO).unwrap().code, "sync.chain");
}

#[test]
fn an_audience_gained_is_fetched_before_the_pages_go_on() {
    let mut machine = Machine::new();
    let told = Input::HelloOk { stand: Stand { backfills: 2, ..stand(5, 9) }, foreign: false };
    for (input, step) in [
        (Input::Start, Step::Refresh),
        (ready(), Step::Hello),
        (told, Step::Backfill),
        (Input::Backfilled { left: 2, moved: true }, Step::Backfill),
        (Input::Backfilled { left: 1, moved: true }, Step::Backfill),
        (Input::Backfilled { left: 0, moved: true }, Step::Page),
    ] {
        assert_eq!(machine.handle(input.clone(), at(1)), [Effect::Begin(step)], "{input:?}");
    }
    let mut machine = Machine::new();
    let told = Input::HelloOk { stand: Stand { backfills: 1, ..stand(5, 9) }, foreign: false };
    let circle = Input::Backfilled { left: 1, moved: false };
    assert_eq!(feed(&mut machine, [Input::Start, ready(), told, circle]), []);
    assert_eq!(machine.trouble(Duration::ZERO).unwrap().code, "sync.protocol");
}

#[test]
fn two_streams_without_a_byte_make_it_poll_until_the_network_changes_or_ten_minutes_pass() {
    let mut machine = Machine::new();
    feed(&mut machine, [Input::Start, Input::TokenReady { until: Duration::from_hours(9) }, hello(5, 5)]);
    assert_eq!(machine.handle(Input::Mute, at(5_000)), []);
    assert_eq!(machine.shown(Duration::ZERO), Shown::Connecting);
    assert_eq!(machine.handle(Input::Tick, at(6_000)), [Effect::Begin(Step::Hello)]);
    assert_eq!(machine.handle(hello(5, 5), at(6_100)), [Effect::Begin(Step::Stream)]);
    assert_eq!(machine.handle(Input::Mute, at(11_100)), [Effect::Begin(Step::Poll)]);
    assert_eq!(machine.shown(Duration::ZERO), Shown::CatchingUp);
    let nothing = Input::PageApplied { cursor: 5, head: 5, more: false };
    let event = Input::PageApplied { cursor: 6, head: 6, more: false };
    assert_eq!(machine.handle(nothing.clone(), at(36_100)), [Effect::Begin(Step::Poll)]);
    assert_eq!(machine.shown(Duration::ZERO), Shown::Live);
    assert_eq!(machine.handle(event, at(37_000)), [Effect::Begin(Step::Poll)], "events ask again at once");
    assert_eq!(machine.handle(nothing.clone(), at(38_000)), [], "an answer that was not held back rests");
    assert_eq!(machine.deadline(), Some(Duration::from_secs(42)));
    assert_eq!(machine.handle(Input::Tick, at(42_000)), [Effect::Begin(Step::Poll)]);
    assert_eq!(machine.shown(Duration::ZERO), Shown::Live);
    // A cut does not bring the stream back, ten minutes do, and one stream without a byte is enough then.
    machine.handle(Input::Failed(cut()), at(50_000));
    assert_eq!(machine.handle(Input::Tick, at(60_000)), [Effect::Begin(Step::Hello)]);
    assert_eq!(machine.handle(hello(6, 6), at(60_100)), [Effect::Begin(Step::Poll)]);
    assert_eq!(machine.handle(nothing.clone(), at(611_099)), [Effect::Begin(Step::Poll)]);
    assert_eq!(machine.handle(nothing.clone(), at(611_100)), [], "too soon to ask again");
    assert_eq!(machine.handle(Input::Tick, at(617_000)), [Effect::Begin(Step::Hello)]);
    assert_eq!(machine.handle(hello(6, 6), at(617_001)), [Effect::Begin(Step::Stream)]);
    assert_eq!(machine.handle(Input::Mute, at(622_000)), [Effect::Begin(Step::Poll)]);
    let changed = machine.handle(Input::NetworkChanged, at(630_000));
    assert_eq!(changed, [Effect::Abort, Effect::Begin(Step::Hello)]);
    assert_eq!(machine.handle(hello(6, 6), at(630_100)), [Effect::Begin(Step::Stream)]);
}

#[test]
fn a_goodbye_leads_to_the_right_step_at_once() {
    for (parting, effects) in [
        (Parting::Rotate, vec![Effect::Begin(Step::Hello)]),
        (Parting::Expired, vec![Effect::Begin(Step::Refresh)]),
        (Parting::Behind, vec![Effect::Begin(Step::Page)]),
        (Parting::Draining, vec![]),
    ] {
        let mut machine = live();
        assert_eq!(machine.handle(Input::Bye(parting), at(100_000)), effects, "{parting:?}");
        assert_ne!(machine.shown(Duration::ZERO), Shown::Offline, "{parting:?}");
    }
    let drained = |dice| {
        let mut machine = live();
        machine.handle(Input::Bye(Parting::Draining), At { now: Duration::from_mins(1), dice });
        machine.deadline().unwrap().saturating_sub(Duration::from_mins(1))
    };
    assert_eq!((drained(0), drained(u32::MAX)), (SHORTEST / 2, DRAINED));
}

#[test]
fn a_server_that_only_says_goodbye_is_not_hammered() {
    for parting in [Parting::Rotate, Parting::Expired, Parting::Behind] {
        let mut machine = live();
        let mut now = Duration::from_mins(1);
        let mut steps = 0;
        while now < Duration::from_secs(70) {
            now += Duration::from_millis(1);
            let input = match machine.state() {
                State::Refreshing => Input::TokenReady { until: now + Duration::from_mins(10) },
                State::Greeting => hello(5, 5),
                State::Paging => Input::PageApplied { cursor: 5, head: 5, more: false },
                State::Opening => Input::Bye(parting),
                _ => Input::Tick,
            };
            steps += usize::from(input == Input::Bye(parting));
            if input != Input::Bye(parting) || machine.state() == State::Opening {
                machine.handle(input, At { now, dice: 0 });
            }
            if machine.state() == (State::Streaming { caught_up: true }) {
                machine.handle(Input::Bye(parting), At { now, dice: 0 });
            }
        }
        assert!(steps < 30, "{parting:?}: {steps} streams in ten seconds");
    }
}

#[test]
fn a_gap_drops_the_stream_and_fetches_pages() {
    let mut machine = live();
    let gap = || Input::Failed(Failure::Gap { detail: "position 6 was expected, 8 came".into() });
    assert_eq!(machine.handle(gap(), at(1)), [Effect::Begin(Step::Page)]);
    assert_eq!((machine.gaps(), machine.trouble(Duration::ZERO).unwrap().code), (1, "sync.gap".into()));
    let paged = Input::PageApplied { cursor: 8, head: 8, more: false };
    assert_eq!(machine.handle(paged, at(2)), [Effect::Begin(Step::Stream)]);
    assert_eq!(machine.trouble(Duration::ZERO), None);
    // In a page it is no slip of the stream: it waits.
    let mut machine = Machine::new();
    assert_eq!(feed(&mut machine, [Input::Start, ready(), hello(0, 9), gap()]), []);
    assert!(matches!(machine.state(), State::Waiting { .. }));
}
