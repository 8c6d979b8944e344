//! Health, readiness and metrics of a role.

use hyper::StatusCode;
use metrics_exporter_prometheus::PrometheusHandle;

use super::Reply;

/// Whether one thing that a role needs is there.
pub type Check = Box<dyn Fn() -> bool + Send + Sync>;

/// What a role shows of itself.
pub struct Vitals {
    role: &'static str,
    checks: Vec<(&'static str, Check)>,
    metrics: PrometheusHandle,
}

impl Vitals {
    /// A role with what it needs.
    pub fn new(
        role: &'static str,
        checks: Vec<(&'static str, Check)>,
        metrics: PrometheusHandle,
    ) -> Self {
        Self {
            role,
            checks,
            metrics,
        }
    }

    /// Answers `/health/live`, `/health/ready` and `/metrics`; nothing for another path.
    pub(super) fn respond(&self, path: &str) -> Option<Reply> {
        match path {
            "/health/live" => Some(super::text(StatusCode::OK, "alive\n".into())),
            "/health/ready" => Some(self.ready()),
            "/metrics" => Some(super::text(StatusCode::OK, self.metrics.render())),
            _ => None,
        }
    }

    fn ready(&self) -> Reply {
        let found: Vec<_> = self
            .checks
            .iter()
            .map(|(name, check)| (*name, check()))
            .collect();
        let ready = found.iter().all(|(_, there)| *there);
        let checks: serde_json::Map<_, _> = found
            .into_iter()
            .map(|(name, there)| (name.to_owned(), there.into()))
            .collect();
        let shown = serde_json::json!({ "role": self.role, "ready": ready, "checks": checks });
        let status = if ready {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        let mut reply = super::text(status, format!("{shown}\n"));
        let json = hyper::header::HeaderValue::from_static("application/json");
        reply
            .headers_mut()
            .insert(hyper::header::CONTENT_TYPE, json);
        reply
    }
}
