//! Founds demo tenants from a folder's `tenants.json`; reports come in a second call, after their evidence.
//!
//! Seeding twice changes nothing.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use board_domain::{
    Actor, Command, Dashboard, Fact, Figure, FigureKey, FigureValue, Period, Person, PersonId, Programme,
    ReportId, ReportMove, Role, Section, Template, Tenant, TenantId, audience, decide,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    admin::{Admin, AdminError, NewUser, append, ensure_account, found},
    identity::password,
    secret::Secret,
    store::{StoreError, Transaction, tenant},
    trust,
};

/// Name of the description in its folder.
pub const FILE: &str = "tenants.json";

/// Why the demo could not be seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The description cannot be read.
    #[error("{path} cannot be read: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The description does not parse.
    #[error("{path} does not read: {source}")]
    Json {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The store or an account.
    #[error(transparent)]
    Admin(#[from] AdminError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A report breaks a rule.
    #[error("report {report} of {tenant}: {reason}")]
    Report {
        /// The tenant.
        tenant: TenantId,
        /// The report.
        report: ReportId,
        /// The refusal in words.
        reason: String,
    },
    /// Reports were asked for a tenant that was not founded.
    #[error("{0} was not founded: seed without --reports first")]
    NotFounded(TenantId),
}

/// The description of the demo.
#[derive(Deserialize)]
pub struct Demo {
    tenants: Vec<DemoTenant>,
    /// Companies without people or rows, with whom the tenants are compared.
    #[serde(default)]
    peers: Vec<DemoPeer>,
}

#[derive(Deserialize)]
struct DemoPeer {
    tenant: Tenant,
    /// Values by figure key.
    figures: BTreeMap<FigureKey, f64>,
}

#[derive(Deserialize)]
struct DemoTenant {
    tenant: Tenant,
    programmes: Vec<Programme>,
    people: Vec<DemoPerson>,
    dashboards: Vec<Dashboard>,
    #[serde(default)]
    reports: Vec<DemoReport>,
}

#[derive(Deserialize)]
struct DemoPerson {
    id: PersonId,
    name: String,
    email: String,
    role: Role,
}

#[derive(Clone, Deserialize)]
struct DemoReport {
    id: ReportId,
    title: String,
    template: Template,
    period: Period,
    author: PersonId,
    sections: Vec<Section>,
    #[serde(default)]
    steps: Vec<DemoStep>,
}

#[derive(Clone, Deserialize)]
struct DemoStep {
    by: PersonId,
    step: ReportMove,
    #[serde(default)]
    reason: String,
}

/// What a seeding did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Seeded {
    /// Tenants founded.
    pub tenants: Vec<TenantId>,
    /// Accounts made.
    pub accounts: u32,
    /// Reports written and moved.
    pub reports: Vec<ReportId>,
}

impl Demo {
    /// Reads the description in a folder.
    pub fn read(folder: &Path) -> Result<Self, SeedError> {
        let path = folder.join(FILE);
        let text = std::fs::read_to_string(&path)
            .map_err(|source| SeedError::File { path: path.clone(), source })?;
        serde_json::from_str(&text).map_err(|source| SeedError::Json { path, source })
    }

    /// Founds the tenants that are missing, with people, programmes, definitions and dashboards.
    pub async fn seed(self, admin: &Admin, password: &Secret, now: Timestamp) -> Result<Seeded, SeedError> {
        let hash = password::hash(password.reveal()).map_err(AdminError::from)?;
        let mut seeded = Seeded::default();
        for demo in self.tenants {
            let (id, hash) = (demo.tenant.id.clone(), hash.clone());
            let work = move |transaction: &mut Transaction<'_>| found_demo(transaction, &demo, &hash, now);
            if let Some(accounts) = admin.store.write(Some(&id), work).await? {
                seeded.accounts += accounts;
                seeded.tenants.push(id);
            }
        }
        for DemoPeer { tenant, figures } in self.peers {
            let id = tenant.id.clone();
            let work = move |transaction: &mut Transaction<'_>| -> Result<bool, SeedError> {
                let is_new = found(transaction, &tenant, &[], now)?;
                if is_new {
                    append(transaction, &tenant.id, now, measured(&figures, now))?;
                }
                Ok(is_new)
            };
            if admin.store.write(Some(&id), work).await? {
                seeded.tenants.push(id);
            }
        }
        Ok(seeded)
    }

    /// Writes the reports that are missing and takes them through their steps, each as a command of its person; then
    /// measures the benchmarks.
    pub async fn seed_reports(self, admin: &Admin, now: Timestamp) -> Result<Seeded, SeedError> {
        let mut seeded = Seeded::default();
        for DemoTenant { tenant: company, reports, .. } in self.tenants {
            let id = company.id.clone();
            let work = move |transaction: &mut Transaction<'_>| -> Result<Vec<ReportId>, SeedError> {
                if tenant::get(transaction.sql()?, &company.id)?.is_none() {
                    return Err(SeedError::NotFounded(company.id.clone()));
                }
                let mut written = Vec::new();
                for report in &reports {
                    if transaction.book(&company.id)?.report(report.id.as_str()).is_some() {
                        continue;
                    }
                    written.push(report.id.clone());
                    write_report(transaction, &company.id, report.clone(), now)?;
                }
                Ok(written)
            };
            seeded.reports.extend(admin.store.write(Some(&id), work).await?);
        }
        admin.measure_benchmarks(now).await?;
        Ok(seeded)
    }
}

fn measured(figures: &BTreeMap<FigureKey, f64>, now: Timestamp) -> Vec<Fact> {
    let figure = |(key, value): (&FigureKey, &f64)| Figure {
        key: key.clone(),
        definition: 1,
        value: FigureValue::Number { value: *value },
        inputs: BTreeMap::new(),
        measured_at: now,
    };
    figures.iter().map(|entry| Fact::FigureMeasured { figure: figure(entry) }).collect()
}

/// Founds one tenant of the demo; the number of accounts made, or `None` where it has a log already.
fn found_demo(
    transaction: &mut Transaction<'_>,
    demo: &DemoTenant,
    password_hash: &str,
    now: Timestamp,
) -> Result<Option<u32>, SeedError> {
    let DemoTenant { tenant: company, programmes, people, dashboards, .. } = demo;
    if !found(transaction, company, programmes, now)? {
        return Ok(None);
    }
    let mut accounts = 0;
    let mut facts = Vec::new();
    for DemoPerson { id, name, email, role } in people {
        let user = NewUser { person: id.clone(), email: email.clone(), name: name.clone(), role: *role };
        accounts += u32::from(ensure_account(transaction, &user, password_hash)?);
        facts.push(Fact::PersonJoined { person: Person { id: id.clone(), name: name.clone(), role: *role } });
    }
    facts.extend(dashboards.iter().cloned().map(|dashboard| Fact::DashboardArranged { dashboard }));
    append(transaction, &company.id, now, facts)?;
    Ok(Some(accounts))
}

fn write_report(
    transaction: &mut Transaction<'_>,
    tenant: &TenantId,
    report: DemoReport,
    now: Timestamp,
) -> Result<(), SeedError> {
    let DemoReport { id, title, template, period, author, sections, steps } = report;
    let draft = Command::DraftReport { id: id.clone(), title, template, period, sections };
    let moves = steps.into_iter().map(|DemoStep { by, step, reason }| {
        (by, Command::MoveReport { id: id.clone(), version: 1, step, reason })
    });
    for (person, command) in std::iter::once((author, draft)).chain(moves) {
        let facts = decide(transaction.book(tenant)?, &person, command, now).map_err(|refusal| {
            SeedError::Report { tenant: tenant.clone(), report: id.clone(), reason: refusal.to_string() }
        })?;
        let facts = trust::vouch(transaction, tenant, facts, now)?;
        let actor = Actor::Person(person.clone());
        transaction.publish(tenant, &actor, None, now, facts, |fact| audience(fact, &person))?;
    }
    Ok(())
}
