//! The same plan as a project of SoapUI and ReadyAPI.
//!
//! Spec:  the format that SoapUI saves, `http://eviware.com/soapui/config`.
//! In:    the scenarios and fixtures. Out: a suite for each service, a test case for each fixture.
//! How:   a case sends what was accepted before in its scenario, then its own request. People are
//!        made anew by a script of the case, identifiers and times by property expansions, and each
//!        message is signed by the outgoing WS-Security configuration, with a key in PKCS#12.
//! Start: [`project`].

mod expansions;

use super::cast::leaves;
use super::plan::{self, Scenario, Step};
use crate::envelope::Code;
use crate::services::{CATALOGUE, Service};
use crate::xml::Writer;

use expansions::{Roles, called};

const CON: &str = "http://eviware.com/soapui/config";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const SYNC: &str = "SyncChannelHttpBinding";
/// The outgoing configuration, and the last part of the path to its keystore, which names it there.
const SIGNED: &str = "Kezek";
const KEYSTORE: &str = "participant.p12";
const PASSWORD: &str = "kezek-sandbox";
/// What a stranger sets: where the door is, who sends, with which key.
const PROPERTIES: [(&str, &str); 4] = [
    ("endpoint", "http://127.0.0.1:8080/shep/sync"),
    ("asyncEndpoint", "http://127.0.0.1:8080/shep/async"),
    ("senderId", super::SENDER),
    ("keystore", "../.var/sandbox/keys/participant.p12"),
];
const ABOUT: &str = "Generated from the fixtures by `kezek sandbox soapui`. Before the first run, \
in the root of the repository: openssl pkcs12 -export -name participant -passout pass:kezek-sandbox \
-inkey .var/sandbox/keys/participant.key -in .var/sandbox/keys/participant.pem \
-out .var/sandbox/keys/participant.p12";
/// Before each case: people of the same day of birth and sex with numbers of their own.
const SCRIPT: &str = include_str!("soapui/people.groovy");

/// The channels: WSDL beside the project, binding, operations, the property with the address.
const INTERFACES: [(&str, &str, &str, &[&str], &str); 3] = [
    (
        "sync-channel.wsdl",
        "http://bip.bee.kz/SyncChannel/v10/Interfaces",
        SYNC,
        &["SendMessage"],
        "${#Project#endpoint}",
    ),
    (
        "async-channel.wsdl",
        "http://bip.bee.kz/AsyncChannel/v10/Interfaces",
        "AsyncChannelHttpBinding",
        &[
            "sendMessage",
            "getMessageStatus",
            "sendDeliveryNotification",
        ],
        "${#Project#asyncEndpoint}",
    ),
    (
        "async-channel.wsdl",
        "http://bip.bee.kz/AsyncChannel/v10/Interfaces",
        "AsyncChannelClientHttpBinding",
        &["sendMessage", "changeMassageStatusNotification"],
        "${#Project#asyncEndpoint}",
    ),
];

/// The project, as SoapUI opens it.
pub fn project() -> String {
    let mut page = Writer::new();
    page.open(
        "con:soapui-project",
        &[
            ("xmlns:con", CON),
            ("xmlns:xsi", XSI),
            ("name", "Kezek"),
            ("resourceRoot", "${projectDir}"),
            ("soapui-version", "5.7.0"),
            ("abortOnError", "false"),
            ("runType", "SEQUENTIAL"),
        ],
    )
    .leaf("con:description", ABOUT)
    .leaf("con:settings", "");
    for interface in INTERFACES {
        written(&mut page, interface);
    }
    let scenarios = plan::scenarios();
    for service in CATALOGUE {
        suite(&mut page, service, &scenarios);
    }
    faults(&mut page, &scenarios);
    page.open("con:properties", &[]);
    for (name, value) in PROPERTIES {
        page.open("con:property", &[])
            .leaf("con:name", name)
            .leaf("con:value", value)
            .close();
    }
    page.close();
    security(&mut page);
    page.close();
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str(&page.finish().replace("><con:", ">\n<con:"));
    text.push('\n');
    text
}

fn written(
    page: &mut Writer,
    (wsdl, namespace, binding, operations, address): (&str, &str, &str, &[&str], &str),
) {
    page.open(
        "con:interface",
        &[
            ("xsi:type", "con:WsdlInterface"),
            ("type", "wsdl"),
            ("name", binding),
            ("bindingName", &format!("{{{namespace}}}{binding}")),
            ("soapVersion", "1_1"),
            ("wsaVersion", "NONE"),
            ("anonymous", "optional"),
            ("definition", wsdl),
        ],
    )
    .leaf("con:settings", "")
    .open("con:endpoints", &[])
    .leaf("con:endpoint", address)
    .close();
    for operation in operations {
        page.open(
            "con:operation",
            &[
                ("name", operation),
                ("bindingOperationName", operation),
                ("action", ""),
                ("type", "Request-Response"),
                ("isOneWay", "false"),
                ("anonymous", "optional"),
            ],
        )
        .leaf("con:settings", "")
        .close();
    }
    page.close();
}

/// A suite for a service: a case for each of its fixtures.
fn suite(page: &mut Writer, service: &Service, scenarios: &[Scenario]) {
    let name = format!("{} {}", service.number, service.request);
    page.open("con:testSuite", &[("name", &name)])
        .leaf(
            "con:description",
            &format!("{}\n{}", service.name_kk, service.name_ru),
        )
        .leaf("con:settings", "")
        .leaf("con:runType", "SEQUENTIAL");
    for scenario in scenarios.iter().filter(|it| it.is_of(service)) {
        let mut before: Vec<&Step> = Vec::new();
        for step in &scenario.steps {
            if step.is_shown_here(scenario) {
                case(page, &before, step);
            }
            if step.refusal.is_none() && step.needs_rows().is_none() {
                before.push(step);
            }
        }
    }
    page.leaf("con:properties", "").close();
}

/// What the door answers itself: a message without a signature, of a sender without rights, for a
/// service that is none, and one that names what is another's.
fn faults(page: &mut Writer, scenarios: &[Scenario]) {
    let mut steps = scenarios.iter().flat_map(|it| &it.steps);
    let Some(step) = steps.find(|it| it.refusal.is_none() && !it.service.changes()) else {
        return;
    };
    let request = Roles::default().request(step, &[]);
    page.open("con:testSuite", &[("name", "Faults")])
        .leaf("con:settings", "")
        .leaf("con:runType", "SEQUENTIAL");
    for (code, signed, name, text) in [
        (Code::NotSigned, "", "senderId", "${#Project#senderId}"),
        (Code::SenderUnknown, SIGNED, "senderId", "nobody"),
        (Code::ServiceNotAllowed, SIGNED, "senderId", super::STRANGER),
        (Code::ServiceUnknown, SIGNED, "serviceId", "S-99"),
    ] {
        let request = leaves(&request, name, |_| Some(text.to_owned()));
        page.open(
            "con:testCase",
            &[("name", code.as_str()), ("failOnError", "true")],
        )
        .leaf("con:settings", "");
        let expected = Expected::Fault(code.as_str());
        sent(page, code.as_str(), &request, signed, &expected);
        page.leaf("con:setupScript", SCRIPT)
            .leaf("con:properties", "")
            .close();
    }
    page.leaf("con:properties", "").close();
}

/// What must come back.
enum Expected<'a> {
    Accepted,
    Fault(&'a str),
    Refused(&'a str),
}

fn case(page: &mut Writer, before: &[&Step], step: &Step) {
    // What was accepted of the same fixture before stands there already, and is asked once.
    let steps: Vec<&Step> = before.iter().copied().chain([step]).collect();
    let disabled = step.needs_rows().is_some().to_string();
    let attributes = [
        ("name", step.case.as_str()),
        ("failOnError", "true"),
        ("failTestCaseOnErrors", "true"),
        ("disabled", &disabled),
    ];
    page.open("con:testCase", &attributes);
    if let Some(rows) = step.needs_rows() {
        let why = format!("No message makes the rows that it needs: fixtures/scenarios/{rows}");
        page.leaf("con:description", &why);
    }
    page.leaf("con:settings", "");
    let mut roles = Roles::default();
    for (at, step) in steps.iter().enumerate() {
        let request = roles.request(step, &steps[..at]);
        let refusal = step.refusal.as_deref();
        let expected = refusal.map_or(Expected::Accepted, Expected::Refused);
        sent(page, &called(at, step), &request, SIGNED, &expected);
    }
    page.leaf("con:setupScript", SCRIPT)
        .open("con:properties", &[]);
    for (at, day) in roles.days().iter().enumerate() {
        for (name, value) in [("day", day.as_str()), ("iin", ""), ("birth", "")] {
            page.open("con:property", &[])
                .leaf("con:name", &format!("{name}{}", at + 1))
                .leaf("con:value", value)
                .close();
        }
    }
    page.close().close();
}

/// A request, signed by this configuration, and what must come back.
fn sent(page: &mut Writer, name: &str, request: &str, signed: &str, expected: &Expected<'_>) {
    page.open("con:testStep", &[("type", "request"), ("name", name)])
        .leaf("con:settings", "")
        .open("con:config", &[("xsi:type", "con:RequestStep")])
        .leaf("con:interface", SYNC)
        .leaf("con:operation", "SendMessage")
        .open(
            "con:request",
            &[("name", name), ("outgoingWss", signed), ("incomingWss", "")],
        )
        .leaf("con:settings", "")
        .leaf("con:encoding", "UTF-8")
        .leaf("con:endpoint", "${#Project#endpoint}")
        .open("con:request", &[])
        .fragment(&format!("<![CDATA[{request}]]>"))
        .close();
    is(page, "SOAP Response", "SOAP Response");
    // SoapUI names the two the other way round.
    match expected {
        Expected::Accepted | Expected::Refused(_) => {
            is(page, "SOAP Fault Assertion", "Not SOAP Fault");
        }
        Expected::Fault(_) => is(page, "Not SOAP Fault Assertion", "SOAP Fault"),
    }
    let status = "(//*[local-name()='status'])[1]/*[local-name()='code']";
    let finding = "//*[local-name()='finding']/*[local-name()='code']";
    match expected {
        Expected::Accepted => found(page, "Status", status, "SCSS001"),
        Expected::Fault(code) => {
            let path = "//*[local-name()='subError']/*[local-name()='errorCode']";
            found(page, "Fault code", path, code);
        }
        Expected::Refused("many_findings") => {
            found(page, "Status", status, "SCSE002");
            found(
                page,
                "Several findings",
                &format!("count({finding})>1"),
                "true",
            );
        }
        Expected::Refused(code) => {
            found(page, "Status", status, "SCSE002");
            found(page, "Finding", finding, code);
        }
    }
    page.open("con:credentials", &[])
        .leaf("con:authType", "Global HTTP Settings")
        .close()
        .close()
        .close()
        .close();
}

/// An assertion of this kind, which needs no more.
fn is(page: &mut Writer, kind: &str, name: &str) {
    page.open("con:assertion", &[("type", kind), ("name", name)])
        .leaf("con:configuration", "")
        .close();
}

/// An assertion that some node of the answer has this text.
fn found(page: &mut Writer, name: &str, path: &str, content: &str) {
    page.open("con:assertion", &[("type", "XPath Match"), ("name", name)])
        .open("con:configuration", &[])
        .leaf("path", path)
        .leaf("content", content)
        .leaf("allowWildcards", "false")
        .leaf("ignoreNamspaceDifferences", "false")
        .leaf("ignoreComments", "false")
        .close()
        .close();
}

/// How requests are signed: the Body, RSA with SHA-256, the certificate beside the signature.
fn security(page: &mut Writer) {
    page.open("con:wssContainer", &[])
        .open("con:crypto", &[])
        .leaf("con:source", "${#Project#keystore}")
        .leaf("con:password", PASSWORD)
        .leaf("con:type", "KEYSTORE")
        .close()
        .open("con:outgoing", &[("mustUnderstand", "true")])
        .leaf("con:name", SIGNED)
        .open(
            "con:entry",
            &[
                ("type", "Signature"),
                ("username", "participant"),
                ("password", PASSWORD),
            ],
        )
        .open("con:configuration", &[])
        .leaf("crypto", KEYSTORE)
        .leaf("keyIdentifierType", "1")
        .leaf(
            "signatureAlgorithm",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        )
        .leaf(
            "signatureCanonicalization",
            "http://www.w3.org/2001/10/xml-exc-c14n#",
        )
        .leaf("useSingleCert", "true")
        .leaf("digestAlgorithm", "http://www.w3.org/2001/04/xmlenc#sha256")
        .close()
        .close()
        .close()
        .close();
}
