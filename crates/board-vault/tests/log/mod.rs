//! A small server's log for tests: chained events of all audiences, and the frames that one reader sees of them.
#![allow(dead_code, unreachable_pub)]

use std::collections::BTreeMap;

use board_domain::wire::{Frame, TenantEntry};
use board_domain::{
    Actor, Audience, Currency, Event, Fact, Figure, FigureKey, FigureValue, Hash, Locale, Origin, Period,
    Person, PersonId, Report, ReportId, ReportStatus, Role, Template, Tenant, TenantId, Watermark,
};
use board_vault::{Vault, VaultKey};
use jiff::Timestamp;
use uuid::Uuid;

pub const EPOCH: Uuid = Uuid::from_u128(1);

pub fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

pub fn tenant() -> TenantId {
    TenantId::new("fjordlys").unwrap()
}

pub fn entry(id: &TenantId, role: Role) -> TenantEntry {
    TenantEntry { id: id.clone(), name: "Fjordlys Group".into(), role }
}

/// An open vault in a folder of its own.
pub struct Place {
    pub folder: tempfile::TempDir,
    pub key: VaultKey,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), key: VaultKey::generate().unwrap() }
    }

    pub fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("kari.vault")
    }

    pub fn create(&self) -> Vault {
        let mut vault = Vault::create(&self.path(), &self.key).unwrap();
        vault.enter_tenant(&entry(&tenant(), Role::Director)).unwrap();
        vault
    }

    pub fn open(&self) -> Vault {
        Vault::open(&self.path(), &self.key).unwrap()
    }
}

/// A log as the server writes it.
pub struct Log {
    pub tenant: TenantId,
    pub events: Vec<Event>,
    chains: BTreeMap<Audience, (u64, Hash)>,
}

impl Log {
    pub fn new() -> Self {
        Self::of(tenant())
    }

    pub fn of(tenant: TenantId) -> Self {
        Self { tenant, events: Vec::new(), chains: BTreeMap::new() }
    }

    pub fn fact(&mut self, fact: &Fact) -> &mut Self {
        self.event(fact.kind(), &fact.body().unwrap(), fact.audience(), None)
    }

    pub fn raw(&mut self, kind: &str, body: &str, audience: Audience) -> &mut Self {
        self.event(
            kind,
            &serde_json::from_str::<Box<serde_json::value::RawValue>>(body).unwrap(),
            audience,
            None,
        )
    }

    pub fn event(
        &mut self,
        kind: &str,
        body: &serde_json::value::RawValue,
        audience: Audience,
        origin: Option<Origin>,
    ) -> &mut Self {
        let seq = self.events.len() as u64 + 1;
        let link = self.chains.entry(audience.clone()).or_insert((0, Hash::ZERO));
        let mut event = Event {
            tenant: self.tenant.clone(),
            seq,
            id: Uuid::from_u128(u128::from(seq)),
            at: at(i64::try_from(seq).unwrap()),
            actor: Actor::Service("ingest".into()),
            origin,
            audience,
            audience_seq: link.0 + 1,
            prev_hash: link.1,
            hash: Hash::ZERO,
            kind: kind.into(),
            body: body.to_owned(),
        };
        event.hash = event.digest();
        *link = (event.audience_seq, event.hash);
        self.events.push(event);
        self
    }

    /// What a director sees: everything but governance, which comes as hidden runs.
    pub fn frames(&self) -> Vec<Frame> {
        let person = PersonId::new("kari").unwrap();
        let mut frames: Vec<Frame> = Vec::new();
        for event in &self.events {
            if event.audience.admits(&person, Role::Director) {
                frames.push(Frame::Event(Box::new(event.clone())));
            } else if let Some(Frame::Hidden { to, .. }) = frames.last_mut() {
                *to = event.seq;
            } else {
                frames.push(Frame::Hidden { from: event.seq, to: event.seq });
            }
        }
        frames
    }

    /// What a person in a role sees: the events of their audiences, the others as hidden runs.
    pub fn frames_of(&self, person: &PersonId, role: Role) -> Vec<Frame> {
        let mut frames: Vec<Frame> = Vec::new();
        for event in &self.events {
            if event.audience.admits(person, role) {
                frames.push(Frame::Event(Box::new(event.clone())));
            } else {
                frames.push(Frame::Hidden { from: event.seq, to: event.seq });
            }
        }
        frames
    }

    /// The events of one audience.
    pub fn frames_in(&self, audience: &Audience) -> Vec<Frame> {
        let events = self.events.iter().filter(|event| event.audience == *audience);
        events.map(|event| Frame::Event(Box::new(event.clone()))).collect()
    }
}

pub fn founded(id: &TenantId) -> Fact {
    let tenant = Tenant {
        id: id.clone(),
        name: "Fjordlys Group".into(),
        short_name: "Fjordlys".into(),
        locale: Locale::Nb,
        zone: "Europe/Oslo".into(),
        currency: Currency::parse("NOK").unwrap(),
        industry: "energy".into(),
        employees: 4_200,
        accent: "#0F766E".into(),
        watermark: Watermark::default(),
        partner: None,
        benchmark_consent: false,
    };
    Fact::TenantFounded { tenant }
}

pub fn figure(metric: &str, month: u8, value: f64) -> Fact {
    measured(&format!("{metric}/2026-{month:02}/all"), value)
}

/// The figure of a key.
pub fn measured(key: &str, value: f64) -> Fact {
    let key = FigureKey::parse(key).unwrap();
    let measured_at = at(0);
    let figure = Figure {
        key,
        definition: 1,
        value: FigureValue::Number { value },
        inputs: BTreeMap::new(),
        measured_at,
    };
    Fact::FigureMeasured { figure }
}

pub fn joined(name: &str) -> Fact {
    let id = PersonId::new(name).unwrap();
    Fact::PersonJoined { person: Person { id, name: name.to_uppercase(), role: Role::Viewer } }
}

pub fn report(name: &str, version: u32) -> Fact {
    let report = Report {
        id: ReportId::new(name).unwrap(),
        title: name.to_uppercase(),
        template: Template::Quarterly,
        period: Period::parse("2026-Q3").unwrap(),
        author: PersonId::new("kari").unwrap(),
        version,
        status: ReportStatus::Draft,
        sections: Vec::new(),
        approval: None,
    };
    Fact::ReportChanged { report, reason: String::new() }
}
