//! The server's life: bind, serve, drain. Not what it serves.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::serve::{Listener, ListenerExt, TapIo};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

use crate::{
    benchmarks,
    clock::Clock,
    config::Config,
    http::{App, connection, router},
    identity::brake::Brake,
    snapshot::{self, Keeper},
    store::{OpenError, Store, tenant},
    trust,
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
}

/// A listener on the network, whose small writes go out at once.
type Network = TapIo<TcpListener, fn(&mut TcpStream)>;

/// A server that has its address and its store, and does not answer yet.
pub struct Server<L = Network> {
    listener: L,
    address: SocketAddr,
    app: Arc<App>,
}

impl Server {
    /// Opens the store and takes the address.
    pub async fn bind(config: &Config, clock: Clock) -> Result<Self, ServeError> {
        let failed = |source| ServeError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
        let at_once: fn(&mut TcpStream) = |socket| {
            // A socket that refuses is served all the same.
            let _ = socket.set_nodelay(true);
        };
        Self::over(listener.tap_io(at_once), config, clock)
    }
}

impl<L: Listener<Addr = SocketAddr>> Server<L> {
    /// Opens the store behind a listener that has its address.
    pub fn over(listener: L, config: &Config, clock: Clock) -> Result<Self, ServeError> {
        let failed = |source| ServeError::Listen { address: config.listen, source };
        let address = listener.local_addr().map_err(failed)?;
        let app = App {
            store: open_store(config)?,
            clock,
            brake: Brake::default(),
            keeper: Keeper::default(),
            draining: AtomicBool::new(false),
        };
        Ok(Self { listener, address, app: Arc::new(app) })
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
    pub async fn run(
        mut self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        if let Err(error) = trust::ensure_all(&self.app.store, self.app.clock.now()).await {
            tracing::error!(%error, "a tenant has no signing key; its next approval will make one");
        }
        tracing::info!(address = %self.address, "serving");
        let mut shutdown = std::pin::pin!(shutdown);
        let mut tasks = JoinSet::new();
        tasks.spawn(watch_heads(Arc::clone(&self.app)));
        tasks.spawn(snapshot::keep(self.app.store.clone(), self.app.keeper.clone()));
        tasks.spawn(benchmarks::keep(self.app.store.clone(), self.app.clock.clone()));
        let service = router(Arc::clone(&self.app));
        let (drain, draining) = watch::channel(false);
        let mut connections = JoinSet::new();
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(_) = connections.join_next() => (),
                (socket, peer) = self.listener.accept() => {
                    connections.spawn(connection::serve(socket, peer, service.clone(), draining.clone()));
                }
            }
        }
        tracing::info!(connections = connections.len(), "draining");
        drop(self.listener);
        self.app.draining.store(true, Ordering::Relaxed);
        drain.send_replace(true);
        self.app.store.channels().wake();
        let ended = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN, ended).await.is_err() {
            tracing::warn!(
                connections = connections.len(),
                "some connections did not end in time and were cut"
            );
            connections.shutdown().await;
        }
        tasks.shutdown().await;
        Ok(())
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
    if let Some(address) = &config.store {
        return Ok(Store::connect(address)?);
    }
    std::fs::create_dir_all(&config.data).map_err(ServeError::Folder)?;
    let (path, key) = (config.file(), config.key.as_ref());
    Ok(if config.inline { Store::open_inline(Some(&path), key)? } else { Store::open(&path, key)? })
}

/// Looks for appends of another process; does not end.
pub(crate) async fn watch_heads(app: Arc<App>) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        look.tick().await;
        match app.store.read(tenant::logs).await {
            Ok(logs) => {
                for (tenant, epoch, head) in logs {
                    app.store.channels().look(&tenant, epoch, head);
                }
            }
            Err(error) => tracing::warn!(%error, "the heads could not be read"),
        }
    }
}
