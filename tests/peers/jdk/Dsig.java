import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.xml.crypto.AlgorithmMethod;
import javax.xml.crypto.Data;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.KeySelectorException;
import javax.xml.crypto.KeySelectorResult;
import javax.xml.crypto.OctetStreamData;
import javax.xml.crypto.XMLCryptoContext;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.crypto.dom.DOMURIReference;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.TransformService;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.KeyInfoFactory;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Signs and verifies many documents in one process by the JDK's own XMLDSig, secure validation on.
 *
 * <p>In: requests on standard input until it ends, each six fields of a length (four octets, the
 * greatest first) and that many octets: the verb ("sign" or "verify"), the kind ("enveloped": the
 * document is signed inside itself; "message": the Body of a SOAP message is, in its Security
 * header), the identifiers of signature, digest and canonicalisation with spaces between (to sign),
 * the private key as PKCS #8 (to sign), the certificate, and the document. Out: for each one field;
 * "+" and the signed document, or nothing more for a signature that verifies by the certificate's
 * key; "-" and the reason why not.
 */
public final class Dsig {
    static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
    static final String WSS =
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-";
    static final String WSSE = WSS + "secext-1.0.xsd";
    static final String WSU = WSS + "utility-1.0.xsd";
    static final String SECURE = "org.jcp.xml.dsig.secureValidation";
    static final String X509 =
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";

    /** A context wants one, and no key is needed to write. */
    static final KeySelector NO_KEY = new KeySelector() {
        @Override
        public KeySelectorResult select(
                KeyInfo info, Purpose purpose, AlgorithmMethod method, XMLCryptoContext context)
                throws KeySelectorException {
            throw new KeySelectorException("nothing is verified here");
        }
    };

    private final XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
    private final CertificateFactory certificates = CertificateFactory.getInstance("X.509");
    private final DocumentBuilder builder;

    private Dsig() throws Exception {
        DocumentBuilderFactory made = DocumentBuilderFactory.newInstance();
        made.setNamespaceAware(true);
        made.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        builder = made.newDocumentBuilder();
        builder.setErrorHandler(null);
    }

    private byte[] answer(List<byte[]> fields) throws Exception {
        boolean message = text(fields.get(1)).equals("message");
        X509Certificate certificate = (X509Certificate)
                certificates.generateCertificate(new ByteArrayInputStream(fields.get(4)));
        Document document = builder.parse(new ByteArrayInputStream(fields.get(5)));
        if (text(fields.get(0)).equals("verify")) {
            verify(document, certificate, message);
            return new byte[0];
        }
        String algorithm = certificate.getPublicKey().getAlgorithm();
        PrivateKey key = KeyFactory.getInstance(algorithm)
                .generatePrivate(new PKCS8EncodedKeySpec(fields.get(3)));
        sign(document, key, certificate, text(fields.get(2)).split(" "), message);
        return written(document);
    }

    private void sign(
            Document document, PrivateKey key, X509Certificate certificate, String[] by,
            boolean message)
            throws Exception {
        DigestMethod digest = factory.newDigestMethod(by[1], null);
        List<Transform> transforms = new ArrayList<>();
        if (!message) {
            transforms.add(factory.newTransform(Transform.ENVELOPED, (TransformParameterSpec) null));
        }
        transforms.add(factory.newTransform(by[2], (TransformParameterSpec) null));
        Element root = document.getDocumentElement();
        Element body = message ? only(root, SOAP, "Body") : null;
        Element parent = message ? only(only(root, SOAP, "Header"), WSSE, "Security") : root;
        String uri = message ? "#" + body.getAttributeNS(WSU, "Id") : "";
        Reference reference = factory.newReference(uri, digest, transforms, null, null);
        SignedInfo info = factory.newSignedInfo(
                factory.newCanonicalizationMethod(by[2], (C14NMethodParameterSpec) null),
                factory.newSignatureMethod(by[0], null), List.of(reference));
        DOMSignContext context = new DOMSignContext(key, parent);
        context.setDefaultNamespacePrefix("ds");
        if (message) {
            context.setIdAttributeNS(body, WSU, "Id");
        }
        factory.newXMLSignature(info, keyInfo(document, certificate, message)).sign(context);
    }

    private KeyInfo keyInfo(Document document, X509Certificate certificate, boolean message)
            throws Exception {
        KeyInfoFactory keys = factory.getKeyInfoFactory();
        if (!message) {
            return keys.newKeyInfo(List.of(keys.newX509Data(List.of(certificate))));
        }
        Element reference = document.createElementNS(WSSE, "wsse:SecurityTokenReference");
        Element identifier = document.createElementNS(WSSE, "wsse:KeyIdentifier");
        identifier.setAttributeNS(null, "ValueType", X509);
        identifier.setTextContent(Base64.getEncoder().encodeToString(certificate.getEncoded()));
        reference.appendChild(identifier);
        return keys.newKeyInfo(List.of(new DOMStructure(reference)));
    }

    private void verify(Document document, X509Certificate certificate, boolean message)
            throws Exception {
        Element root = document.getDocumentElement();
        Element body = message ? only(root, SOAP, "Body") : null;
        Element parent = message ? only(only(root, SOAP, "Header"), WSSE, "Security") : root;
        Element element = only(parent, XMLSignature.XMLNS, "Signature");
        KeySelector key = KeySelector.singletonKeySelector(certificate.getPublicKey());
        DOMValidateContext context = new DOMValidateContext(key, element);
        context.setProperty(SECURE, true);
        if (message) {
            context.setIdAttributeNS(body, WSU, "Id");
            Element timestamp = optional(parent, WSU, "Timestamp");
            if (timestamp != null) {
                context.setIdAttributeNS(timestamp, WSU, "Id");
            }
        }
        XMLSignature signature = factory.unmarshalXMLSignature(context);
        String covered = message ? "#" + body.getAttributeNS(WSU, "Id") : "";
        boolean covers = false;
        for (Object each : signature.getSignedInfo().getReferences()) {
            covers |= covered.equals(((Reference) each).getURI());
        }
        if (!covers) {
            throw new IllegalArgumentException("the content is not what was signed");
        }
        if (!signature.validate(context)) {
            throw new IllegalArgumentException("it does not verify");
        }
    }

    private byte[] written(Document document) throws Exception {
        Element reference = document.createElementNS(XMLSignature.XMLNS, "Reference");
        reference.setAttributeNS(null, "URI", "#xpointer(/)");
        DOMValidateContext context = new DOMValidateContext(NO_KEY, reference);
        Data data = factory.getURIDereferencer()
                .dereference(new Pointer(reference.getAttributeNodeNS(null, "URI")), context);
        TransformService transform =
                TransformService.getInstance(CanonicalizationMethod.INCLUSIVE_WITH_COMMENTS, "DOM");
        Element element = document.createElementNS(XMLSignature.XMLNS, "Transform");
        transform.init(new DOMStructure(element), context);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Data rest = transform.transform(data, context, out);
        if (rest instanceof OctetStreamData left && left.getOctetStream() != null) {
            left.getOctetStream().transferTo(out);
        }
        return out.toByteArray();
    }

    /** A URI, for the JDK to find what it names. */
    private record Pointer(Attr here) implements DOMURIReference {
        @Override
        public String getURI() {
            return here.getValue();
        }

        @Override
        public String getType() {
            return null;
        }

        @Override
        public Attr getHere() {
            return here;
        }
    }

    private static Element optional(Element parent, String namespace, String local) {
        Element found = null;
        for (Node n = parent.getFirstChild(); n != null; n = n.getNextSibling()) {
            if (n instanceof Element element && local.equals(n.getLocalName())
                    && namespace.equals(n.getNamespaceURI())) {
                if (found != null) {
                    throw new IllegalArgumentException("two of " + local);
                }
                found = element;
            }
        }
        return found;
    }

    private static Element only(Element parent, String namespace, String local) {
        Element found = optional(parent, namespace, local);
        if (found == null) {
            throw new IllegalArgumentException("no " + local);
        }
        return found;
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.UTF_8);
    }

    public static void main(String[] words) throws Exception {
        Dsig dsig = new Dsig();
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in, 1 << 16));
        DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(System.out, 1 << 16));
        while (true) {
            List<byte[]> fields = new ArrayList<>();
            try {
                while (fields.size() < 6) {
                    byte[] octets = new byte[in.readInt()];
                    in.readFully(octets);
                    fields.add(octets);
                }
            } catch (EOFException end) {
                break;
            }
            char sign = '+';
            byte[] octets;
            try {
                octets = dsig.answer(fields);
            } catch (Exception e) {
                sign = '-';
                octets = String.valueOf(e).getBytes(StandardCharsets.UTF_8);
            }
            out.writeInt(octets.length + 1);
            out.write(sign);
            out.write(octets);
        }
        out.flush();
    }
}
