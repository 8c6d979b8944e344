//! GOST R 34.10: signatures of Kazakh certificates, verified and made.
//!
//! Spec:  RFC 7091 §6 on the curve paramSetA of 512 bits (RFC 7836) with Streebog (RFC 6986),
//!        which Kazakhstan calls GOST R 34.10-2015; for what was signed before 2022 the same
//!        equation on CryptoPro-A (RFC 4357) with GOST R 34.11-94 and its test S-boxes, for
//!        verifying alone.
//! In:    keys as X ‖ Y, values as r ‖ s, digests as numbers: all with the least octet first,
//!        which is the reverse of what RFC 9215 writes, and what every Kazakh certificate shows.
//! Time:  verifying depends on what it is given. Making a signature or a public key depends on
//!        neither the private key nor the nonce.
//! Start: [`PublicKey::verify`], [`PrivateKey::sign`], [`OldPublicKey::verify`].

mod curve;
mod digest;
mod field;
mod fixed;
mod form;
mod scalar;

use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use zeroize::{Zeroize, Zeroizing};

use curve::{Affine, BASE_256, BASE_512, Table};
use field::limbs_of;
use scalar::Scalar;

pub use digest::{gost94, gost94_in_pieces, streebog512, streebog512_in_pieces};

/// Octets of a public key of the present standard.
pub const KEY_OCTETS: usize = 128;
/// Octets of a signature value of the present standard.
pub const VALUE_OCTETS: usize = 128;

/// Bits of a digit, for a key of one message and for one of many.
const WIDTH_ONCE: u32 = 5;
const WIDTH_OFTEN: u32 = 6;
/// Pieces of a scalar for a key of many messages: a quarter of the doublings, for 8 KiB.
const PIECES_OFTEN: usize = 4;

/// A public key of GOST R 34.10-2015 of 512 bits.
///
/// A key that is used again is worth a larger table, which is made at its second signature.
pub struct PublicKey {
    point: Affine<8>,
    used: AtomicBool,
    table: OnceLock<Table<8>>,
}

impl PublicKey {
    /// Reads X ‖ Y of 64 octets each; nothing where that is not a point of the curve.
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        let point = whole(octets, KEY_OCTETS)?;
        Some(Self {
            point: Affine::from_octets(point)?,
            used: AtomicBool::new(false),
            table: OnceLock::new(),
        })
    }

    /// X ‖ Y.
    pub fn to_octets(&self) -> [u8; KEY_OCTETS] {
        let mut octets = [0; KEY_OCTETS];
        self.point.write(&mut octets);
        octets
    }

    /// Whether `value`, r ‖ s, signs the octets.
    pub fn verify(&self, signed: &[u8], value: &[u8]) -> bool {
        self.verify_digest(&streebog512(signed), value)
    }

    /// Whether `value` signs octets that have this Streebog digest.
    pub fn verify_digest(&self, digest: &[u8; 64], value: &[u8]) -> bool {
        let check = |table: &Table<8>| check(digest, value, (&BASE_512, table));
        if !self.used.swap(true, Ordering::Relaxed) {
            return check(&Table::new(&self.point, 1, WIDTH_ONCE));
        }
        let often = || Table::new(&self.point, PIECES_OFTEN, WIDTH_OFTEN);
        check(self.table.get_or_init(often))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(GOST R 34.10-2015)")
    }
}

/// A public key of GOST 34.310-2004 of 256 bits: historical signatures and time-stamps.
pub struct OldPublicKey(Affine<4>);

impl OldPublicKey {
    /// Reads X ‖ Y of 32 octets each; nothing where that is not a point of the curve.
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        Some(Self(Affine::from_octets(whole(octets, 64)?)?))
    }

    /// Whether `value`, r ‖ s of 32 octets each, signs the octets.
    pub fn verify(&self, signed: &[u8], value: &[u8]) -> bool {
        self.verify_digest(&gost94(signed), value)
    }

    /// Whether `value` signs octets that have this digest of GOST R 34.11-94.
    pub fn verify_digest(&self, digest: &[u8; 32], value: &[u8]) -> bool {
        check(
            digest,
            value,
            (&BASE_256, &Table::new(&self.0, 1, WIDTH_ONCE)),
        )
    }
}

impl fmt::Debug for OldPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OldPublicKey(GOST 34.310-2004)")
    }
}

/// RFC 7091 §6.2.
fn check<const N: usize>(digest: &[u8], value: &[u8], (base, key): (&Table<N>, &Table<N>)) -> bool {
    let equation = || {
        let (r, s) = whole(value, 16 * N)?.split_at(8 * N);
        let (r, s) = (Scalar::from_octets(r)?, Scalar::from_octets(s)?);
        let e = Scalar::<N>::reduced(limbs_of(digest)?).or_one();
        let v = e.invert();
        let point = curve::sum((&s.mul(&v), base), (&r.mul(&v).negate(), key));
        Some(point.has_x(&r))
    };
    equation().unwrap_or(false)
}

/// A private key of GOST R 34.10-2015 of 512 bits. It is wiped when it is dropped.
pub struct PrivateKey {
    scalar: Scalar<8>,
    public: Affine<8>,
}

impl PrivateKey {
    /// Octets of the number.
    pub const OCTETS: usize = 64;

    /// Reads a number between 0 and q, the least octet first; nothing where it is another one.
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        let mut scalar = Scalar::from_octets(octets)?;
        let public = fixed::base_multiple(&scalar);
        let key = public.map(|public| Self { scalar, public });
        scalar.zeroize();
        key
    }

    /// Makes one of 64 random octets, or nothing where they are not below q: take others then.
    pub fn generate(random: &[u8; Self::OCTETS]) -> Option<Self> {
        Self::from_octets(random)
    }

    /// Its public half.
    pub fn public_key(&self) -> PublicKey {
        PublicKey {
            point: self.public,
            used: AtomicBool::new(false),
            table: OnceLock::new(),
        }
    }

    /// The number, the least octet first.
    pub fn to_octets(&self) -> Zeroizing<[u8; Self::OCTETS]> {
        let mut octets = Zeroizing::new([0; Self::OCTETS]);
        self.scalar.write(&mut octets[..]);
        octets
    }

    /// Signs octets: r ‖ s. See [`PrivateKey::sign_digest`].
    pub fn sign(&self, octets: &[u8], hedge: &[u8]) -> [u8; VALUE_OCTETS] {
        self.sign_digest(&streebog512(octets), hedge)
    }

    /// Signs octets that have this Streebog digest: RFC 7091 §6.1.
    ///
    /// The nonce is made as in RFC 6979 with HMAC-SHA-512, of the key, the digest and `hedge`,
    /// which should be 32 fresh random octets (§3.6 there). A bad source of them then costs
    /// nothing, as the nonce still differs with the digest; a good one keeps faults, injected
    /// while the same thing is signed twice, from revealing the key, which they would do without
    /// it. Tests give none. It is not HMAC-Streebog because Streebog is computed by tables, whose
    /// addresses would depend on the private key; nobody who verifies can tell the difference.
    pub fn sign_digest(&self, digest: &[u8; 64], hedge: &[u8]) -> [u8; VALUE_OCTETS] {
        let e = limbs_of(digest).expect("a digest has 64 octets");
        let e = Scalar::reduced(e);
        let mut nonces = Nonces::new(&self.scalar, &e, hedge);
        let e = e.or_one();
        loop {
            let mut nonce = nonces.next();
            let point = fixed::base_multiple(&nonce).expect("a nonce is not zero");
            let r = Scalar::reduced(point.x.least());
            let mut part = r.mul(&self.scalar);
            let s = part.add(&nonce.mul(&e));
            nonce.zeroize();
            part.zeroize();
            if !bool::from(r.is_zero() | s.is_zero()) {
                let mut value = [0; VALUE_OCTETS];
                r.write(&mut value[..64]);
                s.write(&mut value[64..]);
                return value;
            }
        }
    }
}

impl Drop for PrivateKey {
    fn drop(&mut self) {
        self.scalar.zeroize();
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(GOST R 34.10-2015)")
    }
}

/// The generator of RFC 6979 §3.2; numbers are written with the greatest octet first, as there.
struct Nonces {
    key: [u8; 64],
    value: [u8; 64],
}

impl Nonces {
    fn new(private: &Scalar<8>, e: &Scalar<8>, hedge: &[u8]) -> Self {
        let mut numbers = Zeroizing::new([0; 128]);
        private.write(&mut numbers[..64]);
        e.write(&mut numbers[64..]);
        numbers[..64].reverse();
        numbers[64..].reverse();
        let (mut key, mut value) = ([0; 64], [1; 64]);
        for step in [0, 1] {
            key = digest::hmac(&key, &[&value, &[step], &numbers[..], hedge]);
            value = digest::hmac(&key, &[&value]);
        }
        Self { key, value }
    }

    fn next(&mut self) -> Scalar<8> {
        loop {
            self.value = digest::hmac(&self.key, &[&self.value]);
            let mut octets = Zeroizing::new(self.value);
            octets.reverse();
            let found = Scalar::from_octets(&octets[..]);
            // For what follows, should this one be refused.
            self.key = digest::hmac(&self.key, &[&self.value, &[0]]);
            self.value = digest::hmac(&self.key, &[&self.value]);
            if let Some(nonce) = found {
                return nonce;
            }
        }
    }
}

impl Drop for Nonces {
    fn drop(&mut self) {
        self.key.zeroize();
        self.value.zeroize();
    }
}

fn whole(octets: &[u8], length: usize) -> Option<&[u8]> {
    (octets.len() == length).then_some(octets)
}
