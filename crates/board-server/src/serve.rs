//! The server's life: bind, serve, drain. Not what it serves.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::watch};

use crate::{
    clock::Clock,
    config::Config,
    http::{App, router},
    identity::brake::Brake,
    store::{OpenError, Store, tenant},
};

/// How long open requests may take once the server is told to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// How often heads are compared with the table, for appends of another process.
const LOOK: Duration = Duration::from_secs(1);

/// Why the server could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store does not open.
    #[error(transparent)]
    Store(#[from] OpenError),
    /// The address cannot be used.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The data folder cannot be made.
    #[error("the data folder cannot be made: {0}")]
    Folder(std::io::Error),
    /// The listener broke.
    #[error("serving failed: {0}")]
    Serve(std::io::Error),
}

/// A server that has its address and its store, and does not answer yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: Arc<App>,
    drain: watch::Sender<bool>,
}

impl Server {
    /// Opens the store and takes the address.
    pub async fn bind(config: &Config, clock: Clock) -> Result<Self, ServeError> {
        let store = open_store(config)?;
        let failed = |source| ServeError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (drain, draining) = watch::channel(false);
        let app = Arc::new(App { store, clock, brake: Brake::default(), draining });
        Ok(Self { listener, address, app, drain })
    }

    /// Where it listens; with port 0 in the settings, the port it was given.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What its handlers share, for measurements.
    #[cfg(feature = "bench")]
    pub(crate) fn app(&self) -> Arc<App> {
        Arc::clone(&self.app)
    }

    /// Serves until `shutdown` is done, then says goodbye to open streams and lets requests finish.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), ServeError> {
        tracing::info!(address = %self.address, "serving");
        let watching = tokio::spawn(watch_heads(Arc::clone(&self.app)));
        let service = router(self.app).into_make_service_with_connect_info::<SocketAddr>();
        let mut drained = self.drain.subscribe();
        let drain = self.drain;
        let serving = axum::serve(self.listener, service).with_graceful_shutdown(async move {
            shutdown.await;
            tracing::info!("draining");
            drain.send_replace(true);
        });
        let overdue = async move {
            let _ = drained.wait_for(|draining| *draining).await;
            tokio::time::sleep(DRAIN).await;
        };
        let result = tokio::select! {
            result = async { serving.await } => result.map_err(ServeError::Serve),
            () = overdue => {
                tracing::warn!("some connections did not end in time and were cut");
                Ok(())
            }
        };
        watching.abort();
        result
    }
}

/// Binds with the system's clock and serves until `shutdown` is done.
pub async fn serve(
    config: &Config,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    Server::bind(config, Clock::system()).await?.run(shutdown).await
}

/// Makes the data folder where it is missing and opens the store in it.
pub(crate) fn open_store(config: &Config) -> Result<Store, ServeError> {
    std::fs::create_dir_all(&config.data).map_err(ServeError::Folder)?;
    Ok(Store::open(&config.store(), config.key.as_ref())?)
}

async fn watch_heads(app: Arc<App>) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        look.tick().await;
        match app.store.read(tenant::heads).await {
            Ok(heads) => heads.iter().for_each(|(tenant, head)| app.store.channels().observe(tenant, *head)),
            Err(error) => tracing::warn!(%error, "the heads could not be read"),
        }
    }
}
