//! Numbers modulo q, the order of the group: always the least representative.
//!
//! Spec:  q of RFC 7836 §A.1 (512 bits) and of RFC 4357 §11.4 (256 bits). Both lie below a power of
//! two by half their width, so a product is reduced by folding its upper half twice. Only
//! [`Scalar::invert`] depends on the value; it serves verifying alone.

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroize;

use super::field::{WIDE, four_bits, limbs_of, octets_of, product, select, split};

/// A number below q, the least significant limb first.
#[derive(Clone, Copy)]
pub(super) struct Scalar<const N: usize>(pub(super) [u64; N]);

impl<const N: usize> Scalar<N> {
    /// 2^(64·N) − q, which has half as many limbs.
    const GAP: &'static [u64] = match N {
        8 => &[
            0x3532_4ebe_e0ef_4d8b,
            0x64b4_c754_052d_47a2,
            0x900d_d472_b1fa_9f9f,
            0xd819_6acd_0b72_76ee,
        ],
        4 => &[0xba7b_e4f6_489e_476d, 0x939e_ef8f_66a5_2eff],
        _ => panic!("there are two groups"),
    };
    const ONE: Self = {
        let mut limbs = [0; N];
        limbs[0] = 1;
        Self(limbs)
    };

    fn gap(at: usize) -> u64 {
        Self::GAP.get(at).copied().unwrap_or_default()
    }

    /// Any number of that width, reduced.
    pub(super) fn reduced(limbs: [u64; N]) -> Self {
        let (less, reach) = Self::less_q(&limbs);
        let mut least = limbs;
        select(&mut least, &less, reach);
        Self(least)
    }

    /// Reads 8·N octets, the least significant first; nothing unless 0 < value < q.
    pub(super) fn from_octets(octets: &[u8]) -> Option<Self> {
        let limbs = limbs_of(octets)?;
        let (_, reach) = Self::less_q(&limbs);
        let value = Self(limbs);
        (!bool::from(reach | value.is_zero())).then_some(value)
    }

    pub(super) fn write(&self, to: &mut [u8]) {
        octets_of(&self.0, to);
    }

    pub(super) fn is_zero(&self) -> Choice {
        self.0.as_slice().ct_eq(&[0; N])
    }

    /// Itself, or one in place of zero: the digest of RFC 7091 §6.1, step 2.
    pub(super) fn or_one(mut self) -> Self {
        let zero = self.is_zero();
        select(&mut self.0, &Self::ONE.0, zero);
        self
    }

    pub(super) fn mul(&self, other: &Self) -> Self {
        Self::reduce(&product(&self.0, &other.0))
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        let mut wide = [0; WIDE];
        let mut carry = 0;
        for (sum, (one, two)) in wide.iter_mut().zip(self.0.iter().zip(&other.0)) {
            (*sum, carry) = split(u128::from(*one) + u128::from(*two) + u128::from(carry));
        }
        wide[N] = carry;
        Self::reduce(&wide)
    }

    /// q less it, zero for zero.
    pub(super) fn negate(&self) -> Self {
        // q = 2^(64·N) − gap, so q − value is the complement of value + gap − 1.
        let mut out = [0; N];
        let mut carry = 0;
        for (at, (sum, limb)) in out.iter_mut().zip(&self.0).enumerate() {
            (*sum, carry) =
                split(u128::from(*limb) + u128::from(Self::gap(at)) + u128::from(carry));
        }
        let mut borrow = true;
        for limb in &mut out {
            let (less, under) = limb.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (!less, under);
        }
        Self::reduced(out)
    }

    /// The number more by q, where it has the width for it.
    pub(super) fn plus_q(&self) -> Option<[u64; N]> {
        // value + 2^(64·N) − gap stays below 2^(64·N) where value is below gap.
        let mut out = [0; N];
        let mut borrow = false;
        for (at, (sum, limb)) in out.iter_mut().zip(&self.0).enumerate() {
            let (once, first) = limb.overflowing_sub(Self::gap(at));
            let (twice, second) = once.overflowing_sub(u64::from(borrow));
            (*sum, borrow) = (twice, first | second);
        }
        borrow.then_some(out)
    }

    /// Its inverse, zero for zero. Time depends on the value.
    pub(super) fn invert(&self) -> Self {
        // Fermat: the exponent q − 2 is the complement of gap + 1.
        let mut powers = [Self::ONE; 16];
        for at in 1..16 {
            powers[at] = powers[at - 1].mul(self);
        }
        let mut power = Self::ONE;
        for at in (0..N).rev() {
            let gap = Self::gap(at);
            let limb = if at == 0 { !(gap + 1) } else { !gap };
            for shift in (0..64).step_by(4).rev() {
                for _ in 0..4 {
                    power = power.mul(&power);
                }
                power = power.mul(&powers[four_bits(limb, shift)]);
            }
        }
        power
    }

    /// The number less q, and whether it reaches q.
    fn less_q(limbs: &[u64; N]) -> ([u64; N], Choice) {
        let mut sum = [0; N];
        let mut carry = 0;
        for (at, (sum, limb)) in sum.iter_mut().zip(limbs).enumerate() {
            (*sum, carry) =
                split(u128::from(*limb) + u128::from(Self::gap(at)) + u128::from(carry));
        }
        (sum, Choice::from(u8::from(carry != 0)))
    }

    fn reduce(wide: &[u64; WIDE]) -> Self {
        let half = N / 2;
        // high · gap + low: one and a half widths; then the half that is above, once more.
        let mut folded = [0; WIDE];
        folded[..N].copy_from_slice(&wide[..N]);
        Self::fold(&mut folded, &wide[N..2 * N]);
        let mut above = [0; WIDE];
        above[..half].copy_from_slice(&folded[N..N + half]);
        folded[N..].fill(0);
        Self::fold(&mut folded, &above[..half]);
        // At most one: gap² leaves room for its gap.
        let over = folded[N];
        folded[N] = 0;
        Self::fold(&mut folded, &[over]);
        let mut limbs = [0; N];
        limbs.copy_from_slice(&folded[..N]);
        Self::reduced(limbs)
    }

    /// Adds `above` · gap.
    #[inline]
    fn fold(to: &mut [u64; WIDE], above: &[u64]) {
        for (i, part) in above.iter().enumerate() {
            let mut carry = 0;
            for (j, gap) in Self::GAP.iter().enumerate() {
                let sum = u128::from(*part) * u128::from(*gap) + u128::from(to[i + j]);
                (to[i + j], carry) = split(sum + u128::from(carry));
            }
            for limb in &mut to[i + Self::GAP.len()..=N + N / 2] {
                (*limb, carry) = split(u128::from(*limb) + u128::from(carry));
            }
        }
    }
}

impl<const N: usize> Zeroize for Scalar<N> {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use num_bigint::BigUint;

    use super::*;

    fn number<const N: usize>(limbs: &[u64; N]) -> BigUint {
        let mut octets = vec![0; 8 * N];
        octets_of(limbs, &mut octets);
        BigUint::from_bytes_le(&octets)
    }

    fn agrees<const N: usize>(q: &str) {
        let q = BigUint::parse_bytes(q.as_bytes(), 16).expect("hexadecimal digits");
        let mut numbers = vec![[0; N], [u64::MAX; N]];
        for n in [1u64, 2, 3, 1 << 63, u64::MAX] {
            for at in 0..N {
                let mut small = [0; N];
                small[at] = n;
                let mut large = [u64::MAX; N];
                large[at] = n;
                numbers.extend([small, large]);
            }
            // Around q, from both sides.
            let near = [(&q - n).to_bytes_le(), (&q + n).to_bytes_le()];
            numbers.extend(near.iter().filter_map(|octets| limbs_of(octets)));
        }
        let is = |found: Scalar<N>, expected: BigUint| {
            assert_eq!(number(&found.0), expected % &q);
        };
        for one in &numbers {
            let (a, na) = (Scalar::<N>::reduced(*one), number(one));
            is(a, na.clone());
            is(a.negate(), (&q << 1) - &na % &q);
            is(a.invert(), na.modpow(&(&q - 2u8), &q));
            let more = a.plus_q().map(|limbs| number(&limbs));
            let expected = number(&a.0) + &q;
            assert_eq!(more, (expected.bits() <= 64 * N as u64).then_some(expected));
            for two in &numbers {
                let (b, nb) = (Scalar::<N>::reduced(*two), number(two));
                is(a.add(&b), &na + &nb);
                is(a.mul(&b), &na * &nb);
            }
        }
    }

    #[test]
    fn both_groups_agree_with_integers_of_any_size_at_every_edge() {
        agrees::<8>(
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
             27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275",
        );
        agrees::<4>("ffffffffffffffffffffffffffffffff6c611070995ad10045841b09b761b893");
    }
}
