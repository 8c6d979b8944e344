// A sender as an integrator on Node would write it: node-soap, with its own WS-Security.
//
// Spec:  SOAP 1.1; WS-Security X.509 Token Profile 1.1; the contract is `?wsdl&service=…`.
// In:    a verb (register, tampered, fixture) and options, see `usage`.
// Out:   one JSON object on standard output; exit status 0 when the verb had the outcome that it
//        is for (an answer of success, a fault for `tampered`), 1 when not, 2 for a wrong call.

import { readFileSync, writeFileSync } from 'node:fs';
import { randomUUID, X509Certificate } from 'node:crypto';
import { parseArgs } from 'node:util';
import { DOMParser } from '@xmldom/xmldom';
import soap from 'soap';
import { SignedXml } from 'xml-crypto';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const DS = 'http://www.w3.org/2000/09/xmldsig#';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const RSA_SHA256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';

const usage = `client.js register|tampered --endpoint URL --key PEM --certificate PEM --trust PEM
  --sender ID --settlement CODE --preschool ID [--preschool ID …] --applicant-iin IIN
  --child-iin IIN [--password TEXT] [--save-request FILE] [--save-answer FILE]
client.js fixture --file REQUEST --endpoint URL --key PEM --certificate PEM --trust PEM --sender ID`;

const asked = {
  endpoint: { type: 'string' },
  key: { type: 'string' },
  certificate: { type: 'string' },
  trust: { type: 'string' },
  sender: { type: 'string' },
  password: { type: 'string' },
  settlement: { type: 'string' },
  preschool: { type: 'string', multiple: true },
  'applicant-iin': { type: 'string' },
  'child-iin': { type: 'string' },
  'save-request': { type: 'string' },
  'save-answer': { type: 'string' },
  file: { type: 'string' },
};
const optional = new Set(['password', 'save-request', 'save-answer']);
const filing = new Set(['settlement', 'preschool', 'applicant-iin', 'child-iin']);

/** node-soap's own signature over Body and Timestamp; `tamper` changes the Body afterwards. */
class Security extends soap.WSSecurityCert {
  constructor(options, tamper) {
    super(readFileSync(options.key), readFileSync(options.certificate), '', {
      hasTimeStamp: true,
      signatureAlgorithm: RSA_SHA256,
      // Without this the Timestamp gets the enveloped-signature transform, which has no place here.
      signatureTransformations: [EXCLUSIVE],
      // Without the mode the elements get an unqualified Id, which is none of WS-Security's.
      signerOptions: { prefix: 'ds', idMode: 'wssecurity' },
    });
    this.tamper = tamper;
  }

  postProcess(xml, envelopeKey) {
    const signed = super.postProcess(xml, envelopeKey);
    const body = signed.lastIndexOf('</', signed.lastIndexOf(':consentToPublication>'));
    return this.tamper ? `${signed.slice(0, body - 1)}x${signed.slice(body)}` : signed;
  }
}

/** Birth date and sex as the IIN tells them. */
function born(iin) {
  const century = { 1: 18, 2: 18, 3: 19, 4: 19, 5: 20, 6: 20 }[iin[6]];
  const date = `${century}${iin.slice(0, 2)}-${iin.slice(2, 4)}-${iin.slice(4, 6)}`;
  return { date, sex: '135'.includes(iin[6]) ? 'M' : 'F' };
}

/** The application for the general queue (S-08), in the order of its schema. */
function registration(options) {
  const { date, sex } = born(options['child-iin']);
  return {
    applicationId: `node/${randomUUID()}`,
    filedAt: new Date().toISOString(),
    kind: 'GENERAL',
    settlement: options.settlement,
    applicant: {
      iin: options['applicant-iin'],
      name: { surname: 'Үлгібаева', given: 'Мысал', patronymic: 'Сынаққызы' },
      type: 'PARENT',
      phone: '+77010000001',
    },
    child: {
      iin: options['child-iin'],
      name: { surname: 'Үлгібаева', given: 'Айгөлек' },
      benefit: { held: false },
      birthDate: date,
      sex,
      citizenship: 'KAZ',
    },
    language: { code: 'kk', only: false },
    preschools: { choice: options.preschool.map((preschool) => ({ preschool })) },
    consentToProcessing: true,
    consentToPublication: false,
  };
}

/** The service, the element and the values of a request of fixtures/services. */
function fixture(options) {
  const document = new DOMParser().parseFromString(readFileSync(options.file, 'utf8'), 'text/xml');
  const elements = (parent) => Array.from(parent.childNodes).filter((node) => node.nodeType === 1);
  const value = (element) => {
    const children = elements(element);
    if (children.length === 0) return element.textContent;
    const values = {};
    for (const child of children) {
      const before = values[child.localName];
      const own = value(child);
      values[child.localName] = before === undefined ? own : [before, own].flat();
    }
    return values;
  };
  const [payload] = elements(document.getElementsByTagName('data')[0]);
  return {
    service: document.getElementsByTagName('serviceId')[0].textContent,
    data: { [payload.localName]: value(payload) },
  };
}

/** Who signed the answer; throws unless xml-crypto verifies the Body by a certificate of the root. */
function answeredBy(xml, trust) {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  // A notice has a signature of its own inside; that of the message stands in its header.
  const security = document.getElementsByTagNameNS(WSSE, 'Security')[0];
  const [signature, ...more] = Array.from(security?.getElementsByTagNameNS(DS, 'Signature') ?? []);
  const bodies = Array.from(document.getElementsByTagNameNS(SOAP, 'Body'));
  if (!signature || more.length > 0 || bodies.length !== 1) {
    throw new Error('the answer must have one signature and one Body');
  }
  const token = signature.getElementsByTagNameNS(WSSE, 'KeyIdentifier')[0].textContent;
  const certificate = new X509Certificate(Buffer.from(token, 'base64'));
  const root = new X509Certificate(readFileSync(trust));
  if (!certificate.verify(root.publicKey)) {
    throw new Error('the answering certificate has no path to the root');
  }
  const verifier = new SignedXml({
    publicCert: certificate.toString(),
    idMode: 'wssecurity',
    getCertFromKeyInfo: () => null,
  });
  verifier.loadSignature(signature);
  const signed = verifier.getReferences().map((reference) => reference.uri);
  if (!verifier.checkSignature(xml) || !signed.includes(`#${bodies[0].getAttributeNS(WSU, 'Id')}`)) {
    throw new Error('the signature of the answer does not verify');
  }
  return certificate.subject.split('\n').join(', ');
}

/** The codes of a fault: ErrorInfo's own and that of its subError. */
function faultOf(fault) {
  const info = fault.detail?.SendMessageFault1_SendMessageFault ?? {};
  return {
    outcome: 'fault',
    faultCode: fault.faultcode,
    faultString: fault.faultstring,
    errorCode: info.errorCode ?? null,
    subErrorCode: info.subError?.errorCode ?? null,
  };
}

async function exchange(options, { service, data }, tamper) {
  const client = await soap.createClientAsync(`${options.endpoint}?wsdl&service=${service}`);
  client.setEndpoint(options.endpoint);
  client.setSecurity(new Security(options, tamper));
  const messageId = randomUUID();
  const request = {
    requestInfo: {
      messageId,
      serviceId: service,
      messageDate: new Date().toISOString(),
      sender: { senderId: options.sender, password: options.password },
    },
    requestData: { data },
  };
  const keep = (option, text) => options[option] && text && writeFileSync(options[option], text);
  try {
    const [{ response }, raw] = await client.SendMessageAsync({ request });
    keep('save-answer', raw);
    const { responseInfo, responseData } = response;
    if (responseInfo.correlationId !== messageId) {
      throw new Error('the answer belongs to another message');
    }
    return {
      outcome: 'answer',
      code: responseInfo.status.code,
      answer: Object.keys(responseData?.data ?? {}).find((name) => name !== 'attributes') ?? null,
      payload: responseData?.data ?? null,
      answeredBy: answeredBy(raw, options.trust),
    };
  } catch (error) {
    const fault = error.root?.Envelope?.Body?.Fault;
    if (!fault) throw error;
    keep('save-answer', error.body);
    return faultOf(fault);
  } finally {
    keep('save-request', client.lastRequest);
  }
}

function call() {
  try {
    const { values, positionals } = parseArgs({ options: asked, allowPositionals: true });
    const verb = positionals.join();
    const unasked = (name) => (verb === 'fixture' ? filing.has(name) : name === 'file');
    const needed = Object.keys(asked).filter((name) => !optional.has(name) && !unasked(name));
    const missing = needed.filter((name) => !values[name]);
    if (missing.length > 0 || !['register', 'tampered', 'fixture'].includes(verb)) {
      throw new Error(`missing: ${missing.join(', ') || 'the verb'}`);
    }
    return { verb, options: values };
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    process.exit(2);
  }
}

const { verb, options } = call();
try {
  const asked =
    verb === 'fixture'
      ? fixture(options)
      : { service: 'S-08', data: { queueRegistration: registration(options) } };
  const told = await exchange(options, asked, verb === 'tampered');
  console.log(JSON.stringify(told));
  const expected = verb === 'tampered' ? told.errorCode : told.code === 'SCSS001';
  process.exitCode = expected ? 0 : 1;
} catch (error) {
  console.log(JSON.stringify({ outcome: 'unproven', why: error.message }));
  process.exitCode = 1;
}
