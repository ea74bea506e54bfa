//! The tenants' signing keys: published to everybody, certifying devices, vouching for approvals, rotated and revoked.

use board_domain::{
    Attestation, Device, Fact, PublishedKeys, Role, Signed, TenantId, TenantKey, Vouched, wire::Frame,
};
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::Timestamp;
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{NOW, World, code};

const PATH: &str = "/v1/tenants/alpha/commands";

async fn published(world: &World) -> Vec<TenantKey> {
    // No token: whoever holds a pack may ask.
    let response = world.client.get(format!("{}/v1/tenants/alpha/keys", world.url)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.json::<PublishedKeys>().await.unwrap().keys
}

/// Sends a command as a client of its own; gives its outcome's code, or nothing where it happened.
async fn send(world: &World, token: &str, command: Value) -> Option<String> {
    let sealed =
        json!([{ "client": Uuid::new_v4(), "cmd_seq": 1, "key": Uuid::new_v4(), "command": command }]);
    let outcomes: Vec<Value> = world.post(PATH, token, &sealed).await.json().await.unwrap();
    outcomes[0]["code"].as_str().map(str::to_owned)
}

async fn facts(world: &World, token: &str) -> Vec<Fact> {
    let frames = world.frames("alpha", token, 1_000).await;
    let fact = |frame| if let Frame::Event(event) = frame { event.fact().unwrap() } else { None };
    frames.into_iter().filter_map(fact).collect()
}

async fn devices(world: &World, token: &str) -> Vec<Device> {
    let device = |fact| if let Fact::DeviceCertified { device } = fact { Some(device) } else { None };
    facts(world, token).await.into_iter().filter_map(device).collect()
}

async fn attestations(world: &World, token: &str) -> Vec<Attestation> {
    let attestation = |fact| match fact {
        Fact::ReportAttested { attestation } => Some(attestation),
        _ => None,
    };
    facts(world, token).await.into_iter().filter_map(attestation).collect()
}

fn holds(signed: &Signed) -> bool {
    let bytes: [u8; 32] = hex::decode(&signed.key).unwrap().try_into().unwrap();
    let signature: [u8; 64] = hex::decode(&signed.signature).unwrap().try_into().unwrap();
    let key = VerifyingKey::from_bytes(&bytes).unwrap();
    key.verify_strict(signed.text.as_bytes(), &Signature::from_bytes(&signature)).is_ok()
}

/// Takes a report to approval.
async fn approve(world: &World, id: &str) {
    let manager = world.token(Role::Manager, "alpha").await;
    let director = world.token(Role::Director, "alpha").await;
    let cited = json!([{ "type": "citation", "attrs": { "evidence": "ev-1" } }]);
    let narrative = json!({ "type": "doc", "content": [{ "type": "paragraph",
        "content": [{ "type": "text", "text": "All went well.", "marks": cited }] }] });
    let draft = json!({ "command": "draft_report", "id": id, "title": "Third quarter", "template": "quarterly",
        "period": "2026-Q3", "sections": [{ "id": "summary", "narrative": narrative }] });
    let step =
        |step: &str| json!({ "command": "move_report", "id": id, "version": 1, "step": step, "reason": "" });
    assert_eq!(send(world, &manager, draft).await, None);
    assert_eq!(send(world, &manager, step("submit")).await, None);
    assert_eq!(send(world, &director, step("approve")).await, None);
}

#[tokio::test]
async fn a_tenant_has_a_key_from_the_start_and_everybody_may_know_it() {
    let world = World::start().await;
    let keys = published(&world).await;
    assert_eq!(keys.len(), 1);
    assert!(keys[0].is_current() && board_domain::is_public_key(&keys[0].public));
    let viewer = world.token(Role::Viewer, "alpha").await;
    assert!(
        facts(&world, &viewer).await.contains(&Fact::KeySet { key: keys[0].clone() }),
        "it is in the log"
    );
    for unknown in ["gamma", "..", "A", "%00"] {
        let url = format!("{}/v1/tenants/{unknown}/keys", world.url);
        let response = world.client.get(url).send().await.unwrap();
        assert_eq!(code(response).await.0, StatusCode::NOT_FOUND, "{unknown}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_device_is_certified_for_its_person_and_nobody_else_sees_it() {
    let world = World::start().await;
    let director = world.token(Role::Director, "alpha").await;
    let device = "0a".repeat(32);
    let enrol = |public: &str| json!({ "command": "enrol_device", "public": public });
    assert_eq!(send(&world, &director, enrol(&device)).await, None);
    let certified = devices(&world, &director).await;
    let signed = certified[0].certificate.as_ref().unwrap();
    assert!(holds(signed));
    assert_eq!(signed.key, published(&world).await[0].public);
    let Some(Vouched::Device(certificate)) = signed.says() else { panic!("{}", signed.text) };
    assert_eq!((certificate.tenant.as_str(), certificate.person.as_str()), ("alpha", "alpha-director"));
    assert_eq!((certificate.name.as_str(), &certificate.device), ("Person director", &device));
    let now = Timestamp::from_millisecond(NOW).unwrap();
    assert_eq!(certificate.not_before, now);
    assert_eq!(certificate.not_after.duration_since(now).as_hours(), 14 * 24);

    let admin = world.token(Role::SuperAdmin, "alpha").await;
    assert_eq!(devices(&world, &admin).await, []);
    let viewer = world.token(Role::Viewer, "alpha").await;
    assert_eq!(send(&world, &viewer, enrol(&device)).await.unwrap(), "command.forbidden");
    for bad in ["", "0A", &"0A".repeat(32), &"0a".repeat(1_000), "ключ"] {
        assert_eq!(send(&world, &director, enrol(bad)).await.unwrap(), "command.malformed", "{bad}");
    }
    world.stop().await;
}

#[tokio::test]
async fn an_approval_is_signed_and_what_a_revoked_key_signed_is_signed_anew() {
    let world = World::start().await;
    let viewer = world.token(Role::Viewer, "alpha").await;
    let director = world.token(Role::Director, "alpha").await;
    approve(&world, "q3").await;
    let enrol = json!({ "command": "enrol_device", "public": "0b".repeat(32) });
    assert_eq!(send(&world, &director, enrol).await, None);
    let attested = attestations(&world, &viewer).await;
    assert_eq!(attested.len(), 1);
    let statement = &attested[0].statement;
    assert!(holds(statement));
    let Some(Vouched::Approval(approval)) = statement.says() else { panic!("{}", statement.text) };
    assert_eq!(
        (approval.report.as_str(), approval.version, approval.name.as_str()),
        ("q3", 1, "Person director")
    );
    let report = facts(&world, &viewer).await.into_iter().find_map(|fact| match fact {
        Fact::ReportPublished { report } => Some(report),
        _ => None,
    });
    assert_eq!(approval.content_hash, report.unwrap().content_hash());

    let (admin, alpha) = (world.admin(), TenantId::new("alpha").unwrap());
    let later = Timestamp::from_millisecond(NOW + 60_000).unwrap();
    let second = admin.rotate_key(alpha.clone(), later).await.unwrap();
    let keys = published(&world).await;
    assert_eq!(keys.len(), 2);
    assert_eq!((keys[0].retired, keys[1].public.as_str()), (Some(later), second.public.as_str()));
    assert_eq!(attestations(&world, &viewer).await.len(), 1, "what a retired key said stays good");
    approve(&world, "q4").await;
    assert_eq!(attestations(&world, &viewer).await[1].statement.key, second.public);

    let first = keys[0].public.clone();
    assert!(admin.revoke_key(alpha.clone(), "ff".repeat(32), String::new(), later).await.is_err());
    let now = admin.revoke_key(alpha.clone(), first.clone(), "laptop stolen".into(), later).await.unwrap();
    assert_eq!(now.public, second.public, "a retired key has no successor to make");
    let keys = published(&world).await;
    assert_eq!((keys[0].revoked, keys[0].reason.as_str()), (Some(later), "laptop stolen"));
    let again = attestations(&world, &viewer).await;
    assert_eq!(again.len(), 3);
    assert_eq!((&again[2].statement.text, &again[2].statement.key), (&statement.text, &second.public));
    assert!(holds(&again[2].statement));
    let certified = devices(&world, &director).await;
    assert_eq!(certified.len(), 2);
    assert!(holds(certified[1].certificate.as_ref().unwrap()));

    let third = admin.revoke_key(alpha, second.public.clone(), "restored".into(), later).await.unwrap();
    assert_ne!(third.public, second.public, "a key that signed is replaced");
    let newest = attestations(&world, &viewer).await;
    assert_eq!(newest.len(), 5);
    assert!(newest[3..].iter().all(|one| one.statement.key == third.public && holds(&one.statement)));
    world.stop().await;
}
