//! Contract: what `?wsdl` and `?xsd` answer, from `wsdl/` and `schemas/`.
//!
//! Spec:  WSDL 1.1 §2.7, §3; decision: `data` is open, as ШЭП has it, unless a service is named.
//! In:    the query of a GET and the address under which we are known. Out: a document.
//! Never: touches the file system. Every document is compiled in and named in one list, so a name
//!        in a request is compared and nothing else.
//! Start: [`respond`].

use crate::envelope::Channel;
use crate::services::{self, Service};

/// A document of the contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// For the header of the answer.
    pub content_type: &'static str,
    /// The text.
    pub body: String,
}

macro_rules! schemas {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../schemas/", $name)))),+]
    };
}

/// What a query may name, with its text.
const SCHEMAS: &[(&str, &str)] = schemas![
    "active-applications.xsd",
    "active-contracts.xsd",
    "active-enrolments.xsd",
    "active-referrals.xsd",
    "async-channel-client.xsd",
    "async-channel-types.xsd",
    "async-channel.xsd",
    "code-list.xsd",
    "common.xsd",
    "consent.xsd",
    "document-check.xsd",
    "extension.xsd",
    "preschool-list.xsd",
    "preschool-map.xsd",
    "preschool-requisites.xsd",
    "queue-registration.xsd",
    "rank-check.xsd",
    "rank-history.xsd",
    "seat-group.xsd",
    "seat-recall.xsd",
    "settlement-list.xsd",
    "shep-common.xsd",
    "soap-envelope.xsd",
    "special-needs.xsd",
    "stop-list.xsd",
    "sync-channel-request.xsd",
    "sync-channel-response.xsd",
    "sync-channel.xsd",
    "update.xsd",
    "withdrawal.xsd",
    "wss-secext.xsd",
    "wss-utility.xsd",
    "xmldsig.xsd",
];

/// The WSDL of a channel, and the address that it carries on disk.
fn wsdl_of(channel: Channel) -> (&'static str, &'static str) {
    match channel {
        Channel::Asynchronous => (
            include_str!("../../wsdl/async-channel.wsdl"),
            "http://localhost/shep/async",
        ),
        Channel::Synchronous => (
            include_str!("../../wsdl/sync-channel.wsdl"),
            "http://localhost/shep/sync",
        ),
    }
}

const LOCATION: &str = "schemaLocation=\"";
const XML: &str = "text/xml; charset=utf-8";

/// Answers `wsdl` or `xsd=<name>` of a channel, each with an optional `service=<number>` that
/// narrows `data`.
///
/// None where the query asks for nothing of this kind, or the endpoint is no address that could
/// stand in a document; the caller answers "not found".
pub fn respond(channel: Channel, query: &str, endpoint: &str) -> Option<Document> {
    if !is_address(endpoint) {
        return None;
    }
    let (mut wsdl, mut schema, mut service) = (false, None, None);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if key.eq_ignore_ascii_case("wsdl") {
            wsdl = true;
        } else if key.eq_ignore_ascii_case("xsd") {
            schema = Some(value);
        } else if key.eq_ignore_ascii_case("service") {
            service = Some(services::by_number(value)?);
        } else {
            return None;
        }
    }
    let text = match (wsdl, schema) {
        (true, None) => {
            let (text, address) = wsdl_of(channel);
            text.replace(address, endpoint)
        }
        (false, Some(name)) => {
            let (_, text) = SCHEMAS.iter().find(|(known, _)| *known == name)?;
            match service {
                Some(service) => narrowed(text, service),
                None => (*text).to_owned(),
            }
        }
        (true, Some(_)) | (false, None) => return None,
    };
    Some(Document {
        content_type: XML,
        body: located(&text, endpoint, service),
    })
}

/// Whether this is `http(s)://host[:port]/path` in characters that need no escape anywhere. The
/// host comes from a header, so it may hold anything.
fn is_address(endpoint: &str) -> bool {
    let rest = endpoint
        .strip_prefix("https://")
        .or_else(|| endpoint.strip_prefix("http://"));
    let harmless = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/[]".contains(&b);
    rest.is_some_and(|rest| {
        let host = rest.split('/').next().unwrap_or_default();
        !host.is_empty() && rest.len() <= 512 && rest.bytes().all(harmless)
    })
}

/// Puts the service's elements where `data` is open; no other schema has that line.
fn narrowed(schema: &str, service: &Service) -> String {
    let Service {
        request,
        answer,
        schema: file,
        ..
    } = service;
    let import = format!(
        "</xs:annotation>\n  <xs:import namespace=\"{}\" schemaLocation=\"{file}\"/>",
        services::NAMESPACE,
    );
    let typed = |occurs: &str, content: &str| {
        format!(
            "<xs:element name=\"data\"{occurs}>\n        <xs:complexType xmlns:k=\"{}\">\n          \
             {content}\n        </xs:complexType>\n      </xs:element>",
            services::NAMESPACE,
        )
    };
    let element = |name: &str| format!("<xs:element ref=\"k:{name}\"/>");
    let asked = typed(
        "",
        &format!("<xs:sequence>{}</xs:sequence>", element(request)),
    );
    let told = typed(
        " minOccurs=\"0\"",
        &format!(
            "<xs:choice>{}{}</xs:choice>",
            element(answer),
            element("rejection")
        ),
    );
    // A message of the asynchronous channel asks, answers or notifies.
    let said = typed(
        "",
        &format!(
            "<xs:choice>{}{}{}{}</xs:choice>",
            element(request),
            element(answer),
            element("notice"),
            element("rejection")
        ),
    );
    let open = [
        ("<xs:element name=\"data\" type=\"xs:anyType\"/>", asked),
        (
            "<xs:element name=\"data\" type=\"xs:anyType\" minOccurs=\"1\"/>",
            said,
        ),
        (
            "<xs:element name=\"data\" type=\"xs:anyType\" minOccurs=\"0\"/>",
            told,
        ),
    ];
    match open.into_iter().find(|(line, _)| schema.contains(line)) {
        Some((line, content)) => schema
            .replacen("</xs:annotation>", &import, 1)
            .replacen(line, &content, 1),
        None => schema.to_owned(),
    }
}

/// Turns each relative `schemaLocation` into the address under which that schema is served.
fn located(text: &str, endpoint: &str, service: Option<&Service>) -> String {
    let suffix = service.map(|service| format!("&amp;service={}", service.number));
    let suffix = suffix.as_deref().unwrap_or_default();
    let mut parts = text.split(LOCATION);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (file, rest) = part.split_once('"').unwrap_or((part, ""));
        let name = file.rsplit('/').next().unwrap_or(file);
        out.push_str(&format!("{LOCATION}{endpoint}?xsd={name}{suffix}\"{rest}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "http://127.0.0.1:8080/shep/sync";

    fn respond(query: &str, endpoint: &str) -> Option<Document> {
        super::respond(Channel::Synchronous, query, endpoint)
    }

    fn body(query: &str) -> String {
        respond(query, HERE).expect(query).body
    }

    fn body_of(channel: Channel, query: &str) -> String {
        super::respond(channel, query, HERE).expect(query).body
    }

    #[test]
    fn wsdl_names_the_address_that_was_asked() {
        let wsdl = body("wsdl");
        assert!(wsdl.contains("<soap:address location=\"http://127.0.0.1:8080/shep/sync\"/>"));
        assert!(
            wsdl.contains(
                "schemaLocation=\"http://127.0.0.1:8080/shep/sync?xsd=sync-channel.xsd\""
            )
        );
        assert!(!wsdl.contains("localhost") && !wsdl.contains("../"));
    }

    #[test]
    fn every_schema_that_a_document_names_is_served() {
        let suffixes = services::CATALOGUE
            .iter()
            .map(|s| format!("&service={}", s.number));
        let suffixes: Vec<String> = suffixes.chain([String::new()]).collect();
        let channels = [(Channel::Asynchronous, 5, 7), (Channel::Synchronous, 5, 7)];
        let all = channels.iter().flat_map(|channel| {
            let each = suffixes.iter();
            each.map(move |suffix| (channel, suffix))
        });
        for ((channel, open, narrowed), suffix) in all {
            let mut asked = vec![format!("wsdl{suffix}")];
            let mut seen = 0;
            while let Some(query) = asked.get(seen).cloned() {
                seen += 1;
                for part in body_of(*channel, &query)
                    .split(&format!("{LOCATION}{HERE}?"))
                    .skip(1)
                {
                    let next = part
                        .split('"')
                        .next()
                        .expect("a value ends")
                        .replace("&amp;", "&");
                    assert!(suffix.is_empty() || next.ends_with(suffix), "{next}");
                    if !asked.contains(&next) {
                        asked.push(next);
                    }
                }
            }
            let expected = if suffix.is_empty() { open } else { narrowed };
            assert_eq!(asked.len(), *expected, "{asked:?}");
        }
    }

    #[test]
    fn data_is_open_unless_a_service_is_named() {
        for (name, element) in [
            ("sync-channel-request.xsd", "k:queueRegistration\""),
            ("sync-channel-response.xsd", "k:queueRegistrationAnswer\""),
            ("async-channel-types.xsd", "k:queueRegistration\""),
        ] {
            let anything = "name=\"data\" type=\"xs:anyType\"";
            let open = body(&format!("xsd={name}"));
            assert!(open.contains(anything) && !open.contains(element));
            let typed = body(&format!("xsd={name}&service=S-08"));
            assert!(!typed.contains(anything) && typed.contains(element));
            assert!(typed.contains("?xsd=queue-registration.xsd&amp;service=S-08\""));
        }
    }

    #[test]
    fn only_what_is_on_the_list_is_served() {
        for query in [
            "",
            "xsd",
            "xsd=",
            "xsd=../Cargo.toml",
            "xsd=/etc/passwd",
            "xsd=common.xsd%00",
            "wsdl&service=S-99",
            "wsdl&xsd=common.xsd",
            "wsdl&debug=1",
            "service=S-08",
        ] {
            assert_eq!(respond(query, HERE), None, "{query}");
        }
    }

    #[test]
    fn host_header_cannot_write_into_a_document() {
        for endpoint in [
            "http://x\"/><evil xmlns=\"/shep/sync",
            "http://x y/",
            "http://",
            "http:///shep/sync",
            "javascript:alert(1)",
            "http://x&amp;/",
            "http://user@x/",
            "",
        ] {
            assert_eq!(respond("wsdl", endpoint), None, "{endpoint}");
        }
        assert!(respond("WSDL", "https://[::1]:8443/shep/sync").is_some());
    }
}
