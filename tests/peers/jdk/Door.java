import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.MarshalException;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureException;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/**
 * The door of a gateway as a Java engineer would build it from the JDK alone, to be measured
 * beside ours.
 *
 * <p>One message: parse, find the security header, verify the core of the signature with the key
 * of a certificate that is already trusted, see that the Body is what was signed, validate the
 * payload.
 *
 * <p>Everything that a careful Java program keeps between messages is kept: builder, factories,
 * compiled schema, validator, the key by the text of its certificate. Two switches that cost Java
 * time without changing its answer are off: deferred DOM nodes, and "secure validation", whose
 * checks (algorithms, one element per Id) are made here by hand, as our door makes them. Both can
 * be switched back on to see what they cost. The rounds count the CPU time of the verifying threads
 * only: compiler and collector are free. Run it with {@code -XX:+UseSerialGC}, the fastest and
 * steadiest collector for this work.
 *
 * <p>Spec: XMLDSig §3.2; Exclusive C14N 1.0; WS-Security X.509 Token Profile 1.1.
 */
public final class Door {
    static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
    static final String WSSE =
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    static final String WSU =
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
    static final String RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    static final String SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
    static final String DEFER = "http://apache.org/xml/features/dom/defer-node-expansion";
    static final String NO_DOCTYPE = "http://apache.org/xml/features/disallow-doctype-decl";

    private Door() {}

    /** Why a message was not let in. */
    static final class Rejected extends Exception {
        Rejected(String why) {
            super(why, null, false, false);
        }
    }

    /** The command line. */
    record Options(
            Path message, Path schema, double seconds, double warmUp, int rounds, int threads,
            boolean serve, boolean secureValidation, boolean deferredNodes) {

        static Options parse(String[] words) {
            Map<String, String> given = new HashMap<>();
            Set<String> known = Set.of(
                    "--message", "--schema", "--seconds", "--warm-up", "--rounds", "--threads",
                    "--secure-validation", "--deferred-nodes");
            boolean serve = false;
            for (int i = 0; i < words.length; i++) {
                if (words[i].equals("--serve")) {
                    serve = true;
                } else if (known.contains(words[i]) && i + 1 < words.length) {
                    given.put(words[i], words[++i]);
                } else {
                    throw new IllegalArgumentException("not understood: " + words[i]);
                }
            }
            if (!given.containsKey("--message") || !given.containsKey("--schema")) {
                throw new IllegalArgumentException("--message and --schema are needed");
            }
            return new Options(
                    Path.of(given.get("--message")), Path.of(given.get("--schema")),
                    Double.parseDouble(given.getOrDefault("--seconds", "2")),
                    Double.parseDouble(given.getOrDefault("--warm-up", "6")),
                    Integer.parseInt(given.getOrDefault("--rounds", "5")),
                    Integer.parseInt(given.getOrDefault("--threads", "1")),
                    serve, Boolean.parseBoolean(given.get("--secure-validation")),
                    Boolean.parseBoolean(given.get("--deferred-nodes")));
        }
    }

    /** One verifier with all that it keeps between messages; for one thread. */
    static final class Keeper {
        private final DocumentBuilder builder;
        private final XMLSignatureFactory signatures = XMLSignatureFactory.getInstance("DOM");
        private final CertificateFactory certificates = CertificateFactory.getInstance("X.509");
        private final Map<String, PublicKey> trusted = new HashMap<>();
        private final Validator validator;
        private final boolean secureValidation;

        Keeper(Schema schema, Options options) throws Exception {
            builder = builder(options.deferredNodes());
            validator = schema.newValidator();
            validator.setErrorHandler(STRICT);
            secureValidation = options.secureValidation();
        }

        /** Lets the message in and returns its payload, or says why not. */
        Element admit(byte[] message) throws Exception {
            Document document = builder.parse(new ByteArrayInputStream(message));
            Element envelope = document.getDocumentElement();
            if (!is(envelope, SOAP, "Envelope")) {
                throw new Rejected("no SOAP envelope");
            }
            Element security = only(only(envelope, SOAP, "Header"), WSSE, "Security");
            Element body = only(envelope, SOAP, "Body");
            verify(security, body);
            Element payload = payload(body);
            validator.validate(new DOMSource(payload));
            return payload;
        }

        private void verify(Element security, Element body) throws Exception {
            Element element = only(security, XMLSignature.XMLNS, "Signature");
            KeySelector key = KeySelector.singletonKeySelector(key(security, element));
            DOMValidateContext context = new DOMValidateContext(key, element);
            context.setProperty("org.jcp.xml.dsig.secureValidation", secureValidation);
            // Only these two elements get an Id: a reference to anything else finds nothing.
            context.setIdAttributeNS(body, WSU, "Id");
            String bodyId = "#" + body.getAttributeNS(WSU, "Id");
            Element timestamp = optional(security, WSU, "Timestamp");
            if (timestamp != null) {
                context.setIdAttributeNS(timestamp, WSU, "Id");
                if (bodyId.equals("#" + timestamp.getAttributeNS(WSU, "Id"))) {
                    throw new Rejected("one Id on two elements");
                }
            }
            XMLSignature signature = signatures.unmarshalXMLSignature(context);
            allow(signature.getSignedInfo(), bodyId);
            if (!signature.validate(context)) {
                throw new Rejected("the signature does not verify");
            }
        }

        /** Nothing but the algorithms that we allow, and the Body among the references. */
        private static void allow(SignedInfo info, String bodyId) throws Rejected {
            boolean signsBody = false;
            String form = info.getCanonicalizationMethod().getAlgorithm();
            if (!form.equals(CanonicalizationMethod.EXCLUSIVE)
                    || !info.getSignatureMethod().getAlgorithm().equals(RSA_SHA256)) {
                throw new Rejected("an algorithm that is not allowed");
            }
            for (Object each : info.getReferences()) {
                Reference reference = (Reference) each;
                List<?> transforms = reference.getTransforms();
                if (transforms.size() != 1
                        || !((Transform) transforms.get(0)).getAlgorithm()
                                .equals(CanonicalizationMethod.EXCLUSIVE)
                        || !reference.getDigestMethod().getAlgorithm().equals(SHA256)) {
                    throw new Rejected("a transform or digest that is not allowed");
                }
                signsBody |= bodyId.equals(reference.getURI());
            }
            if (!signsBody) {
                throw new Rejected("the Body is not signed");
            }
        }

        /** The key of the message's certificate; its path counts as checked once it was seen. */
        private PublicKey key(Element security, Element signature) throws Exception {
            Element keyInfo = only(signature, XMLSignature.XMLNS, "KeyInfo");
            Element reference = only(keyInfo, WSSE, "SecurityTokenReference");
            Element token = optional(reference, WSSE, "KeyIdentifier");
            if (token == null) {
                token = only(security, WSSE, "BinarySecurityToken");
            }
            String text = token.getTextContent();
            PublicKey key = trusted.get(text);
            if (key == null) {
                byte[] der = Base64.getMimeDecoder().decode(text);
                X509Certificate certificate = (X509Certificate)
                        certificates.generateCertificate(new ByteArrayInputStream(der));
                key = certificate.getPublicKey();
                trusted.put(text, key);
            }
            return key;
        }

        /** The element inside {@code SendMessage/request/requestData/data}, read by local names. */
        private static Element payload(Element body) throws Rejected {
            Element at = body;
            for (String local : List.of("SendMessage", "request", "requestData", "data")) {
                at = only(at, null, local);
            }
            return only(at, null, null);
        }
    }

    static final ErrorHandler STRICT = new ErrorHandler() {
        @Override
        public void warning(SAXParseException e) throws SAXException {
            throw e;
        }

        @Override
        public void error(SAXParseException e) throws SAXException {
            throw e;
        }

        @Override
        public void fatalError(SAXParseException e) throws SAXException {
            throw e;
        }
    };

    static DocumentBuilder builder(boolean deferredNodes) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setFeature(NO_DOCTYPE, true);
        factory.setFeature(DEFER, deferredNodes);
        factory.setXIncludeAware(false);
        DocumentBuilder builder = factory.newDocumentBuilder();
        builder.setErrorHandler(STRICT);
        return builder;
    }

    static boolean is(Node node, String namespace, String local) {
        return node.getNodeType() == Node.ELEMENT_NODE
                && (local == null || local.equals(node.getLocalName()))
                && (namespace == null || namespace.equals(node.getNamespaceURI()));
    }

    /** The one child of that name, or null; null as a name means any. Two are an error. */
    static Element optional(Element parent, String namespace, String local) throws Rejected {
        Element found = null;
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (is(child, namespace, local)) {
                if (found != null) {
                    throw new Rejected("two of " + local);
                }
                found = (Element) child;
            }
        }
        return found;
    }

    static Element only(Element parent, String namespace, String local) throws Rejected {
        Element found = optional(parent, namespace, local);
        if (found == null) {
            throw new Rejected("no " + local + " in " + parent.getLocalName());
        }
        return found;
    }

    /** Compiles the schema; in a folder, the file that declares the payload's element. */
    static Schema schema(Path path, Element payload) throws Exception {
        Path file = path;
        if (Files.isDirectory(path)) {
            file = declaring(path, payload);
        }
        SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "file");
        factory.setErrorHandler(STRICT);
        return factory.newSchema(new StreamSource(file.toFile()));
    }

    static Path declaring(Path folder, Element payload) throws Exception {
        File[] files = folder.toFile().listFiles((dir, name) -> name.endsWith(".xsd"));
        Arrays.sort(files);
        DocumentBuilder builder = builder(false);
        for (File file : files) {
            Element root = builder.parse(file).getDocumentElement();
            if (!root.getAttribute("targetNamespace").equals(payload.getNamespaceURI())) {
                continue;
            }
            for (Node n = root.getFirstChild(); n != null; n = n.getNextSibling()) {
                if (is(n, XMLConstants.W3C_XML_SCHEMA_NS_URI, "element")
                        && ((Element) n).getAttribute("name").equals(payload.getLocalName())) {
                    return file.toPath();
                }
            }
        }
        throw new IllegalStateException(
                "no schema in " + folder + " declares " + payload.getLocalName());
    }

    /**
     * Proves that the measured code says no: one changed digit of the payload (digest), one changed
     * Created (digest of the Timestamp), one changed digest inside SignedInfo (signature value).
     */
    static void refuseTampered(Keeper keeper, byte[] message) throws Exception {
        String text = new String(message, StandardCharsets.UTF_8);
        int endOfData = text.lastIndexOf("</", text.lastIndexOf("requestData"));
        int lastLeaf = -1;
        Matcher leaf = Pattern.compile("[\\p{L}\\p{Nd}]</").matcher(text).region(0, endOfData);
        while (leaf.find()) {
            lastLeaf = leaf.start();
        }
        List<String> forgeries = new ArrayList<>();
        forgeries.add(change(text, lastLeaf));
        int created = text.indexOf("Created>");
        if (created >= 0) {
            forgeries.add(change(text, text.indexOf("</", created) - 1));
        }
        int digest = text.indexOf("DigestValue>");
        forgeries.add(change(text, text.indexOf('=', digest) - 1));
        for (String forgery : forgeries) {
            try {
                keeper.admit(forgery.getBytes(StandardCharsets.UTF_8));
            } catch (Rejected | XMLSignatureException | MarshalException expected) {
                continue;
            }
            throw new IllegalStateException("a tampered message was let in");
        }
    }

    private static String change(String text, int at) {
        char other = text.charAt(at) == '1' ? '2' : '1';
        return text.substring(0, at) + other + text.substring(at + 1);
    }

    /** What one round did. */
    record Round(long messages, double wall, double threadCpu, double processCpu) {
        String json(Options options, int bytes) {
            String collector = ManagementFactory.getGarbageCollectorMXBeans().get(0).getName();
            return String.format(
                    Locale.ROOT,
                    "{\"peer\":\"jdk\",\"java\":\"%s\",\"collector\":\"%s\","
                            + "\"secure_validation\":%b,\"bytes\":%d,\"threads\":%d,"
                            + "\"messages\":%d,\"wall_seconds\":%.6f,\"cpu_seconds\":%.6f,"
                            + "\"process_cpu_seconds\":%.6f,\"messages_per_cpu_second\":%.1f}",
                    System.getProperty("java.version"), collector,
                    options.secureValidation(), bytes, options.threads(),
                    messages, wall, threadCpu, processCpu, messages / threadCpu);
        }
    }

    /** Admits the message over and over for the given time, on every keeper's own thread. */
    static Round round(ExecutorService pool, List<Keeper> keepers, byte[] message, double seconds)
            throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        OperatingSystemMXBean process =
                (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long processFrom = process.getProcessCpuTime();
        long from = System.nanoTime();
        long until = from + (long) (seconds * 1e9);
        List<Callable<long[]>> work = new ArrayList<>();
        for (Keeper keeper : keepers) {
            work.add(() -> {
                long cpu = threads.getCurrentThreadCpuTime();
                long count = 0;
                do {
                    keeper.admit(message);
                    count++;
                } while (System.nanoTime() < until);
                return new long[] {count, threads.getCurrentThreadCpuTime() - cpu};
            });
        }
        long messages = 0;
        long cpu = 0;
        for (Future<long[]> done : pool.invokeAll(work)) {
            messages += done.get()[0];
            cpu += done.get()[1];
        }
        double wall = (System.nanoTime() - from) / 1e9;
        double processCpu = (process.getProcessCpuTime() - processFrom) / 1e9;
        return new Round(messages, wall, cpu / 1e9, processCpu);
    }

    /** The payload before any trust, only to find the schema that declares it. */
    private static Element payloadOf(byte[] message) throws Exception {
        Document document = builder(false).parse(new ByteArrayInputStream(message));
        return Keeper.payload(only(document.getDocumentElement(), SOAP, "Body"));
    }

    /** Proves that the schema is at work: an element that it does not know is refused. */
    private static void refuseInvalid(Schema schema, Element payload) throws Exception {
        Element stranger = (Element) payload.cloneNode(true);
        Document document = stranger.getOwnerDocument();
        stranger.appendChild(document.createElementNS("urn:stranger", "stranger"));
        Validator validator = schema.newValidator();
        validator.setErrorHandler(STRICT);
        try {
            validator.validate(new DOMSource(stranger));
        } catch (SAXException expected) {
            return;
        }
        throw new IllegalStateException("the schema let an unknown element in");
    }

    public static void main(String[] words) throws Exception {
        Options options;
        try {
            options = Options.parse(words);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.err.println("java Door.java --message FILE --schema DIR_OR_XSD [--seconds S]"
                    + " [--rounds N | --serve] [--warm-up S] [--threads 1]"
                    + " [--secure-validation true] [--deferred-nodes true]");
            System.exit(2);
            return;
        }
        try {
            run(options);
        } catch (Exception failed) {
            System.err.println("door: " + failed);
            System.exit(1);
        }
    }

    private static void run(Options options) throws Exception {
        byte[] message = Files.readAllBytes(options.message());
        Schema schema = schema(options.schema(), payloadOf(message));
        List<Keeper> keepers = new ArrayList<>();
        for (int i = 0; i < options.threads(); i++) {
            Keeper keeper = new Keeper(schema, options);
            refuseInvalid(schema, keeper.admit(message));
            refuseTampered(keeper, message);
            keepers.add(keeper);
        }
        ExecutorService pool = Executors.newFixedThreadPool(options.threads(), task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
        });
        warmUp(pool, keepers, message, options.warmUp());
        if (options.serve()) {
            serve(pool, keepers, message, options);
        } else {
            for (int i = 0; i < options.rounds(); i++) {
                Round round = round(pool, keepers, message, options.seconds());
                System.out.println(round.json(options, message.length));
            }
        }
    }

    /**
     * Runs for the given time at least, then until a second brings no more than the best before it:
     * on a busy machine the compiler needs longer than any fixed time.
     */
    private static void warmUp(
            ExecutorService pool, List<Keeper> keepers, byte[] message, double seconds)
            throws Exception {
        double best = 0;
        int stale = 0;
        for (int second = 0; second < 60 && (second < seconds || stale < 3); second++) {
            Round round = round(pool, keepers, message, 1);
            double rate = round.messages() / round.threadCpu();
            stale = rate > best * 1.02 ? 0 : stale + 1;
            best = Math.max(best, rate);
        }
    }

    /** One round for each line that says "round"; the end of the input ends the program. */
    private static void serve(
            ExecutorService pool, List<Keeper> keepers, byte[] message, Options options)
            throws Exception {
        BufferedReader commands =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            if (!line.equals("round")) {
                throw new IOException("not understood: " + line);
            }
            Round round = round(pool, keepers, message, options.seconds());
            System.out.println(round.json(options, message.length));
            System.out.flush();
        }
    }
}
