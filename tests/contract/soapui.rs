//! The project for SoapUI: made from the fixtures, with a case for each of them.

use std::collections::BTreeSet;
use std::path::Path;

use kezek::sandbox::conformance::soapui_project;
use kezek::services::CATALOGUE;
use kezek::xml::{Document, Element, Limits};

use crate::fixture::{compare, folder_of, requests};

const CON: &str = "http://eviware.com/soapui/config";

#[test]
fn project_for_soapui_has_a_case_for_every_fixture_and_signs_each_request() {
    let project = soapui_project();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    compare(&root.join("wsdl/kezek-soapui-project.xml"), &project);
    let limits = Limits {
        bytes_max: 16 << 20,
        nodes_max: 1_000_000,
        attributes_max: 1_000_000,
        declarations_max: 10_000,
        ..Limits::MESSAGE
    };
    let project = Document::parse(project.as_bytes(), &limits).expect("the project is XML");
    let called = |element: Element<'_>, name: &str| element.is(CON, name);
    let suites = project.elements().filter(|it| called(*it, "testSuite"));
    for (suite, service) in suites.zip(CATALOGUE) {
        let name = |element: Element<'_>| {
            let name = element.attribute("", "name");
            name.expect("SoapUI finds what it saves by its name")
                .to_owned()
        };
        assert!(name(suite).starts_with(service.number));
        let cases: Vec<Element<'_>> = suite
            .children()
            .filter(|it| called(*it, "testCase"))
            .collect();
        let shown: BTreeSet<String> = cases.iter().map(|case| name(*case)).collect();
        let fixtures = requests(folder_of(service)).into_iter();
        assert_eq!(
            shown,
            fixtures.map(|it| it.case).collect(),
            "{}",
            service.number
        );
        assert_eq!(
            shown.len(),
            cases.len(),
            "{}: a fixture is one case",
            service.number
        );
        for case in cases {
            let steps: Vec<_> = case
                .children()
                .filter(|it| called(*it, "testStep"))
                .collect();
            let own = format!("{} {} {}", steps.len(), folder_of(service), name(case));
            assert_eq!(steps.last().map(|step| name(*step)), Some(own));
        }
    }
    let requests = project
        .elements()
        .filter(|it| it.attribute("", "outgoingWss").is_some());
    assert!(requests.count() >= 300);
}
