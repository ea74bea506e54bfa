//! A token of one tenant opens nothing of another, and the other looks as if it did not exist.

use board_domain::{Role, TenantId, wire::TenantEntry};
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{World, code};

#[tokio::test]
async fn every_tenant_route_is_closed_to_strangers() {
    let world = World::start().await;
    let stranger = world.token(Role::SuperAdmin, "alpha").await;
    let (admin, alpha) = (world.admin(), TenantId::new("alpha").unwrap());
    let service = admin.mint_token(alpha, "feed".into(), "ingest".into()).await.unwrap();
    for tenant in ["beta", "nosuch", "..%2Falpha", "ALPHA"] {
        let mut answers = Vec::new();
        let hash = "0".repeat(64);
        for path in
            ["hello", "log", "log?after=x", "log?audience=board", "snapshot", &format!("snapshot/{hash}")]
        {
            let path = format!("/v1/tenants/{tenant}/{path}");
            answers.push(world.get(&path, &stranger).send().await.unwrap());
            answers.push(
                world.get(&path, &stranger).header("accept", "text/event-stream").send().await.unwrap(),
            );
        }
        answers.push(world.post(&format!("/v1/tenants/{tenant}/commands"), &stranger, &json!([])).await);
        answers.push(world.ingest(tenant, "costs", &stranger, "text/csv", Vec::new()).await);
        for answer in answers {
            let (status, name, _) = code(answer).await;
            assert_eq!((status, name.as_str()), (StatusCode::NOT_FOUND, "tenant.not_found"), "{tenant}");
        }
        let by_service = world.ingest(tenant, "costs", service.reveal(), "text/csv", Vec::new()).await;
        assert!(matches!(by_service.status(), StatusCode::UNAUTHORIZED | StatusCode::NOT_FOUND), "{tenant}");
    }
    let mine: Vec<TenantEntry> =
        world.get("/v1/tenants", &stranger).send().await.unwrap().json().await.unwrap();
    assert_eq!(mine.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["alpha"]);
    assert_eq!(mine[0].name, "Company alpha");
    // A service token is no person.
    for path in ["/v1/tenants", "/v1/tenants/alpha/hello", "/v1/tenants/alpha/log"] {
        let response = world.get(path, service.reveal()).send().await.unwrap();
        assert_eq!(code(response).await.0, StatusCode::UNAUTHORIZED, "{path}");
    }
    world.stop().await;
}

#[tokio::test]
async fn nothing_is_open_without_a_token() {
    let world = World::start().await;
    for path in [
        "/v1/tenants",
        "/v1/tenants/alpha/hello",
        "/v1/tenants/alpha/log",
        "/v1/tenants/alpha/snapshot",
        "/v1/tenants/alpha/snapshot/00",
    ] {
        for token in ["", "x", "bat_0000", &"x".repeat(5_000)] {
            let response = world.get(path, token).send().await.unwrap();
            assert_eq!(code(response).await.0, StatusCode::UNAUTHORIZED, "{path}");
        }
    }
    world.stop().await;
}
