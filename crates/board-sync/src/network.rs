//! Notices that this machine's network is another one: an address came or went. Not whether the server can be reached,
//! which only asking it tells.

use std::time::Duration;

use netwatcher::{AsyncWatch, Update, async_adapter::Tokio, watch_interfaces_async};
use tokio::time::{Instant, timeout_at};

/// A network comes up address by address; so long must be quiet after one.
const SETTLE: Duration = Duration::from_millis(500);
/// And so long at the most: an address that comes and goes for ever must not hide the others.
const SETTLE_AT_MOST: Duration = Duration::from_secs(5);

/// A watch over the addresses of this machine.
pub(crate) struct Network {
    watch: Option<AsyncWatch>,
    /// When the first and the last of the changes came that were not told yet.
    untold: Option<(Instant, Instant)>,
}

impl Network {
    /// Starts to watch. Where the system does not tell, nothing is ever noticed, and a dead connection is found by its
    /// silence alone.
    pub(crate) fn watch() -> Self {
        let watch = watch_interfaces_async::<Tokio>()
            .inspect_err(|error| tracing::warn!(%error, "changes of the network are not noticed"));
        Self { watch: watch.ok(), untold: None }
    }

    /// A watch that notices nothing, for a network that is simulated.
    pub(crate) fn unwatched() -> Self {
        Self { watch: None, untold: None }
    }

    /// Waits until the addresses have changed and settled. Safe to cancel: what was not told is told next time.
    pub(crate) async fn changed(&mut self) {
        let Some(watch) = &mut self.watch else { return std::future::pending().await };
        loop {
            let update = if let Some((first, last)) = self.untold {
                match timeout_at((last + SETTLE).min(first + SETTLE_AT_MOST), watch.changed()).await {
                    Ok(update) => update,
                    Err(_) => break,
                }
            } else {
                watch.changed().await
            };
            if matters(&update) {
                let now = Instant::now();
                self.untold = Some((self.untold.map_or(now, |(first, _)| first), now));
            }
        }
        self.untold = None;
    }
}

/// Whether an address came or went; the first update only says what there is.
fn matters(update: &Update) -> bool {
    !update.is_initial && (update.addrs_added().next().is_some() || update.addrs_removed().next().is_some())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use tokio::time::timeout;

    use super::*;

    /// Run by the test below, in a network of its own.
    #[tokio::test]
    #[ignore = "changes the network it runs in"]
    async fn inside() {
        let mut network = Network::watch();
        assert!(
            timeout(Duration::from_secs(1), network.changed()).await.is_err(),
            "told of what was there already"
        );
        for address in ["10.9.8.7/32", "10.9.8.8/32"] {
            let added = Command::new("ip").args(["address", "add", address, "dev", "lo"]).status().unwrap();
            assert!(added.success());
        }
        timeout(Duration::from_secs(10), network.changed()).await.expect("an address that came is noticed");
        let more = timeout(Duration::from_secs(1), network.changed()).await;
        assert!(more.is_err(), "two addresses that come together are one change");
        let gone =
            Command::new("ip").args(["address", "delete", "10.9.8.7/32", "dev", "lo"]).status().unwrap();
        assert!(gone.success());
        timeout(Duration::from_secs(10), network.changed()).await.expect("an address that went is noticed");
    }

    #[test]
    fn an_address_that_comes_or_goes_is_a_change() {
        let up = "ip link set lo up && exec \"$0\" --ignored --exact network::tests::inside";
        let output = Command::new("unshare")
            .args(["--user", "--map-root-user", "--net", "sh", "-c", up])
            .arg(std::env::current_exe().unwrap())
            .output()
            .expect("unshare is part of every Linux system");
        let words = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && words.contains("1 passed"),
            "{words}{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_simulated_network_never_changes() {
        assert!(timeout(Duration::from_hours(24), Network::unwatched().changed()).await.is_err());
    }
}
