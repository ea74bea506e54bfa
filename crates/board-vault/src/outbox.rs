//! The outbox: commands made here until their effect comes back, and refusals until they were seen. Not their upload.

use board_domain::wire::CommandOutcome;
use board_domain::{Command, Envelope, Event, Fact, TenantId};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::reader::{parse_time, signed, unsigned, uuid};
use crate::{Reader, Vault, VaultError};

/// A command whose effect has not come back yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Pending {
    /// The command as it is sent.
    pub envelope: Envelope,
    /// When it was made, by this device's clock.
    pub enqueued_at: Timestamp,
    /// Whether the server has answered that it happened.
    pub sent: bool,
}

/// A command that was refused for good.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// Its idempotency key, by which it is dismissed.
    pub key: Uuid,
    /// The command.
    pub command: Command,
    /// When it was made, by this device's clock.
    pub enqueued_at: Timestamp,
    /// Stable code of the refusal.
    pub code: String,
    /// In words.
    pub message: String,
}

impl Reader {
    /// The commands of a tenant whose effect has not come back, oldest first.
    pub fn pending(&self, tenant: &TenantId) -> Result<Vec<Pending>, VaultError> {
        let client = self.client_id()?;
        let mut statement = self.connection.prepare_cached(
            "SELECT cmd_seq, key, command, enqueued_at, done_seq IS NOT NULL, sha256 FROM outbox
             WHERE tenant = ?1 ORDER BY cmd_seq",
        )?;
        let mut rows = statement.query([tenant.as_str()])?;
        let mut pending = Vec::new();
        while let Some(row) = rows.next()? {
            let command = row.get_ref(2)?.as_str().map_err(rusqlite::Error::from)?;
            if row.get::<_, [u8; 32]>(5)? != payload_hash(command) {
                return Err(VaultError::Corrupt);
            }
            pending.push(Pending {
                envelope: Envelope {
                    client,
                    cmd_seq: unsigned(row.get(0)?)?,
                    key: uuid(&row.get::<_, String>(1)?)?,
                    command: serde_json::from_str(command)?,
                },
                enqueued_at: parse_time(&row.get::<_, String>(3)?)?,
                sent: row.get(4)?,
            });
        }
        Ok(pending)
    }

    /// The commands of a tenant that were refused and not dismissed, oldest first.
    pub fn refusals(&self, tenant: &TenantId) -> Result<Vec<Refused>, VaultError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT key, command, enqueued_at, code, message FROM refusal
             WHERE tenant = ?1 ORDER BY enqueued_at, key",
        )?;
        let mut rows = statement.query([tenant.as_str()])?;
        let mut refused = Vec::new();
        while let Some(row) = rows.next()? {
            refused.push(Refused {
                key: uuid(&row.get::<_, String>(0)?)?,
                command: serde_json::from_str(&row.get::<_, String>(1)?)?,
                enqueued_at: parse_time(&row.get::<_, String>(2)?)?,
                code: row.get(3)?,
                message: row.get(4)?,
            });
        }
        Ok(refused)
    }
}

impl Vault {
    /// Puts a command into the outbox, on the disk when this returns.
    pub fn enqueue(
        &mut self,
        tenant: &TenantId,
        command: &Command,
        at: Timestamp,
    ) -> Result<Envelope, VaultError> {
        self.tenant(tenant)?;
        let client = self.client_id()?;
        let (key, text) = (Uuid::new_v4(), serde_json::to_string(command)?);
        let transaction = self.outbox.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let cmd_seq: i64 = transaction.query_row(
            "INSERT INTO numbered (tenant, last) VALUES (?1, 1)
             ON CONFLICT (tenant) DO UPDATE SET last = last + 1 RETURNING last",
            [tenant.as_str()],
            |row| row.get(0),
        )?;
        transaction.execute(
            "INSERT INTO outbox (tenant, cmd_seq, key, command, enqueued_at, sha256)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![tenant.as_str(), cmd_seq, key.to_string(), text, at.to_string(), payload_hash(&text)],
        )?;
        fail::fail_point!("vault.enqueue.before_commit");
        transaction.commit()?;
        Ok(Envelope { client, cmd_seq: unsigned(cmd_seq)?, key, command: command.clone() })
    }

    /// Takes the server's answer to a command.
    ///
    /// One that happened stays until the copy reaches its position; a refused one becomes a refusal to be seen. An
    /// answer to a command that is no longer in the outbox does nothing.
    pub fn settle(&mut self, tenant: &TenantId, outcome: &CommandOutcome) -> Result<(), VaultError> {
        let cursor = self.tenant(tenant)?.cursor;
        let transaction = self.write()?;
        match outcome {
            CommandOutcome::Done { cmd_seq, seq } => {
                transaction.execute(
                    "UPDATE outbox SET done_seq = ?3 WHERE tenant = ?1 AND cmd_seq = ?2",
                    params![tenant.as_str(), signed(*cmd_seq)?, signed(*seq)?],
                )?;
                passed(&transaction, tenant, cursor)?;
            }
            CommandOutcome::Refused { cmd_seq, code, message } => {
                refuse(&transaction, tenant, *cmd_seq, code, message)?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// The server expects this number next: it forgot ours, or never knew them. Numbers the outbox from there anew, except
    /// what has a lower number, which the server may know still by that number and key, and marks all of it unsent.
    pub fn renumber(&mut self, tenant: &TenantId, next: u64) -> Result<(), VaultError> {
        let next = signed(next.max(1))?;
        let transaction = self.write()?;
        let numbers: Vec<i64> = transaction
            .prepare("SELECT cmd_seq FROM outbox WHERE tenant = ?1 AND cmd_seq >= ?2 ORDER BY cmd_seq")?
            .query_map(params![tenant.as_str(), next], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        transaction.execute("UPDATE outbox SET done_seq = NULL WHERE tenant = ?1", [tenant.as_str()])?;
        // Negative first: a new number may still be another's old one.
        for (old, new) in numbers.iter().zip(next..) {
            transaction.execute(
                "UPDATE outbox SET cmd_seq = -?3 WHERE tenant = ?1 AND cmd_seq = ?2",
                params![tenant.as_str(), old, new],
            )?;
        }
        transaction.execute(
            "UPDATE outbox SET cmd_seq = -cmd_seq WHERE tenant = ?1 AND cmd_seq < 0",
            [tenant.as_str()],
        )?;
        let last = next - 1 + i64::try_from(numbers.len()).unwrap_or(i64::MAX - next);
        transaction.execute(
            "INSERT INTO numbered (tenant, last) VALUES (?1, ?2) ON CONFLICT (tenant) DO UPDATE SET last = ?2",
            params![tenant.as_str(), last],
        )?;
        Ok(transaction.commit()?)
    }

    /// The log that the answers spoke of may be another by now: every command that waits for its effect is sent again. The
    /// keys stay, so one that did happen is not done twice.
    pub fn send_again(&mut self, tenant: &TenantId) -> Result<(), VaultError> {
        let change = "UPDATE outbox SET done_seq = NULL WHERE tenant = ?1";
        self.reader.connection.execute(change, [tenant.as_str()])?;
        Ok(())
    }

    /// Forgets a refusal that the person has seen.
    pub fn dismiss_refusal(&mut self, tenant: &TenantId, key: Uuid) -> Result<(), VaultError> {
        self.reader.connection.execute(
            "DELETE FROM refusal WHERE tenant = ?1 AND key = ?2",
            params![tenant.as_str(), key.to_string()],
        )?;
        Ok(())
    }
}

/// SHA-256 of a command's text.
pub(crate) fn payload_hash(command: &str) -> [u8; 32] {
    Sha256::digest(command).into()
}

/// An event that answers a command of this vault was folded; returns whether the command was still in the outbox.
pub(crate) fn echoed(transaction: &Transaction<'_>, event: &Event) -> Result<bool, VaultError> {
    let Some(origin) = &event.origin else { return Ok(false) };
    if event.kind == "command.refused" {
        let (code, message) = match event.fact() {
            Ok(Some(Fact::CommandRefused { code, message })) => (code, message),
            _ => ("command.refused".to_owned(), String::new()),
        };
        return refuse(transaction, &event.tenant, origin.cmd_seq, &code, &message);
    }
    let deleted = transaction
        .prepare_cached("DELETE FROM outbox WHERE tenant = ?1 AND cmd_seq = ?2")?
        .execute(params![event.tenant.as_str(), signed(origin.cmd_seq)?])?;
    Ok(deleted > 0)
}

/// Deletes the commands that happened at or before a position. Not every effect can be seen by the one who asked, so
/// an echo alone would leave some for ever.
pub(crate) fn passed(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    cursor: u64,
) -> Result<u32, VaultError> {
    let deleted = transaction
        .prepare_cached("DELETE FROM outbox WHERE tenant = ?1 AND done_seq <= ?2")?
        .execute(params![tenant.as_str(), signed(cursor)?])?;
    Ok(u32::try_from(deleted).unwrap_or(u32::MAX))
}

fn refuse(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    cmd_seq: u64,
    code: &str,
    message: &str,
) -> Result<bool, VaultError> {
    let command: Option<(String, String, String)> = transaction
        .query_row(
            "DELETE FROM outbox WHERE tenant = ?1 AND cmd_seq = ?2 RETURNING key, command, enqueued_at",
            params![tenant.as_str(), signed(cmd_seq)?],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    let Some((key, command, enqueued_at)) = command else { return Ok(false) };
    transaction.execute(
        "INSERT OR IGNORE INTO refusal (tenant, key, command, enqueued_at, code, message)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![tenant.as_str(), key, command, enqueued_at, code, message],
    )?;
    Ok(true)
}
