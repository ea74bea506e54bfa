//! The demo tenant: 24 months of an invented company, written to `assets/demo` from a fixed seed.
//!
//! Holds no figures: the server measures them from these rows.

mod activity;
mod calendar;
mod company;
mod costs;
mod dashboards;
mod feedback;
mod markup;
mod names;
mod peers;
mod phrases;
mod random;
mod reports;
mod rows;

#[cfg(test)]
mod counting;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use board_domain::{Dashboard, Programme, Role, Tenant};
use serde::Serialize;

use company::{COMPANIES, Company, PARTNER};
use phrases::Phrases;
use reports::SeedReport;

/// Why the demo could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    #[error("cannot write {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Id(#[from] board_domain::IdError),
    #[error(transparent)]
    Report(#[from] reports::ReportError),
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

#[derive(Serialize)]
struct Seed {
    tenants: Vec<SeedTenant>,
    peers: Vec<peers::SeedPeer>,
    partners: Vec<SeedPartner>,
}

#[derive(Serialize)]
struct SeedTenant {
    tenant: Tenant,
    programmes: Vec<Programme>,
    people: Vec<SeedPerson>,
    dashboards: Vec<Dashboard>,
    reports: Vec<SeedReport>,
}

#[derive(Serialize)]
struct SeedPerson {
    id: board_domain::PersonId,
    name: String,
    email: String,
    role: Role,
}

#[derive(Serialize)]
struct SeedPartner {
    id: &'static str,
    name: &'static str,
    tenants: Vec<&'static str>,
}

/// Writes every file below `folder`.
pub(crate) fn write(folder: &Path) -> Result<(), DemoError> {
    for (name, text) in files()? {
        let path = folder.join(name);
        let put = || {
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(&path, &text)
        };
        put().map_err(|source| DemoError::File { path: path.clone(), source })?;
    }
    Ok(())
}

/// Every file of the demo by its path below `assets/demo`.
fn files() -> Result<BTreeMap<String, String>, DemoError> {
    let phrases = Phrases::read();
    let mut files = BTreeMap::new();
    let mut tenants = Vec::new();
    for company in &COMPANIES {
        tenants.push(seed(company)?);
        let activity = activity::play(company, &phrases);
        let mut put = |name: &str, text: String| files.insert(format!("{}/{name}", company.id), text);
        put("kintell_sessions.csv", table(&activity.kintell)?);
        put("buddy_sessions.csv", table(&activity.buddy)?);
        put("buddy_matches.csv", table(&activity.matches)?);
        put("upskilling_sessions.csv", table(&activity.upskilling)?);
        put("course_completions.csv", table(&activity.completions)?);
        put("outcomes.csv", table(&activity.outcomes)?);
        put("costs.csv", table(&costs::of(company))?);
        put("feedback.ndjson", lines(&feedback::of(company, &activity, &phrases)?)?);
    }
    let partners = vec![SeedPartner {
        id: PARTNER.0,
        name: PARTNER.1,
        tenants: COMPANIES.iter().map(|c| c.id).collect(),
    }];
    let mut seed = serde_json::to_string_pretty(&Seed { tenants, peers: peers::all()?, partners })?;
    seed.push('\n');
    files.insert("tenants.json".into(), seed);
    Ok(files)
}

fn seed(company: &Company) -> Result<SeedTenant, DemoError> {
    let people = company.people()?.into_iter().map(|signed_in| SeedPerson {
        id: signed_in.person.id,
        name: signed_in.person.name,
        email: signed_in.email,
        role: signed_in.person.role,
    });
    Ok(SeedTenant {
        tenant: company.tenant()?,
        programmes: company::programmes()?,
        people: people.collect(),
        dashboards: dashboards::all()?,
        reports: reports::of(company)?,
    })
}

fn table(rows: &[impl Serialize]) -> Result<String, DemoError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.serialize(row)?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn lines(rows: &[impl Serialize]) -> Result<String, DemoError> {
    let mut text = String::new();
    for row in rows {
        text.push_str(&serde_json::to_string(row)?);
        text.push('\n');
    }
    Ok(text)
}
