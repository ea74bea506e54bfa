//! Pages up to a position, of one audience, and held back for a client that waits. Not the stream.

use board_domain::{
    Audience, Event, Hash, PersonId, Role,
    wire::{Frame, Position},
};
use reqwest::StatusCode;
use serde_json::json;
use uuid::Uuid;

use crate::harness::{World, add_cost, code};

/// A page's events, its runs of hidden ones, and its end.
async fn page(world: &World, token: &str, query: &str) -> (Vec<Event>, Vec<(u64, u64)>, (u64, bool)) {
    let response = world.get(&format!("/v1/tenants/alpha/log?{query}"), token).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{query}");
    let (mut events, mut hidden, mut end) = (Vec::new(), Vec::new(), None);
    for line in response.text().await.unwrap().lines() {
        assert!(end.is_none(), "nothing after the end");
        match serde_json::from_str(line).unwrap() {
            Frame::Event(event) => events.push(*event),
            Frame::Hidden { from, to } => hidden.push((from, to)),
            Frame::CaughtUp { head, more } => end = Some((head, more)),
            Frame::Bye { reason } => panic!("{reason}"),
        }
    }
    (events, hidden, end.unwrap())
}

#[tokio::test]
async fn a_page_ends_where_it_was_asked_to() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    let viewer = world.token(Role::Viewer, "alpha").await;
    add_cost(&world, &admin, "C1").await;
    let hello = world.hello("alpha", &admin).await;
    let (epoch, head) = (hello.epoch, hello.head);
    let at = |seq| Position { epoch, seq };
    for (query, first, last, end) in [
        ("until=5".into(), 1, 5, (5, false)),
        ("until=5&limit=2".into(), 1, 2, (5, true)),
        (format!("after={}&until=5&limit=2", at(3)), 4, 5, (5, false)),
        (format!("after={}&until=18446744073709551615", at(head - 1)), head, head, (head, false)),
        (format!("after={}&until={}", at(head - 2), head + 7), head - 1, head, (head, false)),
    ] {
        for token in [&admin, &viewer] {
            let (events, hidden, found) = page(&world, token, &query).await;
            let mut seen: Vec<u64> = events.iter().map(|event| event.seq).collect();
            seen.extend(hidden.iter().flat_map(|(from, to)| *from..=*to));
            seen.sort_unstable();
            assert_eq!(seen, (first..=last).collect::<Vec<_>>(), "{query}");
            assert_eq!(found, end, "{query}");
        }
    }
    let (events, _, end) = page(&world, &admin, &format!("after={}&until=5", at(5))).await;
    assert_eq!((events.len(), end), (0, (5, false)));
    let before = world.get(&format!("/v1/tenants/alpha/log?after={}&until=4", at(5)), &admin);
    assert_eq!(code(before.send().await.unwrap()).await.1, "request.malformed");
    world.stop().await;
}

#[tokio::test]
async fn one_audience_is_gapless_in_its_own_numbers_and_closed_to_others() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    for id in ["C1", "C2", "C3", "C4"] {
        add_cost(&world, &admin, id).await;
    }
    let epoch = world.hello("alpha", &admin).await.epoch;
    let all: Vec<Event> = world
        .frames("alpha", &admin, 1_000)
        .await
        .into_iter()
        .filter_map(|frame| if let Frame::Event(event) = frame { Some(*event) } else { None })
        .collect();
    for audience in Audience::of(&PersonId::new("alpha-admin").unwrap(), Role::Admin) {
        let expected: Vec<u64> =
            all.iter().filter(|event| event.audience == audience).map(|event| event.seq).collect();
        for limit in [1, 3, 1_000] {
            let (mut seen, mut seq, mut last) = (Vec::new(), 0, (0, Hash::ZERO));
            loop {
                let after = Position { epoch, seq };
                let query = format!("audience={audience}&after={after}&limit={limit}");
                let (events, hidden, (_, more)) = page(&world, &admin, &query).await;
                assert!(hidden.is_empty() && events.len() <= limit);
                for event in events {
                    assert_eq!((event.audience_seq, event.prev_hash), (last.0 + 1, last.1));
                    last = (event.audience_seq, event.hash);
                    seq = event.seq;
                    seen.push(seq);
                }
                assert_eq!(more, seen.len() < expected.len(), "{audience}");
                if !more {
                    break;
                }
            }
            assert_eq!(seen, expected, "{audience}");
        }
        // Up to a position, so that what is fetched later joins what the stream brought.
        if let [.., _, until] = expected[..] {
            let query = format!("audience={audience}&until={}", until - 1);
            let (events, _, (head, more)) = page(&world, &admin, &query).await;
            assert_eq!((events.len(), head, more), (expected.len() - 1, until - 1, false));
        }
    }
    assert!(all.iter().any(|event| event.audience == Audience::Governance));
    for role in Role::ALL {
        let token = world.token(role, "alpha").await;
        let person = PersonId::new(format!("alpha-{}", role.code().to_lowercase())).unwrap();
        for audience in ["board", "evidence", "management", "governance", "person:alpha-partner"] {
            let admits = Audience::parse(audience).unwrap().admits(&person, role);
            let path = format!("/v1/tenants/alpha/log?audience={audience}");
            let response = world.get(&path, &token).send().await.unwrap();
            if admits {
                assert_eq!(response.status(), StatusCode::OK, "{role:?} {audience}");
            } else {
                let expected = (StatusCode::FORBIDDEN, "auth.forbidden".to_owned(), String::new());
                assert_eq!(code(response).await, expected, "{role:?} {audience}");
            }
        }
    }
    for query in ["audience=", "audience=everyone", "audience=person:", "audience=person:A%20B"] {
        let response = world.get(&format!("/v1/tenants/alpha/log?{query}"), &admin).send().await.unwrap();
        assert_eq!(code(response).await.1, "request.malformed", "{query}");
    }
    world.stop().await;
}

#[tokio::test]
async fn an_empty_page_waits_for_the_next_event_or_for_the_end_of_its_time() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    let hello = world.hello("alpha", &admin).await;
    let at_head = Position { epoch: hello.epoch, seq: hello.head };
    let query = format!("after={at_head}&wait=30");
    let ((events, ..), ()) = tokio::join!(page(&world, &admin, &query), add_cost(&world, &admin, "C2"));
    assert_eq!(events[0].seq, hello.head + 1);
    let now = world.hello("alpha", &admin).await.head;
    let at_head = Position { epoch: hello.epoch, seq: now };
    let (events, _, end) = page(&world, &admin, &format!("after={at_head}&wait=1")).await;
    assert_eq!((events.len(), end), (0, (now, false)));
    // Nothing to wait for: the position asked for is reached, or there are events already.
    let (events, _, end) = page(&world, &admin, &format!("after={at_head}&until={now}&wait=30")).await;
    assert_eq!((events.len(), end), (0, (now, false)));
    assert_eq!(page(&world, &admin, "limit=1&wait=30").await.0.len(), 1);
    for query in ["wait=0", "wait=31", "wait=x", "wait=-1", "wait=99999999999999999999"] {
        let response = world.get(&format!("/v1/tenants/alpha/log?{query}"), &admin).send().await.unwrap();
        assert_eq!(code(response).await.1, "request.malformed", "{query}");
    }
    for query in ["wait=5", "until=9", "audience=board"] {
        let request = world.get(&format!("/v1/tenants/alpha/log?{query}"), &admin);
        let response = request.header("accept", "text/event-stream").send().await.unwrap();
        assert_eq!(code(response).await.1, "request.malformed", "{query}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_page_that_waits_shows_nothing_to_one_who_left_and_holds_no_server_that_stops() {
    let world = World::start().await;
    let admin = world.token(Role::Admin, "alpha").await;
    let director = world.token(Role::Director, "alpha").await;
    let hello = world.hello("alpha", &admin).await;
    let at_head = Position { epoch: hello.epoch, seq: hello.head };
    let path = format!("/v1/tenants/alpha/log?after={at_head}&wait=30");
    let remove = json!([{ "client": Uuid::new_v4(), "cmd_seq": 1, "key": Uuid::new_v4(),
        "command": { "command": "remove_person", "person": "alpha-director" } }]);
    let remove = world.post("/v1/tenants/alpha/commands", &admin, &remove);
    let (left, removed) = tokio::join!(world.get(&path, &director).send(), remove);
    assert_eq!(removed.status(), StatusCode::OK);
    assert_eq!(code(left.unwrap()).await.1, "tenant.not_found");
    let at_head = Position { epoch: hello.epoch, seq: hello.head + 1 };
    let path = format!("/v1/tenants/alpha/log?after={at_head}&wait=30");
    let waiting = tokio::spawn(world.get(&path, &admin).send());
    // A second request over the same pool has been answered: the first is on its way.
    world.hello("alpha", &admin).await;
    world.stop().await;
    // Told at once, or not served any more; never held for thirty seconds.
    if let Ok(response) = waiting.await.unwrap() {
        assert!(response.text().await.unwrap().contains("caught_up"));
    }
}
