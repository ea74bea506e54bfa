//! The vault that writes: opening, tenants, settings. Applying is in `apply`, the outbox in `outbox`.

use std::ops::Deref;
use std::path::{Path, PathBuf};

use board_domain::wire::TenantEntry;
use board_domain::{Fact, TenantId};
use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::audiences::{forget_log, forget_staging, tenant_no};
use crate::open::Lock;
use crate::reader::signed;
use crate::{OpenError, Reader, VaultError, VaultKey, migrations, open, refold};

/// One person's copies of their tenants on one server: an encrypted file, open for writing.
///
/// Reads as a [`Reader`] does. One process holds one; more readers come from [`Vault::reader`].
pub struct Vault {
    pub(crate) reader: Reader,
    /// Where commands come in, on its own durable setting.
    pub(crate) outbox: Connection,
    /// Held as long as this vault is open; let go after the connections above.
    _lock: Lock,
    pub(crate) path: PathBuf,
    pub(crate) key: VaultKey,
    /// Whether something purged may still stand in the write-ahead log.
    pub(crate) unclean: bool,
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
        Self::create_for(path, key, Uuid::new_v4())
    }

    /// Creates a vault that numbers its commands under this id.
    pub(crate) fn create_for(path: &Path, key: &VaultKey, client: Uuid) -> Result<Self, OpenError> {
        let lock = open::lock(path)?;
        let connection = open::create(path, key)?;
        open::prepare_writer(&connection)?;
        connection.execute("INSERT INTO vault (one, client) VALUES (1, ?1)", [client.to_string()])?;
        let mut vault = Self::over(connection, path, key, lock)?;
        vault.set_setting(FOLDED_BY, &folded_by())?;
        Ok(vault)
    }

    /// Opens a vault, brings its schema to the newest, and folds the log again where this version reads more kinds.
    ///
    /// One process at a time: [`OpenError::Busy`] at once where another has it open. Where this process itself is still
    /// closing it, that is waited for.
    pub fn open(path: &Path, key: &VaultKey) -> Result<Self, OpenError> {
        open::length(path)?;
        let lock = open::lock(path)?;
        let mut connection = open::connect(path, key)?;
        let found = migrations::schema(&connection)?;
        open::prepare_writer(&connection)?;
        migrations::run(&mut connection, found)?;
        let mut vault = Self::over(connection, path, key, lock)?;
        if vault.setting(FOLDED_BY)? != Some(folded_by()) {
            vault.fold_again()?;
        }
        Ok(vault)
    }

    /// A second connection that reads what is committed while this one applies.
    pub fn reader(&self) -> Result<Reader, OpenError> {
        Reader::open(&self.path, &self.key)
    }

    /// Enters a tenant, or takes its new name. Another role is taken by [`Vault::greet`], with what it means for the
    /// copy.
    pub fn enter_tenant(&mut self, entry: &TenantEntry) -> Result<(), VaultError> {
        let transaction = self.write()?;
        transaction.execute(
            "INSERT INTO tenant (id, name, role) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET name = ?2",
            params![entry.id.as_str(), entry.name, entry.role.code()],
        )?;
        Ok(transaction.commit()?)
    }

    /// Forgets a tenant with everything of it.
    pub fn leave_tenant(&mut self, tenant: &TenantId) -> Result<(), VaultError> {
        let transaction = self.write()?;
        for table in ["outbox", "refusal"] {
            transaction.execute(&format!("DELETE FROM {table} WHERE tenant = ?1"), [tenant.as_str()])?;
        }
        match tenant_no(&transaction, tenant) {
            Ok(no) => {
                forget_log(&transaction, no)?;
                forget_staging(&transaction, no)?;
                transaction.execute("DELETE FROM audience WHERE tenant = ?1", [no])?;
                transaction.execute("DELETE FROM tenant WHERE no = ?1", [no])?;
            }
            Err(VaultError::UnknownTenant(_)) => {}
            Err(error) => return Err(error),
        }
        transaction.commit()?;
        self.unclean = true;
        self.clean()
    }

    /// Forgets a tenant's log and rows and starts at position 0 of an epoch. The outbox stays, to be sent again.
    pub fn reset_tenant(&mut self, tenant: &TenantId, epoch: Uuid) -> Result<(), VaultError> {
        let transaction = self.write()?;
        let no = tenant_no(&transaction, tenant)?;
        forget_log(&transaction, no)?;
        begin_epoch(&transaction, tenant, epoch)?;
        transaction.execute("UPDATE tenant SET head_heard = 0 WHERE no = ?1", [no])?;
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

    /// Empties the write-ahead log after a purge, so that nothing purged stays in it. Where a reader is in the way the
    /// next purge or greeting tries again, and closing the vault does it in any case.
    pub(crate) fn clean(&mut self) -> Result<(), VaultError> {
        if self.unclean {
            let connection = &self.reader.connection;
            self.unclean = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        }
        Ok(())
    }

    fn over(connection: Connection, path: &Path, key: &VaultKey, lock: Lock) -> Result<Self, OpenError> {
        let outbox = open::connect(path, key)?;
        open::prepare_outbox(&outbox)?;
        Ok(Self {
            reader: Reader { connection },
            outbox,
            path: path.to_owned(),
            key: key.clone(),
            unclean: false,
            _lock: lock,
        })
    }

    /// Rebuilds every row from the stored log, in one transaction.
    fn fold_again(&mut self) -> Result<(), VaultError> {
        let tenants = self.tenants()?;
        let transaction = self.write()?;
        for tenant in tenants {
            refold::refold(&transaction, tenant_no(&transaction, &tenant.id)?)?;
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

/// Begins an epoch: positions of the one before mean nothing any more, so that every command is sent again, and
/// answered as before.
pub(crate) fn begin_epoch(
    transaction: &Transaction<'_>,
    tenant: &TenantId,
    epoch: Uuid,
) -> Result<(), VaultError> {
    transaction
        .execute("UPDATE tenant SET epoch = ?2 WHERE id = ?1", params![tenant.as_str(), epoch.to_string()])?;
    transaction.execute("UPDATE outbox SET done_seq = NULL WHERE tenant = ?1", [tenant.as_str()])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use board_domain::wire::Frame;
    use board_domain::{Actor, Audience, Event, Fact, Hash, Person, PersonId, Role};

    use super::*;

    /// The limit stands for a full disk wherever a test may not mount a small one.
    #[test]
    fn no_room_is_told_and_nothing_is_half_applied() {
        let folder = tempfile::tempdir().unwrap();
        let key = VaultKey::generate().unwrap();
        let mut vault = Vault::create(&folder.path().join("v"), &key).unwrap();
        let tenant = TenantId::new("fjordlys").unwrap();
        vault
            .enter_tenant(&TenantEntry { id: tenant.clone(), name: "F".into(), role: Role::Viewer })
            .unwrap();
        let connection = &vault.reader.connection;
        let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        connection.query_row(&format!("PRAGMA max_page_count = {}", pages + 2), [], |_| Ok(())).unwrap();
        let mut previous = Hash::ZERO;
        let frames: Vec<_> = (1..=100u64)
            .map(|seq| {
                let person = Person {
                    id: PersonId::new(format!("p{seq}")).unwrap(),
                    name: "N".repeat(200),
                    role: Role::Viewer,
                };
                let fact = Fact::PersonJoined { person };
                let mut event = Event {
                    tenant: tenant.clone(),
                    seq,
                    id: Uuid::from_u128(seq.into()),
                    at: Timestamp::UNIX_EPOCH,
                    actor: Actor::Service("test".into()),
                    origin: None,
                    audience: Audience::Board,
                    audience_seq: seq,
                    prev_hash: previous,
                    hash: Hash::ZERO,
                    kind: fact.kind().into(),
                    body: fact.body().unwrap(),
                };
                event.hash = event.digest();
                previous = event.hash;
                Frame::Event(Box::new(event))
            })
            .collect();
        let error = vault.apply(&tenant, Uuid::from_u128(1), &frames, Timestamp::UNIX_EPOCH).unwrap_err();
        assert!(matches!(error, crate::ApplyError::Vault(VaultError::Full)), "{error:?}");
        assert_eq!(vault.tenant(&tenant).unwrap().cursor, 0);
        let health = vault.check().unwrap();
        assert_eq!((health.events, health.rows, health.problems.len()), (0, 0, 0));
        let connection = &vault.reader.connection;
        connection.query_row("PRAGMA max_page_count = 1000000", [], |_| Ok(())).unwrap();
        vault.apply(&tenant, Uuid::from_u128(1), &frames, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(vault.tenant(&tenant).unwrap().cursor, 100);
    }
}
