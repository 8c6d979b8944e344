#!/usr/bin/env python3
"""A sender as an integrator in Python would write it: zeep, with zeep's own WS-Security.

Spec:  SOAP 1.1; WS-Security X.509 Token Profile 1.1; the contract is whatever ?wsdl says.
In:    a verb (wsdl, register, rank, tampered) and options, see --help.
Out:   one JSON object on standard output; exit status 0 when the verb had the outcome that it is
       for (an answer of success; for `tampered` a fault), 1 when not, 2 for a wrong command line.
Never: names an element of the envelope by hand: requests are made from zeep's typed objects.
"""

import argparse
import base64
import datetime
import json
import ssl
import subprocess
import sys
import tempfile
import uuid

import xmlsec
import zeep
from lxml import etree
from zeep import helpers
from zeep.transports import Transport
from zeep.wsse import signature, utils

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS = "http://www.w3.org/2000/09/xmldsig#"
BIP = "http://bip.bee.kz/SyncChannel/v10/Types"
KEZEK = "urn:kz:kezek:services:v1"
PREFIXES = {"soap": SOAP, "wsse": WSSE, "wsu": WSU, "ds": DS}

SUCCESS = "SCSS001"


class Unproven(Exception):
    """The answer is not what a sender may believe."""


class Security:
    """Signs with zeep's signature and verifies answers by the chain of the certificate in them.

    zeep verifies an answer with the sender's own certificate; the answering side has another, so
    `verify` takes that one from the answer, lets OpenSSL chain it to the given root, and hands it
    to zeep's own verification.
    """

    def __init__(self, options, tamper=False):
        forms = {"binary": signature.BinarySignature, "x509": signature.Signature}
        self.signer = forms[options.form](
            options.key,
            options.certificate,
            signature_method=xmlsec.Transform.RSA_SHA256,
            digest_method=xmlsec.Transform.SHA256,
        )
        self.timestamp = options.timestamp
        self.trust = options.trust
        self.tamper = tamper
        self.answered_by = None
        self.signature_method = None

    def apply(self, envelope, headers):
        if self.timestamp:
            now = datetime.datetime.now(datetime.timezone.utc)
            until = now + datetime.timedelta(minutes=5)
            timestamp = utils.WSU.Timestamp(
                utils.WSU.Created(utils.get_timestamp(now, zulu_timestamp=True)),
                utils.WSU.Expires(utils.get_timestamp(until, zulu_timestamp=True)),
            )
            utils.get_security_header(envelope).append(timestamp)
        envelope, headers = self.signer.apply(envelope, headers)
        if self.tamper:
            change_one_character(envelope)
        return envelope, headers

    def verify(self, envelope):
        signatures = envelope.xpath("soap:Header/wsse:Security/ds:Signature", namespaces=PREFIXES)
        fault = envelope.find("soap:Body/soap:Fault", namespaces=PREFIXES)
        if not signatures and fault is not None:
            return  # a fault may come from a side that has no key; it is never an answer
        bodies = envelope.findall("soap:Body", namespaces=PREFIXES)
        if len(signatures) != 1 or len(bodies) != 1:
            raise Unproven("the answer must have one signature and one Body")
        identity = bodies[0].get("{%s}Id" % WSU)
        signed = {r.get("URI") for r in signatures[0].iterfind(".//ds:Reference", PREFIXES)}
        named = envelope.xpath("//*[@wsu:Id=$id]", namespaces=PREFIXES, id=identity)
        if "#%s" % identity not in signed or len(named) != 1:
            raise Unproven("the answer's Body is not what was signed")
        pem = answering_certificate(envelope, signatures[0])
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(pem)
            file.flush()
            subject = chained(file.name, self.trust)
            signature.verify_envelope(envelope, file.name)
            self.answered_by = subject
        method = signatures[0].find("ds:SignedInfo/ds:SignatureMethod", PREFIXES)
        self.signature_method = method.get("Algorithm").rpartition("#")[2]


def answering_certificate(envelope, signed):
    """The certificate as PEM, wherever the answer's KeyInfo keeps it."""
    reference = signed.find("ds:KeyInfo/wsse:SecurityTokenReference", PREFIXES)
    for path in ("wsse:KeyIdentifier", "ds:X509Data/ds:X509Certificate"):
        found = reference.find(path, PREFIXES)
        if found is not None:
            break
    else:
        target = reference.find("wsse:Reference", PREFIXES).get("URI")[1:]
        (found,) = envelope.xpath("//*[@wsu:Id=$id]", namespaces=PREFIXES, id=target)
    return ssl.DER_cert_to_PEM_cert(base64.b64decode("".join(found.text.split()), validate=True))


def chained(certificate, trust):
    """The subject of the certificate, once OpenSSL has chained it to the root."""
    asked = ["openssl", "verify", "-CAfile", trust, certificate]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        reason = next((line for line in done.stderr.splitlines() if line.startswith("error ")), "")
        raise Unproven("the answering certificate has no path to the root: " + reason)
    asked = ["openssl", "x509", "-noout", "-subject", "-nameopt", "RFC2253,utf8,-esc_msb"]
    done = subprocess.run([*asked, "-in", certificate], capture_output=True, text=True, check=True)
    return done.stdout.strip().removeprefix("subject=")


def change_one_character(envelope):
    """Changes the last character of the last text in the Body, after it was signed."""
    body = envelope.find("soap:Body", namespaces=PREFIXES)
    leaf = [e for e in body.iter(etree.Element) if e.text and e.text.strip() and not len(e)][-1]
    leaf.text = leaf.text[:-1] + ("1" if leaf.text[-1] != "1" else "2")


class Wire(Transport):
    """Keeps the last message of each direction as it was on the wire."""

    request = None
    answer = None

    def post(self, address, message, headers):
        self.request = message
        response = super().post(address, message, headers)
        self.answer = response.content
        return response


class Contract:
    """One loaded WSDL: how its SendMessage wants the payload, and how to read the answer's.

    The narrow contract names the payload's element inside `data`. The open one, as ШЭП has it,
    leaves `data` to any type: zeep then makes `data` itself the payload, with an xsi:type, or
    carries the payload as escaped text. The payload's types come from the narrow one all the same.
    """

    def __init__(self, options, service, security=None):
        self.wire = Wire(timeout=30, operation_timeout=options.timeout)
        narrow = options.endpoint + "?wsdl&service=" + service
        address = narrow if options.contract == "narrow" else options.endpoint + "?wsdl"
        self.client = zeep.Client(address, wsse=security, transport=self.wire)
        self.typed = self.client
        self.as_text = options.contract == "text"
        if options.contract != "narrow":
            self.typed = zeep.Client(narrow, transport=self.wire)
        self.service = service
        binding = next(iter(self.client.wsdl.bindings))
        self.proxy = self.client.create_service(binding, options.endpoint)

    def element(self, name):
        return self.typed.get_element("{%s}%s" % (KEZEK, name))

    def data(self, name, fields):
        """The value of `data`: under its own name where the contract has one, else any type."""
        at = self.client.get_element("{%s}SendMessage" % BIP).type
        for step in ("request", "requestData", "data"):
            at = dict(at.elements)[step].type
        if not isinstance(at, zeep.xsd.ComplexType):
            typed = self.element(name)(**fields)
            return self.written(name, typed) if self.as_text else typed
        if [inside for inside, _ in at.elements] != [name]:
            raise Unproven("the contract has no room for " + name)
        return {name: fields}

    def written(self, name, typed):
        parent = etree.Element("parent")
        self.element(name).render(parent, typed)
        return etree.tostring(parent[0], encoding="unicode")

    def send(self, options, name, fields):
        """Posts one message; gives the status and the payload of the answer, as plain values."""
        info = {
            "messageId": options.message_id or str(uuid.uuid4()),
            "serviceId": self.service,
            "messageDate": now(),
            "sender": {"senderId": options.sender, "password": options.password},
        }
        request = {"requestInfo": info, "requestData": {"data": self.data(name, fields)}}
        response = self.proxy.SendMessage(request=request)
        if response.responseInfo.correlationId != info["messageId"]:
            raise Unproven("the answer belongs to another message")
        return response.responseInfo.status, self.payload(response.responseData)

    def payload(self, data_back):
        """The payload of the answer and its name, read by the contract's own types."""
        data = data_back.data if data_back is not None else None
        if data is None:
            return None, {}
        if isinstance(data, list):
            name = etree.QName(data[0]).localname
            parsed = self.element(name).parse(data[0], self.typed.wsdl.types)
            return name, helpers.serialize_object(parsed, dict)
        plain = helpers.serialize_object(data, dict)
        return next((name, value) for name, value in plain.items() if value is not None)


def now():
    return datetime.datetime.now(datetime.timezone.utc).astimezone()


def name_of(words):
    surname, given, *patronymic = words.split()
    parts = {"surname": surname, "given": given}
    return parts | ({"patronymic": " ".join(patronymic)} if patronymic else {})


def born(iin):
    """Birth date and sex as the IIN tells them."""
    century = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}[iin[6]]
    day = datetime.date(century + int(iin[:2]), int(iin[2:4]), int(iin[4:6]))
    return day, "M" if iin[6] in "135" else "F"


def registration(options):
    """The application for the general queue (S-08)."""
    birth_date, sex = born(options.child_iin)
    choices = [{"preschool": preschool} for preschool in options.preschool]
    return {
        "applicationId": options.application_id or "zeep/" + uuid.uuid4().hex,
        "filedAt": now(),
        "kind": "GENERAL",
        "settlement": options.settlement,
        "applicant": {
            "iin": options.applicant_iin,
            "name": name_of(options.applicant_name),
            "type": "PARENT",
            "phone": options.phone,
        },
        "child": {
            "iin": options.child_iin,
            "name": name_of(options.child_name),
            "benefit": {"held": False},
            "birthDate": birth_date,
            "sex": sex,
            "citizenship": "KAZ",
        },
        "language": {"code": options.language, "only": False},
        "preschools": {"choice": choices},
        "consentToProcessing": True,
        "consentToPublication": False,
    }


def rank_question(options):
    """The question after a child's number (S-12)."""
    return {
        "settlement": options.settlement,
        "applicant": {"iin": options.applicant_iin, "name": name_of(options.applicant_name)},
        "child": {"iin": options.child_iin, "name": name_of(options.child_name)},
        "consentToProcessing": True,
    }


def fault_of(fault):
    """The codes of a fault: ErrorInfo's own and that of its subError."""

    def text(path):
        found = fault.detail.xpath(path) if fault.detail is not None else []
        return found[0].text if found else None

    inside = "*[local-name()='SendMessageFault1_SendMessageFault']/*[local-name()='%s']"
    return {
        "outcome": "fault",
        "faultCode": fault.code,
        "faultString": fault.message,
        "errorCode": text(inside % "errorCode"),
        "errorMessage": text(inside % "errorMessage"),
        "subErrorCode": text(inside % "subError" + "/*[local-name()='errorCode']"),
    }


def exchange(options, service, name, fields, tamper=False):
    """Sends one message and says how it went; fields are values, or made of the contract."""
    security = Security(options, tamper)
    contract = Contract(options, service, security)
    if callable(fields):
        fields = fields(contract)
    try:
        status, (answer, values) = contract.send(options, name, fields)
        told = {"outcome": "answer", "code": status.code, "message": status.message}
        told |= {"answer": answer, "payload": values}
    except zeep.exceptions.Fault as fault:
        told = fault_of(fault)
    except (Unproven, zeep.exceptions.SignatureVerificationFailed) as doubt:
        told = {"outcome": "unproven", "why": str(doubt) or type(doubt).__name__}
    finally:
        keep(options.save_request, contract.wire.request)
        keep(options.save_answer, contract.wire.answer)
    told |= {"answeredBy": security.answered_by, "signatureMethod": security.signature_method}
    return told


def keep(path, octets):
    if path and octets:
        with open(path, "wb") as file:
            file.write(octets)


def register(options):
    told = exchange(options, "S-08", "queueRegistration", registration(options))
    answer = told.get("payload") or {}
    if told.get("answer") == "queueRegistrationAnswer":
        told["applicationNumber"] = answer["applicationNumber"]
        told["numbers"] = {entry["preschool"]: entry["number"] for entry in answer["entry"]}
    return told, told.get("code") == SUCCESS and bool(told["answeredBy"])


def rank(options):
    told = exchange(options, "S-12", "rankCheck", rank_question(options))
    if told.get("answer") == "rankCheckAnswer":
        told["numbers"] = {
            entry["preschool"]: entry["number"]
            for extract in told["payload"]["extract"] or []
            for entry in extract["entry"]
        }
    return told, told.get("code") == SUCCESS and bool(told["answeredBy"])


def fixture(options):
    """A request of fixtures/services: read by the contract's types, and written anew by zeep."""
    request = etree.parse(options.file)
    (service,) = request.iterfind(".//{*}serviceId")
    (data,) = request.iterfind(".//{*}data")
    name = etree.QName(data[0]).localname

    def fields(contract):
        typed = contract.element(name).parse(data[0], contract.typed.wsdl.types)
        return helpers.serialize_object(typed, dict)

    told = exchange(options, service.text, name, fields)
    return told, told.get("code") == SUCCESS and bool(told["answeredBy"])


def tampered(options):
    told = exchange(options, "S-08", "queueRegistration", registration(options), tamper=True)
    return told, told["outcome"] == "fault" and bool(told["errorCode"])


def wsdl(options):
    """What zeep understands of the contract."""
    contract = Contract(options, options.service)
    ports = {
        "%s/%s" % (service.name, port.name): [str(each) for each in port.binding.all().values()]
        for service in contract.client.wsdl.services.values()
        for port in service.ports.values()
    }
    elements = sorted(str(element.qname) for element in contract.client.wsdl.types.elements)
    return {"operations": ports, "elements": elements}, bool(ports)


def command_line():
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--endpoint", required=True, help="http://host:port/shep/sync")
    shared.add_argument(
        "--contract",
        choices=["narrow", "open", "text"],
        default="narrow",
        help="data as an element, as an xsi:type, as escaped text",
    )
    shared.add_argument("--timeout", type=float, default=40)

    sender = argparse.ArgumentParser(add_help=False)
    sender.add_argument("--key", required=True, help="the sender's private key, PEM")
    sender.add_argument("--certificate", required=True, help="the sender's certificate, PEM")
    sender.add_argument("--trust", required=True, help="the roots of the answering side, PEM")
    sender.add_argument("--sender", required=True, help="senderId")
    sender.add_argument("--password", help="the sender's password, if it has one")
    sender.add_argument("--form", choices=["binary", "x509"], default="binary")
    sender.add_argument("--no-timestamp", dest="timestamp", action="store_false")
    sender.add_argument("--message-id", help="to send the same message again")
    sender.add_argument("--save-request", help="file for the message as posted")
    sender.add_argument("--save-answer", help="file for the answer as received")

    family = argparse.ArgumentParser(add_help=False)
    family.add_argument("--settlement", required=True)
    family.add_argument("--applicant-iin", required=True)
    family.add_argument("--applicant-name", default="Үлгібаева Мысал Сынаққызы")
    family.add_argument("--child-iin", required=True)
    family.add_argument("--child-name", default="Үлгібаева Айгөлек")

    filing = argparse.ArgumentParser(add_help=False)
    filing.add_argument("--preschool", action="append", required=True)
    filing.add_argument("--application-id")
    filing.add_argument("--phone", default="+77010000001")
    filing.add_argument("--language", default="kk")

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("wsdl", parents=[shared]).add_argument("--service", default="S-08")
    verbs.add_parser("register", parents=[shared, sender, family, filing])
    verbs.add_parser("rank", parents=[shared, sender, family])
    verbs.add_parser("tampered", parents=[shared, sender, family, filing])
    played = verbs.add_parser("fixture", parents=[shared, sender])
    played.add_argument("--file", required=True, help="a request of fixtures/services")
    return parser.parse_args()


def main():
    options = command_line()
    verbs = {"wsdl": wsdl, "register": register, "rank": rank, "tampered": tampered, "fixture": fixture}
    told, as_expected = verbs[options.verb](options)
    print(json.dumps(told, ensure_ascii=False, default=str))
    return 0 if as_expected else 1


if __name__ == "__main__":
    sys.exit(main())
