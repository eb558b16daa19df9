// Asks a snippet about each line of its input: id, timestamp, signature, body in Base64 and secret, with tabs between them.
mod snippet;

use base64::{engine::general_purpose::STANDARD, Engine};
use http::{HeaderMap, HeaderValue};
use std::io::BufRead;

fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("a line");
        let given: Vec<&str> = line.split('\t').collect();
        let mut headers = HeaderMap::new();
        for (name, value) in ["webhook-id", "webhook-timestamp", "webhook-signature"].iter().zip(&given) {
            headers.insert(*name, HeaderValue::from_str(value).expect("a header"));
        }
        let body = STANDARD.decode(given[3]).expect("Base64");
        match snippet::verify(&headers, &body, given[4]) {
            Ok(()) => println!("yes"),
            Err(error) => println!("{error}"),
        }
    }
}
