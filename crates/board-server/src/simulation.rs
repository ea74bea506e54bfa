//! The server for a simulation of the whole system: the same router and the same connections over whatever carries
//! bytes there, a store without threads, and a clock that the simulation moves. Not part of a shipped program:
//! compiled in with the feature `failpoints` only.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, atomic::AtomicBool},
};

use axum::Router;
use board_domain::{Event, Fact, Person, PersonId, Programme, Tenant, TenantId};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
};
use uuid::Uuid;

use crate::{
    admin::{AdminError, NewUser, append, ensure_account, found},
    clock::Clock,
    http::{App, connection, router},
    identity::{brake::Brake, session},
    serve::watch_heads,
    snapshot::{self, Keeper},
    store::{OpenError, Store, StoreError, Transaction, event, sql::values, tenant},
};

/// A server without a listener.
#[derive(Clone)]
pub struct Host {
    app: Arc<App>,
    router: Router,
    draining: watch::Receiver<bool>,
    _drain: Arc<watch::Sender<bool>>,
}

impl Host {
    /// Opens the store in a file, making it where it is missing.
    pub fn open(path: &Path, clock: Clock) -> Result<Self, OpenError> {
        let store = Store::open_inline(Some(path), None)?;
        let app = Arc::new(App {
            store,
            clock,
            brake: Brake::default(),
            draining: AtomicBool::new(false),
            keeper: Keeper::default(),
        });
        let (drain, draining) = watch::channel(false);
        Ok(Self { router: router(Arc::clone(&app)), app, draining, _drain: Arc::new(drain) })
    }

    /// Serves one connection to its end.
    pub async fn serve<I>(&self, io: I, peer: SocketAddr)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        connection::serve(io, peer, self.router.clone(), self.draining.clone()).await;
    }

    /// Founds a tenant with its people; their accounts have no password that anybody knows.
    pub async fn found(
        &self,
        company: Tenant,
        programmes: Vec<Programme>,
        people: Vec<Person>,
    ) -> Result<(), AdminError> {
        let (id, now) = (company.id.clone(), self.app.clock.now());
        let work = move |transaction: &mut Transaction<'_>| -> Result<(), AdminError> {
            found(transaction, &company, &programmes, now)?;
            for person in &people {
                let email = format!("{}@example.com", person.id);
                let user = NewUser {
                    person: person.id.clone(),
                    email,
                    name: person.name.clone(),
                    role: person.role,
                };
                ensure_account(transaction, &user, "-")?;
            }
            let joined = people.iter().cloned().map(|person| Fact::PersonJoined { person }).collect();
            Ok(append(transaction, &company.id, now, joined)?)
        };
        self.app.store.write(Some(&id), work).await
    }

    /// Starts a session as a sign-in does, without the password, whose hashing would take the simulation's time; gives
    /// the refresh token.
    pub async fn start_session(&self, person: &PersonId) -> Result<String, StoreError> {
        let (person, now) = (person.clone(), self.app.clock.now());
        let pair = self
            .app
            .store
            .write(None, move |transaction| session::start(transaction, &person, "simulation", now));
        Ok(pair.await?.refresh_token)
    }

    /// Appends facts of the operator, each to its own audience.
    pub async fn append(&self, tenant: &TenantId, facts: Vec<Fact>) -> Result<(), StoreError> {
        let (id, now) = (tenant.clone(), self.app.clock.now());
        self.app
            .store
            .write(Some(tenant), move |transaction| append(transaction, &id, now, facts.clone()))
            .await
    }

    /// Epoch, head and floor of a tenant's log.
    pub async fn standing(&self, tenant: &TenantId) -> Result<(Uuid, u64, u64), StoreError> {
        let asked = tenant.clone();
        let row = self.app.store.read(move |sql| tenant::get(sql, &asked)).await?;
        let row = row.ok_or_else(|| StoreError::NoTenant(tenant.clone()))?;
        Ok((row.epoch, row.head, row.floor))
    }

    /// Every event of a tenant's log.
    pub async fn events(&self, tenant: &TenantId) -> Result<Vec<Event>, StoreError> {
        let asked = tenant.clone();
        self.app.store.read(move |sql| event::page(sql, &asked, 0, u32::MAX, usize::MAX)).await
    }

    /// Looks for appends of another process, as a serving process does, until it is dropped.
    pub async fn watch_heads(&self) {
        watch_heads(Arc::clone(&self.app)).await;
    }

    /// Makes a snapshot of the log as it stands; gives its position.
    pub async fn snapshot(&self, tenant: &TenantId) -> Result<u64, StoreError> {
        snapshot::build(&self.app.store, tenant).await
    }

    /// Forgets all but the newest events; gives the new floor.
    pub async fn trim(&self, tenant: &TenantId, keep: u64) -> Result<u64, StoreError> {
        snapshot::trim::trim(&self.app.store, tenant, keep).await
    }

    /// Gives the log another epoch, as a restored one gets. To be opened anew afterwards: what was remembered of the old
    /// one is not good any more.
    pub async fn mint_epoch(self, tenant: &TenantId) -> Result<(), StoreError> {
        let id = tenant.clone();
        let work = move |transaction: &mut Transaction<'_>| -> Result<(), StoreError> {
            let epoch = Uuid::new_v4().to_string();
            let change = "UPDATE tenant SET epoch = $2 WHERE tenant = $1";
            transaction.sql()?.execute(change, values![id.as_str(), &epoch])?;
            Ok(())
        };
        self.app.store.write(Some(tenant), work).await
    }
}
