//! The examples of the recommendations: Canonical XML 1.0 §3 and Exclusive C14N 1.0 §2.2, in our
//! words. Five of the seven of the former begin with a DTD, which our parser refuses; they stand
//! here without it where that says the same, and `disagreements.md` has what it cannot say.

use kezek::xml::canonical::{Form, Namespaces};
use kezek::xml::{Cause, Document, Limits};

use crate::explained::Explained;

/// A form: whether exclusive, with comments, and of the whole document.
#[derive(Clone, Copy)]
struct As(bool, bool, bool);

const PLAIN: As = As(false, false, true);
const WITH_COMMENTS: As = As(false, true, true);
const EXCLUSIVE: As = As(true, false, false);
const SUBTREE: As = As(false, false, false);

const OUTSIDE: &str = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   \
                       type=\"text/xsl\"   ?>\n\n<doc>Hello, world!<!-- Comment 1 --></doc>\n\n\
                       <?pi-without-data     ?>\n\n<!-- Comment 2 -->\n\n<!-- Comment 3 -->\n";
const SPACES: &str = "<doc>\n   <clean>   </clean>\n   <dirty>   A   B   </dirty>\n   <mixed>\n      \
                      A\n      <clean>   </clean>\n      B\n      <dirty>   A   B   </dirty>\n      \
                      C\n   </mixed>\n</doc>";
const TAGS: &str = "<doc>\n   <e1   />\n   <e2   ></e2>\n   <e3   name = \"elem3\"   id=\"elem3\"   />\n   \
    <e4   name=\"elem4\"   id=\"elem4\"   ></e4>\n   <e5 a:attr=\"out\" b:attr=\"sorted\" \
    attr2=\"all\" attr=\"I'm\"\n      xmlns:b=\"http://www.ietf.org\"\n      \
    xmlns:a=\"http://www.w3.org\"\n      xmlns=\"http://example.org\"/>\n   \
    <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n      <e7 xmlns=\"http://www.ietf.org\">\n         \
    <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n            \
    <e9 xmlns=\"\" xmlns:a=\"http://www.ietf.org\" attr=\"default\"/>\n         </e8>\n      </e7>\n   \
    </e6>\n</doc>";
const CHARACTERS: &str = "<doc>\n   <text>First line&#x0d;&#10;Second line</text>\n   \
    <value>&#x32;</value>\n   <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]>\
    </compute>\n   <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid\
    </compute>\n   <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>\n</doc>";
const PART: &str = "<doc xmlns=\"http://www.ietf.org\" xmlns:w3c=\"http://www.w3.org\">\n   <e1>\n      \
    <e2 xmlns=\"\" xml:space=\"preserve\">\n         <e3 id=\"E3\"/>\n      </e2>\n   </e1>\n</doc>";
const IN_ONE: &str = "<n0:local xmlns:n0=\"foo:bar\" xmlns:n3=\"ftp://example.org\">\n  \
    <n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">\n    \
    <n3:stuff xmlns:n3=\"ftp://example.org\"/>\n  </n1:elem2>\n</n0:local>";
const IN_OTHER: &str = "<n2:pdu xmlns:n1=\"http://example.com\" xmlns:n2=\"http://foo.example\" \
    xml:lang=\"fr\" xml:space=\"retain\">\n  <n1:elem2 xmlns:n1=\"http://example.net\" \
    xml:lang=\"en\">\n    <n3:stuff xmlns:n3=\"ftp://example.org\"/>\n  </n1:elem2>\n</n2:pdu>";

/// Where it stands, what is given, the element whose form is asked for, how, and the form.
const EXAMPLES: [(&str, &str, &str, As, &str); 12] = [
    (
        "3.1 without comments",
        OUTSIDE,
        "doc",
        PLAIN,
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n\
         <?pi-without-data?>",
    ),
    (
        "3.1 with comments",
        OUTSIDE,
        "doc",
        WITH_COMMENTS,
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\
         <doc>Hello, world!<!-- Comment 1 --></doc>\n<?pi-without-data?>\n<!-- Comment 2 -->\n\
         <!-- Comment 3 -->",
    ),
    ("3.2", SPACES, "doc", PLAIN, SPACES),
    (
        "3.3, the default of e9 written out",
        TAGS,
        "doc",
        PLAIN,
        "<doc>\n   <e1></e1>\n   <e2></e2>\n   <e3 id=\"elem3\" name=\"elem3\"></e3>\n   \
         <e4 id=\"elem4\" name=\"elem4\"></e4>\n   <e5 xmlns=\"http://example.org\" \
         xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" attr=\"I'm\" attr2=\"all\" \
         b:attr=\"sorted\" a:attr=\"out\"></e5>\n   <e6 xmlns:a=\"http://www.w3.org\">\n      \
         <e7 xmlns=\"http://www.ietf.org\">\n         <e8 xmlns=\"\">\n            \
         <e9 xmlns:a=\"http://www.ietf.org\" attr=\"default\"></e9>\n         </e8>\n      </e7>\n   \
         </e6>\n</doc>",
    ),
    (
        "3.4, without the values of types",
        CHARACTERS,
        "doc",
        PLAIN,
        "<doc>\n   <text>First line&#xD;\nSecond line</text>\n   <value>2</value>\n   \
         <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\n   \
         <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; \
         ?&quot;valid&quot;:&quot;error&quot;\">valid</compute>\n   \
         <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>\n</doc>",
    ),
    (
        "3.5, the text of its entities",
        "<doc attrExtEnt=\"entExt\">\n   Hello, world!\n</doc>\n\n<!-- Let world.txt be read -->",
        "doc",
        PLAIN,
        "<doc attrExtEnt=\"entExt\">\n   Hello, world!\n</doc>",
    ),
    (
        "3.6, in UTF-8",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<doc>&#169;</doc>",
        "doc",
        PLAIN,
        "<doc>\u{A9}</doc>",
    ),
    (
        "3.7, the subtree of e2",
        PART,
        "e2",
        SUBTREE,
        "<e2 xmlns:w3c=\"http://www.w3.org\" xml:space=\"preserve\">\n         \
         <e3 id=\"E3\"></e3>\n      </e2>",
    ),
    (
        "3.7, the subtree of e3",
        PART,
        "e3",
        SUBTREE,
        "<e3 xmlns:w3c=\"http://www.w3.org\" id=\"E3\" xml:space=\"preserve\"></e3>",
    ),
    (
        "exclusive 2.2, in one place",
        IN_ONE,
        "elem2",
        EXCLUSIVE,
        "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">\n    \
         <n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff>\n  </n1:elem2>",
    ),
    (
        "exclusive 2.2, in another",
        IN_OTHER,
        "elem2",
        EXCLUSIVE,
        "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">\n    \
         <n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff>\n  </n1:elem2>",
    ),
    (
        "exclusive 2.2, inclusive in the other",
        IN_OTHER,
        "elem2",
        SUBTREE,
        "<n1:elem2 xmlns:n1=\"http://example.net\" xmlns:n2=\"http://foo.example\" \
         xml:lang=\"en\" xml:space=\"retain\">\n    <n3:stuff xmlns:n3=\"ftp://example.org\">\
         </n3:stuff>\n  </n1:elem2>",
    ),
];

/// As they stand in the recommendation, and how they are refused.
const REFUSED: [(&str, &[u8], Cause); 6] = [
    (
        "3.1, its DTD",
        b"<!DOCTYPE doc SYSTEM \"doc.dtd\"><doc/>",
        Cause::DocumentType,
    ),
    (
        "3.3, its DTD",
        b"<!DOCTYPE doc [<!ATTLIST e9 attr CDATA \"default\">]><doc><e9/></doc>",
        Cause::DocumentType,
    ),
    (
        "3.4, its DTD",
        b"<!DOCTYPE doc [<!ATTLIST normId id ID #IMPLIED>]><doc><normId id=' a '/></doc>",
        Cause::DocumentType,
    ),
    (
        "3.5, its DTD",
        b"<!DOCTYPE doc [<!ENTITY ent1 \"Hello\">]><doc>&ent1;</doc>",
        Cause::DocumentType,
    ),
    (
        "3.6, its encoding",
        b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><doc>&#169;</doc>",
        Cause::Encoding,
    ),
    (
        "3.7, its DTD",
        b"<!DOCTYPE doc [<!ATTLIST e2 xml:space (default|preserve) 'preserve'>]><doc/>",
        Cause::DocumentType,
    ),
];

#[test]
fn examples_of_the_recommendations_have_their_canonical_forms() {
    for (name, given, apex, As(exclusive, comments, whole), expected) in EXAMPLES {
        let document = Document::parse(given.as_bytes(), &Limits::MESSAGE);
        let document = document.unwrap_or_else(|fault| panic!("{name}: {fault}"));
        let form = Form {
            namespaces: if exclusive {
                Namespaces::Exclusive(&[])
            } else {
                Namespaces::Inclusive(document.root())
            },
            comments,
            around: whole,
            omitted: &[],
        };
        let apex = document.elements().find(|element| element.local() == apex);
        let octets = form
            .write(apex.expect("it is there"), 1 << 20)
            .expect("small");
        assert_eq!(String::from_utf8_lossy(&octets), expected, "{name}");
    }
    let mut explained = Explained::under("W3C: what the examples have and our parser refuses");
    for (name, octets, expected) in REFUSED {
        let told = Document::parse(octets, &Limits::MESSAGE).map(drop);
        assert_eq!(told.map_err(|fault| fault.cause), Err(expected), "{name}");
        explained.meet(name, || "refused".to_owned());
    }
    explained.finish();
}
