//! Notices: answers that the system signs in their own right, so that a family can show one later
//! without the message in which it came.
//!
//! Law:   004 1_2 p.4(12), 1_3 p.4 «выданное и подписанное ЭЦП системы ЕО НОБД».
//! In:    the content of an answer as a worker wrote it. Out: the same with the notice signed.
//! Where: at the door, which has the key; the inbox keeps it unsigned, so a repeat is signed anew.

use super::pen::Pen;
use crate::services::Service;

const OPEN: &str = "<data>";
const CLOSE: &str = "</data>";

/// The answer with its notice signed; nothing, where the key cannot sign now. What is no notice, a
/// refusal for example, stays as it is.
pub(super) async fn sealed(pen: &Pen, service: &Service, content: String) -> Option<String> {
    let Some((before, notice, behind)) = notice_in(service, &content) else {
        return Some(content);
    };
    let signed = pen.sign_notice(notice).await?;
    Some([before, &signed, behind].concat())
}

/// The notice in an answer, with what stands around it.
fn notice_in<'c>(service: &Service, content: &'c str) -> Option<(&'c str, &'c str, &'c str)> {
    if !service.notice {
        return None;
    }
    let from = content.find(OPEN)? + OPEN.len();
    let to = from + content[from..].find(CLOSE)?;
    let notice = &content[from..to];
    let begins = notice.starts_with(&format!("<k:{} ", service.answer));
    begins.then(|| (&content[..from], notice, &content[to..]))
}
