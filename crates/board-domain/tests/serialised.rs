//! A snapshot of every type that is written down or sent: a change here is a change of the wire or of stored files.
// Helpers of a test fail it by panicking.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use board_domain::{
    Absence, Actor, Anchor, Approval, ApprovalStatement, Attestation, Audience, Benchmark, Cohort, Command,
    Currency, Dashboard, DashboardId, Device, DeviceCertificate, Dimension, Envelope, Evidence, EvidenceId,
    ExportRecord, Fact, Figure, FigureKey, FigureValue, Formula, Grain, Hash, Intake, Locale, MetricId,
    Money, Movement, NarrativeFault, Note, NoteId, Origin, Period, Permission, Person, Programme,
    ProgrammeId, Report, ReportId, ReportMove, ReportStatus, Role, Row, Section, Shows, Signed, Spread,
    Template, TenantId, TenantKey, Tile, Unit, Vouched, Watermark, Words, definitions_v1,
    wire::{
        CommandOutcome, Frame, Hello, IngestLine, IngestReport, Problem, Refresh, SignIn, TenantEntry,
        TokenPair,
    },
};
use common::{Log, now, person, person_id, report, tenant};
use insta::{assert_debug_snapshot, assert_json_snapshot};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use uuid::Uuid;

fn words(text: &str) -> Words {
    Words::new(text, &format!("{text} nb"), &format!("{text} uk"))
}

fn dashboard() -> Dashboard {
    let metric = |id: &str| MetricId::new(id).unwrap();
    let shows = [
        Shows::Kpi { metric: metric("sroi") },
        Shows::Line {
            title: words("People"),
            metrics: vec![metric("participants"), metric("volunteers")],
            grain: Grain::Month,
            points: 24,
        },
        Shows::Bar { title: words("Hours"), metric: metric("hours"), grain: Grain::Quarter, points: 8 },
        Shows::Doughnut { title: words("Sessions"), metric: metric("sessions") },
        Shows::Radar {
            title: words("Outcomes"),
            metrics: vec![metric("confidence"), metric("belonging"), metric("well_being")],
        },
        Shows::Evidence { title: words("Voices"), limit: 6 },
    ];
    let tiles = shows.into_iter().enumerate().map(|(at, shows)| Tile { id: format!("tile-{at}"), shows });
    Dashboard {
        id: DashboardId::new("overview").unwrap(),
        version: 2,
        title: words("Overview"),
        order: 1,
        tiles: tiles.collect(),
    }
}

fn evidence() -> Evidence {
    serde_json::from_value(json!({
        "id": "ev-00112233445566aa", "text": "My mentor [name] helped me.", "lang": "en", "source": "feedback",
        "programme": "mentoring", "date": "2026-09-24", "sha256": "ab".repeat(32),
        "scores": [{"dimension": "confidence", "score": 0.81, "confidence": 0.9, "model": "q2q-3.1",
                    "method": "ai_classifier"}],
    }))
    .unwrap()
}

fn figure(value: FigureValue) -> Figure {
    Figure {
        key: FigureKey::parse("sroi/2026-Q3/all").unwrap(),
        definition: 1,
        value,
        inputs: BTreeMap::from([
            ("investment".to_owned(), 3_550_000.5),
            ("people_with_outcome".to_owned(), 123.0),
        ]),
        measured_at: now(),
    }
}

fn approved() -> Report {
    let mut report = report("kari", ReportStatus::Approved);
    report.approval = Some(Approval {
        by: person_id("henrik"),
        name: "Henrik Aasmo".into(),
        at: now(),
        content_hash: report.content_hash(),
    });
    report
}

fn export() -> ExportRecord {
    ExportRecord {
        report: ReportId::new("q3").unwrap(),
        version: 1,
        format: "pdf".into(),
        sha256: "cd".repeat(32),
        seq: 412,
        exported_at: now(),
    }
}

fn note() -> Note {
    Note {
        id: NoteId::new("n1").unwrap(),
        author: person_id("kari"),
        anchor: Anchor::Passage {
            report: ReportId::new("q3").unwrap(),
            section: "summary".into(),
            quote: "found work".into(),
        },
        text: "Ask how many stayed.".into(),
        shared: false,
    }
}

fn tenant_key() -> TenantKey {
    TenantKey {
        public: "0f".repeat(32),
        since: now(),
        retired: Some(now()),
        revoked: None,
        reason: String::new(),
    }
}

fn signed(says: &Vouched) -> Signed {
    let text = serde_json::to_string(says).unwrap();
    Signed { text, key: "0f".repeat(32), signature: "1e".repeat(64) }
}

fn attestation() -> Attestation {
    let statement = signed(&Vouched::Approval(ApprovalStatement {
        tenant: tenant().id,
        report: approved().id,
        version: 1,
        content_hash: approved().content_hash(),
        approver: person_id("henrik"),
        name: "Henrik Aasmo".into(),
        at: now(),
    }));
    Attestation { report: approved().id, version: 1, statement }
}

fn device() -> Device {
    let mut device = Device::from_now(person_id("kari"), "2d".repeat(32), now());
    device.certificate = Some(signed(&Vouched::Device(DeviceCertificate {
        tenant: tenant().id,
        person: device.person.clone(),
        name: "Kari Nordlid".into(),
        device: device.public.clone(),
        not_before: device.not_before,
        not_after: device.not_after,
    })));
    device
}

fn benchmark() -> Benchmark {
    Benchmark {
        metric: MetricId::new("sroi").unwrap(),
        definition: 1,
        period: Period::Quarter(2026, 3),
        cohort: Cohort::of(&tenant()).remove(0),
        spread: Spread::of((1..=11).map(f64::from).collect()).unwrap(),
    }
}

fn facts() -> Vec<Fact> {
    vec![
        Fact::TenantFounded { tenant: tenant() },
        Fact::WatermarkSet { watermark: Watermark::default() },
        Fact::BenchmarkConsentSet { given: true },
        Fact::BenchmarkMeasured { benchmark: benchmark() },
        Fact::BenchmarkWithdrawn { metric: benchmark().metric, period: benchmark().period },
        Fact::PersonJoined { person: person("kari", Role::Manager) },
        Fact::PersonLeft { person: person_id("kari") },
        Fact::ProgrammeOpened {
            programme: Programme { id: ProgrammeId::new("buddy").unwrap(), name: words("Buddy") },
        },
        Fact::MetricDefined { definition: definitions_v1().remove(0) },
        Fact::DashboardArranged { dashboard: dashboard() },
        Fact::IntakeRecorded {
            intake: Intake {
                source: "kintell_sessions".into(),
                sha256: "ef".repeat(32),
                accepted: 10,
                duplicate: 2,
                refused: 1,
            },
        },
        Fact::FigureMeasured { figure: figure(FigureValue::Number { value: 3.46 }) },
        Fact::EvidenceAdded { evidence: evidence() },
        Fact::ReportChanged { report: report("kari", ReportStatus::Draft), reason: "first".into() },
        Fact::ReportPublished { report: approved() },
        Fact::ReportRecalled { report: ReportId::new("q3").unwrap() },
        Fact::PackExported { export: export() },
        Fact::NoteWritten { note: note() },
        Fact::NoteRemoved { note: note().id, author: person_id("kari"), shared: true },
        Fact::KeySet { key: tenant_key() },
        Fact::ReportAttested { attestation: attestation() },
        Fact::DeviceCertified { device: device() },
        Fact::CommandRefused { code: "command.locked".into(), message: "it is locked".into() },
    ]
}

fn commands() -> Vec<Command> {
    let id = || ReportId::new("q3").unwrap();
    let sections = || vec![Section { id: "summary".into(), narrative: common::narrative() }];
    vec![
        Command::DraftReport {
            id: id(),
            title: "Third quarter".into(),
            template: Template::Quarterly,
            period: Period::Quarter(2026, 3),
            sections: sections(),
        },
        Command::ReviseReport { id: id(), version: 1, title: "Third quarter".into(), sections: Vec::new() },
        Command::MoveReport { id: id(), version: 2, step: ReportMove::RequestChanges, reason: "more".into() },
        Command::SetWatermark { watermark: Watermark::default() },
        Command::ArrangeDashboard { dashboard: dashboard() },
        Command::AdmitPerson { person: person("kari", Role::SuperAdmin) },
        Command::RemovePerson { person: person_id("kari") },
        Command::RecordExport { export: export() },
        Command::WriteNote { id: note().id, anchor: note().anchor, text: note().text, shared: true },
        Command::RemoveNote { id: note().id },
        Command::EnrolDevice { public: "2d".repeat(32) },
        Command::SetBenchmarkConsent { given: true },
    ]
}

/// The value as JSON, after proving that it reads back to the same JSON.
fn there_and_back<T: Serialize + DeserializeOwned>(value: &T) -> Value {
    let json = serde_json::to_value(value).unwrap();
    let text = serde_json::to_string(value).unwrap();
    let read: T = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_value(read).unwrap(), json);
    json
}

#[test]
fn facts_by_kind() {
    let facts = facts();
    let kinds: Vec<&str> = facts.iter().map(Fact::kind).collect();
    assert_eq!(kinds, Fact::KINDS, "a kind of fact has no snapshot");
    let bodies: BTreeMap<&str, Value> = facts
        .iter()
        .map(|fact| (fact.kind(), serde_json::from_str(fact.body().unwrap().get()).unwrap()))
        .collect();
    assert_json_snapshot!(bodies);
}

#[test]
fn audiences_by_kind() {
    let audiences: BTreeMap<&str, String> =
        facts().iter().map(|fact| (fact.kind(), fact.audience().to_string())).collect();
    assert_json_snapshot!(audiences);
}

#[test]
fn commands_in_envelopes() {
    let envelopes: Vec<Value> = commands()
        .into_iter()
        .zip(1..)
        .map(|(command, cmd_seq)| {
            let (client, key) = (Uuid::from_u128(1), Uuid::from_u128(u128::from(cmd_seq)));
            there_and_back(&Envelope { client, cmd_seq, key, command })
        })
        .collect();
    assert_json_snapshot!(envelopes);
}

#[test]
fn frames() {
    let mut log = Log::default();
    log.append(&Fact::PersonLeft { person: person_id("kari") });
    let mut event = log.events.remove(0);
    event.origin = Some(Origin { client: Uuid::from_u128(1), cmd_seq: 3 });
    event.actor = Actor::Person(person_id("astrid"));
    let frames = [
        Frame::Event(Box::new(event)),
        Frame::Hidden { from: 2, to: 9 },
        Frame::CaughtUp { head: 9, more: false },
        Frame::Bye { reason: "rotate".into() },
    ];
    // An event keeps its body as text, which a JSON value cannot hold; the lines themselves are the contract.
    let lines: Vec<String> = frames.iter().map(|frame| serde_json::to_string(frame).unwrap()).collect();
    for line in &lines {
        let again: Frame = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&again).unwrap(), *line);
    }
    assert_json_snapshot!(lines);
}

#[test]
fn words_of_the_wire() {
    let hello = Hello {
        epoch: Uuid::from_u128(7),
        head: 412,
        floor: 0,
        role: Role::Director,
        audiences: vec![board_domain::Audience::Board],
        heartbeat: 15,
    };
    let problem = Problem {
        kind: "https://boardroom.example/problems/log.must_resnapshot".into(),
        title: "The position is not in this log".into(),
        status: 409,
        code: "log.must_resnapshot".into(),
        detail: "epoch".into(),
    };
    let bare = Problem { detail: String::new(), ..problem.clone() };
    let entry = TenantEntry {
        id: TenantId::new("fjordlys").unwrap(),
        name: "Fjordlys Group".into(),
        role: Role::Partner,
    };
    let report = IngestReport {
        source: "kintell_sessions".into(),
        sha256: Hash([0xab; 32]),
        accepted: 10,
        duplicate: 1,
        refused: 1,
        lines: vec![IngestLine {
            line: 4,
            verdict: "refused".into(),
            code: "ingest.date_in_future".into(),
            reason: "date lies in the future".into(),
        }],
        figures: 42,
        head: 500,
    };
    let outcomes = [
        CommandOutcome::Done { cmd_seq: 1, seq: 413 },
        CommandOutcome::Refused { cmd_seq: 2, code: "command.locked".into(), message: "it is locked".into() },
    ];
    assert_json_snapshot!(json!({
        "hello": there_and_back(&hello),
        "problem": [there_and_back(&problem), there_and_back(&bare)],
        "tenant entry": there_and_back(&entry),
        "ingest report": there_and_back(&report),
        "command outcomes": outcomes.iter().map(there_and_back).collect::<Vec<_>>(),
        "sign in": there_and_back(&SignIn {
            email: "kari.nordlid@fjordlys.example".into(), password: "p".into(), device: "laptop".into(),
        }),
        "refresh": there_and_back(&Refresh { refresh_token: "r".into() }),
    }));
}

#[test]
fn tokens_are_sent_but_never_printed() {
    let pair = TokenPair {
        access_token: "secret-access".into(),
        expires_in: 600,
        refresh_token: "secret-refresh".into(),
        person: person_id("kari"),
        name: "Kari Nordlid".into(),
    };
    assert!(!format!("{pair:?}").contains("secret"));
    assert_debug_snapshot!(pair);
    assert_json_snapshot!(there_and_back(&pair));
}

#[test]
fn values_of_figures() {
    let values = [
        FigureValue::Number { value: 0.1 + 0.2 },
        FigureValue::Withheld,
        FigureValue::Absent { why: Absence::NoInvestment },
        FigureValue::Absent { why: Absence::NothingMeasured },
        FigureValue::Absent { why: Absence::InputMissing { input: "quality".into() } },
    ];
    let written: Vec<Value> = values.iter().map(there_and_back).collect();
    let read: FigureValue = serde_json::from_value(written[0].clone()).unwrap();
    assert_eq!(read, values[0], "a number loses a digit");
    assert_json_snapshot!(written);
}

#[test]
fn definitions() {
    let all: Vec<Value> = definitions_v1().iter().map(there_and_back).collect();
    assert_json_snapshot!(all);
}

#[test]
fn formulas_and_faults() {
    let formulas = [
        Formula::Amount { input: "a".into() },
        Formula::Share { part: "a".into(), whole: "b".into() },
        Formula::Mean { sum: "a".into(), count: "b".into() },
        Formula::Sroi,
        Formula::SocialValue,
        Formula::Vis,
        Formula::Integration,
    ];
    let faults = [
        NarrativeFault::Empty,
        NarrativeFault::TooLong,
        NarrativeFault::Structure { block: 1 },
        NarrativeFault::Uncited { block: 2 },
        NarrativeFault::Sparse { words: 300, citations: 1 },
    ];
    assert_json_snapshot!(json!({
        "formulas": formulas.iter().map(there_and_back).collect::<Vec<_>>(),
        "faults": faults.iter().map(there_and_back).collect::<Vec<_>>(),
    }));
}

#[test]
fn rows() {
    let evidence = evidence();
    assert_eq!(evidence.id, EvidenceId::new("ev-00112233445566aa").unwrap());
    let person: Person = person("kari", Role::Viewer);
    let rows = [
        Row::Tenant(tenant()),
        Row::Person(person),
        Row::Programme(Programme { id: ProgrammeId::new("buddy").unwrap(), name: words("Buddy") }),
        Row::Figure(figure(FigureValue::Withheld)),
        Row::Evidence(evidence),
        Row::Report(report("kari", ReportStatus::ChangesRequested)),
        Row::Published(approved()),
        Row::Dashboard(dashboard()),
        Row::Export(export()),
        Row::Note(note()),
        Row::Key(tenant_key()),
        Row::Attestation(attestation()),
        Row::Device(device()),
    ];
    assert_json_snapshot!(rows.iter().map(there_and_back).collect::<Vec<_>>());
}

#[test]
fn names_of_small_things() {
    let audiences =
        Audience::SHARED.into_iter().chain([Audience::Person(person_id("kari"))]).map(|a| there_and_back(&a));
    let nok = Currency::parse("NOK").unwrap();
    assert_json_snapshot!(json!({
        "audiences": audiences.collect::<Vec<_>>(),
        "actors": [there_and_back(&Actor::Person(person_id("kari"))), there_and_back(&Actor::Service("scim".into()))],
        "roles": Role::ALL.iter().map(there_and_back).collect::<Vec<_>>(),
        "permissions": Permission::all().map(|permission| there_and_back(&permission)).collect::<Vec<_>>(),
        "statuses": ReportStatus::ALL.iter().map(there_and_back).collect::<Vec<_>>(),
        "moves": ReportMove::ALL.iter().map(there_and_back).collect::<Vec<_>>(),
        "dimensions": Dimension::ALL.iter().map(there_and_back).collect::<Vec<_>>(),
        "locales": Locale::ALL.iter().map(there_and_back).collect::<Vec<_>>(),
        "grains": ([Grain::Month, Grain::Quarter, Grain::Year].map(|grain| there_and_back(&grain))),
        "periods": (["2026", "2026-Q3", "2026-09"].map(|text| there_and_back(&Period::parse(text).unwrap()))),
        "templates": ([Template::Quarterly, Template::Annual, Template::Investor].map(|t| (there_and_back(&t), t.code()))),
        "movements": ([Movement::Improving, Movement::Declining, Movement::Stable, Movement::New].map(|m| there_and_back(&m))),
        "money": there_and_back(&Money { minor: 125_050, currency: nok }),
        "units": ([Unit::Count, Unit::Hours, Unit::Points, Unit::Fraction, Unit::Ratio, Unit::Money(nok)].map(|u| there_and_back(&u))),
    }));
}
