//! Sign-in, refresh and sign-out.

use board_domain::{Role, wire::TokenPair};
use reqwest::StatusCode;
use serde_json::json;

use crate::harness::{PASSWORD, World, code};

#[tokio::test]
async fn wrong_passwords_and_unknown_accounts_look_the_same_and_are_braked() {
    let world = World::start().await;
    let attempt = |email: &'static str, password: &'static str| {
        let body = json!({ "email": email, "password": password, "device": "test" });
        let world = &world;
        async move { code(world.post("/v1/auth/sign-in", "", &body).await).await }
    };
    let wrong = attempt("admin@alpha.example", "not the password").await;
    let unknown = attempt("nobody@alpha.example", PASSWORD).await;
    assert_eq!(wrong, (StatusCode::UNAUTHORIZED, "auth.refused".into(), String::new()));
    assert_eq!(wrong, unknown);
    for _ in 0..9 {
        attempt("admin@alpha.example", "not the password").await;
    }
    assert_eq!(attempt("admin@alpha.example", PASSWORD).await.1, "auth.too_many");
    // Others are not stopped, and letter case is no other account.
    world.sign_in("VIEWER@alpha.example").await;
    assert_eq!(attempt("ADMIN@alpha.example", PASSWORD).await.1, "auth.too_many");
    world.pass(301);
    world.sign_in("admin@alpha.example").await;
    world.stop().await;
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_reuse_ends_the_session() {
    let world = World::start().await;
    let refresh = |token: String| {
        let world = &world;
        async move { world.post("/v1/auth/refresh", "", &json!({ "refresh_token": token })).await }
    };
    let first = world.sign_in("admin@alpha.example").await;
    let other = world.sign_in("admin@alpha.example").await;
    let second: TokenPair = refresh(first.refresh_token.clone()).await.json().await.unwrap();
    assert_eq!(world.get("/v1/tenants", &second.access_token).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(code(refresh(first.refresh_token).await).await.1, "auth.refresh_invalid");
    assert_eq!(code(refresh(second.refresh_token).await).await.1, "auth.refresh_invalid");
    let ended = world.get("/v1/tenants", &second.access_token).send().await.unwrap();
    assert_eq!(code(ended).await.1, "auth.token_invalid");
    // The person's other device goes on.
    assert_eq!(world.get("/v1/tenants", &other.access_token).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(refresh(other.refresh_token).await.status(), StatusCode::OK);
    world.stop().await;
}

#[tokio::test]
async fn an_answer_that_was_lost_is_given_again_until_it_shows_that_it_arrived() {
    let world = World::start().await;
    let refresh = |token: &str| {
        let body = json!({ "refresh_token": token });
        let world = &world;
        async move { world.post("/v1/auth/refresh", "", &body).await }
    };
    let ended = |answer| async move { code(answer).await.1 == "auth.refresh_invalid" };
    let works = |token: String| {
        let world = &world;
        async move { world.get("/v1/tenants", &token).send().await.unwrap().status() == StatusCode::OK }
    };
    let first = world.sign_in("admin@alpha.example").await;
    let lost: TokenPair = refresh(&first.refresh_token).await.json().await.unwrap();
    world.pass(40);
    let again: TokenPair = refresh(&first.refresh_token).await.json().await.unwrap();
    assert_eq!((&again.access_token, &again.refresh_token), (&lost.access_token, &lost.refresh_token));
    assert_eq!((again.expires_in, &again.person, &again.name), (560, &lost.person, &lost.name));
    world.pass(79);
    let again: TokenPair = refresh(&first.refresh_token).await.json().await.unwrap();
    assert_eq!(again.refresh_token, lost.refresh_token);
    // It arrived, and who asks now is somebody else.
    assert!(works(again.access_token.clone()).await);
    assert!(ended(refresh(&first.refresh_token).await).await);
    assert!(!works(again.access_token).await);
    assert!(ended(refresh(&again.refresh_token).await).await);
    // The next exchange shows it as well, though nothing was asked with the access token.
    let first = world.sign_in("admin@alpha.example").await;
    let second: TokenPair = refresh(&first.refresh_token).await.json().await.unwrap();
    let third: TokenPair = refresh(&second.refresh_token).await.json().await.unwrap();
    assert!(ended(refresh(&first.refresh_token).await).await);
    assert!(ended(refresh(&third.refresh_token).await).await);
    // Not for ever.
    let first = world.sign_in("admin@alpha.example").await;
    let second: TokenPair = refresh(&first.refresh_token).await.json().await.unwrap();
    world.pass(120);
    assert!(ended(refresh(&first.refresh_token).await).await);
    assert!(ended(refresh(&second.refresh_token).await).await);
    world.stop().await;
}

#[tokio::test]
async fn another_token_of_the_session_does_not_show_that_an_answer_arrived() {
    let world = World::start().await;
    let refresh = |token: String| {
        let world = &world;
        async move {
            let body = json!({ "refresh_token": token });
            world.post("/v1/auth/refresh", "", &body).await.json::<TokenPair>().await.unwrap()
        }
    };
    let first = world.sign_in("viewer@alpha.example").await;
    let second = refresh(first.refresh_token).await;
    // Two companies are followed with tokens of one session; the answer to one of the two is lost.
    let lost = refresh(second.refresh_token.clone()).await;
    let used = world.get("/v1/tenants", &second.access_token).send().await.unwrap();
    assert_eq!(used.status(), StatusCode::OK);
    assert_eq!(refresh(second.refresh_token).await.refresh_token, lost.refresh_token);
    world.stop().await;
}

#[tokio::test]
async fn the_store_holds_nothing_that_an_answer_could_be_read_from() {
    let world = World::start().await;
    let first = world.sign_in("viewer@alpha.example").await;
    let body = json!({ "refresh_token": first.refresh_token });
    let second: TokenPair = world.post("/v1/auth/refresh", "", &body).await.json().await.unwrap();
    let files = world.files();
    for token in [&first.refresh_token, &second.refresh_token, &second.access_token] {
        let bits = hex::decode(token.split_once('_').unwrap().1).unwrap();
        for sought in [token.as_bytes(), &bits] {
            assert!(files.iter().all(|file| !file.windows(sought.len()).any(|bytes| bytes == sought)));
        }
    }
    world.stop().await;
}

#[tokio::test]
async fn tokens_end_by_time_and_by_sign_out() {
    let world = World::start().await;
    let pair = world.sign_in("viewer@alpha.example").await;
    world.pass(i64::try_from(pair.expires_in).unwrap());
    let late = world.get("/v1/tenants", &pair.access_token).send().await.unwrap();
    assert_eq!(code(late).await.0, StatusCode::UNAUTHORIZED);
    let token = world.token(Role::Viewer, "alpha").await;
    let signed_out = world.post("/v1/auth/sign-out", &token, &json!({})).await;
    assert_eq!(signed_out.status(), StatusCode::NO_CONTENT);
    let after = world.get("/v1/tenants", &token).send().await.unwrap();
    assert_eq!(code(after).await.1, "auth.token_invalid");
    world.pass(31 * 24 * 3_600);
    let refresh = json!({ "refresh_token": pair.refresh_token });
    assert_eq!(code(world.post("/v1/auth/refresh", "", &refresh).await).await.1, "auth.refresh_invalid");
    world.stop().await;
}

#[tokio::test]
async fn malformed_and_oversized_requests_get_problem_documents_without_echo() {
    let world = World::start().await;
    let send = |body: String| {
        let request = world.client.post(format!("{}/v1/auth/sign-in", world.url)).body(body);
        async move { code(request.send().await.unwrap()).await }
    };
    let (status, name, detail) = send(r#"{"email":"a","password":"hunter2""#.into()).await;
    assert_eq!((status, name.as_str()), (StatusCode::BAD_REQUEST, "request.malformed"));
    assert!(!detail.contains("hunter2"), "{detail}");
    assert_eq!(send("x".repeat(20_000)).await.1, "request.too_large");
    let nowhere = world.get("/v1/nowhere", "").send().await.unwrap();
    assert_eq!(code(nowhere).await.1, "request.not_found");
    let wrong_method = world.get("/v1/auth/sign-in", "").send().await.unwrap();
    assert_eq!(code(wrong_method).await.1, "request.method");
    for path in ["/healthz", "/readyz"] {
        let response = world.get(path, "").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert!(response.headers().contains_key("x-request-id"));
    }
    world.stop().await;
}
