//! The fold: replaying gives the same book, unknown kinds change nothing, and a bad body is an error that names itself.
// Helpers of a test fail it by panicking.
#![allow(clippy::unwrap_used)]

mod common;

use board_domain::{
    Book, Evidence, EvidenceId, Fact, Figure, FigureKey, FigureValue, FoldError, Locale, Programme,
    ProgrammeId, ReportStatus, Role, Table, Watermark, Words,
};
use common::{Log, now, person, report};
use proptest::prelude::*;

fn fact() -> impl Strategy<Value = Fact> {
    let small = 0..4_u8;
    let role = proptest::sample::select(Role::ALL.to_vec());
    let status = proptest::sample::select(ReportStatus::ALL.to_vec());
    prop_oneof![
        (small.clone(), role)
            .prop_map(|(n, role)| Fact::PersonJoined { person: person(&format!("p{n}"), role) }),
        small.clone().prop_map(|n| Fact::PersonLeft { person: common::person_id(&format!("p{n}")) }),
        (small.clone(), any::<u16>()).prop_map(|(n, name)| Fact::ProgrammeOpened {
            programme: Programme {
                id: ProgrammeId::new(format!("g{n}")).unwrap(),
                name: Words::new(&name.to_string(), "b", "в"),
            },
        }),
        (1..13_u8, -1e9..1e9_f64).prop_map(|(month, value)| Fact::FigureMeasured {
            figure: Figure {
                key: FigureKey::parse(&format!("hours/2026-{month:02}/all")).unwrap(),
                definition: 1,
                value: FigureValue::Number { value },
                inputs: [("volunteer_minutes".to_owned(), value * 60.0)].into(),
                measured_at: now(),
            },
        }),
        (small, ".{0,40}").prop_map(|(n, text)| Fact::EvidenceAdded {
            evidence: Evidence {
                id: EvidenceId::new(format!("ev-{n}")).unwrap(),
                text,
                lang: Locale::Uk,
                source: "feedback".into(),
                programme: ProgrammeId::new("buddy").unwrap(),
                date: jiff::civil::date(2026, 9, 1),
                sha256: "0".repeat(64),
                scores: Vec::new(),
            },
        }),
        status
            .clone()
            .prop_map(|status| Fact::ReportChanged { report: report("p1", status), reason: String::new() }),
        status.prop_map(|status| Fact::ReportPublished { report: report("p1", status) }),
        Just(Fact::ReportRecalled { report: report("p1", ReportStatus::Approved).id }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn replaying_gives_the_same_book_wherever_it_is_cut(
        facts in prop::collection::vec(fact(), 0..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut log = Log::default();
        for fact in &facts {
            log.append(fact);
        }
        let whole = log.book();
        let cut = cut.index(log.events.len() + 1);
        let mut parts = Book::default();
        for event in &log.events[..cut] {
            parts.apply(event).unwrap();
        }
        // The cut is where a client would write its book down and read it again.
        let mut resumed = parts.clone();
        for event in &log.events[cut..] {
            resumed.apply(event).unwrap();
        }
        prop_assert_eq!(&resumed, &whole);
        // Facts carry whole rows, so the last event once more changes nothing.
        if let Some(last) = log.events.last() {
            resumed.apply(last).unwrap();
            prop_assert_eq!(&resumed, &whole);
        }
    }

    #[test]
    fn facts_read_back_from_their_events(facts in prop::collection::vec(fact(), 1..10)) {
        let mut log = Log::default();
        for fact in &facts {
            log.append(fact);
        }
        for (fact, event) in facts.iter().zip(&log.events) {
            let read = event.fact().unwrap();
            prop_assert_eq!(read.as_ref(), Some(fact));
        }
    }

    #[test]
    fn unknown_kinds_change_nothing(kind in "[a-z]{1,8}\\.[a-z_]{1,12}", number in any::<i64>()) {
        prop_assume!(!Fact::KINDS.contains(&kind.as_str()));
        let mut log = Log::default();
        log.append(&Fact::PersonJoined { person: person("p1", Role::Viewer) });
        let before = log.book();
        log.append_raw(&kind, &format!("[{number}]"));
        prop_assert_eq!(log.book(), before);
    }
}

#[test]
fn a_body_that_does_not_read_names_its_event_and_leaves_the_book_alone() {
    for kind in Fact::KINDS {
        for body in ["null", "[]", "{}", "{\"person\":7}"] {
            let mut log = Log::default();
            log.append(&Fact::PersonJoined { person: person("p1", Role::Viewer) });
            let mut book = log.book();
            let before = book.clone();
            log.append_raw(kind, body);
            let error = book.apply(&log.events[1]).unwrap_err();
            assert!(
                matches!(&error, FoldError::Body { seq: 2, kind: named, .. } if named == kind),
                "{error}"
            );
            assert_eq!(book, before);
        }
    }
}

#[test]
fn a_watermark_before_the_tenant_is_refused() {
    let mut log = Log::default();
    log.append(&Fact::WatermarkSet { watermark: Watermark::default() });
    let error = Book::default().apply(&log.events[0]).unwrap_err();
    assert!(matches!(error, FoldError::NotFounded { seq: 1 }), "{error}");
}

#[test]
fn tables_list_only_their_own_rows_in_key_order() {
    let mut log = Log::default();
    for id in ["c", "a", "b"] {
        log.append(&Fact::PersonJoined { person: person(id, Role::Viewer) });
    }
    log.append(&Fact::ReportPublished { report: report("a", ReportStatus::Approved) });
    let book = log.book();
    let keys = |table| book.table(table).map(|(key, _)| key.to_owned()).collect::<Vec<_>>();
    assert_eq!(keys(Table::Person), ["a", "b", "c"]);
    assert_eq!(keys(Table::Published), ["q3"]);
    assert_eq!(keys(Table::Report), [""; 0]);
}
