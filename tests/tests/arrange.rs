//! Dashboards are arranged where there is no network, and whoever comes second is told so; with the real programs.
#![allow(clippy::unwrap_used, reason = "a journey that cannot go on fails loudly")]

use boardroom_tests::{Server, Session};
use serde_json::{Value, json};

/// Of the demo tenant: two who may arrange, one who may not.
const SUPER_ADMIN: &str = "astrid.vikholm@fjordlys.example";
const ADMIN: &str = "mina.okstad@fjordlys.example";
const VIEWER: &str = "ragnhild.tangen@fjordlys.example";

/// The definition as it is printed.
fn definition(session: &Session) -> Value {
    session.ok(&["arrange", "overview"])["dashboard"].clone()
}

fn arrange(session: &Session, definition: &str) -> boardroom_tests::Answer {
    let file = session.documents().join("definition.json");
    std::fs::write(&file, definition).unwrap();
    session.cli(&["arrange", "overview", "--from", file.to_str().unwrap()])
}

fn tiles(session: &Session) -> Vec<String> {
    let view = session.ok(&["dashboards", "overview"]);
    view["tiles"].as_array().unwrap().iter().map(|tile| tile["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_dashboard_is_arranged_offline_and_who_comes_second_is_refused() {
    let mut server = Server::with_demo();
    let (first, second) = (Session::signed_in(&server, SUPER_ADMIN), Session::signed_in(&server, ADMIN));
    let before = tiles(&first);
    server.kill();

    let mut wanted = definition(&first);
    let list = wanted["tiles"].as_array_mut().unwrap();
    list.reverse();
    list.truncate(3);
    list.push(json!({ "id": "new-one", "shows": { "shows": "kpi", "metric": "sroi" } }));
    let answer = arrange(&first, &wanted.to_string());
    assert_eq!(answer.code, 0, "{}", answer.json);
    let after = tiles(&first);
    assert_eq!(after.len(), 4, "it shows before it is sent: {after:?}");
    assert_eq!((after[0].as_str(), after[3].as_str()), (before.last().unwrap().as_str(), "new-one"));
    assert_eq!(first.ok(&["outbox"])["pending"].as_array().unwrap().len(), 1);

    let mut other = definition(&second);
    other["tiles"].as_array_mut().unwrap().truncate(1);
    assert_eq!(arrange(&second, &other.to_string()).code, 0);
    assert_eq!(tiles(&second).len(), 1);

    server.start();
    first.ok(&["sync"]);
    assert_eq!(first.ok(&["outbox"])["pending"].as_array().unwrap().len(), 0);
    assert_eq!(tiles(&first), after);
    second.ok(&["sync"]);
    second.ok(&["sync"]);
    let refused = second.ok(&["outbox"])["refused"].clone();
    assert_eq!(refused[0]["code"], "command.conflict", "{refused}");
    assert_eq!(tiles(&second), after, "what is not taken does not stay");
    assert_eq!(definition(&second)["version"], 2);
}

#[test]
fn what_no_screen_could_show_or_nobody_may_do_is_refused_with_a_code() {
    let server = Server::with_demo();
    let session = Session::signed_in(&server, SUPER_ADMIN);
    let whole = definition(&session);
    let with = |change: fn(&mut Value)| {
        let mut changed = whole.clone();
        change(&mut changed);
        changed.to_string()
    };
    let wrong = [
        ("not JSON".to_owned(), "malformed"),
        ("{}".to_owned(), "malformed"),
        (format!("{}{}", " ".repeat(300_000), whole), "malformed"),
        (with(|d| d["id"] = json!("other")), "malformed"),
        (with(|d| d["tiles"] = json!([])), "refused"),
        (with(|d| d["title"]["uk"] = json!(" ")), "refused"),
        (with(|d| d["title"]["en"] = json!("x".repeat(121))), "refused"),
        (with(|d| d["version"] = json!(7)), "refused"),
        (with(|d| d["version"] = json!(u32::MAX)), "refused"),
        (with(|d| d["tiles"] = json!(vec![d["tiles"][0].clone(); 2])), "refused"),
        (
            with(|d| {
                d["tiles"] = json!(
                    (0..61)
                        .map(|n| json!({ "id": format!("t-{n}"), "shows": d["tiles"][0]["shows"] }))
                        .collect::<Vec<_>>()
                );
            }),
            "refused",
        ),
    ];
    for (text, code) in wrong {
        let answer = arrange(&session, &text);
        let said = answer.json["code"].as_str().unwrap_or_default().to_owned();
        assert!(answer.code == 2 && said.ends_with(code), "{}: {}", &text[..text.len().min(80)], answer.json);
    }
    assert_eq!(session.ok(&["outbox"])["pending"].as_array().unwrap().len(), 0, "nothing was sent");

    let viewer = Session::signed_in(&server, VIEWER);
    let answer = arrange(&viewer, &whole.to_string());
    assert_eq!((answer.code, answer.json["code"].as_str().unwrap()), (2, "desk.refused"));
}
