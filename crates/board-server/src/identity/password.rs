//! Passwords: argon2id hashes, and a check that takes as long for an unknown account as for a known one.

use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

/// Shortest and longest password, in characters and bytes.
const SHORTEST: usize = 12;
const LONGEST: usize = 1_024;

/// Hashes that may be computed at the same time; each takes 19 MiB and tens of milliseconds.
static RUNNING: Semaphore = Semaphore::const_new(4);

/// Why a password was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too short or too long.
    #[error("a password has at least {SHORTEST} characters and at most {LONGEST} bytes")]
    Length,
    /// The hash could not be computed.
    #[error("the password could not be hashed")]
    Hash,
}

/// A PHC string for a new password.
pub(crate) fn hash(password: &str) -> Result<String, PasswordError> {
    if password.chars().count() < SHORTEST || password.len() > LONGEST {
        return Err(PasswordError::Length);
    }
    let hash = Argon2::default().hash_password(password.as_bytes()).map_err(|_| PasswordError::Hash)?;
    Ok(hash.to_string())
}

/// Whether the password fits the PHC string; without one the same work is done for nothing.
pub(crate) async fn fits(password: String, stored: Option<String>) -> bool {
    let Ok(_permit) = RUNNING.acquire().await else { return false };
    let check = move || {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| DECOY.to_owned());
        let fits = PasswordHash::new(&stored).is_ok_and(|stored| {
            password.len() <= LONGEST
                && Argon2::default().verify_password(password.as_bytes(), &stored).is_ok()
        });
        known && fits
    };
    tokio::task::spawn_blocking(check).await.unwrap_or(false)
}

/// A hash of a random password nobody knows, with the parameters of [`hash`].
const DECOY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$Ym9hcmRyb29tLWRlY295IQ$mGDcw0HsLVXvyJXnvLCmUU7Y8HfHGrxrU1zA0ULwdIo";

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_account_fits() {
        let stored = hash("correct horse battery").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(fits("correct horse battery".into(), Some(stored.clone())).await);
        assert!(!fits("correct horse batterY".into(), Some(stored)).await);
        assert!(!fits("correct horse battery".into(), None).await);
    }

    #[test]
    fn the_decoy_costs_what_a_real_hash_costs() {
        let decoy = PasswordHash::new(DECOY).unwrap();
        let real = hash("correct horse battery").unwrap();
        let real = PasswordHash::new(&real).unwrap();
        assert_eq!(decoy.params.to_string(), real.params.to_string());
        assert_eq!(decoy.hash.unwrap().len(), real.hash.unwrap().len());
    }

    #[test]
    fn short_and_huge_passwords_are_refused() {
        assert_eq!(hash("elevenchars"), Err(PasswordError::Length));
        assert_eq!(hash(&"x".repeat(1_025)), Err(PasswordError::Length));
    }
}
