// cargo add standardwebhooks http
use http::HeaderMap;
use standardwebhooks::{Webhook, WebhookError};

/// Ok when the request is genuine. body is the request's body as it came, not parsed.
pub fn verify(headers: &HeaderMap, body: &[u8], secret: &str) -> Result<(), WebhookError> {
    Webhook::new(secret)?.verify(body, headers)
}
