//! The log behind nchan: one bare statement for each message, with the very rows of our store and none of its checks.
//! Not used with our server, which has a log of its own.

use std::time::{SystemTime, UNIX_EPOCH};

use tokio::task::spawn_local;
use tokio_postgres::{Client, NoTls, Statement};

use crate::publisher::uuid;

const STATEMENT: &str = include_str!("../../../bench/append_one.sql");

/// A connection with the statement prepared.
pub(crate) struct Store {
    client: Client,
    statement: Statement,
}

impl Store {
    pub(crate) async fn open(address: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(address, NoTls).await.expect("the store listens");
        spawn_local(connection);
        let statement = client.prepare(STATEMENT).await.expect("its tables are there");
        Self { client, statement }
    }

    /// Stores one message and returns when it is on disk.
    pub(crate) async fn append(&self, tenant: &str, client: &str, number: u64, body: &str) {
        let number = i64::try_from(number).unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
        let (now, key) = (i64::try_from(now).unwrap(), uuid());
        let hash = &key.as_bytes()[..32];
        let kind = "tenant.watermark_set";
        self.client
            .query_one(
                &self.statement,
                &[&tenant, &now, &"board", &hash, &client, &"ada", &number, &key, &hash, &kind, &body],
            )
            .await
            .expect("a row");
    }
}
