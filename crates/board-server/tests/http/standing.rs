//! Requests that say under which role the reader works: what is shown under another role does not fit what it holds.

use board_domain::{Role, wire::Position};
use reqwest::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{World, add_cost, code};

/// Gives alpha's manager another role.
async fn assign(world: &World, role: Role) {
    let admin = world.token(Role::SuperAdmin, "alpha").await;
    let person = json!({ "id": "alpha-manager", "name": "Person manager", "role": role });
    let command = json!({ "command": "admit_person", "person": person });
    let batch =
        json!([{ "client": Uuid::new_v4(), "cmd_seq": 1, "key": Uuid::new_v4(), "command": command }]);
    let outcome = world.post("/v1/tenants/alpha/commands", &admin, &batch).await;
    let outcome: serde_json::Value = outcome.json().await.unwrap();
    assert_eq!(outcome[0]["outcome"], "done", "{outcome}");
}

#[tokio::test]
async fn nothing_is_shown_under_another_role_than_the_one_that_was_greeted() {
    let world = World::start().await;
    let token = world.token(Role::Manager, "alpha").await;
    let hello = world.hello("alpha", &token).await;
    assert_eq!(hello.role, Role::Manager);
    world.admin().snapshot(&board_domain::TenantId::new("alpha").unwrap()).await.unwrap();
    let after = Position { epoch: hello.epoch, seq: 1 };
    let paths = [
        format!("/v1/tenants/alpha/log?after={after}&role=MANAGER"),
        format!("/v1/tenants/alpha/log?after={after}&until=9&audience=management&role=MANAGER"),
        "/v1/tenants/alpha/snapshot?role=MANAGER".to_owned(),
    ];
    let stream = format!("/v1/tenants/alpha/log?after={after}&role=MANAGER");
    let open = || world.get(&stream, &token).header("accept", "text/event-stream").send();
    let all = |expected: StatusCode| {
        let (world, token, paths, open) = (&world, &token, &paths, &open);
        async move {
            for path in paths {
                let answer = world.get(path, token).send().await.unwrap();
                assert_eq!(answer.status(), expected, "{path}");
                if expected == StatusCode::CONFLICT {
                    assert_eq!(code(answer).await.1, "log.must_greet", "{path}");
                }
            }
            assert_eq!(open().await.unwrap().status(), expected);
        }
    };
    all(StatusCode::OK).await;
    assign(&world, Role::Viewer).await;
    all(StatusCode::CONFLICT).await;
    // Who says nothing is shown what they may see.
    let silent = world.get(&format!("/v1/tenants/alpha/log?after={after}"), &token).send().await.unwrap();
    assert_eq!(silent.status(), StatusCode::OK);
    // Taken away and given back: what is shown now fits what was held before.
    assign(&world, Role::Manager).await;
    all(StatusCode::OK).await;
    for role in ["manager", "", "KING", "MANAGER%00"] {
        for path in ["log", "snapshot"] {
            let path = format!("/v1/tenants/alpha/{path}?role={role}");
            let answer = world.get(&path, &token).send().await.unwrap();
            assert_eq!(code(answer).await.1, "request.malformed", "{path}");
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn a_request_that_is_held_back_ends_when_the_role_changes() {
    let world = World::start().await;
    let token = world.token(Role::Manager, "alpha").await;
    let hello = world.hello("alpha", &token).await;
    let at_head = Position { epoch: hello.epoch, seq: hello.head };
    let path = format!("/v1/tenants/alpha/log?after={at_head}&wait=30&role=MANAGER");
    let held = world.get(&path, &token).send();
    let (held, ()) = tokio::join!(held, async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        assign(&world, Role::Director).await;
    });
    assert_eq!(code(held.unwrap()).await.1, "log.must_greet");
    world.stop().await;
}

#[tokio::test]
async fn a_position_that_cannot_be_continued_is_told_only_to_one_who_stands_as_they_say() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    add_cost(&world, &admin, "C1").await;
    let token = world.token(Role::Manager, "alpha").await;
    let elsewhere = Position { epoch: Uuid::nil(), seq: 1 };
    for (role, expected) in [("MANAGER", "log.must_resnapshot"), ("VIEWER", "log.must_greet")] {
        let path = format!("/v1/tenants/alpha/log?after={elsewhere}&role={role}");
        let page = world.get(&path, &token).send().await.unwrap();
        assert_eq!(code(page).await.1, expected);
        let stream = world.get(&path, &token).header("accept", "text/event-stream").send().await.unwrap();
        assert_eq!(code(stream).await.1, expected);
    }
    world.stop().await;
}
