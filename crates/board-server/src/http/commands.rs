//! `POST /v1/tenants/{tenant}/commands`: a batch from a client's outbox, safe to send twice.
//!
//! Deciding, appending and remembering the result are one transaction per request; a refused command is a result too
//! and never blocks the next.

use std::sync::Arc;

use axum::{Json as Reply, extract::State, http::StatusCode};
use board_domain::{Actor, Command, Fact, Hash, Origin, audience, decide, wire::CommandOutcome};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{App, body::Json, caller::Member, problem::Failure, schema};
use crate::store::{StoreError, Transaction, command_result::CommandResult};
use crate::trust;

/// Most commands in one request.
const BATCH: usize = 100;

/// An envelope whose command may be one this server does not know; such a command is refused, not stuck.
#[derive(Deserialize)]
pub(crate) struct Sealed {
    client: Uuid,
    cmd_seq: u64,
    key: Uuid,
    command: serde_json::Value,
}

/// Processes commands in order.
#[utoipa::path(post, path = "/v1/tenants/{tenant}/commands", tag = "commands", security(("bearer" = [])),
    params(("tenant" = String, Path, description = "Tenant id")),
    request_body = [schema::Envelope],
    responses(
        (status = 200, description = "One outcome for each command, in order", body = [schema::CommandOutcome]),
        (status = 404, description = "`tenant.not_found`", body = schema::Problem,
            content_type = "application/problem+json"),
        (status = 409, description = "`command.gap`: detail is the number expected", body = schema::Problem,
            content_type = "application/problem+json"),
        (status = 422, description = "`command.key_reused`, `command.client_taken`", body = schema::Problem,
            content_type = "application/problem+json")))]
pub(crate) async fn commands(
    State(app): State<Arc<App>>,
    member: Member,
    Json(batch): Json<Vec<Sealed>>,
) -> Result<Reply<Vec<CommandOutcome>>, Failure> {
    if batch.len() > BATCH {
        return Err(Failure::malformed(format!("at most {BATCH} commands at once")));
    }
    let now = app.clock.now();
    let tenant = member.tenant.clone();
    let work = move |transaction: &mut Transaction<'_>| {
        let mut outcomes = Vec::with_capacity(batch.len());
        for sealed in &batch {
            match process(transaction, &member, sealed, now)? {
                Ok(outcome) => outcomes.push(outcome),
                // What came before it in the batch stands.
                Err(failure) => return Ok(Err(failure)),
            }
        }
        Ok::<_, StoreError>(Ok(outcomes))
    };
    app.store.write(Some(&tenant), work).await?.map(Reply)
}

fn process(
    transaction: &mut Transaction<'_>,
    member: &Member,
    sealed: &Sealed,
    now: Timestamp,
) -> Result<Result<CommandOutcome, Failure>, StoreError> {
    let cmd_seq = sealed.cmd_seq;
    let payload = serde_json::to_vec(&sealed.command)?;
    let payload_hash = Hash(Sha256::digest(&payload).into());
    let key = sealed.key.to_string();
    let (mark, known) = transaction.command(sealed.client, cmd_seq, sealed.key)?;
    let last = match mark {
        Some((owner, _)) if owner != member.person.as_str() => {
            return Ok(Err(unprocessable("command.client_taken", "The client belongs to someone else")));
        }
        Some((_, last)) => last,
        None => 0,
    };
    let reused = || unprocessable("command.key_reused", "The key or the number belongs to another command");
    match known {
        Some(known) if known.cmd_seq == cmd_seq && known.key == key && known.payload_hash == payload_hash => {
            return Ok(Ok(known.outcome));
        }
        Some(_) => return Ok(Err(reused())),
        None if cmd_seq <= last => return Ok(Err(reused())),
        None if cmd_seq > last + 1 => {
            let title = "An earlier command is missing";
            let failure = Failure::new(StatusCode::CONFLICT, "command.gap", title);
            return Ok(Err(failure.detail((last + 1).to_string())));
        }
        None => (),
    }
    let outcome = run(transaction, member, sealed, now)?;
    let result = CommandResult { cmd_seq, key, payload_hash, outcome: outcome.clone() };
    transaction.remember(sealed.client, &member.person, result)?;
    Ok(Ok(outcome))
}

fn run(
    transaction: &mut Transaction<'_>,
    member: &Member,
    sealed: &Sealed,
    now: Timestamp,
) -> Result<CommandOutcome, StoreError> {
    let cmd_seq = sealed.cmd_seq;
    let decision = match serde_json::from_value::<Command>(sealed.command.clone()) {
        Ok(command) => decide(transaction.book(&member.tenant)?, &member.person, command, now)
            .map_err(|refusal| (refusal.code().to_owned(), refusal.to_string())),
        Err(_) => Err(("command.malformed".into(), "the server does not understand this command".into())),
    };
    let (facts, refused) = match decision {
        Ok(facts) => (trust::vouch(transaction, &member.tenant, facts, now)?, None),
        Err((code, message)) => (
            vec![Fact::CommandRefused { code: code.clone(), message: message.clone() }],
            Some((code, message)),
        ),
    };
    let origin = Origin { client: sealed.client, cmd_seq };
    let actor = Actor::Person(member.person.clone());
    let address = |fact: &Fact| audience(fact, &member.person);
    let seq = transaction.publish(&member.tenant, &actor, Some(&origin), now, facts, address)?;
    Ok(match refused {
        None => CommandOutcome::Done { cmd_seq, seq },
        Some((code, message)) => CommandOutcome::Refused { cmd_seq, code, message },
    })
}

fn unprocessable(code: &'static str, title: &'static str) -> Failure {
    Failure::new(StatusCode::UNPROCESSABLE_ENTITY, code, title)
}
