//! The subject of a certificate, as the national authority writes it.

use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::name::Name;

const ORGANISATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");

/// The organisation: in OU, or where it stands for itself in serialNumber.
pub(super) fn bin(subject: &Name) -> Option<String> {
    numbered(subject, ORGANISATIONAL_UNIT, "BIN")
        .or_else(|| numbered(subject, SERIAL_NUMBER, "BIN"))
}

/// The person: in serialNumber.
pub(super) fn iin(subject: &Name) -> Option<String> {
    numbered(subject, SERIAL_NUMBER, "IIN")
}

/// Every text of a subject, in upper case.
pub(super) fn texts(subject: &Name) -> String {
    let values = subject.iter().map(|found| found.value.value());
    let texts: Vec<_> = values.map(String::from_utf8_lossy).collect();
    texts.join(" ").to_uppercase()
}

/// The twelve digits behind `BIN` or `IIN` in an attribute of the subject.
fn numbered(subject: &Name, attribute: ObjectIdentifier, prefix: &str) -> Option<String> {
    subject
        .iter()
        .filter(|found| found.oid == attribute)
        .find_map(|found| {
            let text = std::str::from_utf8(found.value.value()).ok()?;
            let digits = text.strip_prefix(prefix)?;
            let fits = digits.len() == 12 && digits.bytes().all(|b| b.is_ascii_digit());
            fits.then(|| digits.to_owned())
        })
}
