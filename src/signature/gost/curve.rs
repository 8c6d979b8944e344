//! The curves y² = x³ − 3x + b, and sums of multiples of points in time that depends on them: for
//! verifying alone, where nothing is secret.
//!
//! Spec:  RFC 7836 §A.1 (paramSetA of 512 bits), RFC 4357 §11.4 (CryptoPro-A); formulas of
//! Jacobian coordinates for a = −3 (dbl-2001-b, add-2007-bl, madd-2007-bl of the Explicit-Formulas
//! Database), the cases that they leave out handled before them. Both groups have a prime order
//! and no cofactor: every point of the curve but infinity generates the group.

use std::sync::LazyLock;

use super::field::{Fe, octets_of};
use super::scalar::Scalar;

/// What belongs to one width.
pub(super) struct Curve<const N: usize>;

impl<const N: usize> Curve<N> {
    pub(super) const B: Fe<N> = Fe::constant(match N {
        8 => &[
            0x5031_9078_5a71_c760,
            0x862e_f9d4_ebee_4761,
            0x4cb4_5740_10da_90dd,
            0xee3c_b090_f30d_2761,
            0x79bd_081c_fd0b_6265,
            0x34b8_2574_761c_b0e8,
            0xc1bd_0b2b_6667_f1da,
            0xe8c2_505d_edfc_86dd,
        ],
        _ => &[166, 0, 0, 0],
    });
    /// The base point.
    pub(super) const BASE: Affine<N> = Affine {
        x: Fe::small(match N {
            8 => 3,
            _ => 1,
        }),
        y: Fe::constant(match N {
            8 => &[
                0x89a5_89cb_5215_f2a4,
                0x8028_fe5f_c235_f5b8,
                0x3d75_e6a5_0e3a_41e9,
                0xdf16_26be_4fd0_36e9,
                0x7780_64fd_cbef_a921,
                0xce5e_1c93_acf1_abc1,
                0xa61b_8816_e254_50e6,
                0x7503_cfe8_7a83_6ae3,
            ],
            _ => &[
                0x22ac_c99c_9e9f_1e14,
                0x3529_4f2d_df23_e3b1,
                0x27df_505a_453f_2b76,
                0x8d91_e471_e098_9cda,
            ],
        }),
    };
}

/// A point that is not infinity.
#[derive(Clone, Copy)]
pub(super) struct Affine<const N: usize> {
    pub(super) x: Fe<N>,
    pub(super) y: Fe<N>,
}

impl<const N: usize> Affine<N> {
    /// Two coordinates of 8·N octets each, the least significant octet first; nothing where they
    /// are not reduced or the point is not on the curve.
    pub(super) fn from_octets(octets: &[u8]) -> Option<Self> {
        let (x, y) = octets.split_at_checked(8 * N)?;
        let (x, y) = (Fe::from_octets(x)?, Fe::from_octets(y)?);
        let right = x.square().sub(&Fe::small(3)).mul(&x).add(&Curve::B);
        right.is(&y.square()).then_some(Self { x, y })
    }

    pub(super) fn write(&self, to: &mut [u8]) {
        let (x, y) = to.split_at_mut(8 * N);
        octets_of(&self.x.least(), x);
        octets_of(&self.y.least(), y);
    }

    fn negate(&self) -> Self {
        Self {
            x: self.x,
            y: self.y.negate(),
        }
    }
}

/// X/Z², Y/Z³; infinity where Z is zero.
#[derive(Clone, Copy)]
pub(super) struct Jacobian<const N: usize> {
    x: Fe<N>,
    y: Fe<N>,
    z: Fe<N>,
}

impl<const N: usize> From<Affine<N>> for Jacobian<N> {
    fn from(point: Affine<N>) -> Self {
        let z = Fe::ONE;
        Self {
            x: point.x,
            y: point.y,
            z,
        }
    }
}

impl<const N: usize> Jacobian<N> {
    const INFINITY: Self = Self {
        x: Fe::ONE,
        y: Fe::ONE,
        z: Fe::ZERO,
    };

    /// Right for infinity too: Z stays zero. No point has Y = 0, as the order is odd.
    pub(super) fn double(&self) -> Self {
        let delta = self.z.square();
        let gamma = self.y.square();
        let beta = self.x.mul(&gamma);
        let alpha = self.x.sub(&delta).mul(&self.x.add(&delta)).triple();
        let beta4 = beta.double().double();
        let x = alpha.square().sub(&beta4.double());
        let z = self.y.add(&self.z).square().sub(&gamma).sub(&delta);
        let gamma8 = gamma.square().double().double().double();
        let y = alpha.mul(&beta4.sub(&x)).sub(&gamma8);
        Self { x, y, z }
    }

    pub(super) fn add(&self, other: &Self) -> Self {
        if self.z.is_zero() {
            return *other;
        }
        if other.z.is_zero() {
            return *self;
        }
        let z1z1 = self.z.square();
        let z2z2 = other.z.square();
        let u1 = self.x.mul(&z2z2);
        let s1 = self.y.mul(&other.z).mul(&z2z2);
        let h = other.x.mul(&z1z1).sub(&u1);
        let r = other.y.mul(&self.z).mul(&z1z1).sub(&s1).double();
        if h.is_zero() {
            return self.same_x(&r);
        }
        let i = h.double().square();
        let j = h.mul(&i);
        let v = u1.mul(&i);
        let x = r.square().sub(&j).sub(&v.double());
        let y = r.mul(&v.sub(&x)).sub(&s1.mul(&j).double());
        let z = self.z.add(&other.z).square();
        let z = z.sub(&z1z1).sub(&z2z2).mul(&h);
        Self { x, y, z }
    }

    fn add_affine(&self, other: &Affine<N>) -> Self {
        if self.z.is_zero() {
            return (*other).into();
        }
        let z1z1 = self.z.square();
        let h = other.x.mul(&z1z1).sub(&self.x);
        let r = other.y.mul(&self.z).mul(&z1z1).sub(&self.y).double();
        if h.is_zero() {
            return self.same_x(&r);
        }
        let hh = h.square();
        let i = hh.double().double();
        let j = h.mul(&i);
        let v = self.x.mul(&i);
        let x = r.square().sub(&j).sub(&v.double());
        let y = r.mul(&v.sub(&x)).sub(&self.y.mul(&j).double());
        let z = self.z.add(&h).square().sub(&z1z1).sub(&hh);
        Self { x, y, z }
    }

    /// The sum with a point of the same x: twice the point, or infinity.
    fn same_x(&self, difference: &Fe<N>) -> Self {
        if difference.is_zero() {
            self.double()
        } else {
            Self::INFINITY
        }
    }

    /// Whether its affine x, as a number, is `r` modulo q; never for infinity.
    pub(super) fn has_x(&self, r: &Scalar<N>) -> bool {
        if self.z.is_zero() {
            return false;
        }
        // x < p < 2q, so x is r or r + q: compared without a division, X = x·Z².
        let zz = self.z.square();
        let candidates = [Some(r.0), r.plus_q()].into_iter().flatten();
        candidates
            .filter_map(Fe::from_least)
            .any(|x| x.mul(&zz).is(&self.x))
    }
}

/// Points as affine ones, by one inversion; none of them may be infinity.
pub(super) fn affine<const N: usize>(points: &[Jacobian<N>]) -> Vec<Affine<N>> {
    let mut before = Vec::with_capacity(points.len());
    let mut product = Fe::ONE;
    for point in points {
        before.push(product);
        product = product.mul(&point.z);
    }
    let mut inverse = product.invert();
    let mut found = Vec::with_capacity(points.len());
    for (point, before) in points.iter().zip(&before).rev() {
        let z = inverse.mul(before);
        inverse = inverse.mul(&point.z);
        let zz = z.square();
        found.push(Affine {
            x: point.x.mul(&zz),
            y: point.y.mul(&zz).mul(&z),
        });
    }
    found.reverse();
    found
}

/// Odd multiples of a point and of its multiples by powers of 2^`step`, so that a scalar in pieces
/// of that many bits needs only so many doublings.
pub(super) struct Table<const N: usize> {
    /// By piece: P, 3P, 5P, … below 2^(width − 1).
    pieces: Vec<Vec<Affine<N>>>,
    width: u32,
}

impl<const N: usize> Table<N> {
    /// For so many pieces; each piece costs 2^(width − 2) points.
    pub(super) fn new(point: &Affine<N>, pieces: usize, width: u32) -> Self {
        let odd = 1 << (width - 2);
        let mut at = Jacobian::from(*point);
        let mut points = Vec::with_capacity(pieces * odd);
        for piece in 0..pieces {
            if piece > 0 {
                for _ in 0..Self::step(pieces) {
                    at = at.double();
                }
            }
            let twice = at.double();
            let mut next = at;
            for _ in 0..odd {
                points.push(next);
                next = next.add(&twice);
            }
        }
        let points = affine(&points);
        let pieces = points.chunks(odd).map(<[_]>::to_vec).collect();
        Self { pieces, width }
    }

    const fn step(pieces: usize) -> usize {
        64 * N / pieces
    }

    /// The digits of a scalar, by piece.
    fn digits(&self, scalar: &Scalar<N>) -> Vec<Vec<i8>> {
        let limbs = N / self.pieces.len();
        let pieces = scalar.0.chunks(limbs);
        pieces.map(|piece| digits(piece, self.width)).collect()
    }

    fn multiple(&self, piece: usize, digit: i8) -> Affine<N> {
        let point = &self.pieces[piece][usize::from(digit.unsigned_abs() / 2)];
        if digit < 0 { point.negate() } else { *point }
    }
}

/// The odd multiples of the base point.
pub(super) static BASE_512: LazyLock<Table<8>> =
    LazyLock::new(|| Table::new(&Curve::<8>::BASE, 4, 8));
pub(super) static BASE_256: LazyLock<Table<4>> =
    LazyLock::new(|| Table::new(&Curve::<4>::BASE, 4, 8));

/// one · P + two · Q of two tables, by Straus: all pieces share their doublings.
pub(super) fn sum<const N: usize>(
    one: (&Scalar<N>, &Table<N>),
    two: (&Scalar<N>, &Table<N>),
) -> Jacobian<N> {
    let digits = [one.1.digits(one.0), two.1.digits(two.0)];
    let length = digits.iter().flatten().map(Vec::len).max().unwrap_or(0);
    let mut total = Jacobian::INFINITY;
    for place in (0..length).rev() {
        total = total.double();
        for (digits, table) in digits.iter().zip([one.1, two.1]) {
            for (piece, digits) in digits.iter().enumerate() {
                match digits.get(place) {
                    Some(0) | None => {}
                    Some(digit) => total = total.add_affine(&table.multiple(piece, *digit)),
                }
            }
        }
    }
    total
}

/// The non-adjacent form of that width: digits are zero or odd, below 2^(width − 1) in size, and of
/// `width` in a row one at most is not zero.
fn digits(piece: &[u64], width: u32) -> Vec<i8> {
    let bits = piece.len() * 64;
    let window = |at: usize| {
        let (limb, shift) = (at / 64, at % 64);
        let low = piece.get(limb).map_or(0, |limb| limb >> shift);
        let high = match (shift, piece.get(limb + 1)) {
            (0, _) | (_, None) => 0,
            (shift, Some(limb)) => limb << (64 - shift),
        };
        i16::try_from((low | high) & ((1 << width) - 1)).expect("a window has eight bits at most")
    };
    let mut digits = vec![0; bits + 1];
    let mut carry = 0;
    let mut at = 0;
    while at <= bits {
        let value = window(at) + carry;
        if value & 1 == 0 {
            at += 1;
            continue;
        }
        carry = i16::from(value >= 1 << (width - 1));
        let digit = value - (carry << width);
        digits[at] = i8::try_from(digit).expect("a digit is below 2^7 in size");
        at += usize::try_from(width).expect("eight at most");
    }
    digits
}
