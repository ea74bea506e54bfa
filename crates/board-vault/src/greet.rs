//! The greeting: role, head and audiences as the server says them now. What is lost is purged, what is gained is
//! remembered to be fetched.

use board_domain::wire::Hello;
use board_domain::{Audience, Role, TenantId};
use jiff::Timestamp;
use rusqlite::{Transaction, params};

use crate::audiences::{self, Audiences, forget_staging};
use crate::event::place;
use crate::reader::signed;
use crate::{TenantCopy, Vault, VaultError, refold};

/// What a greeting changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeted {
    /// The copy as it stands now.
    pub copy: TenantCopy,
    /// Audiences that no longer admit the person: everything of them is gone from this device.
    pub lost: Vec<Audience>,
    /// Audiences that admit the person since now: [`TenantCopy::backfills`] says what to fetch.
    pub gained: Vec<Audience>,
}

impl Vault {
    /// Takes role, head and audiences from the server's greeting.
    ///
    /// The events, rows and chains of a lost audience are deleted and overwritten before this returns. A gained one is
    /// to be backfilled up to the cursor, unless the copy is empty or of another epoch and is to be fetched whole.
    pub fn greet(&mut self, tenant: &TenantId, hello: &Hello, at: Timestamp) -> Result<Greeted, VaultError> {
        let copy = self.tenant(tenant)?;
        let transaction = self.write()?;
        let no = audiences::tenant_no(&transaction, tenant)?;
        let mut known = Audiences::load(&transaction, no)?;
        // A copy made before greetings were kept: its role says what it holds.
        if !known.told && (copy.cursor > 0 || copy.start > 0) {
            for audience in &hello.audiences {
                if admitted(audience, copy.role) && known.all.iter().all(|k| k.audience != *audience) {
                    known.add(&transaction, audience, true)?;
                }
            }
            for index in 0..known.all.len() {
                known.change(index).admitted = true;
            }
        }
        let same_log = copy.cursor > 0 && copy.epoch == Some(hello.epoch);
        let (lost, mut gained) = (lose(&transaction, no, &mut known, hello)?, Vec::new());
        for audience in &hello.audiences {
            let index = match known.all.iter().position(|k| k.audience == *audience) {
                Some(index) if known.all[index].admitted => continue,
                Some(index) => index,
                None => known.add(&transaction, audience, true)?,
            };
            let change = known.change(index);
            change.admitted = true;
            change.fill = same_log.then_some((0, copy.cursor));
            gained.push(audience.clone());
        }
        known.store(&transaction)?;
        if !lost.is_empty() || !gained.is_empty() {
            forget_staging(&transaction, no)?;
        }
        // History below the floor can come no more, and a chain that does not begin at its beginning proves nothing.
        let (past, floor) = (signed(copy.past)?, signed(hello.floor)?);
        if copy.past < copy.start && copy.epoch == Some(hello.epoch) && floor > past {
            forget_past(&transaction, no)?;
        }
        transaction.execute(
            "UPDATE tenant SET role = ?2, floor = ?3, last_contact = ?5,
                 head_heard = CASE WHEN epoch IS NOT NULL AND epoch <> ?6 THEN ?4 ELSE max(head_heard, ?4) END
             WHERE no = ?1",
            params![
                no,
                hello.role.code(),
                floor,
                signed(hello.head)?,
                at.to_string(),
                hello.epoch.to_string()
            ],
        )?;
        // A server that speaks of less than it acknowledged has lost it: those commands are to be sent again. Where it
        // has not, the answer is the same as before.
        transaction.execute(
            "UPDATE outbox SET done_seq = NULL WHERE tenant = ?1 AND done_seq > ?2",
            params![tenant.as_str(), signed(hello.head)?],
        )?;
        fail::fail_point!("vault.purge.before_commit");
        transaction.commit()?;
        self.unclean |= !lost.is_empty();
        self.clean()?;
        Ok(Greeted { copy: self.tenant(tenant)?, lost, gained })
    }
}

/// Whether an audience was part of a role's copy. Those that name a person were kept only where they named its owner.
fn admitted(audience: &Audience, role: Role) -> bool {
    match audience {
        Audience::Person(_) => true,
        shared => board_domain::PersonId::new("nobody").is_ok_and(|nobody| shared.admits(&nobody, role)),
    }
}

/// Purges the audiences that no longer admit the person; returns them.
fn lose(
    transaction: &Transaction<'_>,
    tenant: i64,
    known: &mut Audiences,
    hello: &Hello,
) -> Result<Vec<Audience>, VaultError> {
    let mut lost = Vec::new();
    let mut stood_still = false;
    for gone in known.all.iter().filter(|k| !hello.audiences.contains(&k.audience)) {
        stood_still |= audiences::purge(transaction, tenant, gone.no)?;
        if gone.admitted {
            lost.push(gone.audience.clone());
        }
    }
    known.all.retain(|k| hello.audiences.contains(&k.audience));
    // A table that stood still because of a purged event goes on without it.
    if stood_still {
        known.store(transaction)?;
        refold::refold(transaction, tenant)?;
    }
    Ok(lost)
}

/// Gives up the history before the snapshot.
fn forget_past(transaction: &Transaction<'_>, tenant: i64) -> Result<(), VaultError> {
    for table in ["past_row", "past_version", "past_paused"] {
        transaction.execute(&format!("DELETE FROM {table} WHERE tenant = ?1"), [tenant])?;
    }
    transaction.execute(
        "DELETE FROM event WHERE place > ?2 AND place <= ?2 + (SELECT start FROM tenant WHERE no = ?1)
         AND audience IN (SELECT no FROM audience WHERE tenant = ?1 AND goal_seq IS NOT NULL)",
        [tenant, place(tenant, 0)],
    )?;
    transaction.execute("UPDATE tenant SET past = start WHERE no = ?1", [tenant])?;
    Ok(())
}
