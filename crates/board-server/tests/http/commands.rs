//! Commands: once each however often they arrive, refused for good without blocking, and permitted by role.

use board_domain::{
    Role,
    wire::{CommandOutcome, Frame},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{World, code};

const PATH: &str = "/v1/tenants/alpha/commands";

fn sealed(client: Uuid, cmd_seq: u64, key: Uuid, command: &Value) -> Value {
    json!({ "client": client, "cmd_seq": cmd_seq, "key": key, "command": command })
}

fn watermark(opacity: f64) -> Value {
    json!({ "command": "set_watermark", "watermark": { "text": "{status}", "position": "header",
        "opacity": opacity, "size": 12.0, "colour": "#475569" } })
}

async fn outcomes(world: &World, token: &str, batch: &Value) -> Vec<CommandOutcome> {
    let response = world.post(PATH, token, batch).await;
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

#[tokio::test]
async fn a_repeated_command_gets_the_first_answer_and_happens_once() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    let (client, key) = (Uuid::new_v4(), Uuid::new_v4());
    let before = world.hello("alpha", &admin).await.head;
    let batch = json!([sealed(client, 1, key, &watermark(0.2))]);
    let first = outcomes(&world, &admin, &batch).await;
    assert_eq!(first, [CommandOutcome::Done { cmd_seq: 1, seq: before + 1 }]);
    // The same command written with other spaces and another order of keys is the same command.
    let spaced = serde_json::to_string_pretty(&batch).unwrap();
    let request = world.client.post(format!("{}{PATH}", world.url)).bearer_auth(&admin).body(spaced);
    let again: Vec<CommandOutcome> = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(again, first);
    let racing = (0..8).map(|_| {
        let batch = json!([sealed(client, 2, client, &watermark(0.3))]);
        let (world, admin) = (&world, &admin);
        async move { outcomes(world, admin, &batch).await }
    });
    let racing = futures::future::join_all(racing).await;
    assert!(racing.iter().all(|answer| *answer == racing[0]));
    assert_eq!(world.hello("alpha", &admin).await.head, before + 2);
    let frames = world.frames("alpha", &admin, 1_000).await;
    let Some(Frame::Event(event)) = frames.last() else { panic!() };
    let origin = event.origin.as_ref().unwrap();
    assert_eq!((origin.client, origin.cmd_seq), (client, 2));
    world.stop().await;
}

#[tokio::test]
async fn gaps_reused_keys_and_foreign_clients_are_told_apart() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    let (client, key) = (Uuid::new_v4(), Uuid::new_v4());
    let gap = json!([sealed(client, 2, key, &watermark(0.2))]);
    let expected = (StatusCode::CONFLICT, "command.gap".to_owned(), "1".to_owned());
    assert_eq!(code(world.post(PATH, &admin, &gap).await).await, expected);
    // What stands before a gap is done.
    let batch = json!([sealed(client, 1, key, &watermark(0.2)), sealed(client, 3, client, &watermark(0.2))]);
    let expected = (StatusCode::CONFLICT, "command.gap".to_owned(), "2".to_owned());
    assert_eq!(code(world.post(PATH, &admin, &batch).await).await, expected);
    for reused in [
        sealed(client, 1, key, &watermark(0.9)),
        sealed(client, 1, Uuid::new_v4(), &watermark(0.2)),
        sealed(client, 2, key, &watermark(0.2)),
        sealed(client, 0, Uuid::new_v4(), &watermark(0.2)),
    ] {
        let (status, name, _) = code(world.post(PATH, &admin, &json!([reused])).await).await;
        assert_eq!((status, name.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "command.key_reused"));
    }
    let other = world.token(Role::SuperAdmin, "alpha").await;
    let foreign = json!([sealed(client, 2, Uuid::new_v4(), &watermark(0.2))]);
    assert_eq!(code(world.post(PATH, &other, &foreign).await).await.1, "command.client_taken");
    world.stop().await;
}

#[tokio::test]
async fn a_refused_command_is_told_to_its_sender_only_and_blocks_nothing() {
    let world = World::start().await;
    let viewer = world.token(Role::Viewer, "alpha").await;
    let client = Uuid::new_v4();
    let export = json!({ "command": "teleport", "to": "Oslo" });
    let batch = json!([
        sealed(client, 1, Uuid::new_v4(), &watermark(0.2)),
        sealed(client, 2, Uuid::new_v4(), &export),
        sealed(client, 3, Uuid::new_v4(), &watermark(9.0)),
    ]);
    let answers = outcomes(&world, &viewer, &batch).await;
    let codes: Vec<&str> = answers
        .iter()
        .map(|answer| match answer {
            CommandOutcome::Refused { code, .. } => code.as_str(),
            CommandOutcome::Done { .. } => "done",
        })
        .collect();
    assert_eq!(codes, ["command.forbidden", "command.malformed", "command.forbidden"]);
    let refusals = |frames: Vec<Frame>| {
        let refused =
            |frame: &&Frame| matches!(frame, Frame::Event(event) if event.kind == "command.refused");
        frames.iter().filter(refused).count()
    };
    assert_eq!(refusals(world.frames("alpha", &viewer, 1_000).await), 3);
    let admin = world.token(Role::SuperAdmin, "alpha").await;
    assert_eq!(refusals(world.frames("alpha", &admin, 1_000).await), 0);
    world.stop().await;
}

#[tokio::test]
async fn roles_decide_what_happens() {
    let world = World::start().await;
    for role in Role::ALL {
        let token = world.token(role, "alpha").await;
        let batch = json!([sealed(Uuid::new_v4(), 1, Uuid::new_v4(), &watermark(0.2))]);
        let done = matches!(outcomes(&world, &token, &batch).await[0], CommandOutcome::Done { .. });
        assert_eq!(done, role.may(board_domain::Permission::SetTheme), "{role:?}");
    }
    world.stop().await;
}
