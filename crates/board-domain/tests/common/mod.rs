//! Values that several tests need: people, reports, and a log of facts as the server would write it.
// Each test file uses some of them.
#![allow(dead_code)]

use board_domain::{
    Actor, Book, Currency, Event, Fact, Hash, Locale, Narrative, Period, Person, PersonId, Report, ReportId,
    ReportStatus, Role, Section, Template, Tenant, TenantId, Watermark,
};
use jiff::Timestamp;
use uuid::Uuid;

pub(crate) fn now() -> Timestamp {
    "2026-10-15T09:30:00Z".parse().unwrap()
}

pub(crate) fn person_id(id: &str) -> PersonId {
    PersonId::new(id).unwrap()
}

pub(crate) fn person(id: &str, role: Role) -> Person {
    Person { id: person_id(id), name: format!("{id} of the board"), role }
}

pub(crate) fn tenant() -> Tenant {
    Tenant {
        id: TenantId::new("fjordlys").unwrap(),
        name: "Fjordlys Group".into(),
        short_name: "Fjordlys".into(),
        locale: Locale::Nb,
        zone: "Europe/Oslo".into(),
        currency: Currency::parse("NOK").unwrap(),
        industry: "energy".into(),
        employees: 4_200,
        accent: "#0F5C7A".into(),
        watermark: Watermark::default(),
        partner: Some("brobygger".into()),
        benchmark_consent: true,
    }
}

/// A narrative that may be submitted.
pub(crate) fn narrative() -> Narrative {
    serde_json::from_str(
        r#"{"type":"doc","content":[
            {"type":"heading","attrs":{"level":2},"content":[{"type":"text","text":"Summary"}]},
            {"type":"paragraph","content":[
                {"type":"text","text":"Each krone gave "},
                {"type":"figure","attrs":{"figure":"sroi/2026-Q3/all"}},
                {"type":"text","text":", and one participant ","marks":[{"type":"italic"}]},
                {"type":"text","text":"found work","marks":[{"type":"bold"},{"type":"citation","attrs":{"evidence":"ev-1"}}]}]},
            {"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"one"}]}]}]},
            {"type":"orderedList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"two"}]}]}]}]}"#,
    )
    .unwrap()
}

pub(crate) fn report(author: &str, status: ReportStatus) -> Report {
    Report {
        id: ReportId::new("q3").unwrap(),
        title: "Third quarter".into(),
        template: Template::Quarterly,
        period: Period::Quarter(2026, 3),
        author: person_id(author),
        version: 1,
        status,
        sections: vec![Section { id: "summary".into(), narrative: narrative() }],
        approval: None,
    }
}

/// A log under way: facts in, chained events out.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) events: Vec<Event>,
}

impl Log {
    pub(crate) fn append(&mut self, fact: &Fact) {
        self.append_raw(fact.kind(), fact.body().unwrap().get());
    }

    /// An event of any kind with any body, as a newer server might send.
    pub(crate) fn append_raw(&mut self, kind: &str, body: &str) {
        let seq = self.events.len() as u64 + 1;
        let mut event = Event {
            tenant: TenantId::new("fjordlys").unwrap(),
            seq,
            id: Uuid::from_u128(u128::from(seq)),
            at: now(),
            actor: Actor::Service("ingest".into()),
            origin: None,
            audience: board_domain::Audience::Board,
            audience_seq: seq,
            prev_hash: self.events.last().map_or(Hash::ZERO, |event| event.hash),
            hash: Hash::ZERO,
            kind: kind.into(),
            body: serde_json::value::RawValue::from_string(body.into()).unwrap(),
        };
        event.hash = event.digest();
        self.events.push(event);
    }

    pub(crate) fn book(&self) -> Book {
        let mut book = Book::default();
        for event in &self.events {
            book.apply(event).unwrap();
        }
        book
    }
}

/// A book with these people and, if any, this report.
pub(crate) fn book(people: &[Person], report: Option<&Report>) -> Book {
    let mut log = Log::default();
    for person in people {
        log.append(&Fact::PersonJoined { person: person.clone() });
    }
    if let Some(report) = report {
        log.append(&Fact::ReportChanged { report: report.clone(), reason: String::new() });
    }
    log.book()
}
