//! POST /shep/sync and /shep/async: read, verify, validate, publish, await, reply.
//!
//! Spec:  SOAP 1.1 §6; SyncChannel v10, AsyncChannel v10; D-35.
//! Messages are read and verified on the task that received them: their size is bounded, so it
//! takes a fraction of a millisecond, less than handing them to another thread would save.
//! Both channels wait for a worker's word. By the synchronous one it is the answer; by the
//! asynchronous one the receipt, which says that the answer is written and will be brought.

use std::net::IpAddr;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;

use crate::bus::Place;
use crate::clock;
use crate::envelope::{Channel, Code, Malformed};
use crate::terms::Moment;

use super::Reply;
use super::accept::{Accepted, accept};
use super::body;
use super::gate::Gate;
use super::intake::Held;
use super::limits::Over;
use super::notice;
use super::share::Full;
use super::stop::{Known, Stop, answer, note, refuse, refuse_unread};

/// Receives one message and answers it.
pub(super) async fn post(
    gate: &Gate,
    channel: Channel,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Reply {
    let received_at = clock::now();
    let packed = body::is_packed(request.headers());
    let held = match body::read(request, &gate.scans, &gate.budget, peer).await {
        Ok(held) => held,
        Err(cut) => return refuse_unread(gate, channel, peer, received_at, cut).await,
    };
    let mut known = Known::at(channel);
    let octets = held.octets().len();
    let ended = if packed {
        // Its octets are evidence; what they would unpack to is nobody's business.
        let stop = Stop::Malformed(Malformed::ContentEncoding);
        note(gate, peer, received_at, held.octets(), &known, &stop);
        drop(held);
        Err(stop)
    } else {
        converse(gate, received_at, held, &mut known, peer).await
    };
    let (outcome, reply) = match ended {
        Ok(content) => answer(gate, &known, received_at, "answered", &content).await,
        Err(stop) => refuse(gate, received_at, &known, stop).await,
    };
    let millis = clock::now().millis_since(received_at);
    metrics::counter!("kezek_door_messages_total", "outcome" => outcome.to_owned()).increment(1);
    metrics::histogram!("kezek_door_seconds").record(seconds(millis));
    tracing::info!(
        message_id = known.message_id,
        sender = known.sender,
        service = known.service,
        outcome,
        octets,
        millis,
        "message"
    );
    reply
}

/// The six steps.
async fn converse(
    gate: &Gate,
    received_at: Moment,
    mut held: Held,
    known: &mut Known,
    peer: IpAddr,
) -> Result<String, Stop> {
    let result = if held.scans.is_none() {
        accept(gate, received_at, &mut held, known)
    } else {
        // Its scans are read and digested: others may take the place of this thread.
        tokio::task::block_in_place(|| accept(gate, received_at, &mut held, known))
    };
    let accepted = match result {
        Ok(accepted) => accepted,
        Err(stop) => {
            note(gate, peer, received_at, held.octets(), known, &stop);
            return Err(stop);
        }
    };
    let Accepted {
        mut parcel,
        lane,
        service,
        receipt,
        scans,
        parallel,
    } = accepted;
    parcel.raw = held.take();
    let again = || Stop::TryAgain {
        receipt: receipt.clone(),
    };
    // What an official will look at is there before anybody hears that it was sent.
    let kept = gate.scans.keep(&scans, held.scans.as_deref()).await;
    kept.map_err(|trouble| {
        let error = &trouble as &(dyn std::error::Error + 'static);
        tracing::error!(error, "ALARM: a scan cannot be kept");
        again()
    })?;
    let mut place = gate.places.part_of(parcel.sender.clone());
    place.grow_within(1, parallel).map_err(|full| match full {
        Full::All => again(),
        Full::Own(most) => {
            let over = Over::parallel(most, receipt.clone());
            gate.evidence.count(peer, over.code());
            over.into()
        }
    })?;
    let expected = gate.replies.expect().map_err(|trouble| {
        tracing::warn!(%trouble, "no reply lane");
        again()
    })?;
    parcel.reply = Some(expected.address.clone());
    gate.publisher
        .publish(Place::Lane(lane), &parcel.to_mail())
        .await
        .map_err(|trouble| {
            tracing::warn!(message_id = known.message_id, %trouble, "not confirmed by the bus");
            again()
        })?;
    let deadline = parcel.deadline;
    // Until here its octets were held, and counted.
    drop((parcel, held));
    let left = u64::try_from(deadline.millis_since(clock::now())).unwrap_or(0);
    let content = match tokio::time::timeout(Duration::from_millis(left), expected).await {
        Ok(Ok(content)) => String::from_utf8(content).map_err(|_| Stop::Code(Code::Internal))?,
        Ok(Err(_)) | Err(_) => return Err(again()),
    };
    match service {
        Some(service) => notice::sealed(&gate.pen, service, content)
            .await
            .ok_or_else(again),
        None => Ok(content),
    }
}

fn seconds(millis: i64) -> f64 {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0)).as_secs_f64()
}
