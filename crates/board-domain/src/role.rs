//! Roles, and the one table that says what each may do. Not how a role is given.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A person's role in one tenant, lowest to highest; `Partner` stands beside the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[ts(export)]
pub enum Role {
    /// Reads and presents.
    Viewer,
    /// Board member.
    Director,
    /// Executive or report author.
    Manager,
    /// Runs the tenant.
    Admin,
    /// Runs every tenant of the server.
    SuperAdmin,
    /// Looks after several tenants.
    Partner,
}

impl Role {
    /// Every role, in the order of the matrix.
    pub const ALL: [Self; 6] =
        [Self::Viewer, Self::Director, Self::Manager, Self::Admin, Self::SuperAdmin, Self::Partner];

    /// As written on the wire and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Viewer => "VIEWER",
            Self::Director => "DIRECTOR",
            Self::Manager => "MANAGER",
            Self::Admin => "ADMIN",
            Self::SuperAdmin => "SUPER_ADMIN",
            Self::Partner => "PARTNER",
        }
    }

    /// Parses [`Role::code`].
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether the role has the permission.
    pub fn may(self, permission: Permission) -> bool {
        MATRIX.iter().any(|(row, roles)| *row == permission && roles.contains(&self))
    }
}

/// Something a role may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Permission {
    /// See dashboards, published reports, benchmarks and status; present.
    SeeDashboards,
    /// Keep private notes.
    KeepPrivateNotes,
    /// Replay the log in time.
    ReplayInTime,
    /// Share notes.
    ShareNotes,
    /// See redacted evidence and lineage.
    SeeEvidence,
    /// Export approved packs.
    ExportApproved,
    /// Comment on reports in progress.
    Comment,
    /// Export drafts.
    ExportDrafts,
    /// Write, edit and submit reports.
    WriteReports,
    /// Ask for changes or reject, if not the author.
    Review,
    /// Approve for the board, if not the author.
    Approve,
    /// Lock an approved report, if not the author.
    Lock,
    /// Export raw data.
    ExportRaw,
    /// Change the theme and the watermark.
    SetTheme,
    /// Arrange dashboards, add and remove people.
    RunTenant,
    /// Retention, DSAR, consents of others, the SSO and SCIM pages.
    Govern,
    /// Wipe devices.
    WipeDevices,
    /// Read the export log.
    SeeExportLog,
    /// Assign roles and map them from an identity provider.
    AssignRoles,
    /// Enter every tenant.
    SeeAllTenants,
}

use Role::{Admin, Director, Manager, Partner, SuperAdmin, Viewer};

/// The permission matrix: one row per permission.
const MATRIX: [(Permission, &[Role]); 20] = [
    (Permission::SeeDashboards, &[Viewer, Director, Manager, Admin, SuperAdmin, Partner]),
    (Permission::KeepPrivateNotes, &[Viewer, Director, Manager, Admin, SuperAdmin, Partner]),
    (Permission::ReplayInTime, &[Viewer, Director, Manager, Admin, SuperAdmin, Partner]),
    (Permission::ShareNotes, &[Director, Manager, Admin, SuperAdmin, Partner]),
    (Permission::SeeEvidence, &[Director, Manager, Admin, SuperAdmin, Partner]),
    (Permission::ExportApproved, &[Director, Manager, Admin, SuperAdmin, Partner]),
    (Permission::Comment, &[Director, Manager, Admin, SuperAdmin]),
    (Permission::ExportDrafts, &[Manager, Admin, SuperAdmin]),
    (Permission::WriteReports, &[Manager, Admin, SuperAdmin]),
    (Permission::Review, &[Admin, SuperAdmin]),
    (Permission::Approve, &[Director, SuperAdmin]),
    (Permission::Lock, &[SuperAdmin]),
    (Permission::ExportRaw, &[Admin, SuperAdmin]),
    (Permission::SetTheme, &[Admin, SuperAdmin, Partner]),
    (Permission::RunTenant, &[Admin, SuperAdmin]),
    (Permission::Govern, &[Admin, SuperAdmin]),
    (Permission::WipeDevices, &[Admin, SuperAdmin]),
    (Permission::SeeExportLog, &[Admin, SuperAdmin]),
    (Permission::AssignRoles, &[SuperAdmin]),
    (Permission::SeeAllTenants, &[SuperAdmin]),
];

impl Permission {
    /// Every permission, in the order of the matrix.
    pub fn all() -> impl Iterator<Item = Self> {
        MATRIX.iter().map(|(permission, _)| *permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The settled matrix, written a second time as a picture: VIEWER DIRECTOR MANAGER ADMIN `SUPER_ADMIN` PARTNER.
    const PICTURE: &str = "
        SeeDashboards    x x x x x x
        KeepPrivateNotes x x x x x x
        ReplayInTime     x x x x x x
        ShareNotes       . x x x x x
        SeeEvidence      . x x x x x
        ExportApproved   . x x x x x
        Comment          . x x x x .
        ExportDrafts     . . x x x .
        WriteReports     . . x x x .
        Review           . . . x x .
        Approve          . x . . x .
        Lock             . . . . x .
        ExportRaw        . . . x x .
        SetTheme         . . . x x x
        RunTenant        . . . x x .
        Govern           . . . x x .
        WipeDevices      . . . x x .
        SeeExportLog     . . . x x .
        AssignRoles      . . . . x .
        SeeAllTenants    . . . . x .
    ";

    #[test]
    fn every_cell_of_the_matrix_is_as_settled() {
        let rows: Vec<Vec<&str>> = PICTURE
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|row| !row.is_empty())
            .collect();
        assert_eq!(rows.len(), Permission::all().count());
        let mut cells = 0;
        for (row, permission) in rows.iter().zip(Permission::all()) {
            assert_eq!(row[0], format!("{permission:?}"));
            for (role, mark) in Role::ALL.into_iter().zip(&row[1..]) {
                assert_eq!(role.may(permission), *mark == "x", "{permission:?} for {role:?}");
                cells += 1;
            }
        }
        assert_eq!(cells, 120);
    }

    #[test]
    fn codes_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.code()), Some(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.code()));
        }
        assert_eq!(Role::parse("root"), None);
    }
}
