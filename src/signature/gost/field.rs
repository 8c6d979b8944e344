//! The fields of both curves: integers modulo p = 2^(64·N) − gap, where the width names the field.
//!
//! Spec:  p = 2^512 − 569 (RFC 7836 §A.1, paramSetA); p = 2^256 − 617 (RFC 4357, CryptoPro-A).
//! Values are any representative below 2^(64·N); what leaves is the least one. 2^(64·N) is worth
//! `gap`, so a product is reduced by one row of multiplications. Nothing branches on a value and
//! nothing is indexed by one, so the same arithmetic serves private keys.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroize;

/// Limbs of the longest product.
pub(super) const WIDE: usize = 16;

/// An element of the field of N limbs, the least significant first.
#[derive(Clone, Copy)]
pub(super) struct Fe<const N: usize>([u64; N]);

impl<const N: usize> Fe<N> {
    /// How far p lies below the next power of two.
    const GAP: u64 = match N {
        8 => 569,
        4 => 617,
        _ => panic!("there are two fields"),
    };
    pub(super) const ZERO: Self = Self([0; N]);
    pub(super) const ONE: Self = Self::small(1);

    /// A small number.
    pub(super) const fn small(value: u64) -> Self {
        let mut limbs = [0; N];
        limbs[0] = value;
        Self(limbs)
    }

    /// The limbs of a constant.
    pub(super) const fn constant(from: &[u64]) -> Self {
        let mut limbs = [0; N];
        let mut at = 0;
        while at < N {
            limbs[at] = from[at];
            at += 1;
        }
        Self(limbs)
    }

    /// Reads 8·N octets, the least significant first; nothing where they are not below p.
    pub(super) fn from_octets(octets: &[u8]) -> Option<Self> {
        Self::from_least(limbs_of(octets)?)
    }

    /// Takes a number; nothing where it is not below p.
    pub(super) fn from_least(limbs: [u64; N]) -> Option<Self> {
        let value = Self(limbs);
        (value.least() == limbs).then_some(value)
    }

    /// The least representative.
    pub(super) fn least(&self) -> [u64; N] {
        let mut above = [0; N];
        let mut carry = Self::GAP;
        for (sum, limb) in above.iter_mut().zip(&self.0) {
            (*sum, carry) = split(u128::from(*limb) + u128::from(carry));
        }
        // A carry says that the value was p or more; what remains is the value less p.
        let reach = Choice::from(u8::from(carry != 0));
        let mut least = self.0;
        select(&mut least, &above, reach);
        least
    }

    /// Whether it is zero.
    pub(super) fn is_zero(&self) -> bool {
        bool::from(self.least().as_slice().ct_eq(&[0; N]))
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        self.least() == other.least()
    }

    /// Takes the other value where `choice` says so, without a branch.
    pub(super) fn take(&mut self, other: &Self, choice: Choice) {
        select(&mut self.0, &other.0, choice);
    }

    #[inline]
    pub(super) fn add(&self, other: &Self) -> Self {
        let mut sum = [0; N];
        let mut carry = false;
        for (sum, (one, two)) in sum.iter_mut().zip(self.0.iter().zip(&other.0)) {
            let (once, first) = one.overflowing_add(*two);
            let (twice, second) = once.overflowing_add(u64::from(carry));
            (*sum, carry) = (twice, first | second);
        }
        Self::settle(sum, u64::from(carry))
    }

    #[inline]
    pub(super) fn sub(&self, other: &Self) -> Self {
        let mut left = [0; N];
        let mut borrow = false;
        for (left, (one, two)) in left.iter_mut().zip(self.0.iter().zip(&other.0)) {
            let (once, first) = one.overflowing_sub(*two);
            let (twice, second) = once.overflowing_sub(u64::from(borrow));
            (*left, borrow) = (twice, first | second);
        }
        // What was borrowed, 2^(64·N), is worth `gap`.
        let mut less = u64::from(borrow) * Self::GAP;
        for limb in &mut left {
            let (rest, under) = limb.overflowing_sub(less);
            (*limb, less) = (rest, u64::from(under));
        }
        // Where that borrowed too, the value is within `gap` of the top: the first limb has it.
        left[0] = left[0].wrapping_sub(less * Self::GAP);
        Self(left)
    }

    #[inline]
    pub(super) fn double(&self) -> Self {
        self.add(self)
    }

    /// Three times it.
    #[inline]
    pub(super) fn triple(&self) -> Self {
        self.double().add(self)
    }

    pub(super) fn negate(&self) -> Self {
        Self::ZERO.sub(self)
    }

    #[inline]
    pub(super) fn mul(&self, other: &Self) -> Self {
        Self::reduce(&product(&self.0, &other.0))
    }

    #[inline]
    pub(super) fn square(&self) -> Self {
        Self::reduce(&square(&self.0))
    }

    /// Its inverse by Fermat, zero for zero: the exponent p − 2 is nobody's secret.
    pub(super) fn invert(&self) -> Self {
        let mut exponent = [u64::MAX; N];
        exponent[0] = u64::MAX - Self::GAP - 1;
        let mut powers = [Self::ONE; 16];
        for at in 1..16 {
            powers[at] = powers[at - 1].mul(self);
        }
        let mut power = Self::ONE;
        for limb in exponent.iter().rev() {
            for shift in (0..64).step_by(4).rev() {
                for _ in 0..4 {
                    power = power.square();
                }
                power = power.mul(&powers[four_bits(*limb, shift)]);
            }
        }
        power
    }

    #[inline]
    fn reduce(wide: &[u64; WIDE]) -> Self {
        let mut low = [0; N];
        let mut carry = 0;
        let (below, above) = wide.split_at(N);
        for (sum, (below, above)) in low.iter_mut().zip(below.iter().zip(above)) {
            let folded = u128::from(*above) * u128::from(Self::GAP);
            (*sum, carry) = split(folded + u128::from(*below) + u128::from(carry));
        }
        Self::settle(low, carry)
    }

    /// Folds what stands above the limbs, at most `gap` + 1.
    #[inline]
    fn settle(mut limbs: [u64; N], above: u64) -> Self {
        let mut carry = above * Self::GAP;
        for limb in &mut limbs {
            let (sum, over) = limb.overflowing_add(carry);
            (*limb, carry) = (sum, u64::from(over));
        }
        // Where it went round, little is left, and the first limb has room.
        limbs[0] = limbs[0].wrapping_add(carry * Self::GAP);
        Self(limbs)
    }
}

/// The limbs of 8·N octets, the least significant first.
pub(super) fn limbs_of<const N: usize>(octets: &[u8]) -> Option<[u64; N]> {
    if octets.len() != 8 * N {
        return None;
    }
    let mut limbs = [0; N];
    for (limb, eight) in limbs.iter_mut().zip(octets.chunks_exact(8)) {
        *limb = u64::from_le_bytes(eight.try_into().ok()?);
    }
    Some(limbs)
}

/// The octets of limbs, the least significant first.
pub(super) fn octets_of<const N: usize>(limbs: &[u64; N], to: &mut [u8]) {
    for (eight, limb) in to.chunks_exact_mut(8).zip(limbs) {
        eight.copy_from_slice(&limb.to_le_bytes());
    }
}

/// Takes the other limbs where `choice` says so.
#[inline]
pub(super) fn select<const N: usize>(limbs: &mut [u64; N], other: &[u64; N], choice: Choice) {
    for (limb, other) in limbs.iter_mut().zip(other) {
        limb.conditional_assign(other, choice);
    }
}

/// Four bits of a limb of an exponent.
pub(super) const fn four_bits(limb: u64, shift: u32) -> usize {
    (limb >> shift & 15) as usize
}

/// The low and the high half.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the two halves are meant")]
pub(super) const fn split(value: u128) -> (u64, u64) {
    (value as u64, (value >> 64) as u64)
}

/// The whole product of two numbers.
#[inline]
pub(super) fn product<const N: usize>(one: &[u64; N], other: &[u64; N]) -> [u64; WIDE] {
    let mut wide = [0; WIDE];
    for i in 0..N {
        let mut carry = 0;
        for j in 0..N {
            let sum = u128::from(one[i]) * u128::from(other[j]) + u128::from(wide[i + j]);
            (wide[i + j], carry) = split(sum + u128::from(carry));
        }
        wide[i + N] = carry;
    }
    wide
}

/// The square: each mixed product once, doubled, then the squares of the limbs.
#[inline]
fn square<const N: usize>(one: &[u64; N]) -> [u64; WIDE] {
    let mut wide = [0; WIDE];
    for i in 0..N {
        let mut carry = 0;
        for j in i + 1..N {
            let sum = u128::from(one[i]) * u128::from(one[j]) + u128::from(wide[i + j]);
            (wide[i + j], carry) = split(sum + u128::from(carry));
        }
        wide[i + N] = carry;
    }
    let mut carry = 0;
    let mut out = 0;
    for (i, own) in one.iter().enumerate() {
        let (low, high) = split(u128::from(*own) * u128::from(*own));
        for (limb, part) in [(2 * i, low), (2 * i + 1, high)] {
            let doubled = wide[limb] << 1 | out;
            out = wide[limb] >> 63;
            (wide[limb], carry) = split(u128::from(doubled) + u128::from(part) + u128::from(carry));
        }
    }
    wide
}

impl<const N: usize> Zeroize for Fe<N> {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::*;

    /// Numbers at every edge: of zero, of p, of the width, of a limb, of what is folded twice.
    fn edges<const N: usize>() -> Vec<[u64; N]> {
        let mut found = vec![[0; N], [u64::MAX; N]];
        for low in [1u64, 2, 567, 568, 569, 570, 616, 617, 618, 1 << 63] {
            let mut small = [0; N];
            small[0] = low;
            let mut large = [u64::MAX; N];
            large[0] = low.wrapping_neg();
            let mut top = [0; N];
            top[N - 1] = low << 1;
            let mut hole = large;
            hole[N / 2] = 0;
            found.extend([small, large, top, hole]);
        }
        found
    }

    fn number<const N: usize>(limbs: &[u64; N]) -> BigUint {
        let mut octets = vec![0; 8 * N];
        octets_of(limbs, &mut octets);
        BigUint::from_bytes_le(&octets)
    }

    fn agrees<const N: usize>(gap: u64) {
        let p = (BigUint::from(1u8) << (64 * N)) - gap;
        let is = |found: Fe<N>, expected: BigUint| {
            assert_eq!(number(&found.least()), expected % &p);
        };
        for one in edges() {
            let (a, na) = (Fe::<N>(one), number(&one));
            is(a, na.clone());
            is(a.square(), &na * &na);
            is(a.negate(), &p + &p - &na);
            is(a.triple(), &na * 3u8);
            is(a.invert(), na.modpow(&(&p - 2u8), &p));
            for two in edges() {
                let (b, nb) = (Fe::<N>(two), number(&two));
                is(a.add(&b), &na + &nb);
                is(a.sub(&b), &na + &p + &p - &nb);
                is(a.mul(&b), &na * &nb);
                assert_eq!(a.is(&b), &na % &p == &nb % &p);
            }
        }
    }

    #[test]
    fn both_fields_agree_with_integers_of_any_size_at_every_edge() {
        agrees::<8>(569);
        agrees::<4>(617);
    }
}
