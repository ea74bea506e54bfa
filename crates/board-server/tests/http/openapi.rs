//! The description of the interface: committed as generated, and true to what serde writes.

use board_domain::{
    Actor, Audience, ChainEnd, Event, Hash, Origin, Programme, ProgrammeId, PublishedKeys, Role, Row,
    Snapshot, SnapshotPage, SnapshotRow, TenantId, TenantKey, Words,
    wire::{CommandOutcome, Frame, Hello, IngestLine, IngestReport, Problem, TenantEntry, TokenPair},
};
use serde_json::{Value, json};
use uuid::Uuid;

#[test]
fn the_committed_description_is_the_generated_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == board_server::openapi(),
        "docs/openapi.json is old; run: boardroom-server openapi > docs/openapi.json"
    );
}

/// An event with every field.
fn event() -> Event {
    Event {
        tenant: TenantId::new("t").unwrap(),
        seq: 1,
        id: Uuid::nil(),
        at: jiff::Timestamp::UNIX_EPOCH,
        actor: Actor::Service("x".into()),
        origin: Some(Origin { client: Uuid::nil(), cmd_seq: 1 }),
        audience: Audience::Board,
        audience_seq: 1,
        prev_hash: Hash::ZERO,
        hash: Hash::ZERO,
        kind: "x".into(),
        body: serde_json::value::to_raw_value(&json!({})).unwrap(),
    }
}

#[test]
fn every_schema_names_the_fields_that_are_written() {
    let described: Value = serde_json::from_str(&board_server::openapi()).unwrap();
    let properties = |name: &str| {
        let properties = &described["components"]["schemas"][name]["properties"];
        let mut names: Vec<String> = properties.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    let tenant = TenantId::new("t").unwrap();
    let event = event();
    let snapshot = Snapshot {
        tenant: tenant.clone(),
        epoch: Uuid::nil(),
        seq: 1,
        chains: vec![ChainEnd { audience: Audience::Board, audience_seq: 1, hash: Hash::ZERO }],
        pages: vec![SnapshotPage { sha256: Hash::ZERO, audience: Audience::Board, bytes: 1, rows: 1 }],
    };
    let programme = Programme { id: ProgrammeId::new("x").unwrap(), name: Words::new("x", "x", "x") };
    let at = jiff::Timestamp::UNIX_EPOCH;
    let row = SnapshotRow { key: "x".into(), since: 1, at, row: Row::Programme(programme) };
    let line = IngestLine { line: 1, verdict: "refused".into(), code: "x".into(), reason: "x".into() };
    let key =
        TenantKey { public: "x".into(), since: at, retired: None, revoked: None, reason: String::new() };
    let written = [
        ("Snapshot", json!(snapshot)),
        ("ChainEnd", json!(snapshot.chains[0])),
        ("SnapshotPage", json!(snapshot.pages[0])),
        ("SnapshotRow", json!(row)),
        ("Event", json!(event)),
        ("Origin", json!(event.origin)),
        ("IngestLine", json!(line)),
        (
            "IngestReport",
            json!(IngestReport {
                source: "x".into(),
                sha256: Hash::ZERO,
                accepted: 1,
                duplicate: 0,
                refused: 0,
                lines: vec![],
                figures: 0,
                head: 1,
            }),
        ),
        (
            "Problem",
            json!(Problem {
                kind: "x".into(),
                title: "x".into(),
                status: 1,
                code: "x".into(),
                detail: "x".into()
            }),
        ),
        (
            "Hello",
            json!(Hello {
                epoch: Uuid::nil(),
                head: 1,
                floor: 0,
                role: Role::Viewer,
                audiences: vec![board_domain::Audience::Board],
                heartbeat: 15
            }),
        ),
        ("PublishedKeys", json!(PublishedKeys { tenant: tenant.clone(), keys: vec![key.clone()] })),
        ("TenantKey", json!(key)),
        ("TenantEntry", json!(TenantEntry { id: tenant, name: "x".into(), role: Role::Viewer })),
        (
            "TokenPair",
            json!(TokenPair {
                access_token: "x".into(),
                expires_in: 1,
                refresh_token: "x".into(),
                person: board_domain::PersonId::new("x").unwrap(),
                name: "x".into(),
            }),
        ),
    ];
    for (name, value) in written {
        let mut fields: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        fields.sort();
        assert_eq!(properties(name), fields, "{name}");
    }
    let paths = described["paths"].as_object().unwrap();
    assert!(paths.len() >= 13, "{:?}", paths.keys());
}

#[test]
fn every_variant_of_a_tagged_type_is_described() {
    let described: Value = serde_json::from_str(&board_server::openapi()).unwrap();
    let text = described["components"]["schemas"]["Frame"].to_string();
    for frame in [
        Frame::Hidden { from: 1, to: 1 },
        Frame::CaughtUp { head: 1, more: false },
        Frame::Bye { reason: "x".into() },
        Frame::Event(Box::new(event())),
    ] {
        let written = json!(frame);
        let tag = written.as_object().unwrap().keys().next().unwrap();
        assert!(text.contains(&format!("\"{tag}\"")), "{tag}");
    }
    let text = described["components"]["schemas"]["CommandOutcome"].to_string();
    for outcome in [
        CommandOutcome::Done { cmd_seq: 1, seq: 1 },
        CommandOutcome::Refused { cmd_seq: 1, code: "x".into(), message: "x".into() },
    ] {
        for (field, value) in json!(outcome).as_object().unwrap() {
            assert!(text.contains(&format!("\"{field}\"")), "{field}");
            assert!(field != "outcome" || text.contains(&value.to_string()), "{value}");
        }
    }
}
