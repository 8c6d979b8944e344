//! GOST R 34.10 and its digests: vectors of the standards, a slow reading of the same equation to
//! compare with, values at every edge, and what the authority itself signed.

mod book;

use kezek::signature::gost::{OldPublicKey, PrivateKey, PublicKey, gost94, streebog512};
use num_bigint::BigUint;

use crate::dice::Dice;
use book::Book;

fn hexed(octets: &[u8]) -> String {
    kezek::signature::hex(octets)
}

#[test]
fn digests_are_those_of_the_standards() {
    let digits = b"012345678901234567890123456789012345678901234567890123456789012";
    assert_eq!(
        hexed(&streebog512(digits)),
        "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa\
         00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48",
        "RFC 6986 §10.1.1"
    );
    let verse = [
        0xd1, 0xe5, 0x20, 0xe2, 0xe5, 0xf2, 0xf0, 0xe8, 0x2c, 0x20, 0xd1, 0xf2, 0xf0, 0xe8, 0xe1,
        0xee, 0xe6, 0xe8, 0x20, 0xe2, 0xed, 0xf3, 0xf6, 0xe8, 0x2c, 0x20, 0xe2, 0xe5, 0xfe, 0xf2,
        0xfa, 0x20, 0xf1, 0x20, 0xec, 0xee, 0xf0, 0xff, 0x20, 0xf1, 0xf2, 0xf0, 0xe5, 0xeb, 0xe0,
        0xec, 0xe8, 0x20, 0xed, 0xe0, 0x20, 0xf5, 0xf0, 0xe0, 0xe1, 0xf0, 0xfb, 0xff, 0x20, 0xef,
        0xeb, 0xfa, 0xea, 0xfb, 0x20, 0xc8, 0xe3, 0xee, 0xf0, 0xe5, 0xe2, 0xfb,
    ];
    assert_eq!(
        hexed(&streebog512(&verse)),
        "1e88e62226bfca6f9994f1f2d51569e0daf8475a3b0fe61a5300eee46d961376\
         035fe83549ada2b8620fcd7c496ce5b33f0cb9dddc2b6460143b03dabac9fb28",
        "RFC 6986 §10.2.1"
    );
    for (text, expected) in [
        (
            "",
            "ce85b99cc46752fffee35cab9a7b0278abb4c2d2055cff685af4912c49490f8d",
        ),
        (
            "abc",
            "f3134348c44fb1b2a277729e2285ebb5cb5e0f29c975bc753b70497c06a4d51d",
        ),
        (
            "This is message, length=32 bytes",
            "b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa",
        ),
    ] {
        assert_eq!(hexed(&gost94(text.as_bytes())), expected, "{text:?}");
    }
}

#[test]
fn book_agrees_with_the_standard() {
    for example in [book::first_example(), book::second_example()] {
        let Book { q, .. } = &example.book;
        let public = example.book.multiple(&example.d).expect("not infinity");
        assert_eq!(public, example.public, "the key");
        let (r, s) = example.book.sign(&example.d, &example.e, &example.k);
        assert_eq!((&r, &s), (&example.r, &example.s), "the signature");
        assert!(example.book.verify(&public, &example.e, &r, &s));
        assert!(!example.book.verify(&public, &(&example.e + 1u8), &r, &s));
        assert!(!example.book.verify(&public, &example.e, &(q - r), &s));
    }
}

#[test]
fn signatures_of_ours_satisfy_the_book_and_those_of_the_book_ours() {
    let book = book::present();
    let mut dice = Dice(20_260_101);
    for round in 0..7u8 {
        let private = secret(&mut dice, round);
        let key = PrivateKey::from_octets(&private).expect("a number below q");
        let d = BigUint::from_bytes_le(&private);
        let public = book.multiple(&d).expect("not infinity");
        let octets = key.public_key().to_octets();
        assert_eq!(octets.as_slice(), book.point_octets(&public), "{round}");
        let message = [round; 77];
        let e = BigUint::from_bytes_le(&streebog512(&message));
        let value = key.sign(&message, &[]);
        let (r, s) = value.split_at(64);
        let (r, s) = (BigUint::from_bytes_le(r), BigUint::from_bytes_le(s));
        assert!(book.verify(&public, &e, &r, &s), "{round}");
        let nonce = BigUint::from_bytes_le(&secret(&mut dice, 9));
        let (r, s) = book.sign(&d, &e, &nonce);
        let theirs = [book.octets(&r), book.octets(&s)].concat();
        let public = PublicKey::from_octets(&octets).expect("on the curve");
        // The first, and those that use the larger table.
        for time in 0..3 {
            assert!(public.verify(&message, &theirs), "{round}, {time}");
            assert!(public.verify(&message, &value), "{round}, {time}");
            assert!(!public.verify(&[round; 78], &theirs), "{round}, {time}");
        }
    }
}

#[test]
fn old_signatures_satisfy_the_book() {
    let book = book::old();
    let mut dice = Dice(20_040_101);
    for round in 0..8u8 {
        let mut number = || BigUint::from_bytes_le(&secret(&mut dice, round)[..31]);
        let (d, k) = (number(), number());
        let public = book.multiple(&d).expect("not infinity");
        let key = OldPublicKey::from_octets(&book.point_octets(&public)).expect("on the curve");
        let digest = gost94(&[round]);
        let (r, s) = book.sign(&d, &BigUint::from_bytes_le(&digest), &k);
        let mut value = [book.octets(&r), book.octets(&s)].concat();
        assert!(key.verify(&[round], &value), "{round}");
        assert!(!key.verify(&[round + 1], &value), "{round}");
        value[usize::from(round)] ^= 1;
        assert!(!key.verify(&[round], &value), "{round}");
    }
}

#[test]
fn bits_of_a_value_a_key_and_a_digest_matter() {
    let mut dice = Dice(7);
    let key = PrivateKey::from_octets(&secret(&mut dice, 9)).expect("a number below q");
    let digest = streebog512(b"a message");
    let value = key.sign_digest(&digest, &[1]);
    let public = key.public_key();
    assert!(public.verify_digest(&digest, &value));
    for bit in (0..1024).step_by(19) {
        let mut other = value;
        other[bit / 8] ^= 1 << (bit % 8);
        assert!(
            !public.verify_digest(&digest, &other),
            "bit {bit} of the value"
        );
        if bit < 512 {
            let mut other = digest;
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(
                !public.verify_digest(&other, &value),
                "bit {bit} of the digest"
            );
        }
        let mut other = public.to_octets();
        other[bit / 8] ^= 1 << (bit % 8);
        assert!(
            PublicKey::from_octets(&other).is_none(),
            "bit {bit} of the key"
        );
    }
}

#[test]
fn values_out_of_range_are_refused() {
    let book = book::present();
    let key = PrivateKey::from_octets(&secret(&mut Dice(8), 9)).expect("below q");
    let value = key.sign(b"a message", &[]);
    let (r, s) = value.split_at(64);
    let full = [0xff; 64].to_vec();
    let zero = [0; 64].to_vec();
    let q = book.octets(&book.q);
    let less = book.octets(&(&book.q - 1u8));
    // r + q is below 2^512 for a small r alone, so that it is asked of a value made for it.
    for bad in [&zero, &q, &full, &less] {
        for forged in [
            [bad, s].concat(),
            [r, bad].concat(),
            [bad.as_slice(), bad].concat(),
        ] {
            assert!(!key.public_key().verify(b"a message", &forged));
        }
    }
    for length in [0, 1, 63, 64, 127, 129, 256] {
        let mut forged = value.to_vec();
        forged.resize(length, 0);
        assert!(!key.public_key().verify(b"a message", &forged), "{length}");
        assert!(PublicKey::from_octets(&forged).is_none(), "{length}");
        assert!(OldPublicKey::from_octets(&forged).is_none(), "{length}");
        assert!(
            PrivateKey::from_octets(&forged).is_none() || length == 64,
            "{length}"
        );
    }
    for bad in [&zero, &q, &full] {
        assert!(PrivateKey::from_octets(bad).is_none());
    }
    let last = PrivateKey::from_octets(&less).expect("q - 1 is the last number");
    let base = PrivateKey::from_octets(&book.octets(&BigUint::from(1u8))).expect("the first");
    let (last, base) = (last.public_key().to_octets(), base.public_key().to_octets());
    assert_eq!(last[..64], base[..64], "-G has the x of G");
    assert_ne!(last[64..], base[64..]);
}

#[test]
fn sums_that_meet_in_one_point_or_in_infinity_are_right() {
    let book = book::present();
    let one = BigUint::from(1u8);
    // Keys that are small multiples of the base point, or of its opposite, make Straus add equal
    // and opposite points; each is asked with the book's own signature and with forged ones.
    for d in [1u8, 2, 255] {
        for d in [BigUint::from(d), &book.q - BigUint::from(d)] {
            let private = PrivateKey::from_octets(&book.octets(&d)).expect("in range");
            let public = book.multiple(&d).expect("not infinity");
            for k in [one.clone(), d.clone(), &book.q - 1u8] {
                for digest in [[0; 64], [0xff; 64]] {
                    let e = BigUint::from_bytes_le(&digest);
                    let (r, s) = book.sign(&d, &e, &k);
                    let value = [book.octets(&r), book.octets(&s)].concat();
                    let expected = book.verify(&public, &e, &r, &s);
                    let found = private.public_key().verify_digest(&digest, &value);
                    assert_eq!(found, expected);
                    // s·P = r·Q makes infinity: s = r·d.
                    let s = (&r * &d) % &book.q;
                    let value = [book.octets(&r), book.octets(&s)].concat();
                    assert!(!private.public_key().verify_digest(&digest, &value));
                }
            }
        }
    }
}

#[test]
fn key_of_another_curve_or_algorithm_is_no_key() {
    let key = PrivateKey::from_octets(&secret(&mut Dice(10), 9)).expect("below q");
    let public = key.public_key();
    let spki = public.to_spki();
    let read = PublicKey::from_spki(&spki).expect("it was written so");
    assert_eq!(read.to_octets(), public.to_octets());
    // Each octet before the point: tags, lengths, the algorithm, the curve, the digest.
    for place in 0..spki.len() - 128 {
        for bit in [1, 2, 0x80] {
            let mut other = spki.clone();
            other[place] ^= bit;
            assert!(PublicKey::from_spki(&other).is_none(), "octet {place}");
            assert!(OldPublicKey::from_spki(&other).is_none(), "octet {place}");
        }
    }
    let reversed: Vec<u8> = public.to_octets().iter().rev().copied().collect();
    assert!(
        PublicKey::from_octets(&reversed).is_none(),
        "the greatest octet first"
    );
}

#[test]
fn nonces_follow_the_key_the_digest_and_the_hedge() {
    let mut dice = Dice(9);
    let key = PrivateKey::from_octets(&secret(&mut dice, 9)).expect("below q");
    let other = PrivateKey::from_octets(&secret(&mut dice, 9)).expect("below q");
    let r = |key: &PrivateKey, text: &[u8], hedge: &[u8]| key.sign(text, hedge)[..64].to_vec();
    let first = r(&key, b"a", &[]);
    assert_eq!(first, r(&key, b"a", &[]), "the same for the same");
    let others = [
        r(&key, b"b", &[]),
        r(&other, b"a", &[]),
        r(&key, b"a", &[7; 32]),
    ];
    assert!(others.iter().all(|other| *other != first));
    assert_eq!(format!("{key:?}"), "PrivateKey(GOST R 34.10-2015)");
}

/// A number below q: of many bits, or of few, or of long runs of equal bits.
fn secret(dice: &mut Dice, kind: u8) -> [u8; 64] {
    let mut octets = [0; 64];
    for octet in &mut octets {
        *octet = u8::try_from(dice.below(256)).expect("below 256");
    }
    match kind {
        0 => octets[1..].fill(0),
        1 => octets[..60].fill(0xff),
        2 => octets[3..63].fill(0),
        3 => octets.fill(0x88),
        4 => octets.fill(0x77),
        5 => octets.fill(0x80),
        _ => {}
    }
    octets[63] &= 0x7f;
    octets[0] |= 1;
    octets
}
