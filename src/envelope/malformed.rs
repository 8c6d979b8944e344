//! The closed list of ways in which a message is not a message.

use crate::xml;

use super::Code;

/// Why an arrival is not a message of its channel.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// More or fewer than one Body.
    #[error("{0} Body elements, where there must be one")]
    BodyCount(usize),
    /// A body under a Content-Encoding, which is never undone.
    #[error("the body has a Content-Encoding, and nothing is unpacked here")]
    ContentEncoding,
    /// `data` holds nothing, or text beside an element.
    #[error("data must hold the service's element, its fields, or that element as text")]
    DataContent,
    /// The text of `data` is no XML.
    #[error("the text in data is not XML: {0}")]
    DataText(xml::Fault),
    /// A value beside the payload is not of its type.
    #[error("{0} does not have a value of its type")]
    InfoValue(&'static str),
    /// The character by which the door marks what it took out.
    #[error("the character U+0001, which XML does not allow")]
    Mark,
    /// A messageType that is not taken here.
    #[error("{0}")]
    MessageType(&'static str),
    /// An element that must be there is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// It says that it has attachments, and is not put together so.
    #[error("not a message of multipart/related: {0}")]
    Multipart(&'static str),
    /// A header block that must be understood and is not.
    #[error("a header block with mustUnderstand is not known here")]
    MustUnderstand,
    /// The root is no SOAP 1.1 Envelope, or something stands where nothing may.
    #[error("not a SOAP 1.1 envelope: {0}")]
    NotAnEnvelope(&'static str),
    /// Not well-formed XML, or beyond the limits.
    #[error("{0}")]
    NotXml(#[from] xml::Fault),
    /// The Body holds no operation of the channel at which it arrived.
    #[error("the Body must hold one operation of the channel at this address")]
    Operation,
    /// A processing instruction, which SOAP 1.1 §3 forbids.
    #[error("a processing instruction")]
    ProcessingInstruction,
    /// A receipt that we did not give for this message.
    #[error("the receipt is not one that was given for this message")]
    Receipt,
    /// An element that may stand once stands twice.
    #[error("{0} is given twice")]
    Repeated(&'static str),
    /// A text that is too long to stay in its message, and cannot leave it.
    #[error(
        "a text of more than 64 KiB that is no base64 in one line, or in lines of one length; \
         send the scan so, or as an attachment"
    )]
    ScanLayout,
    /// A scan, or all of them, are larger than allowed.
    #[error("a scan of more than {0} octets, or scans of more than {1} together, or too many")]
    ScanTooLarge(u64, u64),
    /// The payload is not the element of the service that was named.
    #[error("data does not hold the element of the service {0}")]
    ServiceElement(&'static str),
    /// An envelope of SOAP 1.2.
    #[error("a SOAP 1.2 envelope")]
    SoapVersion,
    /// The body did not arrive in time.
    #[error("the message did not arrive within the time allowed")]
    TooSlow,
    /// The body is larger than allowed.
    #[error("the message is larger than {0} octets")]
    TooLarge(usize),
}

impl Malformed {
    /// The code under which the sender is told.
    pub fn code(&self) -> Code {
        match self {
            Self::BodyCount(_) => Code::BodyCount,
            Self::ContentEncoding => Code::ContentEncoding,
            Self::DataContent => Code::DataContent,
            Self::DataText(_) => Code::DataText,
            Self::InfoValue(_) => Code::InfoValue,
            Self::MessageType(_) => Code::MessageType,
            Self::Missing(_) => Code::ElementMissing,
            Self::MustUnderstand => Code::MustUnderstand,
            Self::NotAnEnvelope(_) => Code::NotAnEnvelope,
            Self::NotXml(fault) => match fault.cause {
                xml::Cause::DocumentType => Code::DocumentType,
                xml::Cause::Encoding => Code::Encoding,
                xml::Cause::TooLarge => Code::TooLarge,
                xml::Cause::TooDeep
                | xml::Cause::TooLongName
                | xml::Cause::TooManyAttributes
                | xml::Cause::TooManyNamespaces
                | xml::Cause::TooManyNodes => Code::TooComplex,
                xml::Cause::Character
                | xml::Cause::DuplicateAttribute
                | xml::Cause::Entity
                | xml::Cause::Namespace
                | xml::Cause::Nesting
                | xml::Cause::Root
                | xml::Cause::Syntax
                | xml::Cause::Version => Code::NotXml,
            },
            Self::Mark => Code::NotXml,
            Self::ScanLayout => Code::ScanLayout,
            Self::ScanTooLarge(..) => Code::ScanTooLarge,
            Self::Multipart(_) => Code::Multipart,
            Self::Operation => Code::Operation,
            Self::ProcessingInstruction => Code::ProcessingInstruction,
            Self::Receipt => Code::Receipt,
            Self::Repeated(_) => Code::ElementRepeated,
            Self::ServiceElement(_) => Code::ServiceElement,
            Self::SoapVersion => Code::SoapVersion,
            Self::TooSlow => Code::TooSlow,
            Self::TooLarge(_) => Code::TooLarge,
        }
    }
}
