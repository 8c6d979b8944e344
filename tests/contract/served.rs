//! What `?wsdl` and `?xsd` serve loads, open and narrowed, and describes the same wire.

use std::path::PathBuf;

use kezek::envelope::Channel;
use kezek::http::contract;
use kezek::services::{CATALOGUE, Service};

use crate::fixture;
use crate::validator::{self, Scratch};

const HERE: &str = "http://127.0.0.1:8080/shep/sync";

/// Writes everything served to a folder, so that a validator without a network can load it;
/// returns a schema that takes whole envelopes.
pub fn on_disk(scratch: &Scratch, service: Option<&Service>) -> PathBuf {
    let suffix = service
        .map(|service| format!("&service={}", service.number))
        .unwrap_or_default();
    let encoded = suffix.replace('&', "&amp;");
    for entry in std::fs::read_dir(validator::schema("")).expect("the folder is there") {
        let name = entry.expect("the folder can be read").file_name();
        let name = name.to_str().expect("a schema has a plain name");
        if !name.ends_with(".xsd") {
            continue;
        }
        let served = contract::respond(Channel::Synchronous, &format!("xsd={name}{suffix}"), HERE)
            .expect(name)
            .body;
        let local = served
            .replace(&format!("{HERE}?xsd="), "")
            .replace(&format!("{encoded}\""), "\"");
        assert!(
            !local.contains(HERE),
            "{name} names something else than a schema"
        );
        scratch.write(name, local.as_bytes());
    }
    let entrance = "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\">\
        <xs:import namespace=\"http://schemas.xmlsoap.org/soap/envelope/\" schemaLocation=\"soap-envelope.xsd\"/>\
        <xs:import namespace=\"http://bip.bee.kz/SyncChannel/v10/Types\" schemaLocation=\"sync-channel.xsd\"/>\
        <xs:import namespace=\"http://bip.bee.kz/AsyncChannel/v10/Types\" schemaLocation=\"async-channel.xsd\"/>\
        <xs:import namespace=\"http://bip.bee.kz/AsyncChannel/v10/Types/Client\" schemaLocation=\"async-channel-client.xsd\"/>\
        </xs:schema>";
    scratch.write("entrance.xsd", entrance.as_bytes())
}

#[test]
fn open_contract_takes_every_payload_and_the_narrowed_one_only_its_own() {
    let text = |service: &str| {
        let requests = fixture::requests(service).into_iter();
        requests
            .filter(|it| it.case == "accepted")
            .map(|it| it.text)
            .next()
            .expect("accepted")
    };
    let folders = CATALOGUE.iter().map(fixture::folder_of);
    let envelopes: Vec<Vec<u8>> = folders.map(text).collect();
    let open = Scratch::new();
    let entrance = on_disk(&open, None);
    assert!(
        validator::validate(&entrance, &envelopes)
            .iter()
            .all(|verdict| verdict.valid)
    );
    for (at, service) in CATALOGUE.iter().enumerate() {
        let narrow = Scratch::new();
        let entrance = on_disk(&narrow, Some(service));
        let verdicts = validator::validate(&entrance, &envelopes);
        for (other, verdict) in verdicts.iter().enumerate() {
            assert_eq!(
                verdict.valid,
                other == at,
                "{service:?}: {:?}",
                verdict.said
            );
        }
    }
}

#[test]
fn wsdl_is_well_formed_whatever_it_is_narrowed_to() {
    let numbers = CATALOGUE
        .iter()
        .map(|service| format!("wsdl&service={}", service.number));
    let queries: Vec<String> = numbers.chain(["wsdl".to_owned()]).collect();
    let soap = "http://schemas.xmlsoap.org/wsdl/soap/";
    for (channel, ports) in [(Channel::Synchronous, 1), (Channel::Asynchronous, 2)] {
        for query in &queries {
            let served = contract::respond(channel, query, HERE)
                .expect("served")
                .body;
            let document = fixture::parse(served.as_bytes());
            let addresses = document.elements().filter(|it| it.is(soap, "address"));
            let addresses: Vec<_> = addresses.map(|it| it.attribute("", "location")).collect();
            assert_eq!(addresses, vec![Some(HERE); ports], "{query}");
        }
    }
}
