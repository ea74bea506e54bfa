//! The table of `docs/sync-machine.md`: every state with every input, written by the machine itself.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::*;

/// The moment of every input in the table.
const NOW: Duration = Duration::from_mins(20);

/// A moment before it.
fn before(seconds: u64) -> At {
    At { now: NOW.saturating_sub(Duration::from_secs(seconds)), dice: 0 }
}

const PROGRESS: Progress = Progress { done: 1, of: 9 };

fn fed(inputs: impl IntoIterator<Item = Input>) -> Machine {
    let mut machine = Machine::new();
    let until = Duration::from_hours(9);
    for input in [Input::Start, Input::TokenReady { until }].into_iter().chain(inputs) {
        machine.handle(input, before(12));
    }
    machine
}

/// Every state, by a way that leads to it. Nothing waits to be sent, and no history is missing.
fn states() -> Vec<(&'static str, Machine)> {
    let caught_up = || Input::Applied { cursor: 5, head: 5, caught_up: true };
    let behind = || Input::HelloOk { stand: Stand { backfills: 1, ..stand(5, 9) }, foreign: false };
    let foreign = || Input::HelloOk { stand: stand(5, 9), foreign: true };
    let nothing = || Input::PageApplied { cursor: 5, head: 5, more: false };
    let muted = || {
        let mut machine = fed([hello(5, 5), Input::Mute]);
        for (input, seconds) in [(Input::Tick, 11), (hello(5, 5), 10), (Input::Mute, 9)] {
            machine.handle(input, before(seconds));
        }
        machine
    };
    let rested = || {
        let mut machine = muted();
        machine.handle(nothing(), before(8));
        machine
    };
    let mut refreshing = Machine::new();
    refreshing.handle(Input::Start, at(0));
    let mut signed_out = refreshing.clone();
    signed_out.handle(Input::Failed(unauthorised()), at(1));
    vec![
        ("Idle", Machine::new()),
        ("Refreshing", refreshing),
        ("Greeting", fed([])),
        ("Staging", fed([foreign()])),
        ("Resetting", fed([foreign(), Input::NoSnapshot])),
        ("Backfilling", fed([behind()])),
        ("Paging", fed([hello(5, 9)])),
        ("Opening", fed([hello(5, 5)])),
        ("Streaming", fed([hello(5, 5), Input::StreamOpen])),
        ("Streaming, caught up", fed([hello(5, 5), Input::StreamOpen, caught_up()])),
        ("Polling", muted()),
        ("Polling, at rest", rested()),
        ("Waiting", fed([hello(5, 5), Input::Failed(cut())])),
        ("SignInNeeded", signed_out),
        ("Stopped", fed([hello(5, 5), Input::Stop])),
    ]
}

/// Every input, in every form that makes a difference.
fn inputs() -> Vec<(&'static str, Input)> {
    let failed = Input::Failed;
    let long = STREAM_BACKLOG + 9;
    let gained = Stand { backfills: 1, ..stand(5, 9) };
    vec![
        ("start", Input::Start),
        ("stop", Input::Stop),
        ("token kept", Input::TokenStored),
        ("token ready", Input::TokenReady { until: Duration::from_hours(9) }),
        ("hello, at the head", hello(5, 5)),
        ("hello, behind", hello(5, 9)),
        ("hello, nothing here of a long log", hello(0, long)),
        ("hello, an audience gained", Input::HelloOk { stand: gained, foreign: false }),
        ("hello, another epoch", Input::HelloOk { stand: stand(5, 9), foreign: true }),
        ("snapshot page staged", Input::Staged(PROGRESS)),
        ("snapshot swapped, behind", Input::Swapped(stand(5, 9))),
        ("snapshot swapped, at the head", Input::Swapped(stand(9, 9))),
        ("no snapshot", Input::NoSnapshot),
        ("reset done", Input::ResetDone),
        ("backfill page, more", Input::Backfilled { left: 1, moved: true }),
        ("backfill page, more, nothing new", Input::Backfilled { left: 1, moved: false }),
        ("backfill page, the last", Input::Backfilled { left: 0, moved: true }),
        ("page, more", Input::PageApplied { cursor: 8, head: 9, more: true }),
        ("page, more, nothing new", Input::PageApplied { cursor: 5, head: 9, more: true }),
        ("page, no more", Input::PageApplied { cursor: 9, head: 9, more: false }),
        ("page, no more, nothing new", Input::PageApplied { cursor: 5, head: 5, more: false }),
        ("first byte", Input::StreamOpen),
        ("no first byte", Input::Mute),
        ("frames", Input::Applied { cursor: 6, head: 9, caught_up: false }),
        ("frames, that is all", Input::Applied { cursor: 9, head: 9, caught_up: true }),
        ("bye rotate", Input::Bye(Parting::Rotate)),
        ("bye expired", Input::Bye(Parting::Expired)),
        ("bye draining", Input::Bye(Parting::Draining)),
        ("bye behind or slow", Input::Bye(Parting::Behind)),
        ("end without a word", Input::Ended),
        ("cut", failed(cut())),
        ("gap", failed(Failure::Gap { detail: "missing".into() })),
        ("unauthorised", failed(unauthorised())),
        ("must start again", failed(must_resnapshot())),
        ("must greet", failed(Failure::MustGreet { detail: "another role".into() })),
        ("events missing", failed(Failure::Missing { detail: "missing".into() })),
        ("chain broken", failed(Failure::Chain { detail: "changed".into() })),
        ("diverged", failed(Failure::Diverged { code: "sync.diverged", detail: "differs".into() })),
        ("refused", failed(Failure::Refused { code: "tenant.not_found".into(), detail: "no".into() })),
        ("app too old", failed(Failure::UpgradeNeeded)),
        ("time", Input::Tick),
        ("network changed", Input::NetworkChanged),
        ("copy anew", Input::CopyAnew),
        ("commands wait", Input::OutboxChanged { unsent: 1 }),
    ]
}

fn name(state: State) -> String {
    match state {
        State::Streaming { caught_up: true } => "Streaming, caught up".to_owned(),
        State::Streaming { caught_up: false } => "Streaming".to_owned(),
        State::Polling { rest: Some(_), .. } => "Polling, at rest".to_owned(),
        State::Polling { .. } => "Polling".to_owned(),
        State::Waiting { until } => format!("Waiting {:?}", until.saturating_sub(NOW)),
        other => format!("{other:?}"),
    }
}

fn effect(effect: Effect) -> String {
    match effect {
        Effect::Begin(step) => format!("{step:?}").to_lowercase(),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// The table as text: for each state a section with the inputs that do something, and those that do nothing.
fn table() -> String {
    let mut text = String::new();
    for (state, machine) in states() {
        assert!(name(machine.state()).starts_with(state), "{state}: {machine:?}");
        let shown = |machine: &Machine| match (machine.shown(NOW), machine.trouble(NOW)) {
            (shown, Some(trouble)) => format!("{shown:?} `{}`", trouble.code),
            (shown, None) => format!("{shown:?}"),
        };
        writeln!(text, "### {state}\n\nShown as {}.\n", shown(&machine)).unwrap();
        let (mut rows, mut ignored) = (Vec::new(), Vec::new());
        for (input, value) in inputs() {
            let mut after = machine.clone();
            let effects = after.handle(value, At { now: NOW, dice: 0 });
            if format!("{after:?}") == format!("{machine:?}") && effects.is_empty() {
                ignored.push(input);
                continue;
            }
            let effects: Vec<_> = effects.into_iter().map(effect).collect();
            let effects = if effects.is_empty() { "none".to_owned() } else { effects.join(", ") };
            rows.push((input, name(after.state()), effects, shown(&after)));
        }
        if !rows.is_empty() {
            writeln!(text, "| Input | Next | Effect | Shown as |\n|---|---|---|---|").unwrap();
            for (input, next, effects, shown) in rows {
                writeln!(text, "| {input} | {next} | {effects} | {shown} |").unwrap();
            }
            writeln!(text).unwrap();
        }
        writeln!(text, "Nothing happens on: {}.\n", ignored.join("; ")).unwrap();
    }
    text
}

/// Set to write the table instead of comparing it.
const WRITE: &str = "BOARD_SYNC_WRITE_TABLE";

#[test]
fn the_table_in_the_document_is_the_machine() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/sync-machine.md");
    let document = std::fs::read_to_string(path).unwrap();
    let (begin, end) = ("<!-- table: begin -->\n", "<!-- table: end -->");
    let (before, rest) = document.split_once(begin).expect("the table's begin");
    let (written, after) = rest.split_once(end).expect("the table's end");
    let table = table();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(path, format!("{before}{begin}\n{table}{end}{after}")).unwrap();
        return;
    }
    let lines = |text: &str| text.trim().lines().map(str::to_owned).collect::<Vec<_>>();
    for (written, real) in lines(written).iter().zip(&lines(&table)) {
        assert_eq!(written, real, "write the table anew with {WRITE}=1");
    }
    assert_eq!(lines(written).len(), lines(&table).len(), "write the table anew with {WRITE}=1");
}

#[test]
fn the_table_names_every_state_and_every_input() {
    let kind = |text: String| text.split([' ', '(']).next().unwrap_or_default().to_owned();
    let mut kinds = BTreeMap::new();
    for (_, machine) in states() {
        *kinds.entry(kind(format!("{:?}", machine.state()))).or_insert(0) += 1;
    }
    // One by one, so that a state added later does not compile before it is in the table.
    for state in [
        State::Idle,
        State::Refreshing,
        State::Greeting,
        State::Staging,
        State::Resetting,
        State::Backfilling,
        State::Paging,
        State::Opening,
        State::Streaming { caught_up: false },
        State::Polling { caught_up: false, rest: None },
        State::Waiting { until: NOW },
        State::SignInNeeded,
        State::Stopped,
    ] {
        match state {
            State::Idle
            | State::Refreshing
            | State::Greeting
            | State::Staging
            | State::Resetting
            | State::Backfilling
            | State::Paging
            | State::Opening
            | State::Streaming { .. }
            | State::Polling { .. }
            | State::Waiting { .. }
            | State::SignInNeeded
            | State::Stopped => assert!(kinds.contains_key(&kind(format!("{state:?}"))), "{state:?}"),
        }
    }
    let named: Vec<_> = inputs().into_iter().map(|(_, input)| input).collect();
    let lanes = [
        Input::Uploaded { unsent: 0 },
        Input::UploadFailed { failure: cut(), unsent: 1 },
        Input::PastApplied(None),
        Input::PastFailed(cut()),
    ];
    for input in named.iter().chain(&lanes) {
        match input {
            Input::Start
            | Input::Stop
            | Input::TokenStored
            | Input::TokenReady { .. }
            | Input::HelloOk { .. }
            | Input::Staged(_)
            | Input::Swapped(_)
            | Input::NoSnapshot
            | Input::ResetDone
            | Input::Backfilled { .. }
            | Input::PageApplied { .. }
            | Input::StreamOpen
            | Input::Mute
            | Input::Applied { .. }
            | Input::Bye(_)
            | Input::Ended
            | Input::Failed(_)
            | Input::Tick
            | Input::NetworkChanged
            | Input::CopyAnew
            | Input::OutboxChanged { .. }
            | Input::Uploaded { .. }
            | Input::UploadFailed { .. }
            | Input::PastApplied(_)
            | Input::PastFailed(_) => {}
        }
    }
    // The lanes are no states: their answers change nothing unless they are running.
    for (_, machine) in states() {
        for input in lanes.clone() {
            let mut after = machine.clone();
            assert_eq!(after.handle(input, At { now: NOW, dice: 0 }), []);
            assert_eq!(format!("{after:?}"), format!("{machine:?}"));
        }
    }
}
