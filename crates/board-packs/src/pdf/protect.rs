//! Passwords and permissions: AES-256 as in ISO 32000-2, 7.6.4 (revision 6). Does not decide what is encrypted.

use aes::Aes256;
use aes::cipher::{Block, BlockCipherEncrypt, KeyInit};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::{PackError, Protection};

/// A file's key, which encrypts its streams and strings.
pub(super) struct Cipher {
    key: [u8; 32],
    seed: [u8; 32],
}

impl Cipher {
    /// Encrypts one stream or string of an object; the first block is its initialisation vector.
    pub(super) fn encrypt(&self, object: u32, data: &[u8]) -> Vec<u8> {
        // A vector per key and message: drawn from the secret seed, the object and what is encrypted.
        let mut digest = Sha256::new();
        digest.update(self.seed);
        digest.update(b"vector");
        digest.update(object.to_be_bytes());
        digest.update(data);
        let digest: [u8; 32] = digest.finalize().into();
        let vector: [u8; 16] = first(&digest);
        let mut padded = data.to_vec();
        let padding = 16 - data.len() % 16;
        padded.extend(std::iter::repeat_n(u8::try_from(padding).unwrap_or(16), padding));
        let mut out = vector.to_vec();
        out.extend(chained(&self.key, vector, &padded));
        out
    }
}

/// The file's cipher, and its encryption dictionary.
pub(super) fn protect(protection: &Protection) -> Result<(Cipher, String), PackError> {
    let user = password(&protection.open)?;
    let owner = password(&protection.change)?;
    if owner.is_empty() {
        return Err(PackError::Plan { reason: "a protected file needs a password for changes".into() });
    }
    if owner == user {
        return Err(PackError::Plan { reason: "the two passwords must differ".into() });
    }
    let seed = protection.seed;
    let drawn = |what: &str| -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(seed);
        digest.update(what);
        digest.finalize().into()
    };
    let key = drawn("key");
    let (salts, other) = (drawn("salts"), drawn("permissions"));
    let salt = |index: usize| &salts[index * 8..index * 8 + 8];
    // Algorithm 8: the user's entries.
    let u = [&hash(&user, salt(0), &[])[..], salt(0), salt(1)].concat();
    let ue = chained(&hash(&user, salt(1), &[]), [0; 16], &key);
    // Algorithm 9: the owner's.
    let o = [&hash(&owner, salt(2), &u)[..], salt(2), salt(3)].concat();
    let oe = chained(&hash(&owner, salt(3), &u), [0; 16], &key);
    // Algorithm 10: the permissions, so that a change of them is seen.
    let flags = protection.flags();
    let mut block = [0; 16];
    block[..4].copy_from_slice(&flags.to_le_bytes());
    block[4..8].fill(0xff);
    block[8..12].copy_from_slice(b"Tadb");
    block[12..].copy_from_slice(&other[..4]);
    let mut perms = Block::<Aes256>::from(block);
    Aes256::new(&key.into()).encrypt_block(&mut perms);
    let dictionary = format!(
        "<</Filter/Standard/V 5/R 6/Length 256/P {flags}/U<{}>/UE<{}>/O<{}>/OE<{}>/Perms<{}>\
         /CF<</StdCF<</AuthEvent/DocOpen/CFM/AESV3/Length 32>>>>/StmF/StdCF/StrF/StdCF>>",
        hex::encode(u),
        hex::encode(ue),
        hex::encode(o),
        hex::encode(oe),
        hex::encode(perms),
    );
    Ok((Cipher { key, seed }, dictionary))
}

/// Passwords are UTF-8, at most 127 bytes. Only what needs no preparation is taken: normalisation of look-alikes
/// differs between readers.
fn password(text: &str) -> Result<Vec<u8>, PackError> {
    if text.chars().any(|c| c.is_control() || (c.is_whitespace() && c != ' ')) {
        return Err(PackError::Plan { reason: "a password may hold no control characters".into() });
    }
    if text.len() > 127 {
        return Err(PackError::Plan { reason: "a password may have at most 127 bytes".into() });
    }
    Ok(text.as_bytes().to_vec())
}

/// Algorithm 2.B: the hash of a password.
fn hash(password: &[u8], salt: &[u8], user: &[u8]) -> [u8; 32] {
    let mut k = Sha256::digest([password, salt, user].concat()).to_vec();
    let mut round = 0;
    loop {
        let once = [password, &k[..], user].concat();
        let repeated = once.repeat(64);
        let key: [u8; 16] = first(&k);
        let e = chained_128(&key, first(&k[16..]), &repeated);
        let modulus = e[..16].iter().map(|byte| u32::from(*byte)).sum::<u32>() % 3;
        k = match modulus {
            0 => Sha256::digest(&e).to_vec(),
            1 => Sha384::digest(&e).to_vec(),
            _ => Sha512::digest(&e).to_vec(),
        };
        round += 1;
        if round >= 64 && usize::from(e.last().copied().unwrap_or(0)) <= round - 32 {
            return first(&k);
        }
    }
}

fn first<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[..N]);
    array
}

/// AES-256 in cipher block chaining, without padding: `data` is whole blocks.
fn chained(key: &[u8; 32], vector: [u8; 16], data: &[u8]) -> Vec<u8> {
    chain(&Aes256::new(key.into()), vector, data)
}

fn chained_128(key: &[u8; 16], vector: [u8; 16], data: &[u8]) -> Vec<u8> {
    chain(&aes::Aes128::new(key.into()), vector, data)
}

fn chain<C>(cipher: &C, vector: [u8; 16], data: &[u8]) -> Vec<u8>
where
    C: BlockCipherEncrypt,
    Block<C>: From<[u8; 16]> + Into<[u8; 16]>,
{
    let mut previous = vector;
    let mut out = Vec::with_capacity(data.len());
    for block in data.chunks_exact(16) {
        let mut mixed: [u8; 16] = first(block);
        for (byte, before) in mixed.iter_mut().zip(previous) {
            *byte ^= before;
        }
        let mut block = Block::<C>::from(mixed);
        cipher.encrypt_block(&mut block);
        previous = block.into();
        out.extend_from_slice(&previous);
    }
    out
}
