//! Faults: the only table from our errors to what a sender is told.
//!
//! Spec:  SOAP 1.1 §4.4; a detail that is named for its operation, in SyncChannel v10
//! `SendMessageFault1_SendMessageFault`: an outer errorCode of ShEP's known list, and in subError
//! our own closed code with a sentence in both languages that says what to do.

use crate::terms::Moment;
use crate::xml::Writer;

use super::{Operation, SOAP_NAMESPACE};

/// Our closed list of codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// An algorithm that is not on the allow-list.
    Algorithm,
    /// More or fewer than one Body.
    BodyCount,
    /// The signature does not cover the Body.
    BodyNotSigned,
    /// The certificate is expired.
    CertificateExpired,
    /// No certificate of an accepted form.
    CertificateMalformed,
    /// The certificate is not yet valid.
    CertificateNotYetValid,
    /// The issuer says that it never issued the certificate.
    CertificateNeverIssued,
    /// The certificate was issued under another policy.
    CertificatePolicy,
    /// The certificate is revoked.
    CertificateRevoked,
    /// The certificate is not of the role that speaks for the sender.
    CertificateRole,
    /// The certificate may not sign messages.
    CertificateUsage,
    /// The certificate leads to no configured root.
    CertificateUntrusted,
    /// A body under a Content-Encoding.
    ContentEncoding,
    /// `data` does not hold one element.
    DataContent,
    /// The text of `data` is no XML.
    DataText,
    /// A digest does not fit: the content was changed after signing.
    DigestMismatch,
    /// A DTD.
    DocumentType,
    /// The same Id twice.
    DuplicateId,
    /// A required element is missing.
    ElementMissing,
    /// An element is repeated.
    ElementRepeated,
    /// Not UTF-8.
    Encoding,
    /// A value of requestInfo is not of its type.
    InfoValue,
    /// Ours.
    Internal,
    /// The same messageId with another content.
    MessageIdReused,
    /// A messageType that is not taken here, or not in this chain.
    MessageType,
    /// A question about a message that its sender never sent.
    MessageUnknown,
    /// Attachments that are not put together as multipart/related.
    Multipart,
    /// A header block that is not known.
    MustUnderstand,
    /// Not a SOAP 1.1 envelope.
    NotAnEnvelope,
    /// No signature.
    NotSigned,
    /// Not well-formed.
    NotXml,
    /// Another operation.
    Operation,
    /// The sender has as many messages waiting as it may have.
    ParallelExceeded,
    /// The password is wrong or missing.
    Password,
    /// The certificate of a signature inside `data` is not valid.
    PayloadCertificate,
    /// A digest of a signature inside `data` does not fit.
    PayloadDigest,
    /// A signature inside `data` is wrong, or of a form that is not accepted.
    PayloadSignature,
    /// A processing instruction.
    ProcessingInstruction,
    /// The sender sent more messages a second than it may.
    RateExceeded,
    /// A wrong receipt.
    Receipt,
    /// A region in which the sender has no rights.
    RegionNotAllowed,
    /// A region in which the service is not open yet.
    RegionNotOpen,
    /// Whether the certificate is revoked is not known at present.
    RevocationUnknown,
    /// A long text that is no base64 in even lines.
    ScanLayout,
    /// A scan that is too large, or too many.
    ScanTooLarge,
    /// The sender is not the owner of the certificate.
    SenderMismatch,
    /// The sender is not known.
    SenderUnknown,
    /// The payload is not the service's.
    ServiceElement,
    /// The sender may not call the service.
    ServiceNotAllowed,
    /// The service is not open anywhere yet.
    ServiceNotOpen,
    /// No such service.
    ServiceUnknown,
    /// The security header has a form that is not accepted.
    SignatureForm,
    /// The signature value does not fit the key.
    SignatureValue,
    /// SOAP 1.2.
    SoapVersion,
    /// The signed Timestamp is not of now.
    Timestamp,
    /// Too deep, too many nodes.
    TooComplex,
    /// Too large.
    TooLarge,
    /// Too slow.
    TooSlow,
    /// Accepted or not: try again with the same messageId.
    TryAgain,
}

/// A row of the table: ShEP's code, ours, whose fault it is, and the sentence in both languages.
struct Row {
    shep: Shep,
    code: &'static str,
    kk: &'static str,
    ru: &'static str,
}

/// ShEP's known codes, with their general sentence.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shep {
    Format,
    Service,
    Certificate,
    Signature,
    Unsigned,
    PayloadCertificate,
    PayloadSignature,
    Internal,
}

impl Shep {
    fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Format => (
                "SCE001",
                "Хабарлама форматқа сәйкес емес / Сообщение не соответствует формату",
            ),
            Self::Service => ("SCE004", "Сервис қолжетімсіз / Сервис недоступен"),
            Self::Certificate => (
                "SCE005",
                "Көліктік қолтаңбаның сертификаты жарамсыз / \
                 Сертификат транспортной подписи недействителен",
            ),
            Self::Signature => (
                "SCE006",
                "Көліктік қолтаңба қате / Неверная транспортная подпись",
            ),
            Self::Unsigned => (
                "SCE007",
                "Хабарламаға қол қойылмаған / Сообщение не подписано",
            ),
            Self::PayloadCertificate => (
                "SCE015",
                "Бизнес-деректер қолтаңбасының сертификаты жарамсыз / \
                 Сертификат подписи бизнес-данных недействителен",
            ),
            Self::PayloadSignature => (
                "SCE016",
                "Бизнес-деректер қолтаңбасы қате / Неверная подпись бизнес-данных",
            ),
            Self::Internal => ("SCE909", "Ішкі қате / Внутренняя ошибка"),
        }
    }
}

impl Code {
    /// Every code, for the table in the documentation and its tests.
    pub const ALL: [Self; 59] = [
        Self::Algorithm,
        Self::BodyCount,
        Self::BodyNotSigned,
        Self::CertificateExpired,
        Self::CertificateMalformed,
        Self::CertificateNotYetValid,
        Self::CertificateNeverIssued,
        Self::CertificatePolicy,
        Self::CertificateRevoked,
        Self::CertificateRole,
        Self::CertificateUsage,
        Self::CertificateUntrusted,
        Self::ContentEncoding,
        Self::DataContent,
        Self::DataText,
        Self::DigestMismatch,
        Self::DocumentType,
        Self::DuplicateId,
        Self::ElementMissing,
        Self::ElementRepeated,
        Self::Encoding,
        Self::InfoValue,
        Self::Internal,
        Self::MessageIdReused,
        Self::MessageType,
        Self::MessageUnknown,
        Self::Multipart,
        Self::MustUnderstand,
        Self::NotAnEnvelope,
        Self::NotSigned,
        Self::NotXml,
        Self::Operation,
        Self::ParallelExceeded,
        Self::Password,
        Self::PayloadCertificate,
        Self::PayloadDigest,
        Self::PayloadSignature,
        Self::ProcessingInstruction,
        Self::RateExceeded,
        Self::Receipt,
        Self::RegionNotAllowed,
        Self::RegionNotOpen,
        Self::RevocationUnknown,
        Self::ScanLayout,
        Self::ScanTooLarge,
        Self::SenderMismatch,
        Self::SenderUnknown,
        Self::ServiceElement,
        Self::ServiceNotAllowed,
        Self::ServiceNotOpen,
        Self::ServiceUnknown,
        Self::SignatureForm,
        Self::SignatureValue,
        Self::SoapVersion,
        Self::Timestamp,
        Self::TooComplex,
        Self::TooLarge,
        Self::TooSlow,
        Self::TryAgain,
    ];

    /// Our code, as it is written in subError.
    pub fn as_str(self) -> &'static str {
        self.row().code
    }

    /// ShEP's code, as it is written in errorCode.
    pub fn shep_code(self) -> &'static str {
        self.row().shep.told().0
    }

    /// The sentence in Kazakh.
    pub fn kazakh(self) -> &'static str {
        self.row().kk
    }

    /// The sentence in Russian.
    pub fn russian(self) -> &'static str {
        self.row().ru
    }

    /// Whether it says that a certificate is not valid.
    pub fn is_of_certificate(self) -> bool {
        self.row().shep == Shep::Certificate
    }

    /// Whether a repeat of the same message can succeed.
    pub fn may_succeed_later(self) -> bool {
        matches!(
            self,
            Self::TryAgain
                | Self::Internal
                | Self::ParallelExceeded
                | Self::RateExceeded
                | Self::RevocationUnknown
                | Self::TooSlow
        )
    }

    #[expect(clippy::too_many_lines, reason = "one table, one row a code")]
    fn row(self) -> Row {
        let (shep, code, kk, ru) = match self {
            Self::Algorithm => (
                Shep::Signature,
                "algorithm",
                "Қолтаңба алгоритмі рұқсат етілгендер тізімінде жоқ",
                "Алгоритм подписи не входит в список разрешённых",
            ),
            Self::BodyCount => (
                Shep::Format,
                "body_count",
                "Конвертте дәл бір Body болуы керек",
                "В конверте должен быть ровно один Body",
            ),
            Self::BodyNotSigned => (
                Shep::Signature,
                "body_not_signed",
                "Қолтаңба Body элементін қамтуы керек",
                "Подпись должна охватывать элемент Body",
            ),
            Self::CertificateExpired => (
                Shep::Certificate,
                "certificate_expired",
                "Сертификаттың мерзімі өткен: жаңасымен қол қойыңыз",
                "Срок действия сертификата истёк: подпишите действующим",
            ),
            Self::CertificateMalformed => (
                Shep::Certificate,
                "certificate_malformed",
                "Қабылданатын түрдегі X.509 сертификаты жоқ",
                "Нет сертификата X.509 в одной из принимаемых форм",
            ),
            Self::CertificateNotYetValid => (
                Shep::Certificate,
                "certificate_not_yet_valid",
                "Сертификаттың мерзімі әлі басталған жоқ",
                "Срок действия сертификата ещё не начался",
            ),
            Self::CertificateNeverIssued => (
                Shep::Certificate,
                "certificate_never_issued",
                "Куәландырушы орталық бұл сертификатты берген жоқ деп жауап берді",
                "Удостоверяющий центр отвечает, что такого сертификата не выпускал",
            ),
            Self::CertificatePolicy => (
                Shep::Certificate,
                "certificate_policy",
                "Сертификат қабылданбайтын саясат бойынша берілген",
                "Сертификат выпущен по политике, которая здесь не принимается",
            ),
            Self::CertificateRevoked => (
                Shep::Certificate,
                "certificate_revoked",
                "Сертификат кері қайтарылған: жарамдысымен қол қойыңыз",
                "Сертификат отозван: подпишите действующим",
            ),
            Self::CertificateRole => (
                Shep::Certificate,
                "certificate_role",
                "Сертификаттың рөлі жіберуші атынан сөйлеуге құқық бермейді: \
                 ақпараттық жүйенің сертификатымен қол қойыңыз",
                "Роль сертификата не даёт говорить от имени отправителя: \
                 подпишите сертификатом информационной системы",
            ),
            Self::CertificateUsage => (
                Shep::Certificate,
                "certificate_usage",
                "Сертификат хабарламаға қол қоюға арналмаған",
                "Сертификат не предназначен для подписи сообщений",
            ),
            Self::CertificateUntrusted => (
                Shep::Certificate,
                "certificate_untrusted",
                "Сертификат сенімді түбірлік куәландырушы орталықтан шықпаған",
                "Сертификат не ведёт к доверенному корневому центру",
            ),
            Self::ContentEncoding => (
                Shep::Format,
                "content_encoding",
                "Хабарламаны сығымдамай, Content-Encoding тақырыбынсыз жіберіңіз",
                "Отправьте сообщение без сжатия и без заголовка Content-Encoding",
            ),
            Self::DataContent => (
                Shep::Format,
                "data_content",
                "data ішінде бір элемент немесе сол элементтің мәтіні болуы керек",
                "В data должен быть один элемент или его текст",
            ),
            Self::DataText => (
                Shep::Format,
                "data_text",
                "data ішіндегі мәтін дұрыс XML емес",
                "Текст в data не является правильным XML",
            ),
            Self::DigestMismatch => (
                Shep::Signature,
                "digest_mismatch",
                "Мазмұн қол қойылғаннан кейін өзгертілген",
                "Содержимое изменено после подписания",
            ),
            Self::DocumentType => (
                Shep::Format,
                "document_type",
                "DOCTYPE рұқсат етілмейді: оны алып тастаңыз",
                "DOCTYPE не допускается: уберите его",
            ),
            Self::DuplicateId => (
                Shep::Signature,
                "duplicate_id",
                "Бір Id екі элементте қайталанады",
                "Один и тот же Id стоит у двух элементов",
            ),
            Self::ElementMissing => (
                Shep::Format,
                "element_missing",
                "Міндетті элемент жоқ",
                "Нет обязательного элемента",
            ),
            Self::ElementRepeated => (
                Shep::Format,
                "element_repeated",
                "Элемент бір рет қана берілуі керек",
                "Элемент должен быть указан один раз",
            ),
            Self::Encoding => (
                Shep::Format,
                "encoding",
                "Хабарламаны UTF-8 кодтауымен жіберіңіз",
                "Отправьте сообщение в кодировке UTF-8",
            ),
            Self::InfoValue => (
                Shep::Format,
                "info_value",
                "requestInfo мәні өз түріне сай емес",
                "Значение в requestInfo не соответствует своему типу",
            ),
            Self::Internal => (
                Shep::Internal,
                "internal",
                "Біздің қате: сол messageId арқылы қайталаңыз",
                "Ошибка на нашей стороне: повторите с тем же messageId",
            ),
            Self::MessageIdReused => (
                Shep::Format,
                "message_id_reused",
                "Бұл messageId басқа мазмұнмен қолданылған: жаңа messageId беріңіз",
                "Этот messageId уже использован с другим содержимым: укажите новый messageId",
            ),
            Self::MessageType => (
                Shep::Format,
                "message_type",
                "messageType мәні мұнда немесе осы тізбекте қабылданбайды: себебі errorData ішінде",
                "Такой messageType здесь или в этой цепочке не принимается: причина в errorData",
            ),
            Self::MessageUnknown => (
                Shep::Format,
                "message_unknown",
                "Жіберушіде мұндай messageId бар хабарлама жоқ",
                "У отправителя нет сообщения с таким messageId",
            ),
            Self::Multipart => (
                Shep::Format,
                "multipart",
                "Тіркемелері бар хабарлама multipart/related бойынша құрастырылмаған",
                "Сообщение с вложениями составлено не по multipart/related",
            ),
            Self::MustUnderstand => (
                Shep::Format,
                "must_understand",
                "mustUnderstand белгісі бар тақырып белгісіз",
                "Заголовок с mustUnderstand здесь не известен",
            ),
            Self::NotAnEnvelope => (
                Shep::Format,
                "not_an_envelope",
                "SOAP 1.1 конверті күтіледі",
                "Ожидается конверт SOAP 1.1",
            ),
            Self::NotSigned => (
                Shep::Unsigned,
                "not_signed",
                "wsse:Security ішінде ds:Signature жоқ",
                "В wsse:Security нет ds:Signature",
            ),
            Self::NotXml => (
                Shep::Format,
                "not_xml",
                "Хабарлама дұрыс құрылған XML 1.0 емес",
                "Сообщение не является правильно построенным XML 1.0",
            ),
            Self::Operation => (
                Shep::Format,
                "operation",
                "Body ішінде осы мекенжайдағы арнаның амалы болуы керек: амалдары ?wsdl ішінде",
                "В Body должна быть операция канала этого адреса: они перечислены в ?wsdl",
            ),
            Self::ParallelExceeded => (
                Shep::Service,
                "parallel_exceeded",
                "Жіберушінің жауап күтіп тұрған хабарламалары тым көп: сол messageId және \
                 errorData түбіртегімен кейінірек қайталаңыз",
                "У отправителя слишком много сообщений ждут ответа: повторите позже с тем же \
                 messageId и квитанцией из errorData",
            ),
            Self::Password => (
                Shep::Signature,
                "password",
                "Жіберушінің құпиясөзі қате немесе жоқ",
                "Пароль отправителя неверен или не указан",
            ),
            Self::PayloadCertificate => (
                Shep::PayloadCertificate,
                "payload_certificate",
                "data ішіндегі қолтаңбаның сертификаты қазір жарамсыз; жарамды кілтпен қайта \
                 қол қойыңыз",
                "Сертификат подписи внутри data сейчас недействителен; подпишите действующим \
                 ключом",
            ),
            Self::PayloadDigest => (
                Shep::PayloadSignature,
                "payload_digest",
                "data мазмұны қол қойылғаннан кейін өзгерген",
                "Содержание data изменено после подписания",
            ),
            Self::PayloadSignature => (
                Shep::PayloadSignature,
                "payload_signature",
                "data ішіндегі қолтаңба дұрыс емес немесе оның түрі қабылданбайды",
                "Подпись внутри data неверна или её форма не принимается",
            ),
            Self::ProcessingInstruction => (
                Shep::Format,
                "processing_instruction",
                "SOAP хабарламасында өңдеу нұсқауларына тыйым салынған",
                "Инструкции обработки в сообщении SOAP запрещены",
            ),
            Self::RateExceeded => (
                Shep::Service,
                "rate_exceeded",
                "Жіберуші секундына рұқсат етілгеннен көп хабарлама жіберді: сол messageId және \
                 errorData түбіртегімен кейінірек қайталаңыз",
                "Отправитель шлёт больше сообщений в секунду, чем ему можно: повторите позже с \
                 тем же messageId и квитанцией из errorData",
            ),
            Self::Receipt => (
                Shep::Format,
                "receipt",
                "Түбіртек осы хабарламаға берілмеген: оны өзгертпей қайтарыңыз немесе алып тастаңыз",
                "Квитанция выдана не на это сообщение: верните её без изменений или уберите",
            ),
            Self::RegionNotAllowed => (
                Shep::Service,
                "region_not_allowed",
                "Жіберушінің бұл өңірге құқығы жоқ",
                "У отправителя нет прав в этом регионе",
            ),
            Self::RegionNotOpen => (
                Shep::Service,
                "region_not_open",
                "Сервис бұл өңірде әлі ашылған жоқ: қай күннен және қай жерде ашық екені \
                 errorData ішінде жазылған",
                "В этом регионе сервис ещё не открыт: с какого дня и где он открыт, \
                 сказано в errorData",
            ),
            Self::RevocationUnknown => (
                Shep::Service,
                "revocation_unknown",
                "Сертификаттың кері қайтарылмағанын қазір тексеру мүмкін емес: \
                 сол messageId арқылы қайталаңыз",
                "Сейчас нельзя проверить, не отозван ли сертификат: \
                 повторите с тем же messageId",
            ),
            Self::ScanLayout => (
                Shep::Format,
                "scan_layout",
                "64 КиБ-тен ұзын мәтін ұзындығы бірдей жолдардағы base64 болуы керек: \
                 сканды солай немесе тіркеме ретінде жіберіңіз",
                "Текст длиннее 64 КиБ должен быть base64 в строках одной длины: \
                 пришлите скан так или вложением",
            ),
            Self::ScanTooLarge => (
                Shep::Format,
                "scan_too_large",
                "Скан тым үлкен немесе сканерленген құжаттар тым көп: \
                 бір скан 12 МиБ-ке дейін, барлығы 32 МиБ-ке дейін",
                "Скан слишком велик или их слишком много: \
                 один скан до 12 МиБ, все вместе до 32 МиБ",
            ),
            Self::SenderMismatch => (
                Shep::Signature,
                "sender_mismatch",
                "Сертификат senderId жіберушісіне тиесілі емес",
                "Сертификат не принадлежит отправителю senderId",
            ),
            Self::SenderUnknown => (
                Shep::Signature,
                "sender_unknown",
                "Жіберуші қатысушылар тізімінде жоқ",
                "Отправителя нет в списке участников",
            ),
            Self::ServiceElement => (
                Shep::Format,
                "service_element",
                "data ішінде serviceId сервисінің элементі болуы керек",
                "В data должен быть элемент сервиса serviceId",
            ),
            Self::ServiceNotAllowed => (
                Shep::Service,
                "service_not_allowed",
                "Жіберушінің бұл сервиске құқығы жоқ",
                "У отправителя нет прав на этот сервис",
            ),
            Self::ServiceNotOpen => (
                Shep::Service,
                "service_not_open",
                "Бұл сервис әлі ашылған жоқ: қай күннен ашылатыны errorData ішінде жазылған",
                "Этот сервис ещё не открыт: с какого дня, сказано в errorData",
            ),
            Self::ServiceUnknown => (
                Shep::Service,
                "service_unknown",
                "Мұндай serviceId жоқ",
                "Такого serviceId нет",
            ),
            Self::SignatureForm => (
                Shep::Signature,
                "signature_form",
                "Қауіпсіздік тақырыбының түрі қабылданбайды",
                "Форма заголовка безопасности не принимается",
            ),
            Self::SignatureValue => (
                Shep::Signature,
                "signature_value",
                "Қолтаңба сертификат кілтіне сәйкес келмейді",
                "Подпись не соответствует ключу сертификата",
            ),
            Self::SoapVersion => (
                Shep::Format,
                "soap_version",
                "SOAP 1.2 емес, SOAP 1.1 жіберіңіз",
                "Отправьте SOAP 1.1, а не SOAP 1.2",
            ),
            Self::Timestamp => (
                Shep::Signature,
                "timestamp",
                "Timestamp қазіргі уақытқа сай емес: сағатты тексеріп, қайта қол қойыңыз",
                "Timestamp не соответствует текущему времени: проверьте часы и подпишите заново",
            ),
            Self::TooComplex => (
                Shep::Format,
                "too_complex",
                "XML тым терең немесе элементтері тым көп",
                "XML слишком глубок или содержит слишком много элементов",
            ),
            Self::TooLarge => (
                Shep::Format,
                "too_large",
                "Хабарлама рұқсат етілген көлемнен асады",
                "Сообщение больше допустимого размера",
            ),
            Self::TooSlow => (
                Shep::Format,
                "too_slow",
                "Хабарлама уақытында жетпеді: қайта жіберіңіз",
                "Сообщение не пришло вовремя: отправьте ещё раз",
            ),
            Self::TryAgain => (
                Shep::Service,
                "try_again",
                "Жауап әзір емес: сол messageId және errorData түбіртегімен қайталаңыз",
                "Ответ не готов: повторите с тем же messageId и квитанцией из errorData",
            ),
        };
        Row { shep, code, kk, ru }
    }
}

/// A fault as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The operation that it answers.
    pub operation: Operation,
    /// Our code.
    pub code: Code,
    /// What and where, in a few English words; never a value that was sent.
    pub detail: Option<String>,
    /// The receipt of D-35, with "try again".
    pub receipt: Option<String>,
    /// When it was decided.
    pub at: Moment,
    /// The request's sessionId, where the message was believed.
    pub session_id: Option<String>,
}

impl Fault {
    /// A fault with nothing but its code.
    pub fn new(operation: Operation, code: Code, at: Moment) -> Self {
        Self {
            operation,
            code,
            detail: None,
            receipt: None,
            at,
            session_id: None,
        }
    }

    /// The content of the SOAP Body.
    pub fn write(&self) -> String {
        let row = self.code.row();
        let (shep_code, shep_message) = row.shep.told();
        // SOAP 1.1 §4.4.1 has two codes of its own beside whose fault it is.
        let fault_code = if matches!(self.code, Code::Internal | Code::TryAgain) {
            "soap:Server"
        } else if self.code == Code::SoapVersion {
            "soap:VersionMismatch"
        } else if self.code == Code::MustUnderstand {
            "soap:MustUnderstand"
        } else {
            "soap:Client"
        };
        let date = self.at.to_string();
        let names = self.operation.names();
        let mut writer = Writer::new();
        writer
            .open("soap:Fault", &[("xmlns:soap", SOAP_NAMESPACE)])
            .leaf("faultcode", fault_code)
            .leaf("faultstring", shep_message)
            .open("detail", &[])
            .open(names.fault, &[("xmlns:t", names.namespace)])
            .leaf("errorCode", shep_code)
            .leaf("errorMessage", shep_message)
            .optional("errorData", self.receipt.as_deref())
            .leaf("errorDate", &date)
            .open("subError", &[])
            .leaf("errorCode", row.code)
            .leaf("errorMessage", &format!("{} / {}", row.kk, row.ru))
            .optional("errorData", self.detail.as_deref())
            .leaf("errorDate", &date)
            .close()
            .optional("sessionId", self.session_id.as_deref())
            .close()
            .close()
            .close();
        writer.finish()
    }
}
