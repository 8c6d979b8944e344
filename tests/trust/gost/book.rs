//! RFC 7091 read as slowly as it is written, over integers of any size.

use num_bigint::BigUint;

/// A curve y² = x³ + ax + b modulo p with a base point of the order q.
pub struct Book {
    p: BigUint,
    a: BigUint,
    pub q: BigUint,
    base: (BigUint, BigUint),
    width: usize,
}

/// An example of RFC 7091 §7.
pub struct Example {
    pub book: Book,
    pub d: BigUint,
    pub e: BigUint,
    pub k: BigUint,
    pub public: (BigUint, BigUint),
    pub r: BigUint,
    pub s: BigUint,
}

type Point = Option<(BigUint, BigUint)>;

fn number(digits: &str) -> BigUint {
    BigUint::parse_bytes(digits.as_bytes(), 16).expect("hexadecimal digits")
}

impl Book {
    fn inverse(n: &BigUint, modulus: &BigUint) -> BigUint {
        n.modinv(modulus).unwrap_or_default()
    }

    fn less(&self, one: &BigUint, other: &BigUint) -> BigUint {
        (one + &self.p - other) % &self.p
    }

    fn add(&self, one: &Point, other: &Point) -> Point {
        let (Some((x1, y1)), Some((x2, y2))) = (one, other) else {
            return one.clone().or_else(|| other.clone());
        };
        let slope = if x1 != x2 {
            self.less(y2, y1) * Self::inverse(&self.less(x2, x1), &self.p)
        } else if y1 == y2 {
            (x1 * x1 * 3u8 + &self.a) * Self::inverse(&(y1 * 2u8 % &self.p), &self.p)
        } else {
            return None;
        } % &self.p;
        let x = self.less(&self.less(&(&slope * &slope % &self.p), x1), x2);
        let y = self.less(&(slope * self.less(x1, &x) % &self.p), y1);
        Some((x, y))
    }

    fn times(&self, n: &BigUint, point: &Point) -> Point {
        let mut total = None;
        for bit in (0..n.bits()).rev() {
            total = self.add(&total, &total);
            if n.bit(bit) {
                total = self.add(&total, point);
            }
        }
        total
    }

    pub fn multiple(&self, n: &BigUint) -> Point {
        self.times(n, &Some(self.base.clone()))
    }

    fn digest(&self, e: &BigUint) -> BigUint {
        let e = e % &self.q;
        if e == BigUint::ZERO {
            BigUint::from(1u8)
        } else {
            e
        }
    }

    pub fn sign(&self, d: &BigUint, e: &BigUint, k: &BigUint) -> (BigUint, BigUint) {
        let (x, _) = self.multiple(k).expect("not infinity");
        let r = x % &self.q;
        let s = (&r * d + k * self.digest(e)) % &self.q;
        (r, s)
    }

    pub fn verify(
        &self,
        public: &(BigUint, BigUint),
        e: &BigUint,
        r: &BigUint,
        s: &BigUint,
    ) -> bool {
        let allowed = |n: &BigUint| *n != BigUint::ZERO && n < &self.q;
        let v = Self::inverse(&self.digest(e), &self.q);
        let one = self.multiple(&(s * &v % &self.q));
        let two = self.times(
            &((&self.q - r % &self.q) * v % &self.q),
            &Some(public.clone()),
        );
        let sum = self.add(&one, &two);
        allowed(r) && allowed(s) && sum.is_some_and(|(x, _)| x % &self.q == *r)
    }

    /// A number as octets, the least first.
    pub fn octets(&self, n: &BigUint) -> Vec<u8> {
        let mut octets = n.to_bytes_le();
        octets.resize(self.width, 0);
        octets
    }

    pub fn point_octets(&self, (x, y): &(BigUint, BigUint)) -> Vec<u8> {
        [self.octets(x), self.octets(y)].concat()
    }
}

/// paramSetA of 512 bits (RFC 7836 §A.1).
pub fn present() -> Book {
    let p = (BigUint::from(1u8) << 512) - 569u32;
    Book {
        a: &p - 3u8,
        p,
        q: number(
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
             27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275",
        ),
        base: (
            BigUint::from(3u8),
            number(
                "7503cfe87a836ae3a61b8816e25450e6ce5e1c93acf1abc1778064fdcbefa921\
                 df1626be4fd036e93d75e6a50e3a41e98028fe5fc235f5b889a589cb5215f2a4",
            ),
        ),
        width: 64,
    }
}

/// CryptoPro-A (RFC 4357 §11.4).
pub fn old() -> Book {
    let p = (BigUint::from(1u8) << 256) - 617u32;
    Book {
        a: &p - 3u8,
        p,
        q: number("ffffffffffffffffffffffffffffffff6c611070995ad10045841b09b761b893"),
        base: (
            BigUint::from(1u8),
            number("8d91e471e0989cda27df505a453f2b7635294f2ddf23e3b122acc99c9e9f1e14"),
        ),
        width: 32,
    }
}

/// RFC 7091 §7.1: of 256 bits, on a curve that is used nowhere else.
pub fn first_example() -> Example {
    Example {
        book: Book {
            p: number("8000000000000000000000000000000000000000000000000000000000000431"),
            a: BigUint::from(7u8),
            q: number("8000000000000000000000000000000150fe8a1892976154c59cfc193accf5b3"),
            base: (
                BigUint::from(2u8),
                number("08e2a8a0e65147d4bd6316030e16d19c85c97f0a9ca267122b96abbcea7e8fc8"),
            ),
            width: 32,
        },
        d: number("7a929ade789bb9be10ed359dd39a72c11b60961f49397eee1d19ce9891ec3b28"),
        e: number("2dfbc1b372d89a1188c09c52e0eec61fce52032ab1022e8e67ece6672b043ee5"),
        k: number("77105c9b20bcd3122823c8cf6fcc7b956de33814e95b7fe64fed924594dceab3"),
        public: (
            number("7f2b49e270db6d90d8595bec458b50c58585ba1d4e9b788f6689dbd8e56fd80b"),
            number("26f1b489d6701dd185c8413a977b3cbbaf64d1c593d26627dffb101a87ff77da"),
        ),
        r: number("41aa28d2f1ab148280cd9ed56feda41974053554a42767b83ad043fd39dc0493"),
        s: number("01456c64ba4642a1653c235a98a60249bcd6d3f746b631df928014f6c5bf9c40"),
    }
}

/// RFC 7091 §7.2: of 512 bits, likewise.
pub fn second_example() -> Example {
    Example {
        book: Book {
            p: number(
                "4531acd1fe0023c7550d267b6b2fee80922b14b2ffb90f04d4eb7c09b5d2d15d\
                     f1d852741af4704a0458047e80e4546d35b8336fac224dd81664bbf528be6373",
            ),
            a: BigUint::from(7u8),
            q: number(
                "4531acd1fe0023c7550d267b6b2fee80922b14b2ffb90f04d4eb7c09b5d2d15d\
                     a82f2d7ecb1dbac719905c5eecc423f1d86e25edbe23c595d644aaf187e6e6df",
            ),
            base: (
                number(
                    "24d19cc64572ee30f396bf6ebbfd7a6c5213b3b3d7057cc825f91093a68cd762\
                         fd60611262cd838dc6b60aa7eee804e28bc849977fac33b4b530f1b120248a9a",
                ),
                number(
                    "2bb312a43bd2ce6e0d020613c857acddcfbf061e91e5f2c3f32447c259f39b2c\
                         83ab156d77f1496bf7eb3351e1ee4e43dc1a18b91b24640b6dbb92cb1add371e",
                ),
            ),
            width: 64,
        },
        d: number(
            "0ba6048aadae241ba40936d47756d7c93091a0e8514669700ee7508e508b1020\
                 72e8123b2200a0563322dad2827e2714a2636b7bfd18aadfc62967821fa18dd4",
        ),
        e: number(
            "3754f3cfacc9e0615c4f4a7c4d8dab531b09b6f9c170c533a71d147035b0c591\
                 7184ee536593f4414339976c647c5d5a407adedb1d560c4fc6777d2972075b8c",
        ),
        k: number(
            "0359e7f4b1410feacc570456c6801496946312120b39d019d455986e364f3658\
                 86748ed7a44b3e794434006011842286212273a6d14cf70ea3af71bb1ae679f1",
        ),
        public: (
            number(
                "115dc5bc96760c7b48598d8ab9e740d4c4a85a65be33c1815b5c320c854621dd\
                     5a515856d13314af69bc5b924c8b4ddff75c45415c1d9dd9dd33612cd530efe1",
            ),
            number(
                "37c7c90cd40b0f5621dc3ac1b751cfa0e2634fa0503b3d52639f5d7fb72afd61\
                     ea199441d943ffe7f0c70a2759a3cdb84c114e1f9339fdf27f35eca93677beec",
            ),
        ),
        r: number(
            "2f86fa60a081091a23dd795e1e3c689ee512a3c82ee0dcc2643c78eea8fcacd3\
                 5492558486b20f1c9ec197c90699850260c93bcbcd9c5c3317e19344e173ae36",
        ),
        s: number(
            "1081b394696ffe8e6585e7a9362d26b6325f56778aadbc081c0bfbe933d52ff5\
                 823ce288e8c4f362526080df7f70ce406a6eeb1f56919cb92a9853bde73e5b4a",
        ),
    }
}
