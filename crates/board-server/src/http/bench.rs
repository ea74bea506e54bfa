//! A door for measurements into the whole path of a command without HTTP. Not part of the server's interface.

use std::sync::Arc;

use axum::{Json as Reply, extract::State};
use board_domain::{Envelope, PersonId, Role, TenantId, wire::CommandOutcome};
use jiff::{SignedDuration, Timestamp};

use super::{App, body::Json, caller::Member, commands::commands};
use crate::{
    clock::Clock,
    config::Config,
    serve::{ServeError, Server},
};

/// The command path over an open store.
pub struct Commands {
    app: Arc<App>,
}

impl Commands {
    /// Opens the store of the settings.
    pub async fn open(config: &Config) -> Result<Self, ServeError> {
        let mut config = config.clone();
        config.listen.set_port(0);
        Ok(Self { app: Server::bind(&config, Clock::system()).await?.app() })
    }

    /// Runs one command of a person who may do everything; returns the position it took, durable.
    pub async fn run(
        &self,
        tenant: &TenantId,
        person: &PersonId,
        envelope: &Envelope,
    ) -> Result<u64, serde_json::Error> {
        let expires_at = Timestamp::now() + SignedDuration::from_hours(1);
        let (tenant, person) = (tenant.clone(), person.clone());
        let refused = |what: &str| serde::de::Error::custom(what);
        let sealed = serde_json::from_value(serde_json::to_value(envelope)?)?;
        let member = Member { tenant, person, role: Role::SuperAdmin, expires_at };
        let outcomes = commands(State(Arc::clone(&self.app)), member, Json(vec![sealed])).await;
        match outcomes.map(|Reply(outcomes)| outcomes).map_err(|_| refused("the server failed"))?.first() {
            Some(CommandOutcome::Done { seq, .. }) => Ok(*seq),
            _ => Err(refused("the command was refused")),
        }
    }
}
