//! What a journey asks the server for by itself: sign-in, the log of a member from floor to head, commands. Not the
//! product's client, which is under test.

use std::time::Duration;

use board_domain::{
    Audience, Envelope, TenantId,
    wire::{CommandOutcome, Frame, Hello, Position, TokenPair},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    PASSWORD,
    checker::{Log, View},
};

/// One signed-in person.
pub struct Api {
    url: String,
    agent: ureq::Agent,
    tokens: TokenPair,
}

impl Api {
    /// Signs a demo person in.
    pub fn sign_in(url: &str, email: &str) -> Self {
        Self::sign_in_once(url, email).unwrap_or_else(|answer| panic!("{email} cannot sign in: {answer}"))
    }

    /// Signs a demo person in, or gives the server's answer where it says that it cannot just now.
    pub fn sign_in_once(url: &str, email: &str) -> Result<Self, String> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(20)))
            .http_status_as_error(false)
            .build()
            .into();
        let asked = json!({ "email": email, "password": PASSWORD, "device": "test" });
        let mut answer = agent.post(format!("{url}/v1/auth/sign-in")).send_json(&asked).unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        if answer.status() == 503 {
            return Err(text);
        }
        let tokens = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{email} cannot sign in: {text}"));
        Ok(Self { url: url.to_owned(), agent, tokens })
    }

    /// Where the log stands.
    pub fn hello(&self, tenant: &str) -> Hello {
        let text = self.text(&format!("/v1/tenants/{tenant}/hello"));
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("not a greeting: {text}"))
    }

    /// Everything that the person may read, from the floor to the head of now.
    pub fn view(&self, tenant: &str) -> (Hello, View) {
        let hello = self.hello(tenant);
        let (mut frames, mut seq) = (Vec::new(), hello.floor);
        while seq < hello.head {
            let after = Position { epoch: hello.epoch, seq };
            let page = self.text(&format!("/v1/tenants/{tenant}/log?after={after}&limit=1000"));
            let before = seq;
            for line in page.lines() {
                let frame: Frame =
                    serde_json::from_str(line).unwrap_or_else(|_| panic!("not a frame: {line}"));
                seq = match &frame {
                    Frame::Event(event) => event.seq,
                    Frame::Hidden { to, .. } => *to,
                    Frame::CaughtUp { .. } | Frame::Bye { .. } => continue,
                };
                frames.push(frame);
            }
            assert!(seq > before, "a page brings nothing: {page}");
        }
        let audiences = Audience::of(&self.tokens.person, hello.role);
        (hello, View { reader: self.tokens.person.to_string(), audiences, frames })
    }

    /// The log of a quiet tenant as these people together see it.
    pub fn log(people: &[&Self], tenant: &str) -> Log {
        let (hellos, views): (Vec<_>, Vec<_>) = people.iter().map(|api| api.view(tenant)).unzip();
        let hello = &hellos[0];
        let agree = hellos.iter().all(|other| (other.epoch, other.head) == (hello.epoch, hello.head));
        assert!(agree, "the log moves while it is read: {hellos:?}");
        let tenant = TenantId::new(tenant).unwrap();
        Log::merge(&tenant, hello.epoch, hello.floor, hello.head, &views)
            .unwrap_or_else(|faults| panic!("the views of {tenant} disagree: {faults:#?}"))
    }

    /// Sends commands; `None` where no answer came.
    pub fn send(&self, tenant: &str, batch: &[Envelope]) -> Option<Result<Vec<CommandOutcome>, Value>> {
        self.post(&format!("/v1/tenants/{tenant}/commands"), batch)
    }

    fn post<B: Serialize + ?Sized, T: DeserializeOwned>(
        &self,
        path: &str,
        body: &B,
    ) -> Option<Result<T, Value>> {
        let request = self.agent.post(format!("{}{path}", self.url)).header("Authorization", self.bearer());
        let mut answer = request.send_json(body).ok()?;
        let text = answer.body_mut().read_to_string().ok()?;
        if answer.status() == 200 {
            Some(Ok(serde_json::from_str(&text).unwrap()))
        } else {
            // What is not from our server has a status at least.
            let foreign = json!({ "status": answer.status().as_u16(), "text": text });
            Some(Err(serde_json::from_str(&text).unwrap_or(foreign)))
        }
    }

    fn text(&self, path: &str) -> String {
        let request = self.agent.get(format!("{}{path}", self.url)).header("Authorization", self.bearer());
        let mut answer = request.call().unwrap_or_else(|error| panic!("{path}: {error}"));
        let text = answer.body_mut().with_config().limit(64 << 20).read_to_string().unwrap();
        assert_eq!(answer.status(), 200, "{path}: {text}");
        text
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.tokens.access_token)
    }
}
