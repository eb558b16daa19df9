// cargo add base64 hmac sha2 http: Rust itself has neither HMAC nor Base64
use base64::{engine::general_purpose::STANDARD, Engine};
use hmac::{Hmac, Mac};
use http::HeaderMap;
use sha2::Sha256;
use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

/// Ok when the request is genuine. body is the request's body as it came, not parsed.
pub fn verify(headers: &HeaderMap, body: &[u8], secret: &str) -> Result<(), Box<dyn Error>> {
    let header = |name: &str| headers.get(name).ok_or("a header is missing")?.to_str().map_err(Box::<dyn Error>::from);
    let (id, timestamp) = (header("webhook-id")?, header("webhook-timestamp")?);
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    if now.abs_diff(timestamp.parse()?) > 300 {
        return Err("webhook-timestamp is more than 5 minutes away".into());
    }
    let key = STANDARD.decode(secret.trim_start_matches("whsec_"))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key)?;
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    // While a secret is being rotated there is one signature for each. verify_slice takes the same time for each.
    let holds = header("webhook-signature")?
        .split(' ')
        .filter_map(|given| STANDARD.decode(given.strip_prefix("v1,")?).ok())
        .any(|given| mac.clone().verify_slice(&given).is_ok());
    if holds { Ok(()) } else { Err("no signature is right".into()) }
}
