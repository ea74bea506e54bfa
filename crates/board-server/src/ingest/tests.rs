//! Ingest line by line: what is taken, what is refused and why. Not HTTP.

use super::*;
use proptest::prelude::*;

fn context() -> Context {
    let programmes = ["buddy", "language", "mentoring", "upskilling"];
    Context {
        tenant: TenantId::new("alpha").unwrap(),
        today: jiff::civil::date(2026, 11, 23),
        zone: TimeZone::get("Europe/Oslo").unwrap(),
        currency: Currency::parse("NOK").unwrap(),
        programmes: programmes.iter().map(|id| ProgrammeId::new(*id).unwrap()).collect(),
        names: Names::new(["Ingrid Solberg"]),
        pseudonym_key: [3; 32],
    }
}

fn checked(name: &str, format: Format, bytes: &[u8]) -> Vec<(u32, Result<Checked, Fault>)> {
    check(source(name).unwrap(), format, bytes, &context()).unwrap().lines
}

/// Line and code, `ok` for an accepted line.
fn verdicts(name: &str, format: Format, bytes: &[u8]) -> Vec<(u32, &'static str)> {
    checked(name, format, bytes)
        .into_iter()
        .map(|(line, result)| (line, result.map_or_else(|fault| fault.code, |_| "ok")))
        .collect()
}

const KINTELL: &str = "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,feedback_text,language_level";

fn kintell(row: &str) -> &'static str {
    verdicts("kintell_sessions", Format::Csv, format!("{KINTELL}\n{row}\n").as_bytes())[0].1
}

#[test]
fn every_fault_has_its_code() {
    for (row, code) in [
        (
            "S1,Language Connect,a@example.com,b@example.com,2026-11-01T15:00:00Z,60,5,\"Good, really\",B1",
            "ok",
        ),
        ("S1,Mentorship,a@example.com,b@example.com,2026-11-23,1440,,,", "ok"),
        ("S1,mentorship,a@example.com,b@example.com,2026-11-23,1,1,,C2", "ok"),
        (",Mentorship,a@example.com,b@example.com,2026-11-01,60,,,", "ingest.missing"),
        ("S1,Chess,a@example.com,b@example.com,2026-11-01,60,,,", "ingest.value_unknown"),
        ("S1,Mentorship,a.example.com,b@example.com,2026-11-01,60,,,", "ingest.email_invalid"),
        ("S1,Mentorship,a@example,b@example.com,2026-11-01,60,,,", "ingest.email_invalid"),
        ("S1,Mentorship,a@ex ample.com,b@example.com,2026-11-01,60,,,", "ingest.email_invalid"),
        ("S1,Mentorship,a@example.com,b@example.com,2026-11-24,60,,,", "ingest.date_in_future"),
        // Half past eleven at night in UTC is tomorrow in Oslo.
        ("S1,Mentorship,a@example.com,b@example.com,2026-11-23T23:30:00Z,60,,,", "ingest.date_in_future"),
        ("S1,Mentorship,a@example.com,b@example.com,2026-02-30,60,,,", "ingest.date_invalid"),
        ("S1,Mentorship,a@example.com,b@example.com,01.11.2026,60,,,", "ingest.date_invalid"),
        ("S1,Mentorship,a@example.com,b@example.com,1999-12-31,60,,,", "ingest.date_invalid"),
        ("S1,Mentorship,a@example.com,b@example.com,2026-11-01,0,,,", "ingest.out_of_range"),
        ("S1,Mentorship,a@example.com,b@example.com,2026-11-01,1441,,,", "ingest.out_of_range"),
        (
            "S1,Mentorship,a@example.com,b@example.com,2026-11-01,99999999999999999999,,,",
            "ingest.out_of_range",
        ),
        ("S1,Mentorship,a@example.com,b@example.com,2026-11-01,-5,,,", "ingest.number_invalid"),
        ("S1,Mentorship,a@example.com,b@example.com,2026-11-01,6e1,,,", "ingest.number_invalid"),
        ("S1,Mentorship,a@example.com,b@example.com,2026-11-01,60,6,,", "ingest.out_of_range"),
        ("S1,Mentorship,a@example.com,b@example.com,2026-11-01,60,5,,B3", "ingest.value_unknown"),
        ("a@b.example,Mentorship,a@example.com,b@example.com,2026-11-01,60,5,,", "ingest.id_invalid"),
        ("S1,Mentorship,a@example.com,b@example.com,2026-11-01,60,5,", "ingest.column_count"),
        ("S1,Mentorship,a@example.com,b@example.com,2026-11-01,60,5,,,", "ingest.column_count"),
        ("S\u{0}1,Mentorship,a@example.com,b@example.com,2026-11-01,60,5,,", "ingest.control_character"),
        ("\"S1,Mentorship,a@example.com,b@example.com,2026-11-01,60,5,,", "ingest.quote_open"),
        ("\"S1\"x,Mentorship,a@example.com,b@example.com,2026-11-01,60,5,,", "ingest.quote_stray"),
    ] {
        assert_eq!(kintell(row), code, "{row}");
    }
    let long = format!("S1,Mentorship,a@example.com,b@example.com,2026-11-01,60,5,{},", "x".repeat(10_001));
    assert_eq!(kintell(&long), "ingest.field_too_long");
    let mut bytes = format!("{KINTELL}\n").into_bytes();
    bytes.extend_from_slice(b"S\xff,Mentorship,a@example.com,b@example.com,2026-11-01,60,5,,\n");
    assert_eq!(verdicts("kintell_sessions", Format::Csv, &bytes), [(2, "ingest.not_utf8")]);
}

#[test]
fn a_bad_line_never_stops_a_good_one() {
    let file = format!(
        "\u{feff}{KINTELL}\r\nS1,Mentorship,a@example.com,b@example.com,2026-11-01,60,5,\"two\r\nlines\",\r\nbad\r\nS2,\"open,x\r\nS3,Mentorship,a@example.com,b@example.com,2026-11-01,60,5,,\r\n"
    );
    assert_eq!(
        verdicts("kintell_sessions", Format::Csv, file.as_bytes()),
        [(2, "ok"), (4, "ingest.column_count"), (5, "ingest.quote_open"), (6, "ok")]
    );
}

#[test]
fn headers_are_strict_but_not_ordered() {
    let refused = |header: &str| {
        check(source("costs").unwrap(), Format::Csv, header.as_bytes(), &context()).err().map(|f| f.code())
    };
    assert_eq!(refused("amount,currency,cost_id,programme,month,category\n"), None);
    for header in [
        "",
        "cost_id,programme,month,category,amount",
        "cost_id,programme,month,category,amount,currency,extra",
        "cost_id,cost_id,programme,month,category,amount",
        "Cost_id,programme,month,category,amount,currency",
    ] {
        assert_eq!(refused(header), Some("ingest.header"), "{header}");
    }
    assert_eq!(source("credentials").err().unwrap().code(), "ingest.source_unknown");
}

#[test]
fn amounts_are_exact_and_of_the_tenants_currency() {
    let cost = |amount: &str, currency: &str, month: &str| {
        let file =
            format!("cost_id,programme,month,category,amount,currency\nC1,,{month},rent,{amount},{currency}");
        checked("costs", Format::Csv, file.as_bytes()).remove(0).1
    };
    let IntakeRow::Cost(row) = cost("1234.5", "NOK", "2026-09").unwrap().row else { panic!() };
    assert_eq!((row.amount.minor, row.programme), (123_450, None));
    let code = |amount, currency, month| cost(amount, currency, month).err().map(|fault| fault.code);
    assert_eq!(code("12", "EUR", "2026-09"), Some("ingest.currency"));
    assert_eq!(code("12", "NOK", "2026-12"), Some("ingest.date_in_future"));
    assert_eq!(code("12", "NOK", "2026-Q3"), Some("ingest.date_invalid"));
    for amount in ["-1", "1.234", "1e3", "1.", ".5", "١", "NaN", "9999999999999"] {
        assert_eq!(code(amount, "NOK", "2026-09"), Some("ingest.number_invalid"), "{amount}");
    }
}

const FEEDBACK: &str = r#"{"id":"fb-1","participant":"a@example.com","programme":"language","date":"2026-10-01","locale":"no","text":"Jeg heter Kari. Takk til Ingrid Solberg, ring 912 34 567.","scores":[{"dimension":"lang_level_proxy","score":0.7,"confidence":0.9,"model":"q2q-3","method":"ai_classifier"}]}"#;

#[test]
fn feedback_becomes_redacted_evidence_with_a_stable_id() {
    let line = checked("feedback", Format::Ndjson, FEEDBACK.as_bytes()).remove(0).1.unwrap();
    insta::assert_json_snapshot!("evidence", line.evidence);
    insta::assert_json_snapshot!("feedback_row", line.row);
}

#[test]
fn nothing_that_is_kept_names_anybody() {
    let session = "S1,Mentorship,Kari.Nordmann@example.com,per@example.com,2026-11-01,60,5,Kari is kind,B1";
    let file = format!("{KINTELL}\n{session}");
    let mut kept: Vec<Checked> = Vec::new();
    for (name, format, bytes) in [
        ("kintell_sessions", Format::Csv, file.as_bytes()),
        ("feedback", Format::Ndjson, FEEDBACK.as_bytes()),
        ("buddy_matches", Format::Csv, b"participant_email,buddy_email,matched_at,status,language,interests,location\nkari.nordmann@example.com,per@example.com,2026-01-01,active,English,chess,Oslo" as &[u8]),
    ] {
        kept.extend(checked(name, format, bytes).into_iter().map(|(_, line)| line.unwrap()));
    }
    assert_eq!(kept.len(), 3);
    for line in kept {
        let text =
            format!("{} {} {:?}", line.external_id, serde_json::to_string(&line.row).unwrap(), line.evidence);
        for word in ["@", "Kari", "kari", "per@", "Ingrid", "912"] {
            assert!(!text.contains(word), "{word} in {text}");
        }
    }
}

#[test]
fn feedback_that_cannot_be_trusted_is_refused() {
    let with = |from: &str, to: &str| {
        let line = FEEDBACK.replace(from, to);
        assert_ne!(line, FEEDBACK);
        verdicts("feedback", Format::Ndjson, line.as_bytes())[0].1
    };
    assert_eq!(with("Takk til", "@ k"), "ingest.personal_data");
    assert_eq!(with("\"score\":0.7", "\"score\":1.01"), "ingest.scores_invalid");
    assert_eq!(with("\"score\":0.7", "\"score\":\"x\""), "ingest.scores_invalid");
    assert_eq!(with("lang_level_proxy", "luck"), "ingest.scores_invalid");
    assert_eq!(with("q2q-3", "kari@example.com"), "ingest.scores_invalid");
    assert_eq!(with("ai_classifier", "guess"), "ingest.scores_invalid");
    assert_eq!(with("\"no\"", "\"de\""), "ingest.value_unknown");
    assert_eq!(with("\"language\"", "\"sailing\""), "ingest.programme_unknown");
    assert_eq!(with("\"locale\"", "\"extra\":1,\"locale\""), "ingest.column_unknown");
    assert_eq!(with("{\"id\"", "[\"id\""), "ingest.json_invalid");
    assert_eq!(with("Jeg heter", "a\\u0000b"), "ingest.control_character");
}

#[test]
fn every_format_gives_the_same_rows() {
    let csv =
        "outcome_id,participant_email,programme,date,kind\nO1,a@example.com,language,2026-10-01,employed\n";
    let object = r#"{"outcome_id":"O1","participant_email":"a@example.com","programme":"language","date":"2026-10-01","kind":"employed"}"#;
    let list = format!("[{object}]");
    let hashes: Vec<Hash> =
        [(Format::Csv, csv), (Format::Ndjson, object), (Format::Json, object), (Format::Json, &list)]
            .into_iter()
            .map(|(format, text)| checked("outcomes", format, text.as_bytes()).remove(0).1.unwrap().row_hash)
            .collect();
    assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]));
    let deep = "[".repeat(100_000);
    assert!(check(source("outcomes").unwrap(), Format::Json, deep.as_bytes(), &context()).is_err());
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..400), which in 0..9_usize) {
        let source = &adapters::SOURCES[which];
        let mut file = source.columns.join(",").into_bytes();
        file.push(b'\n');
        file.extend(&bytes);
        prop_assert!(check(source, Format::Csv, &file, &context()).is_ok());
        for format in [Format::Ndjson, Format::Json] {
            let _ = check(source, format, &bytes, &context());
        }
    }
}
