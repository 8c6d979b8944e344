//! Secret multiples of the base point, in the same time whatever the multiple.
//!
//! A scalar is written in signed digits of four bits; for each of them all eight multiples of its
//! row are read and one is kept by a mask, and the sum is made by the complete formulas for a = −3
//! (Renes, Costello, Batina 2016, algorithm 5), which know no exception. No branch and no address
//! depends on the scalar; `subtle` keeps the compiler from making one.

use std::sync::LazyLock;

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroize;

use super::curve::{Affine, Curve, Jacobian, affine};
use super::field::Fe;
use super::scalar::Scalar;

/// Signed digits of 512 bits: one more than there are fours of bits.
const DIGITS: usize = 129;
const MULTIPLES: usize = 8;

/// Row n holds 1, 2, … 8 times 16^n times the base point: 132 KiB.
static ROWS: LazyLock<Vec<[Affine<8>; MULTIPLES]>> = LazyLock::new(|| {
    let mut at = Jacobian::from(Curve::<8>::BASE);
    let mut points = Vec::with_capacity(DIGITS * MULTIPLES);
    for _ in 0..DIGITS {
        let mut next = at;
        for _ in 0..MULTIPLES {
            points.push(next);
            next = next.add(&at);
        }
        at = points[points.len() - 1].double();
    }
    let points = affine(&points);
    let row = |row: &[Affine<8>]| row.try_into().expect("rows are whole");
    points.chunks_exact(MULTIPLES).map(row).collect()
});

/// X/Z, Y/Z; infinity is (0 : 1 : 0).
struct Projective {
    x: Fe<8>,
    y: Fe<8>,
    z: Fe<8>,
}

/// The multiple of the base point; nothing for a scalar of zero.
pub(super) fn base_multiple(scalar: &Scalar<8>) -> Option<Affine<8>> {
    let mut total = Projective {
        x: Fe::ZERO,
        y: Fe::ONE,
        z: Fe::ZERO,
    };
    let mut digits = digits(scalar);
    for (digit, row) in digits.iter().zip(ROWS.iter()) {
        total.add_digit(*digit, row);
    }
    digits.zeroize();
    let z = total.z.invert();
    let found = (!total.z.is_zero()).then(|| Affine {
        x: total.x.mul(&z),
        y: total.y.mul(&z),
    });
    total.z.zeroize();
    found
}

impl Projective {
    /// Adds `digit` times the first point of the row.
    fn add_digit(&mut self, digit: i8, row: &[Affine<8>; MULTIPLES]) {
        let negative = Choice::from(u8::from(digit < 0));
        let mut size = digit.unsigned_abs();
        let mut kept = row[0];
        for (point, number) in row.iter().zip(1u8..) {
            let here = size.ct_eq(&number);
            kept.x.take(&point.x, here);
            kept.y.take(&point.y, here);
        }
        let turned = kept.y.negate();
        kept.y.take(&turned, negative);
        let sum = self.add(&kept);
        let some = !size.ct_eq(&0);
        self.x.take(&sum.x, some);
        self.y.take(&sum.y, some);
        self.z.take(&sum.z, some);
        size.zeroize();
    }

    fn add(&self, other: &Affine<8>) -> Self {
        let b = Curve::<8>::B;
        let xx = self.x.mul(&other.x);
        let yy = self.y.mul(&other.y);
        let both = other.x.add(&other.y).mul(&self.x.add(&self.y));
        let xy = both.sub(&xx.add(&yy));
        let yz = other.y.mul(&self.z).add(&self.y);
        let xz = other.x.mul(&self.z).add(&self.x);
        let shift = xz.sub(&b.mul(&self.z)).triple();
        let low = yy.sub(&shift);
        let high = yy.add(&shift);
        let z3 = self.z.triple();
        let cross = b.mul(&xz).sub(&z3).sub(&xx).triple();
        let slope = xx.triple().sub(&z3);
        Self {
            x: xy.mul(&high).sub(&yz.mul(&cross)),
            y: high.mul(&low).add(&slope.mul(&cross)),
            z: yz.mul(&low).add(&xy.mul(&slope)),
        }
    }
}

/// Digits from −8 to 7, the least first; the last one is 0 or 1.
fn digits(scalar: &Scalar<8>) -> [i8; DIGITS] {
    let mut digits = [0; DIGITS];
    let mut octets = [0; 64];
    scalar.write(&mut octets);
    let mut carry = 0;
    for (pair, octet) in digits.chunks_exact_mut(2).zip(&octets) {
        for (digit, four) in pair.iter_mut().zip([octet & 15, octet >> 4]) {
            let value = four + carry;
            carry = value >> 3 & 1 | value >> 4;
            // Sixteen less where it is eight or more, in two's complement.
            *digit = value.wrapping_sub(carry << 4).cast_signed();
        }
    }
    digits[DIGITS - 1] = carry.cast_signed();
    octets.zeroize();
    digits
}
