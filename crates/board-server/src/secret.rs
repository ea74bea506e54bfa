//! Secrets: a type that cannot be printed, random tokens, and keyed hashes. Not passwords.

use std::fmt::Write;

use board_domain::Hash;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// A secret text. Its `Debug` shows nothing.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes a text into custody.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A random password of 32 hexadecimal digits.
    pub fn generate() -> Result<Self, getrandom::Error> {
        Ok(Self(hex::encode(&random()?[..16])))
    }

    /// The text, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// 32 random bytes from the operating system.
pub(crate) fn random() -> Result<[u8; 32], getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A bearer token of 256 random bits: a prefix that tells what it is, then 64 hexadecimal digits.
pub(crate) fn token(prefix: &str) -> Result<String, getrandom::Error> {
    Ok(token_of(prefix, &random()?))
}

/// The bearer token of these bits.
pub(crate) fn token_of(prefix: &str, bits: &[u8; 32]) -> String {
    format!("{prefix}{}", hex::encode(bits))
}

/// Random bits hidden from everyone who does not know a token; sealing what was sealed opens it.
///
/// They are combined with HMAC-SHA-256 under a hash of the token that is stored nowhere. One token may seal one set of bits
/// under each label, since two under one pad would tell their difference.
pub(crate) fn sealed(token: &str, label: &str, bits: [u8; 32]) -> [u8; 32] {
    let key = Sha256::new().chain_update(b"seal ").chain_update(token).finalize().into();
    let mut sealed = keyed_hash(&key, label.as_bytes());
    for (pad, bit) in sealed.iter_mut().zip(bits) {
        *pad ^= bit;
    }
    sealed
}

/// What is stored of a token. A token is random, so a plain hash cannot be guessed back.
pub(crate) fn token_hash(token: &str) -> Hash {
    Hash(Sha256::digest(token.as_bytes()).into())
}

/// HMAC-SHA-256 (RFC 2104) of a message under a key of one digest's length.
fn keyed_hash(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let pad = |byte: u8| {
        let mut block = [byte; 64];
        for (slot, key) in block.iter_mut().zip(key) {
            *slot ^= key;
        }
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

/// A person's pseudonym within a tenant: the first 128 bits of a keyed hash, 32 hexadecimal digits.
pub(crate) fn pseudonym(key: &[u8; 32], identity: &str) -> String {
    keyed_hash(key, identity.trim().to_lowercase().as_bytes())[..16].iter().fold(
        String::with_capacity(32),
        |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keyed_hash_meets_rfc_4231_case_1_padded_to_a_full_key() {
        // Case 1 has the key 20 × 0x0b; HMAC pads keys with zeros, so 32 bytes of it padded by hand are the same key.
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        let expected = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";
        assert_eq!(hex::encode(keyed_hash(&key, b"Hi There")), expected);
    }

    #[test]
    fn pseudonyms_ignore_case_and_differ_by_key() {
        let (one, two) = ([1; 32], [2; 32]);
        assert_eq!(pseudonym(&one, " Kari@Example.com"), pseudonym(&one, "kari@example.com"));
        assert_ne!(pseudonym(&one, "kari@example.com"), pseudonym(&two, "kari@example.com"));
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_token_and_label_only() {
        let bits = [7; 32];
        let closed = sealed("brt_1", "access", bits);
        assert_eq!(sealed("brt_1", "access", closed), bits);
        assert_ne!(sealed("brt_2", "access", closed), bits);
        assert_ne!(sealed("brt_1", "refresh", closed), bits);
        assert_ne!(closed, bits);
    }

    #[test]
    fn secrets_do_not_print() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret");
    }
}
