//! Ingest over HTTP: who may, what is kept, what is repeated, and files nobody should send.

use std::{collections::BTreeSet, path::PathBuf};

use board_domain::{
    Fact, Role, TenantId,
    wire::{Frame, IngestReport},
};
use reqwest::StatusCode;

use crate::harness::{World, code};

const OUTCOMES: &str = "outcome_id,participant_email,programme,date,kind\n";

async fn report(
    world: &World,
    source: &str,
    token: &str,
    kind: &str,
    body: impl Into<Vec<u8>>,
) -> IngestReport {
    let response = world.ingest("alpha", source, token, kind, body.into()).await;
    assert_eq!(response.status(), StatusCode::OK, "{}", response.text().await.unwrap());
    response.json().await.unwrap()
}

fn verdicts(report: &IngestReport) -> Vec<(u32, &str)> {
    report.lines.iter().map(|line| (line.line, line.code.as_str())).collect()
}

async fn facts(world: &World, token: &str) -> Vec<Fact> {
    let events = world.frames("alpha", token, 1_000).await;
    events
        .into_iter()
        .filter_map(|frame| if let Frame::Event(event) = frame { event.fact().unwrap() } else { None })
        .collect()
}

#[tokio::test]
async fn services_with_the_scope_and_those_who_run_the_tenant_may_ingest() {
    let world = World::start().await;
    let admin = world.admin();
    let tenant = TenantId::new("alpha").unwrap();
    let service = admin.mint_token(tenant.clone(), "feed".into(), "ingest".into()).await.unwrap();
    assert!(admin.mint_token(tenant, "feed".into(), "everything".into()).await.is_err());
    let row = |n: u32| format!("{OUTCOMES}O{n},a@example.com,language,2026-10-01,employed\n");
    assert_eq!(report(&world, "outcomes", service.reveal(), "text/csv", row(0)).await.accepted, 1);
    for (role, n) in Role::ALL.into_iter().zip(1..) {
        let token = world.token(role, "alpha").await;
        let response = world.ingest("alpha", "outcomes", &token, "text/csv", row(n).into_bytes()).await;
        let expected = if matches!(role, Role::Admin | Role::SuperAdmin) {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(response.status(), expected, "{role:?}");
    }
    world.stop().await;
}

#[tokio::test]
async fn duplicates_are_known_reused_ids_refused_and_figures_measured_once() {
    let world = World::start().await;
    let token = world.token(Role::Admin, "alpha").await;
    let row = |n| format!("O{n},p{n}@example.com,language,2026-10-0{},employed\n", n % 9 + 1);
    let rows = (0..12).map(row).collect::<Vec<_>>().concat();
    let file = format!(
        "{OUTCOMES}{rows}bad\nO1,p1@example.com,language,2026-10-02,employed\nO2,p2@example.com,language,2026-10-03,placement_started\n"
    );
    let first = report(&world, "outcomes", &token, "text/csv", file.clone()).await;
    assert_eq!((first.accepted, first.duplicate, first.refused), (12, 1, 2));
    assert_eq!(
        verdicts(&first),
        [(14, "ingest.column_count"), (15, "ingest.duplicate"), (16, "ingest.id_reused")]
    );
    assert!(first.figures > 0);
    let again = report(&world, "outcomes", &token, "text/csv", file).await;
    assert_eq!((again.accepted, again.duplicate, again.refused, again.figures), (0, 13, 2, 0));
    assert_eq!(again.head, first.head + 1, "only the receipt is new");
    let value = facts(&world, &token).await.into_iter().find_map(|fact| match fact {
        Fact::FigureMeasured { figure } if figure.key.to_string() == "social_value/2026-10/all" => {
            Some(figure)
        }
        _ => None,
    });
    assert_eq!(serde_json::to_string(&value.unwrap().inputs).unwrap(), r#"{"people_with_outcome":12.0}"#);
    world.stop().await;
}

#[tokio::test]
async fn files_that_cannot_be_taken_whole_change_nothing() {
    let world = World::start().await;
    let token = world.token(Role::Admin, "alpha").await;
    let before = world.hello("alpha", &token).await.head;
    for (source, kind, body, name) in [
        ("credentials", "text/csv", "x\n", "ingest.source_unknown"),
        ("outcomes", "text/plain", OUTCOMES, "ingest.content_type"),
        ("outcomes", "text/csv", "outcome_id,kind\n", "ingest.header"),
        ("outcomes", "text/csv", "", "ingest.header"),
        ("outcomes", "application/json", "[{", "ingest.json_invalid"),
    ] {
        let response = world.ingest("alpha", source, &token, kind, body.into()).await;
        assert_eq!(code(response).await.1, name);
    }
    let huge = world.ingest("alpha", "outcomes", &token, "text/csv", vec![b'x'; (64 << 20) + 1]).await;
    assert_eq!(code(huge).await.1, "request.too_large");
    assert_eq!(world.hello("alpha", &token).await.head, before);
    world.stop().await;
}

#[tokio::test]
async fn a_large_file_of_bad_lines_is_answered_in_full_and_reported_in_part() {
    let world = World::start().await;
    let token = world.token(Role::Admin, "alpha").await;
    let mut file = OUTCOMES.as_bytes().to_vec();
    for n in 0..20_000 {
        file.extend_from_slice(if n % 2 == 0 { b"\"\xff\n" } else { b",,,,\n" });
    }
    file.extend_from_slice(b"O1,a@example.com,language,2026-10-01,employed\n");
    let report = report(&world, "outcomes", &token, "text/csv", file).await;
    assert_eq!((report.accepted, report.refused, report.lines.len()), (1, 20_000, 1_000));
    world.stop().await;
}

#[tokio::test]
async fn evidence_reaches_those_who_may_see_it_without_names() {
    let world = World::start().await;
    let token = world.token(Role::Admin, "alpha").await;
    let score =
        r#"[{"dimension":"confidence","score":0.7,"confidence":0.9,"model":"q2q-3","method":"manual"}]"#;
    let line = |id: u32, text: &str| {
        format!(
            r#"{{"id":"f{id}","participant":"a@example.com","programme":"buddy","date":"2026-10-01","locale":"en","text":"{text}","scores":{score}}}"#
        )
    };
    let file = [
        line(1, "My name is Kari Nordmann, kari@example.com."),
        line(2, "my handle is @"),
        line(3, "Thanks to Person Admin."),
    ]
    .join("\n");
    let report = report(&world, "feedback", &token, "application/x-ndjson", file).await;
    assert_eq!(verdicts(&report), [(2, "ingest.personal_data")]);
    let texts = |facts: Vec<Fact>| -> BTreeSet<String> {
        let text =
            |fact| if let Fact::EvidenceAdded { evidence } = fact { Some(evidence.text) } else { None };
        facts.into_iter().filter_map(text).collect()
    };
    let director = world.token(Role::Director, "alpha").await;
    let expected = ["My name is [name], [email].", "Thanks to [name]."].map(str::to_owned);
    assert_eq!(texts(facts(&world, &director).await), expected.into());
    let viewer = world.token(Role::Viewer, "alpha").await;
    assert!(texts(facts(&world, &viewer).await).is_empty());
    world.stop().await;
}

/// Files in the shapes that upstream really exports; absent where only this repository is checked out.
#[tokio::test]
async fn upstream_files_are_read_as_they_come() {
    let folder = std::env::var_os("BOARDROOM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = folder.join("csv");
    if !folder.is_dir() {
        eprintln!("skipped: no upstream files at {}", folder.display());
        return;
    }
    let world = World::start().await;
    let token = world.token(Role::Admin, "alpha").await;
    for (file, source, accepted, refused) in [
        ("buddy-matches.csv", "buddy_matches", 5, vec![]),
        ("course-completions.csv", "course_completions", 4, vec![]),
        ("kintell-sessions.csv", "kintell_sessions", 3, vec![]),
        ("sample-valid-sessions.csv", "volunteer_sessions", 5, vec![]),
        (
            "sample-invalid-sessions.csv",
            "volunteer_sessions",
            0,
            vec![
                (2, "ingest.email_invalid"),
                (3, "ingest.missing"),
                (4, "ingest.missing"),
                (5, "ingest.date_in_future"),
            ],
        ),
    ] {
        let body = std::fs::read(folder.join(file)).unwrap();
        let report = report(&world, source, &token, "text/csv", body).await;
        assert_eq!(verdicts(&report), refused, "{file}");
        assert_eq!(report.accepted, accepted, "{file}");
    }
    let credentials = std::fs::read(folder.join("credentials.csv")).unwrap();
    let response = world.ingest("alpha", "credentials", &token, "text/csv", credentials).await;
    assert_eq!(code(response).await.1, "ingest.source_unknown");
    world.stop().await;
}
