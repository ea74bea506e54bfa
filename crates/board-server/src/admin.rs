//! What an operator does to a store: make it, found tenants, admit people, mint tokens. Also beside a running server.

use board_domain::{
    Actor, Fact, Person, PersonId, Programme, Role, Tenant, TenantId, TenantKey, definitions_v1,
};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    benchmarks,
    config::Config,
    identity::password::{self, PasswordError},
    secret::{self, Secret, token_hash},
    serve::{ServeError, open_store},
    snapshot::{self, trim::trim},
    store::{self, Store, StoreError, Transaction, account, service_token, sql::Sql, tenant, tenant_key},
    trust,
};

/// Why an operator's wish was not done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The store does not open.
    #[error(transparent)]
    Open(#[from] ServeError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The password is no password.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The e-mail address or the person already has an account that does not fit.
    #[error("the person {0} or the e-mail address belongs to another account")]
    AccountTaken(PersonId),
    /// Not an e-mail address.
    #[error("this is not an e-mail address")]
    Email,
    /// A key that the tenant never had.
    #[error("the tenant has no key {0}")]
    NoKey(String),
    /// A scope that does not exist.
    #[error("there is no scope {0:?}; known is ingest")]
    Scope(String),
}

/// The server itself, as an actor in the log.
pub(crate) fn operator() -> Actor {
    Actor::Service("operator".into())
}

/// An open store, for an operator.
pub struct Admin {
    pub(crate) store: Store,
}

/// A person to admit.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Id, the same in every tenant.
    pub person: PersonId,
    /// E-mail, any letter case.
    pub email: String,
    /// Name as shown.
    pub name: String,
    /// Role in the tenant.
    pub role: Role,
}

impl Admin {
    /// Opens the store of the settings, making it where it is missing.
    pub fn open(config: &Config) -> Result<Self, AdminError> {
        Ok(Self { store: open_store(config)? })
    }

    /// Gives a person an account and a role in a tenant. The password of an account that exists is left as it is.
    pub async fn add_user(
        &self,
        tenant: TenantId,
        user: NewUser,
        password: &Secret,
        now: Timestamp,
    ) -> Result<(), AdminError> {
        let hash = password::hash(password.reveal())?;
        let asked = tenant.clone();
        let work = move |transaction: &mut Transaction<'_>| -> Result<(), AdminError> {
            ensure_account(transaction, &user, &hash)?;
            let person = Person { id: user.person.clone(), name: user.name.clone(), role: user.role };
            if transaction.book(&asked)?.person(person.id.as_str()) != Some(&person) {
                append(transaction, &asked, now, vec![Fact::PersonJoined { person }])?;
            }
            Ok(())
        };
        self.store.write(Some(&tenant), work).await
    }

    /// Gives up all but the newest `keep` events of a log, where a snapshot stands for them; the new floor. At least one
    /// event stays.
    pub async fn trim(&self, tenant: &TenantId, keep: u64) -> Result<u64, AdminError> {
        Ok(trim(&self.store, tenant, keep).await?)
    }

    /// Makes a snapshot at the head of a log; its position.
    pub async fn snapshot(&self, tenant: &TenantId) -> Result<u64, AdminError> {
        Ok(snapshot::build(&self.store, tenant).await?)
    }

    /// Gives every log a new epoch, so that clients which saw more than this store holds start over. For a standby that
    /// was promoted and may lack what its primary had acknowledged.
    pub async fn promote(&self) -> Result<Vec<TenantId>, AdminError> {
        let mut promoted = Vec::new();
        for (tenant, _) in self.store.read(tenant::heads).await? {
            let asked = tenant.clone();
            let renew = move |transaction: &mut Transaction<'_>| -> Result<(), StoreError> {
                let (sql, epoch) = (transaction.sql()?, Uuid::new_v4());
                tenant::renew(sql, &asked, epoch)?;
                for mut kept in store::snapshot::newest(sql, &asked, u32::MAX)? {
                    kept.epoch = epoch;
                    store::snapshot::replace(sql, &kept)?;
                }
                Ok(())
            };
            self.store.write(Some(&tenant), renew).await?;
            promoted.push(tenant);
        }
        Ok(promoted)
    }

    /// Measures the benchmarks of all tenants and tells each what is new to it; how many facts that were.
    pub async fn measure_benchmarks(&self, now: Timestamp) -> Result<usize, AdminError> {
        Ok(benchmarks::measure(&self.store, now).await?)
    }

    /// The signing keys of a tenant, oldest first.
    pub async fn keys(&self, tenant: TenantId) -> Result<Vec<TenantKey>, AdminError> {
        let keys = move |sql: &mut dyn Sql| match tenant::get(sql, &tenant)? {
            Some(_) => tenant_key::all(sql, &tenant),
            None => Err(StoreError::NoTenant(tenant)),
        };
        Ok(self.store.read(keys).await?)
    }

    /// Puts a new signing key in the place of the one that signs. What the old one signed stays good.
    pub async fn rotate_key(&self, tenant: TenantId, now: Timestamp) -> Result<TenantKey, AdminError> {
        let asked = tenant.clone();
        let work = move |transaction: &mut Transaction<'_>| trust::rotate(transaction, &asked, now);
        self.store.write(Some(&tenant), work).await
    }

    /// Says that a signing key is in the wrong hands: nothing that it signed is good any more, and what the log holds of
    /// it is signed anew. Gives the key that signs now.
    pub async fn revoke_key(
        &self,
        tenant: TenantId,
        public: String,
        reason: String,
        now: Timestamp,
    ) -> Result<TenantKey, AdminError> {
        let asked = tenant.clone();
        let work = move |transaction: &mut Transaction<'_>| {
            trust::revoke(transaction, &asked, &public, &reason, now)
        };
        self.store.write(Some(&tenant), work).await
    }

    /// Mints a service token, which is shown once and kept as a hash. `scopes` are separated by spaces.
    pub async fn mint_token(
        &self,
        tenant: TenantId,
        name: String,
        scopes: String,
    ) -> Result<Secret, AdminError> {
        if let Some(unknown) = scopes.split(' ').find(|scope| *scope != "ingest") {
            return Err(AdminError::Scope(unknown.to_owned()));
        }
        let token = secret::token("bst_").map_err(StoreError::Random)?;
        let hash = token_hash(&token);
        let asked = tenant.clone();
        let work = move |transaction: &mut Transaction<'_>| -> Result<(), AdminError> {
            let sql = transaction.sql()?;
            tenant::get(sql, &asked)?.ok_or_else(|| StoreError::NoTenant(asked.clone()))?;
            Ok(service_token::insert(sql, &asked, &hash, &name, &scopes)?)
        };
        self.store.write(Some(&tenant), work).await?;
        Ok(Secret::new(token))
    }
}

/// Starts a tenant's log with the company, its programmes and the metric definitions; `false` where it has one.
pub(crate) fn found(
    transaction: &mut Transaction<'_>,
    company: &Tenant,
    programmes: &[Programme],
    now: Timestamp,
) -> Result<bool, AdminError> {
    let id = company.id.clone();
    let key = secret::random().map_err(StoreError::Random)?;
    if !tenant::create(transaction.sql()?, &id, Uuid::new_v4(), &key)? {
        return Ok(false);
    }
    let mut facts = vec![Fact::TenantFounded { tenant: company.clone() }];
    facts.extend(programmes.iter().cloned().map(|programme| Fact::ProgrammeOpened { programme }));
    facts.extend(definitions_v1().into_iter().map(|definition| Fact::MetricDefined { definition }));
    append(transaction, &id, now, facts)?;
    trust::ensure(transaction, &id, now)?;
    Ok(true)
}

/// Makes the person's account, or checks that the one that exists is theirs.
pub(crate) fn ensure_account(
    transaction: &mut Transaction<'_>,
    user: &NewUser,
    password_hash: &str,
) -> Result<bool, AdminError> {
    let email = user.email.trim().to_lowercase();
    if email.len() > 254
        || !email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
    {
        return Err(AdminError::Email);
    }
    if account::insert(transaction.sql()?, &user.person, &email, &user.name, password_hash)? {
        return Ok(true);
    }
    match account::by_email(transaction.sql()?, &email)? {
        Some(known) if known.person == user.person => Ok(false),
        _ => Err(AdminError::AccountTaken(user.person.clone())),
    }
}

/// Appends facts of the operator, each to its own audience.
pub(crate) fn append(
    transaction: &mut Transaction<'_>,
    tenant: &TenantId,
    now: Timestamp,
    facts: Vec<Fact>,
) -> Result<(), StoreError> {
    transaction.publish(tenant, &operator(), None, now, facts, Fact::audience)?;
    Ok(())
}
