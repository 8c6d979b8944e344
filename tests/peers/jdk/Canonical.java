import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
import javax.xml.crypto.dsig.TransformService;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Canonical forms as the JDK's own XMLDSig writes them, of many documents in one process.
 *
 * <p>Each is taken on the way on which a Reference is digested: a URI is dereferenced, secure
 * validation on, and what comes of it goes through the Transform.
 *
 * <p>In: requests on standard input until it ends, each three fields of a length (four octets, the
 * greatest first) and that many octets: the document, the wsu:Id of an element in it, and a
 * PrefixList (empty: none). Out: for each request eleven fields in the order of {@link #FORMS};
 * the first octet is "+" before a form, "-" before the reason why there is none.
 */
public final class Canonical {
    static final String WSU =
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

    static final String EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";

    /** A form: what of the document, by which method, and whether by the PrefixList. */
    record Form(boolean whole, String method, boolean listed) {
        /** A pointer keeps comments, and a plain name leaves them out (XMLDSig §4.4.3.3). */
        String uri(String id) {
            boolean comments = method.endsWith("WithComments");
            if (whole) {
                return comments ? "#xpointer(/)" : "";
            }
            return comments ? "#xpointer(id('" + id + "'))" : "#" + id;
        }
    }

    static final List<Form> FORMS = List.of(
            new Form(false, CanonicalizationMethod.INCLUSIVE, false),
            new Form(false, CanonicalizationMethod.INCLUSIVE_WITH_COMMENTS, false),
            new Form(false, CanonicalizationMethod.EXCLUSIVE, false),
            new Form(false, CanonicalizationMethod.EXCLUSIVE_WITH_COMMENTS, false),
            new Form(false, CanonicalizationMethod.EXCLUSIVE, true),
            new Form(false, CanonicalizationMethod.EXCLUSIVE_WITH_COMMENTS, true),
            new Form(true, CanonicalizationMethod.INCLUSIVE, false),
            new Form(true, CanonicalizationMethod.INCLUSIVE_WITH_COMMENTS, false),
            new Form(true, CanonicalizationMethod.EXCLUSIVE, false),
            new Form(true, CanonicalizationMethod.EXCLUSIVE_WITH_COMMENTS, false),
            new Form(true, CanonicalizationMethod.EXCLUSIVE, true));

    /** A context wants one, and no key is needed where nothing is verified. */
    static final KeySelector NO_KEY = new KeySelector() {
        @Override
        public KeySelectorResult select(
                KeyInfo info, Purpose purpose, AlgorithmMethod method, XMLCryptoContext context)
                throws KeySelectorException {
            throw new KeySelectorException("nothing is verified here");
        }
    };

    private final XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
    private final DocumentBuilder builder;

    private Canonical() throws Exception {
        DocumentBuilderFactory made = DocumentBuilderFactory.newInstance();
        made.setNamespaceAware(true);
        made.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        builder = made.newDocumentBuilder();
        builder.setErrorHandler(null);
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

    private byte[] write(Form form, byte[] octets, String id, List<String> prefixes)
            throws Exception {
        Document document = builder.parse(new ByteArrayInputStream(octets));
        Element apex = apex(document, id);
        DOMValidateContext context = new DOMValidateContext(NO_KEY, apex);
        context.setProperty("org.jcp.xml.dsig.secureValidation", true);
        context.setIdAttributeNS(apex, WSU, "Id");
        // As they stand in a Signature, but in none: nothing is added to the document.
        Element reference = document.createElementNS(XMLSignature.XMLNS, "Reference");
        reference.setAttributeNS(null, "URI", form.uri(id));
        Pointer pointer = new Pointer(reference.getAttributeNodeNS(null, "URI"));
        Data data = factory.getURIDereferencer().dereference(pointer, context);
        TransformService transform = TransformService.getInstance(form.method(), "DOM");
        Element element = document.createElementNS(XMLSignature.XMLNS, "Transform");
        if (form.listed()) {
            Element list = document.createElementNS(EXCLUSIVE, "InclusiveNamespaces");
            list.setAttributeNS(null, "PrefixList", String.join(" ", prefixes));
            element.appendChild(list);
        }
        transform.init(new DOMStructure(element), context);
        return octets(transform, data, context);
    }

    private static byte[] octets(TransformService transform, Data data, XMLCryptoContext context)
            throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Data rest = transform.transform(data, context, out);
        if (rest instanceof OctetStreamData left && left.getOctetStream() != null) {
            left.getOctetStream().transferTo(out);
        }
        return out.toByteArray();
    }

    private static Element apex(Document document, String id) {
        NodeList all = document.getElementsByTagNameNS("*", "*");
        for (int at = 0; at < all.getLength(); at++) {
            Element element = (Element) all.item(at);
            if (element.getAttributeNS(WSU, "Id").equals(id)) {
                return element;
            }
        }
        throw new IllegalArgumentException("no element has that wsu:Id");
    }

    private static byte[] field(DataInputStream in, int length) throws IOException {
        byte[] octets = new byte[length];
        in.readFully(octets);
        return octets;
    }

    private static void put(DataOutputStream out, char sign, byte[] octets) throws IOException {
        out.writeInt(octets.length + 1);
        out.write(sign);
        out.write(octets);
    }

    public static void main(String[] words) throws Exception {
        Canonical canonical = new Canonical();
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in, 1 << 16));
        OutputStream plain = new BufferedOutputStream(System.out, 1 << 16);
        DataOutputStream out = new DataOutputStream(plain);
        while (true) {
            int length;
            try {
                length = in.readInt();
            } catch (java.io.EOFException end) {
                break;
            }
            byte[] document = field(in, length);
            String id = new String(field(in, in.readInt()), StandardCharsets.UTF_8);
            String list = new String(field(in, in.readInt()), StandardCharsets.UTF_8);
            List<String> prefixes = new ArrayList<>();
            for (String prefix : list.split(" ")) {
                if (!prefix.isEmpty()) {
                    prefixes.add(prefix);
                }
            }
            for (Form form : FORMS) {
                try {
                    put(out, '+', canonical.write(form, document, id, prefixes));
                } catch (Exception e) {
                    put(out, '-', String.valueOf(e).getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        out.flush();
    }
}
