//! The brake on guessing passwords: failed sign-ins per account and address within a window. Bounded in memory.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;

/// Failures allowed within the window.
const FAILURES: u32 = 10;
/// Length of the window, seconds.
const WINDOW: i64 = 300;
/// Most pairs remembered.
const REMEMBERED: usize = 10_000;

/// Counts failures.
#[derive(Default)]
pub(crate) struct Brake {
    failures: Mutex<HashMap<(String, IpAddr), (u32, i64)>>,
}

impl Brake {
    /// Counts an attempt as failed before it is made, so that parallel guesses count too. `Err` gives the seconds to
    /// wait.
    pub(crate) fn attempt(&self, email: &str, address: IpAddr, now: Timestamp) -> Result<(), i64> {
        let now = now.as_second();
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= REMEMBERED {
            failures.retain(|_, (_, since)| now - *since < WINDOW);
            // Still full: an attack on many accounts. Forgetting the oldest keeps memory bounded.
            if failures.len() >= REMEMBERED
                && let Some(oldest) =
                    failures.iter().min_by_key(|(_, (_, since))| *since).map(|(key, _)| key.clone())
            {
                failures.remove(&oldest);
            }
        }
        let (count, since) = failures.entry((email.to_owned(), address)).or_insert((0, now));
        if now - *since >= WINDOW {
            (*count, *since) = (0, now);
        }
        if *count >= FAILURES {
            return Err(WINDOW - (now - *since));
        }
        *count += 1;
        Ok(())
    }

    /// Forgets the failures of a pair that has signed in.
    pub(crate) fn release(&self, email: &str, address: IpAddr) {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner).remove(&(email.to_owned(), address));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_stop_a_pair_for_the_window_and_nobody_else() {
        let brake = Brake::default();
        let (here, there) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let at = |second| Timestamp::from_second(second).unwrap();
        for _ in 0..FAILURES {
            assert_eq!(brake.attempt("a@example.com", here, at(100)), Ok(()));
        }
        assert_eq!(brake.attempt("a@example.com", here, at(160)), Err(240));
        assert_eq!(brake.attempt("a@example.com", there, at(160)), Ok(()));
        assert_eq!(brake.attempt("b@example.com", here, at(160)), Ok(()));
        assert_eq!(brake.attempt("a@example.com", here, at(400)), Ok(()));
    }

    #[test]
    fn memory_stays_bounded() {
        let brake = Brake::default();
        for n in 0..(REMEMBERED + 50) {
            let address = IpAddr::from(u32::try_from(n).unwrap().to_be_bytes());
            let _ = brake.attempt("a@example.com", address, Timestamp::UNIX_EPOCH);
        }
        assert!(brake.failures.lock().unwrap().len() <= REMEMBERED);
    }
}
