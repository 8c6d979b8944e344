import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.bouncycastle.asn1.cryptopro.ECGOST3410NamedCurves;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.GOST3411_2012_512Digest;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.ECGOST3410_2012Signer;

/**
 * GOST R 34.10-2012 of 512 bits as BouncyCastle makes and verifies it, to be measured beside ours
 * and to be asked whether both mean the same.
 *
 * <p>Keys, digests and values are as Kazakhstan writes them, with the least octet first; the
 * library's signer takes numbers and reads a digest that way by itself. Curve, key, signer and
 * point tables are kept between calls, and the digest is made beforehand on both sides.
 */
public final class Gost {
    private final ECDomainParameters domain;
    private final ECGOST3410_2012Signer verifier = new ECGOST3410_2012Signer();
    private final ECGOST3410_2012Signer signer = new ECGOST3410_2012Signer();
    private final byte[] digest;
    private final BigInteger r;
    private final BigInteger s;

    private Gost(byte[] privateKey, byte[] publicKey, byte[] message, byte[] value) {
        X9ECParameters curve = ECGOST3410NamedCurves.getByNameX9("Tc26-Gost-3410-12-512-paramSetA");
        domain = new ECDomainParameters(curve);
        var point = domain.getCurve().createPoint(number(publicKey, 0), number(publicKey, 64));
        verifier.init(false, new ECPublicKeyParameters(point, domain));
        var secret = new ECPrivateKeyParameters(number(privateKey, 0), domain);
        signer.init(true, new ParametersWithRandom(secret, new SecureRandom()));
        var hash = new GOST3411_2012_512Digest();
        hash.update(message, 0, message.length);
        digest = new byte[64];
        hash.doFinal(digest, 0);
        r = number(value, 0);
        s = number(value, 64);
    }

    /** 64 octets, the least first. */
    private static BigInteger number(byte[] octets, int from) {
        byte[] reversed = new byte[64];
        for (int at = 0; at < 64; at++) {
            reversed[at] = octets[from + 63 - at];
        }
        return new BigInteger(1, reversed);
    }

    private static void put(BigInteger number, byte[] octets, int from) {
        byte[] big = number.toByteArray();
        for (int at = 0; at < Math.min(64, big.length); at++) {
            octets[from + at] = big[big.length - 1 - at];
        }
    }

    private boolean verify() {
        return verifier.verifySignature(digest, r, s);
    }

    private byte[] sign() {
        BigInteger[] numbers = signer.generateSignature(digest);
        byte[] value = new byte[128];
        put(numbers[0], value, 0);
        put(numbers[1], value, 64);
        return value;
    }

    /** Proves that the measured code says yes and no. */
    private void prove() {
        byte[] other = digest.clone();
        other[0] ^= 1;
        boolean right = verify()
                && !verifier.verifySignature(other, r, s)
                && !verifier.verifySignature(digest, s, r);
        if (!right) {
            throw new IllegalStateException("the signature is not what BouncyCastle understands");
        }
    }

    private static double round(Runnable once, double seconds) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long until = System.nanoTime() + (long) (seconds * 1e9);
        long cpu = threads.getCurrentThreadCpuTime();
        long count = 0;
        do {
            once.run();
            count++;
        } while (System.nanoTime() < until);
        return count / ((threads.getCurrentThreadCpuTime() - cpu) / 1e9);
    }

    /** Until another second brings nothing more. */
    private static void warm(Runnable once) {
        double last = 0;
        double now = round(once, 1);
        for (int times = 0; times < 20 && now > last * 1.02; times++) {
            last = now;
            now = round(once, 1);
        }
    }

    public static void main(String[] words) throws Exception {
        if (words.length != 5) {
            System.err.println("java -cp bcprov.jar Gost.java PRIVATE PUBLIC MESSAGE VALUE SECONDS"
                    + " (the first four in hexadecimal digits); then a line verify or sign for"
                    + " each round");
            System.exit(2);
        }
        byte[][] parts = Arrays.stream(words, 0, 4)
                .map(HexFormat.of()::parseHex)
                .toArray(byte[][]::new);
        double seconds = Double.parseDouble(words[4]);
        Gost gost = new Gost(parts[0], parts[1], parts[2], parts[3]);
        gost.prove();
        Runnable verify = () -> {
            if (!gost.verify()) {
                throw new IllegalStateException("refused");
            }
        };
        Runnable sign = gost::sign;
        warm(verify);
        warm(sign);
        System.out.printf(Locale.ROOT, "{\"value\":\"%s\"}%n",
                HexFormat.of().formatHex(gost.sign()));
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            double rate = round(line.equals("sign") ? sign : verify, seconds);
            System.out.printf(Locale.ROOT, "{\"per_cpu_second\":%.1f}%n", rate);
        }
    }
}
