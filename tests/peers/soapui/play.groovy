// Plays wsdl/kezek-soapui-project.xml as SoapUI does: its scripts and expansions by Groovy, its
// WS-Security configuration by WSS4J, its assertions by XPath. SoapUI itself is not needed.
//
// In:    the project; -Dendpoint=… and -Dkeystore=… set its properties; a part of a case's name.
// Out:   a line for each case that failed, then the counts; exit status 1 if one failed.
// Never: knows anything of Kezek: whatever is sent or expected stands in the project.

import javax.xml.parsers.DocumentBuilderFactory
import javax.xml.transform.TransformerFactory
import javax.xml.transform.dom.DOMSource
import javax.xml.transform.stream.StreamResult
import javax.xml.xpath.XPathConstants
import javax.xml.xpath.XPathExpressionException
import javax.xml.xpath.XPathFactory
import org.apache.ws.security.components.crypto.Merlin
import org.apache.ws.security.message.WSSecHeader
import org.apache.ws.security.message.WSSecSignature
import org.w3c.dom.Element

file = new File(args[0])
only = args.length > 1 ? args[1] : ''
factory = DocumentBuilderFactory.newInstance()
factory.namespaceAware = true
xpath = XPathFactory.newInstance().newXPath()
root = factory.newDocumentBuilder().parse(file).documentElement

def all(Element parent, String name) {
    def nodes = (0..<parent.childNodes.length).collect { parent.childNodes.item(it) }
    nodes.findAll { it instanceof Element && it.localName == name }
}

def text(Element parent, String name) { all(parent, name)*.textContent[0] ?: '' }

def properties(Element holder) {
    def found = all(all(holder, 'properties')[0], 'property')
    found.collectEntries { [text(it, 'name'), text(it, 'value')] }
}

project = properties(root)
project.keySet().each { if (System.getProperty(it)) project[it] = System.getProperty(it) }
container = all(root, 'wssContainer')[0]
crypto = all(container, 'crypto')[0]
outgoing = all(container, 'outgoing')[0]
entry = all(outgoing, 'entry')[0]
signing = all(entry, 'configuration')[0]
source = new File(text(crypto, 'source').replace('${#Project#keystore}', project.keystore))
if (!source.absolute) source = new File(file.absoluteFile.parentFile, source.path)
assert source.name == text(signing, 'crypto') // SoapUI finds a keystore by its name
merlin = new Merlin()
merlin.keyStore = java.security.KeyStore.getInstance('pkcs12')
source.withInputStream { merlin.keyStore.load(it, text(crypto, 'password').toCharArray()) }

def expanded(String text, Map values, Map answers) {
    text.replaceAll(/\$\{([^}]*)\}/) { whole, inside ->
        def script = inside.startsWith('=') ? inside.substring(1) : null
        if (script) return new GroovyShell().evaluate(script).toString()
        def (scope, name, path) = inside.split('#', 3) as List
        if (scope) return xpath.evaluate(path, answers[scope])
        name == 'Project' ? project[path] : values[path]
    }
}

def signed(String message) {
    def octets = new ByteArrayInputStream(message.getBytes('UTF-8'))
    def document = factory.newDocumentBuilder().parse(octets)
    def header = new WSSecHeader(mustUnderstand: outgoing.getAttribute('mustUnderstand') == 'true')
    header.insertSecurityHeader(document)
    def signature = new WSSecSignature(
        keyIdentifierType: text(signing, 'keyIdentifierType') as int,
        signatureAlgorithm: text(signing, 'signatureAlgorithm'),
        sigCanonicalization: text(signing, 'signatureCanonicalization'),
        useSingleCertificate: text(signing, 'useSingleCert') == 'true',
        digestAlgo: text(signing, 'digestAlgorithm'))
    signature.setUserInfo(entry.getAttribute('username'), entry.getAttribute('password'))
    signature.build(document, merlin, header)
    def written = new StringWriter()
    def transformer = TransformerFactory.newInstance().newTransformer()
    transformer.transform(new DOMSource(document), new StreamResult(written))
    written.toString()
}

def posted(String endpoint, String message) {
    def connection = new URL(endpoint).openConnection()
    connection.doOutput = true
    connection.setRequestProperty('Content-Type', 'text/xml;charset=UTF-8')
    connection.setRequestProperty('SOAPAction', '""')
    connection.outputStream << message.getBytes('UTF-8')
    def answer = connection.responseCode < 400 ? connection.inputStream : connection.errorStream
    factory.newDocumentBuilder().parse(answer)
}

def found(String path, answer) {
    try {
        def nodes = xpath.evaluate(path, answer, XPathConstants.NODESET)
        (0..<nodes.length).collect { nodes.item(it).textContent }
    } catch (XPathExpressionException notNodes) {
        [xpath.evaluate(path, answer)]
    }
}

/** What is wrong with an answer by an assertion, or nothing. */
def wrong(Element assertion, answer) {
    def fault = found("//*[local-name()='Fault']", answer)
    def configuration = all(assertion, 'configuration')[0]
    switch (assertion.getAttribute('type')) {
        case 'SOAP Response':
            return answer.documentElement.localName == 'Envelope' ? null : 'no SOAP'
        case 'SOAP Fault Assertion':
            return fault ? "a fault: ${fault[0]}" : null
        case 'Not SOAP Fault Assertion':
            return fault ? null : 'no fault'
        case 'XPath Match':
            def (wanted, got) = [text(configuration, 'content'),
                                 found(text(configuration, 'path'), answer)]
            return wanted in got ? null : "$wanted is not in $got"
        default:
            return "an assertion that is not known here: ${assertion.getAttribute('type')}"
    }
}

def play(Element testCase) {
    def values = properties(testCase)
    def holder = new Expando(
        propertyNames: values.keySet() as String[],
        getPropertyValue: { values[it] },
        setPropertyValue: { name, value -> values[name] = value })
    new GroovyShell(new Binding(testCase: holder)).evaluate(text(testCase, 'setupScript'))
    def answers = [:]
    all(testCase, 'testStep').collectMany { step ->
        def request = all(all(step, 'config')[0], 'request')[0]
        def message = expanded(text(request, 'request'), values, answers)
        if (request.getAttribute('outgoingWss')) message = signed(message)
        def answer = posted(expanded(text(request, 'endpoint'), values, answers), message)
        answers[step.getAttribute('name')] = answer
        def said = all(request, 'assertion').collect { wrong(it, answer) }
        said.findAll().collect { "${step.getAttribute('name')}: $it" }
    }
}

def (played, failed, disabled) = [0, 0, 0]
all(root, 'testSuite').each { suite ->
    all(suite, 'testCase').each { testCase ->
        def name = "${suite.getAttribute('name')}, ${testCase.getAttribute('name')}"
        if (!name.contains(only)) return
        if (testCase.getAttribute('disabled') == 'true') { disabled++; return }
        played++
        def said = play(testCase)
        if (said) { failed++; println "FAILED $name: $said" }
    }
}
println "$played cases, $failed failed, $disabled disabled"
System.exit(failed ? 1 : 0)
