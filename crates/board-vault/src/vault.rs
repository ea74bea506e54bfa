//! The vault that writes: opening, tenants, settings. Applying is in `apply`, the outbox in `outbox`.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use board_domain::wire::TenantEntry;
use board_domain::{Fact, Role, TenantId};
use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::reader::signed;
use crate::{OpenError, Reader, VaultError, VaultKey, apply, migrations, open};

/// One person's copies of their tenants on one server: an encrypted file, open for writing.
///
/// Reads as a [`Reader`] does. One process holds one; more readers come from [`Vault::reader`].
pub struct Vault {
    pub(crate) reader: Reader,
    pub(crate) path: PathBuf,
    pub(crate) key: VaultKey,
}

impl Deref for Vault {
    type Target = Reader;

    fn deref(&self) -> &Reader {
        &self.reader
    }
}

impl Vault {
    /// Creates a vault, and refuses where a file is already.
    pub fn create(path: &Path, key: &VaultKey) -> Result<Self, OpenError> {
        let connection = open::create(path, key)?;
        open::prepare_writer(&connection)?;
        connection.execute("INSERT INTO vault (one, client) VALUES (1, ?1)", [Uuid::new_v4().to_string()])?;
        let mut vault = Self::over(connection, path, key);
        vault.set_setting(FOLDED_BY, &folded_by())?;
        Ok(vault)
    }

    /// Opens a vault, brings its schema to the newest, and folds the log again where this version reads more kinds.
    pub fn open(path: &Path, key: &VaultKey) -> Result<Self, OpenError> {
        let mut connection = open::connect(path, key)?;
        let found = migrations::schema(&connection)?;
        open::prepare_writer(&connection)?;
        migrations::run(&mut connection, found)?;
        let mut vault = Self::over(connection, path, key);
        if vault.setting(FOLDED_BY)? != Some(folded_by()) {
            vault.fold_again()?;
        }
        Ok(vault)
    }

    /// A second connection that reads what is committed while this one applies.
    pub fn reader(&self) -> Result<Reader, OpenError> {
        let connection = open::connect(&self.path, &self.key)?;
        open::prepare_reader(&connection)?;
        Ok(Reader { connection })
    }

    /// Enters a tenant, or takes its new name and role.
    ///
    /// Another role means other audiences: the copy is forgotten and must be fetched anew.
    pub fn enter_tenant(&mut self, entry: &TenantEntry) -> Result<(), VaultError> {
        let transaction = self.write()?;
        transaction.execute(
            "INSERT INTO tenant (id, name, role) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET name = ?2",
            params![entry.id.as_str(), entry.name, entry.role.code()],
        )?;
        admit(&transaction, &entry.id, entry.role)?;
        Ok(transaction.commit()?)
    }

    /// Takes the role that the server says the person has now; returns whether it changed.
    pub fn set_role(&mut self, tenant: &TenantId, role: Role) -> Result<bool, VaultError> {
        let transaction = self.write()?;
        let changed = admit(&transaction, tenant, role)?;
        transaction.commit()?;
        Ok(changed)
    }

    /// Forgets a tenant with everything of it.
    pub fn leave_tenant(&mut self, tenant: &TenantId) -> Result<(), VaultError> {
        let transaction = self.write()?;
        forget_log(&transaction, tenant)?;
        for table in ["outbox", "refusal"] {
            transaction.execute(&format!("DELETE FROM {table} WHERE tenant = ?1"), [tenant.as_str()])?;
        }
        transaction.execute("DELETE FROM tenant WHERE id = ?1", [tenant.as_str()])?;
        Ok(transaction.commit()?)
    }

    /// Forgets a tenant's log and rows and starts at position 0 of an epoch. The outbox stays, to be sent again.
    pub fn reset_tenant(&mut self, tenant: &TenantId, epoch: Uuid) -> Result<(), VaultError> {
        self.tenant(tenant)?;
        let transaction = self.write()?;
        forget_log(&transaction, tenant)?;
        transaction.execute(
            "UPDATE tenant SET epoch = ?2 WHERE id = ?1",
            params![tenant.as_str(), epoch.to_string()],
        )?;
        Ok(transaction.commit()?)
    }

    /// The server was heard and spoke of this head.
    pub fn heard(&mut self, tenant: &TenantId, head: u64, at: Timestamp) -> Result<(), VaultError> {
        let updated = self
            .reader
            .connection
            .prepare_cached(
                "UPDATE tenant SET head_heard = max(head_heard, ?2), last_contact = ?3 WHERE id = ?1",
            )?
            .execute(params![tenant.as_str(), signed(head)?, at.to_string()])?;
        if updated == 0 { Err(VaultError::UnknownTenant(tenant.clone())) } else { Ok(()) }
    }

    /// Sets a setting.
    pub fn set_setting(&mut self, key: &str, value: &str) -> Result<(), VaultError> {
        self.reader.connection.execute(
            "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
            [key, value],
        )?;
        Ok(())
    }

    /// Starts a transaction that may write.
    pub(crate) fn write(&mut self) -> Result<Transaction<'_>, VaultError> {
        Ok(self.reader.connection.transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    fn over(connection: Connection, path: &Path, key: &VaultKey) -> Self {
        Self { reader: Reader { connection }, path: path.to_owned(), key: key.clone() }
    }

    /// Rebuilds every row from the stored log, in one transaction.
    fn fold_again(&mut self) -> Result<(), VaultError> {
        let tenants = self.tenants()?;
        let transaction = self.write()?;
        for tenant in tenants {
            for table in ["row", "paused"] {
                transaction
                    .execute(&format!("DELETE FROM {table} WHERE tenant = ?1"), [tenant.id.as_str()])?;
            }
            apply::refold(&transaction, &tenant.id)?;
        }
        transaction.execute(
            "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
            [FOLDED_BY, &folded_by()],
        )?;
        Ok(transaction.commit()?)
    }
}

/// Setting that says which fold the rows come from.
const FOLDED_BY: &str = "vault.folded_by";

/// Raised by hand where the fold of a known kind changes.
const FOLD: u32 = 1;

/// Names the fold: its number and the kinds that it reads.
fn folded_by() -> String {
    let kinds = Sha256::digest(Fact::KINDS.join("\n"));
    format!("{FOLD}-{}", hex::encode(&kinds[..8]))
}

fn admit(transaction: &Transaction<'_>, tenant: &TenantId, role: Role) -> Result<bool, VaultError> {
    let changed = transaction.execute(
        "UPDATE tenant SET role = ?2 WHERE id = ?1 AND role <> ?2",
        params![tenant.as_str(), role.code()],
    )?;
    if changed > 0 {
        forget_log(transaction, tenant)?;
    }
    Ok(changed > 0)
}

fn forget_log(transaction: &Transaction<'_>, tenant: &TenantId) -> Result<(), VaultError> {
    for table in ["event", "chain", "row", "paused"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE tenant = ?1"), [tenant.as_str()])?;
    }
    transaction.execute(
        "UPDATE tenant SET epoch = NULL, cursor = 0, head_heard = 0 WHERE id = ?1",
        [tenant.as_str()],
    )?;
    // Positions of the forgotten log mean nothing any more: the commands are sent again and answered as before.
    transaction.execute("UPDATE outbox SET done_seq = NULL WHERE tenant = ?1", [tenant.as_str()])?;
    Ok(())
}
