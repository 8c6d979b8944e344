#!/usr/bin/env python3
"""Random XML documents with the exclusive canonical form that libxml2 gives them.

Spec:  Exclusive XML Canonicalization 1.0, without comments; Canonical XML 1.0 for the rest.
In:    --seed and --count; the same seed gives the same stream with the same libxml2.
Out:   one JSON object a line on standard output:
       {"case", "document", "apex", "prefixes", "canonical"}: the document as text (its octets
       are UTF-8), the wsu:Id of the element to canonicalise, the InclusiveNamespaces PrefixList
       or null, the canonical form of that element in its document as text.
Needs: Python's standard library and the shared library of libxml2; nothing to install.

libxml2 is called directly and not through lxml: lxml copies a subtree into a document of its own
before it canonicalises, and a prefix of the PrefixList that an ancestor declares is lost by that.
Left out, because libxml2 itself strays there: namespace names with "&", which it writes as "&#38;",
and relative or malformed ones, which it refuses.
"""

import argparse
import ctypes
import ctypes.util
import json
import random

WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
XML = "http://www.w3.org/XML/1998/namespace"

PREFIXES = ["a", "b", "c", "ns1", "ns2", "soap", "t", "ds", "_x", "a.b", "A", "қ"]
SPACES = [
    "urn:a",
    "urn:b",
    "urn:A",
    "urn:a:longer",
    "http://schemas.xmlsoap.org/soap/envelope/",
    "http://bip.bee.kz/SyncChannel/v10/Types",
    "http://www.w3.org/2000/09/xmldsig#",
    "urn:it's",
]
NAMES = [
    "Body", "data", "x", "y", "Id", "name", "iin", "child", "аты", "Z", "z-1",
]  # fmt: skip
# Names since the fifth edition of XML 1.0; one document in ten has them, for not everybody reads it.
FIFTH_PREFIXES = PREFIXES + ["\U00010400"] * 3
FIFTH_NAMES = NAMES + ["\U00010428n", "ﬁ"]
WORDS = [
    "a", "b", " ", "  ", "0", "Айгөлек", "Үлгібаева", "ұқғңһәөі", "№ 351", "текст", "\U0001F600",
    "\U0010FFFD", "\uFFFD", "\u00A0", "\u0085", "\u2028", "e\u0301", "\u200B", "'", "=", "#",
    ";", "]]", "]", "--", "?",
]  # fmt: skip
REFERENCES = [
    "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#13;", "&#xD;", "&#10;", "&#xA;", "&#9;",
    "&#x20;", "&#38;", "&#60;", "&#x3c;", "&#x3E;", "&#34;", "&#39;", "&#x1F600;", "&#1178;",
    "&#xA0;", "&#x85;",
]  # fmt: skip
LINE_ENDS = ["\n", "\r\n", "\r", "\r\r\n", "\n\r"]


class Author:
    """Writes one document; holds the dice and where the apex is."""

    def __init__(self, dice):
        self.dice = dice
        fifth = self.chance(0.1)
        self.prefixes = FIFTH_PREFIXES if fifth else PREFIXES
        self.names = FIFTH_NAMES if fifth else NAMES
        self.elements_left = dice.choice([1, 3, 8, 20, 40])
        self.apex_at = dice.randrange(self.elements_left)
        self.seen = 0
        self.apex = "id-%08x" % dice.getrandbits(32)
        self.in_scope_at_apex = {}

    def chance(self, share):
        return self.dice.random() < share

    def document(self):
        """The whole document; comments and instructions may stand outside the root."""
        parts = []
        if self.chance(0.03):
            parts.append("\ufeff")
        if self.chance(0.3):
            quote = self.dice.choice("'\"")
            parts.append("<?xml version={0}1.0{0} encoding={0}UTF-8{0}?>".format(quote))
        parts += self.misc()
        self.elements_left -= 1
        parts.append(self.element({"": "", "xml": XML}, 0))
        parts += self.misc()
        return "".join(parts)

    def misc(self):
        kinds = [self.comment, self.instruction, lambda: self.dice.choice(LINE_ENDS)]
        return [self.dice.choice(kinds)() for _ in range(self.dice.choice([0, 0, 1, 3]))]

    def element(self, outer, depth):
        here = self.seen
        self.seen += 1
        scope = dict(outer)
        declared = self.declarations(scope)
        is_apex = here == self.apex_at
        prefix = self.dice.choice([p for p in scope if p != "xml"])
        name = self.named(prefix, self.dice.choice(self.names))
        attributes = self.attributes(scope, is_apex)
        if is_apex:
            identity = [p for p, space in scope.items() if space == WSU and p]
            if not identity:
                declared["wsu"] = scope["wsu"] = WSU
                identity = ["wsu"]
            attributes.append((self.named(self.dice.choice(identity), "Id"), self.apex))
            self.in_scope_at_apex = scope
        written = [(self.named("xmlns", p) if p else "xmlns", self.escaped(space))
                   for p, space in declared.items()]  # fmt: skip
        written += attributes
        self.dice.shuffle(written)
        start = name + "".join(self.gap() + n + self.equals() + self.quoted(v) for n, v in written)
        children = self.children(scope, depth)
        end = self.dice.choice(["", "", "", " ", "\r\n"])
        if not children and self.chance(0.5):
            return "<" + start + end + "/>"
        return "<" + start + end + ">" + "".join(children) + "</" + name + end + ">"

    def declarations(self, scope):
        """New declarations: fresh, repeated, changed, unused, default and its undeclaring."""
        declared = {}
        for _ in range(self.dice.choice([0, 0, 1, 1, 2, 4])):
            roll = self.dice.random()
            if roll < 0.15:
                declared[""] = ""
            elif roll < 0.35:
                declared[""] = self.dice.choice(SPACES)
            elif roll < 0.5 and len(scope) > 2:
                again = self.dice.choice([p for p in scope if p != "xml"])
                declared[again] = scope[again]
            elif roll < 0.55:
                declared[self.dice.choice(self.prefixes)] = WSU
            else:
                declared[self.dice.choice(self.prefixes)] = self.dice.choice(SPACES)
        scope.update(declared)
        return declared

    def attributes(self, scope, is_apex):
        chosen = []
        taken = {(WSU, "Id")} if is_apex else set()
        for _ in range(self.dice.choice([0, 0, 1, 2, 5])):
            roll = self.dice.random()
            if roll < 0.12:
                expanded, name = (XML, "lang"), "xml:lang"
                value = self.dice.choice(["kk", "ru", ""])
            elif roll < 0.2:
                expanded, name, value = (XML, "space"), "xml:space", "preserve"
            elif roll < 0.24:
                expanded, name = (XML, "base"), "xml:base"
                value = self.dice.choice(["http://example.org/a/", "http://example.org/", "urn:b"])
            elif roll < 0.28:
                # Unlike anybody's, also where an apex inherits it.
                expanded, name = (XML, "id"), "xml:id"
                value = "n%d" % self.seen
            else:
                prefix = self.dice.choice([p for p in scope if p != "xml"])
                local = self.dice.choice(self.names)
                expanded = (scope[prefix] if prefix else "", local)
                name, value = self.named(prefix, local), self.value(self.words())
            if expanded not in taken:
                taken.add(expanded)
                chosen.append((name, value))
        return chosen

    def children(self, scope, depth):
        if depth > 12:
            return []
        kinds = [self.text, self.text, self.cdata, self.comment, self.instruction]
        children = []
        for _ in range(self.dice.choice([0, 1, 2, 4, 6])):
            if self.elements_left and self.chance(0.6):
                self.elements_left -= 1
                children.append(self.element(scope, depth + 1))
            else:
                children.append(self.dice.choice(kinds)())
        # The apex must come: while it has not, an element may not be the last one by chance.
        while depth == 0 and self.seen <= self.apex_at and self.elements_left:
            self.elements_left -= 1
            children.append(self.element(scope, depth + 1))
        return children

    def words(self):
        return "".join(self.dice.choice(WORDS) for _ in range(self.dice.choice([0, 1, 2, 5])))

    def value(self, plain):
        """An attribute's value, without its quotes: the words, references and raw line ends."""
        extra = REFERENCES + LINE_ENDS + ["\t", ">"]
        more = (self.dice.choice(extra) for _ in range(self.dice.choice([0, 0, 1, 3])))
        return self.escaped(plain) + "".join(more)

    @staticmethod
    def escaped(plain):
        return plain.replace("&", "&amp;").replace("<", "&lt;")

    def quoted(self, value):
        if self.chance(0.5):
            return "'" + value.replace("'", "&apos;") + "'"
        return '"' + value.replace('"', "&#x22;") + '"'

    def text(self):
        pieces = [self.words()]
        for _ in range(self.dice.choice([0, 1, 3])):
            pieces.append(self.dice.choice(REFERENCES + LINE_ENDS + ["\t", '"']))
            pieces.append(self.words())
        # "]]>" may not stand in text; a bracket before a quote or a reference is harmless.
        return "".join(pieces).replace("]]>", "]]&gt;")

    def cdata(self):
        pieces = [self.dice.choice(WORDS + LINE_ENDS + ["<a>", "&amp;", "&", "<", ">", '"', "\t"])
                  for _ in range(self.dice.choice([0, 1, 4]))]  # fmt: skip
        return "<![CDATA[" + "".join(pieces).replace("]]>", "]] >") + "]]>"

    def comment(self):
        inside = self.words().replace("-", "~") + self.dice.choice(["", " <a>&amp; ", "\r\n"])
        return "<!--" + inside + "-->"

    def instruction(self):
        data = self.words().replace("?", "!") + self.dice.choice(["", " ", "\r\n", "&lt;<a>"])
        target = self.dice.choice(["go", "xml-stylesheet", "я"])
        return "<?" + target + (" " + data if data or self.chance(0.3) else "") + "?>"

    def gap(self):
        return self.dice.choice([" ", " ", " ", "  ", "\n", "\r\n\t"])

    def equals(self):
        return self.dice.choice(["=", "=", "=", " = "])

    def prefix_list(self):
        """None, or prefixes in scope and not, with #default among them."""
        if self.chance(0.5):
            return None
        pool = sorted(p for p in self.in_scope_at_apex if p and p != "xml") * 2
        pool += [self.dice.choice(self.prefixes), "#default", "#default"]
        return sorted({self.dice.choice(pool) for _ in range(self.dice.choice([1, 2, 3]))})

    @staticmethod
    def named(prefix, local):
        return prefix + ":" + local if prefix else local


class Libxml2:
    """The few calls of libxml2 that canonicalise one element of a document."""

    INCLUSIVE = 0
    EXCLUSIVE = 1
    PARSE_NONET = 1 << 11

    def __init__(self):
        name = ctypes.util.find_library("xml2") or "libxml2.so.2"
        self.library = library = ctypes.CDLL(name)
        pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
        library.xmlReadMemory.argtypes = [text, number, text, text, number]
        library.xmlReadMemory.restype = pointer
        library.xmlFreeDoc.argtypes = [pointer]
        library.xmlXPathNewContext.argtypes = [pointer]
        library.xmlXPathNewContext.restype = pointer
        library.xmlXPathFreeContext.argtypes = [pointer]
        library.xmlXPathEvalExpression.argtypes = [text, pointer]
        library.xmlXPathEvalExpression.restype = pointer
        library.xmlXPathFreeObject.argtypes = [pointer]
        library.xmlC14NDocDumpMemory.argtypes = [
            pointer, pointer, number, ctypes.POINTER(text), number, ctypes.POINTER(pointer),
        ]  # fmt: skip
        self.release = ctypes.CFUNCTYPE(None, pointer)(pointer.in_dll(library, "xmlFree").value)

    class XPathObject(ctypes.Structure):
        """The head of struct _xmlXPathObject: its kind and its set of nodes."""

        _fields_ = [("type", ctypes.c_int), ("nodes", ctypes.c_void_p)]

    def canonical(self, document, apex, mode, prefixes=None):
        """The octets of the canonical form of the element with that wsu:Id; without an apex, those
        of the whole document with its comments."""
        parsed = self.library.xmlReadMemory(document, len(document), None, None, self.PARSE_NONET)
        if not parsed:
            raise ValueError("libxml2 does not read this document")
        context = self.library.xmlXPathNewContext(parsed)
        element = "//*[@*[local-name()='Id' and namespace-uri()='%s']='%s']" % (WSU, apex)
        subtree = element + "/descendant-or-self::"
        path = "%snode() | %s*/@* | %s*/namespace::*" % (subtree, subtree, subtree)
        found = self.library.xmlXPathEvalExpression(path.encode(), context)
        try:
            nodes = ctypes.cast(found, ctypes.POINTER(self.XPathObject)).contents.nodes
            listed = None
            if prefixes is not None:
                ended = [prefix.encode() for prefix in prefixes] + [None]
                listed = (ctypes.c_char_p * len(ended))(*ended)
            out = ctypes.c_void_p()
            whole = apex is None
            length = self.library.xmlC14NDocDumpMemory(
                parsed, None if whole else nodes, mode, listed, int(whole), ctypes.byref(out)
            )
            if length <= 0:
                raise ValueError("libxml2 does not canonicalise this document")
            octets = ctypes.string_at(out, length)
            self.release(out)
            return octets.decode()
        finally:
            self.library.xmlXPathFreeObject(found)
            self.library.xmlXPathFreeContext(context)
            self.library.xmlFreeDoc(parsed)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--count", type=int, default=100)
    given = options.parse_args()
    judge = Libxml2()
    for case in range(given.count):
        author = Author(random.Random("%d/%d" % (given.seed, case)))
        document = author.document()
        prefixes = author.prefix_list()
        octets = document.encode()
        line = {
            "case": case,
            "document": document,
            "apex": author.apex,
            "prefixes": prefixes,
            "canonical": judge.canonical(octets, author.apex, judge.EXCLUSIVE, prefixes),
            "inclusive": judge.canonical(octets, author.apex, judge.INCLUSIVE),
            "whole": judge.canonical(octets, None, judge.INCLUSIVE),
        }
        print(json.dumps(line))


if __name__ == "__main__":
    main()
