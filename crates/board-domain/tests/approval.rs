//! The approval of reports: every cell of state × step × role × authorship against a table written here by hand, and
//! random walks that never leave the diagram.
// Helpers of a test fail it by panicking.
#![allow(clippy::unwrap_used)]

mod common;

use board_domain::{
    Book, Command, Fact, PersonId, Refusal, Report, ReportId, ReportMove, ReportStatus, Role, decide,
};
use common::{book, now, person, report};
use proptest::prelude::*;

/// The diagram: step, from, to.
const DIAGRAM: [(&str, &str, &str); 9] = [
    ("submit", "draft", "in_review"),
    ("submit", "changes_requested", "in_review"),
    ("withdraw", "in_review", "draft"),
    ("request_changes", "in_review", "changes_requested"),
    ("reject", "in_review", "rejected"),
    ("approve", "in_review", "approved"),
    ("reopen", "approved", "in_review"),
    ("lock", "approved", "locked"),
    ("restart", "rejected", "draft"),
];

/// Who may take a step: roles, and whether the author may (`only`, `too`, `never`).
const GUARDS: [(&str, &[&str], &str); 8] = [
    ("submit", &["MANAGER", "ADMIN", "SUPER_ADMIN"], "too"),
    ("withdraw", &["MANAGER", "ADMIN", "SUPER_ADMIN"], "only"),
    ("restart", &["MANAGER", "ADMIN", "SUPER_ADMIN"], "too"),
    ("request_changes", &["ADMIN", "SUPER_ADMIN"], "never"),
    ("reject", &["ADMIN", "SUPER_ADMIN"], "never"),
    ("approve", &["DIRECTOR", "SUPER_ADMIN"], "never"),
    ("reopen", &["DIRECTOR", "SUPER_ADMIN"], "never"),
    ("lock", &["SUPER_ADMIN"], "never"),
];

fn code(step: ReportMove) -> String {
    serde_json::to_value(step).unwrap().as_str().unwrap().to_owned()
}

fn target(step: &str, from: ReportStatus) -> Option<&'static str> {
    DIAGRAM.iter().find(|(s, f, _)| *s == step && *f == from.code()).map(|(_, _, to)| *to)
}

fn allowed(step: &str, role: Role, is_author: bool) -> bool {
    let (_, roles, author) = GUARDS.iter().find(|(s, _, _)| *s == step).unwrap();
    roles.contains(&role.code())
        && match *author {
            "only" => is_author,
            "never" => !is_author,
            _ => true,
        }
}

fn step_command(step: ReportMove, version: u32) -> Command {
    Command::MoveReport { id: ReportId::new("q3").unwrap(), version, step, reason: "because".into() }
}

fn moved(facts: &[Fact]) -> &Report {
    facts
        .iter()
        .find_map(|fact| if let Fact::ReportChanged { report, .. } = fact { Some(report) } else { None })
        .unwrap()
}

#[test]
fn every_cell_of_the_diagram_is_as_settled() {
    let mut taken = 0;
    for from in ReportStatus::ALL {
        for step in ReportMove::ALL {
            for role in Role::ALL {
                for is_author in [false, true] {
                    let report = report(if is_author { "actor" } else { "author" }, from);
                    let book = book(&[person("actor", role), person("author", Role::Manager)], Some(&report));
                    let outcome = decide(&book, &common::person_id("actor"), step_command(step, 1), now());
                    let cell = format!("{from:?} {step:?} {role:?} author {is_author}");
                    let name = code(step);
                    match (target(&name, from), allowed(&name, role, is_author)) {
                        (Some(to), true) => {
                            assert_eq!(moved(&outcome.expect(&cell)).status.code(), to, "{cell}");
                            taken += 1;
                        }
                        (_, false) => assert!(
                            matches!(outcome, Err(Refusal::Forbidden | Refusal::OwnReport | Refusal::Locked)),
                            "{cell}: {outcome:?}"
                        ),
                        (None, true) if from == ReportStatus::Locked => {
                            assert_eq!(outcome, Err(Refusal::Locked), "{cell}");
                        }
                        (None, true) => assert_eq!(outcome, Err(Refusal::NoSuchStep { from }), "{cell}"),
                    }
                }
            }
        }
    }
    // Submit 2 × 3 × 2, withdraw 3, restart 3 × 2, changes and rejection 2 + 2, approval and reopening 2 + 2, lock 1.
    assert_eq!(taken, 30);
}

#[test]
fn approval_publishes_and_reopening_takes_it_back() {
    let people = [person("author", Role::Manager), person("director", Role::Director)];
    let in_review = report("author", ReportStatus::InReview);
    let director = common::person_id("director");
    let approved =
        decide(&book(&people, Some(&in_review)), &director, step_command(ReportMove::Approve, 1), now())
            .unwrap();
    let after = moved(&approved);
    let approval = after.approval.as_ref().unwrap();
    assert_eq!((&approval.by, approval.at), (&director, now()));
    assert_eq!(approval.content_hash, after.content_hash());
    assert!(approved.iter().any(|fact| matches!(fact, Fact::ReportPublished { report } if report == after)));
    let reopened =
        decide(&book(&people, Some(after)), &director, step_command(ReportMove::Reopen, 1), now()).unwrap();
    assert_eq!(moved(&reopened).approval, None);
    assert!(reopened.iter().any(|fact| matches!(fact, Fact::ReportRecalled { .. })));
}

#[test]
fn turning_a_report_down_needs_a_reason() {
    let people = [person("author", Role::Manager), person("root", Role::SuperAdmin)];
    for (step, from) in [
        (ReportMove::RequestChanges, ReportStatus::InReview),
        (ReportMove::Reject, ReportStatus::InReview),
        (ReportMove::Reopen, ReportStatus::Approved),
    ] {
        let book = book(&people, Some(&report("author", from)));
        let command =
            Command::MoveReport { id: ReportId::new("q3").unwrap(), version: 1, step, reason: "  ".into() };
        assert_eq!(decide(&book, &common::person_id("root"), command, now()), Err(Refusal::ReasonNeeded));
    }
}

/// One try of a walk: who, what, and how far their copy lags behind.
#[derive(Clone, Debug)]
enum Try {
    Step(usize, ReportMove, u32),
    Revise(usize, u32),
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let lag = prop_oneof![4 => Just(0_u32), 1 => 1_u32..3];
    let step = (0..6_usize, proptest::sample::select(ReportMove::ALL.to_vec()), lag.clone())
        .prop_map(|(who, step, lag)| Try::Step(who, step, lag));
    let revise = (0..6_usize, lag).prop_map(|(who, lag)| Try::Revise(who, lag));
    prop::collection::vec(prop_oneof![5 => step, 1 => revise], 1..40)
}

fn apply(book: &mut Book, facts: &[Fact], seq: &mut u64) {
    let mut log = common::Log::default();
    for fact in facts {
        log.append(fact);
    }
    for mut event in log.events {
        *seq += 1;
        event.seq = *seq;
        book.apply(&event).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn random_walks_never_leave_the_diagram(author in 0..6_usize, tries in tries()) {
        let people: Vec<_> =
            Role::ALL.iter().enumerate().map(|(at, role)| person(&format!("p{at}"), *role)).collect();
        let author: PersonId = people[author].id.clone();
        let first = report(author.as_str(), ReportStatus::Draft);
        let mut book = book(&people, Some(&first));
        let mut seq = 100;
        for attempt in tries {
            let before = book.report("q3").unwrap().clone();
            let (who, command, stale) = match attempt {
                Try::Step(who, step, lag) => (who, step_command(step, before.version.saturating_sub(lag)), lag > 0),
                Try::Revise(who, lag) => (
                    who,
                    Command::ReviseReport {
                        id: before.id.clone(),
                        version: before.version.saturating_sub(lag),
                        title: format!("{} again", before.title).chars().rev().take(50).collect(),
                        sections: before.sections.clone(),
                    },
                    lag > 0,
                ),
            };
            let actor = &people[who];
            let outcome = decide(&book, &actor.id, command.clone(), now());
            if before.status == ReportStatus::Locked {
                prop_assert!(outcome.is_err());
            } else if stale {
                prop_assert!(
                    matches!(outcome, Err(Refusal::Conflict { version, .. }) if version == before.version)
                        || outcome == Err(Refusal::Forbidden),
                    "a stale copy was not refused"
                );
            }
            let Ok(facts) = outcome else { continue };
            apply(&mut book, &facts, &mut seq);
            let after = book.report("q3").unwrap();
            if let Command::MoveReport { step, .. } = command {
                let name = code(step);
                prop_assert_eq!(target(&name, before.status), Some(after.status.code()));
                prop_assert!(allowed(&name, actor.role, actor.id == author));
                prop_assert_eq!(after.version, before.version);
                prop_assert_eq!(after.content_hash(), before.content_hash());
            } else {
                prop_assert!(matches!(before.status, ReportStatus::Draft | ReportStatus::ChangesRequested));
                prop_assert_eq!(after.status, ReportStatus::Draft);
                prop_assert_eq!(after.version, before.version + 1);
                prop_assert_ne!(after.content_hash(), before.content_hash());
            }
            prop_assert_eq!(&after.author, &author);
            prop_assert_eq!(after.approval.is_some(), after.status.is_final());
            prop_assert_eq!(book.published("q3"), after.status.is_final().then_some(after));
        }
    }
}
