//! The hash chain: no field of an event can change without its digest changing.
// Helpers of a test fail it by panicking.
#![allow(clippy::unwrap_used)]

mod common;

use board_domain::{Actor, Audience, Event, Hash, Origin, TenantId};
use common::{Log, now, person_id};
use proptest::prelude::*;
use uuid::Uuid;

fn event() -> Event {
    let mut log = Log::default();
    log.append_raw("figure.measured", r#"{"a":1}"#);
    let mut event = log.events.remove(0);
    event.origin = Some(Origin { client: Uuid::from_u128(5), cmd_seq: 6 });
    event
}

fn body(text: &str) -> Box<serde_json::value::RawValue> {
    serde_json::value::RawValue::from_string(text.into()).unwrap()
}

/// What is changed, and how.
type Tampering = (&'static str, fn(&mut Event));

#[test]
fn every_field_counts() {
    let tamperings: [Tampering; 15] = [
        ("tenant", |e| e.tenant = TenantId::new("other").unwrap()),
        ("seq", |e| e.seq += 1),
        ("id", |e| e.id = Uuid::from_u128(99)),
        ("at", |e| e.at = now() + jiff::SignedDuration::from_nanos(1)),
        ("actor", |e| e.actor = Actor::Service("other".into())),
        ("actor's kind", |e| e.actor = Actor::Person(person_id("ingest"))),
        ("no origin", |e| e.origin = None),
        ("origin's client", |e| e.origin.as_mut().unwrap().client = Uuid::from_u128(7)),
        ("origin's number", |e| e.origin.as_mut().unwrap().cmd_seq = 7),
        ("audience", |e| e.audience = Audience::Evidence),
        ("audience_seq", |e| e.audience_seq += 1),
        ("prev_hash", |e| e.prev_hash = Hash([1; 32])),
        ("kind", |e| e.kind = "figure.measured2".into()),
        ("body", |e| e.body = body(r#"{"a":2}"#)),
        ("body's spelling", |e| e.body = body(r#"{"a": 1}"#)),
    ];
    let mut seen = vec![event().digest()];
    for (what, tamper) in tamperings {
        let mut changed = event();
        tamper(&mut changed);
        let digest = changed.digest();
        assert!(!seen.contains(&digest), "{what} does not count");
        seen.push(digest);
    }
    // The stored hash is the outcome, not an input.
    let mut stored = event();
    stored.hash = Hash([9; 32]);
    assert_eq!(stored.digest(), event().digest());
}

#[test]
fn a_hash_reads_from_its_64_digits_only() {
    let text = "00017f80ff".to_owned() + &"9a".repeat(27);
    let hash = Hash::parse(&text).unwrap();
    assert_eq!(hash.0[..6], [0x00, 0x01, 0x7f, 0x80, 0xff, 0x9a]);
    assert_eq!(hash.to_string(), text);
    assert_eq!(Hash::parse(&text.to_uppercase()), Some(hash));
    for position in 0..64 {
        for wrong in ["g", "/", ":", "@", "G", "`", " ", "\0", "\u{7f}", "x"] {
            let mut bad = text.clone();
            bad.replace_range(position..=position, wrong);
            assert_eq!(Hash::parse(&bad), None, "{bad}");
        }
    }
    for bad in ["", &text[1..], &format!("{text}0"), &"é".repeat(32), &"0".repeat(1 << 20)] {
        assert_eq!(Hash::parse(bad), None, "{bad}");
    }
}

#[test]
fn the_digest_is_the_documented_one() {
    use sha2::{Digest, Sha256};
    let event = event();
    let mut bytes = vec![0; 32];
    bytes.extend_from_slice(
        b"fjordlys\n1\n00000000-0000-0000-0000-000000000001\n2026-10-15T09:30:00Z\nservice:ingest\n\
          00000000-0000-0000-0000-000000000005:6\nboard\n1\nfigure.measured\n{\"a\":1}",
    );
    assert_eq!(event.digest(), Hash(Sha256::digest(bytes).into()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn an_event_keeps_its_digest_over_the_wire(seq in 1..u64::MAX, text in ".{0,60}", nanos in 0..1_000_000_000_i64) {
        let mut event = event();
        event.seq = seq;
        event.at = now() + jiff::SignedDuration::from_nanos(nanos);
        event.body = body(&serde_json::to_string(&text).unwrap());
        event.hash = event.digest();
        let line = serde_json::to_string(&event).unwrap();
        let read: Event = serde_json::from_str(&line).unwrap();
        prop_assert_eq!(read.digest(), event.hash);
    }
}
