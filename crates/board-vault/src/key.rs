//! The vault's key: 256 random bits that cannot be printed. Where it is kept is the host's business.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::OpenError;

/// A 256-bit key. Wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct VaultKey([u8; 32]);

impl VaultKey {
    /// A new random key from the operating system.
    pub fn generate() -> Result<Self, OpenError> {
        let mut key = Self([0; 32]);
        getrandom::fill(&mut key.0).map_err(|e| OpenError::Io(std::io::Error::other(e)))?;
        Ok(key)
    }

    /// Parses 64 hexadecimal digits; `None` for anything else.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut key = Self([0; 32]);
        hex::decode_to_slice(text, &mut key.0).ok()?;
        Some(key)
    }

    /// As 64 hexadecimal digits, for the secret store.
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0))
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_and_never_prints() {
        let key = VaultKey::generate().unwrap();
        let hex = key.to_hex();
        assert_eq!(hex.len(), 64);
        assert_eq!(*VaultKey::from_hex(&hex).unwrap().to_hex(), *hex);
        assert_ne!(*VaultKey::generate().unwrap().to_hex(), *hex);
        assert_eq!(format!("{key:?}"), "VaultKey(..)");
        for bad in ["", "00", &hex[1..], "zz".repeat(32).as_str()] {
            assert!(VaultKey::from_hex(bad).is_none(), "{bad}");
        }
    }
}
