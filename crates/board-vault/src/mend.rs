//! An audience that the copy holds and yet lacks events of: what is missing is fetched on its own, as of one gained.
//! Not how that is noticed: see `apply`.

use board_domain::{Audience, TenantId};
use rusqlite::OptionalExtension;

use crate::audiences::{Audiences, tenant_no};
use crate::event::{HIGHEST_KEPT, place, position};
use crate::{Vault, VaultError};

impl Vault {
    /// Has what follows the newest event of an audience backfilled, up to the cursor: the server says that there is more
    /// of it than came. [`crate::TenantCopy::backfills`] then names it.
    ///
    /// `false`, and nothing changed, where nothing can be missing: the copy does not hold the audience, is about to
    /// backfill it already, or has nothing between its newest event and the cursor.
    pub fn mend(&mut self, tenant: &TenantId, audience: &Audience) -> Result<bool, VaultError> {
        let copy = self.tenant(tenant)?;
        let transaction = self.write()?;
        let no = tenant_no(&transaction, tenant)?;
        let mut audiences = Audiences::load(&transaction, no)?;
        let held = |known: &crate::audiences::Known| known.audience == *audience && known.fill.is_none();
        let Some(index) = audiences.all.iter().position(held) else { return Ok(false) };
        let newest: Option<i64> = transaction
            .query_row(
                "SELECT place FROM event WHERE place > ?1 AND place <= ?2 AND audience = ?3 ORDER BY place DESC LIMIT 1",
                [place(no, 0), place(no, HIGHEST_KEPT), audiences.all[index].no],
                |row| row.get(0),
            )
            .optional()?;
        // What lies before a snapshot is in its rows, and its chains begin there.
        let newest = newest.map_or(0, position).max(copy.start);
        if newest >= copy.cursor {
            return Ok(false);
        }
        audiences.change(index).fill = Some((newest, copy.cursor));
        audiences.store(&transaction)?;
        transaction.commit()?;
        Ok(true)
    }
}
