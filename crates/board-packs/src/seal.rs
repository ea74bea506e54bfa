//! The statement a pack's maker signs, and its Ed25519 signature. Where each format keeps them is not known here.

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::{Manifest, PackError};

/// The version of statements that is written; older ones are read.
pub(crate) const VERSION: u8 = 2;

/// SHA-256.
pub(crate) type Hash = [u8; 32];

pub(crate) fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// What is signed: lines of `name value`, each digest in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    /// Changes with the meaning of the lines: the first line of the text.
    pub(crate) version: u8,
    /// `pdf` or `pptx`.
    pub(crate) format: &'static str,
    /// Of the embedded manifest.
    pub(crate) manifest: Hash,
    /// Of what the reader sees; each format defines it.
    pub(crate) content: Hash,
    /// Of the file's bytes up to the seal or around its hole. A PDF of version 1 has its content there and none here.
    pub(crate) container: Option<Hash>,
}

impl Statement {
    fn bytes(&self) -> Vec<u8> {
        let mut text = format!(
            "boardroom-pack/{}\nformat {}\nmanifest {}\ncontent {}\n",
            self.version,
            self.format,
            hex::encode(self.manifest),
            hex::encode(self.content)
        );
        if let Some(container) = self.container {
            text.push_str(&format!("container {}\n", hex::encode(container)));
        }
        text.into_bytes()
    }

    pub(crate) fn sign(&self, key: &SigningKey) -> [u8; 64] {
        key.sign(&self.bytes()).to_bytes()
    }

    /// Strict verification: weak keys and malleable signatures do not pass.
    pub(crate) fn holds(&self, key: &[u8; 32], signature: &[u8; 64]) -> bool {
        VerifyingKey::from_bytes(key)
            .is_ok_and(|key| key.verify_strict(&self.bytes(), &Signature::from_bytes(signature)).is_ok())
    }
}

/// The manifest as it is embedded and hashed: compact JSON, fields in declared order, maps sorted by key.
pub(crate) fn manifest_bytes(manifest: &Manifest) -> Result<Vec<u8>, PackError> {
    serde_json::to_vec(manifest).map_err(|error| PackError::Container(error.to_string()))
}
