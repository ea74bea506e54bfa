//! Sends the outbox in order and hands every answer to the vault. A command that can never succeed does not block the
//! ones behind it, and comes back to the person as a refusal.

use board_domain::wire::CommandOutcome;
use board_domain::{Envelope, TenantId};
use board_vault::{Vault, VaultError};

use crate::SyncError;
use crate::download::{SharedVault, with};
use crate::wire::Wire;

/// Most commands in one request.
const BATCH: usize = 50;

/// Sends until nothing is left unsent. Returns how many commands the server answered.
pub(crate) async fn send_all(
    wire: &Wire,
    vault: &SharedVault,
    tenant: &TenantId,
    token: &str,
) -> Result<u32, SyncError> {
    let path = format!("/tenants/{tenant}/commands");
    let (mut answered, mut size, mut renumbered) = (0, BATCH, false);
    loop {
        let mut batch = unsent(vault, tenant).await?;
        batch.truncate(size);
        if batch.is_empty() {
            return Ok(answered);
        }
        match wire.post::<_, Vec<CommandOutcome>>(&path, Some(token), &batch).await {
            Ok(outcomes) => {
                answered += settle(vault, tenant, &batch, outcomes).await?;
                size = BATCH;
            }
            Err(SyncError::Refused { code, detail, .. }) if code == "command.gap" && !renumbered => {
                let next =
                    detail.trim().parse().map_err(|_| SyncError::Protocol("command.gap".to_owned()))?;
                let tenant = tenant.clone();
                with(vault, move |vault| vault.renumber(&tenant, next)).await?;
                renumbered = true;
            }
            // One of them is refused as a whole: find which, and give it back.
            Err(SyncError::Refused { code, .. }) if is_for_good(&code) && batch.len() > 1 => size = 1,
            Err(SyncError::Refused { code, message, .. }) if is_for_good(&code) => {
                let cmd_seq = batch[0].cmd_seq;
                let outcome = CommandOutcome::Refused { cmd_seq, code, message };
                answered += settle(vault, tenant, &batch, vec![outcome]).await?;
            }
            Err(error) => return Err(error),
        }
    }
}

/// How many commands the server has not answered.
pub(crate) fn count_unsent(vault: &Vault, tenant: &TenantId) -> Result<u32, VaultError> {
    let unsent = vault.pending(tenant)?.iter().filter(|pending| !pending.sent).count();
    Ok(u32::try_from(unsent).unwrap_or(u32::MAX))
}

async fn unsent(vault: &SharedVault, tenant: &TenantId) -> Result<Vec<Envelope>, SyncError> {
    let tenant = tenant.clone();
    let pending = with(vault, move |vault| vault.pending(&tenant)).await?;
    Ok(pending.into_iter().filter(|pending| !pending.sent).map(|pending| pending.envelope).collect())
}

async fn settle(
    vault: &SharedVault,
    tenant: &TenantId,
    batch: &[Envelope],
    outcomes: Vec<CommandOutcome>,
) -> Result<u32, SyncError> {
    let number = |outcome: &CommandOutcome| match outcome {
        CommandOutcome::Done { cmd_seq, .. } | CommandOutcome::Refused { cmd_seq, .. } => *cmd_seq,
    };
    let sent: Vec<_> = batch.iter().map(|envelope| envelope.cmd_seq).collect();
    if outcomes.is_empty() || !outcomes.iter().all(|outcome| sent.contains(&number(outcome))) {
        return Err(SyncError::Protocol("the answers do not belong to the commands".to_owned()));
    }
    let answered = u32::try_from(outcomes.len()).unwrap_or(u32::MAX);
    let tenant = tenant.clone();
    with(vault, move |vault| outcomes.iter().try_for_each(|outcome| vault.settle(&tenant, outcome))).await?;
    Ok(answered)
}

fn is_for_good(code: &str) -> bool {
    matches!(code, "command.key_reused" | "command.client_taken" | "command.malformed" | "request.too_large")
}
