"""Checks signing vectors with what is not ours: PyPI's standardwebhooks for v1, cryptography's Ed25519 for v1a, and
hmac for the brands' headers.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python check.py *.json

A file holds one vector or a list of them. Prints a line for each: what it is, and what is wrong with it. The exit
code is 1 when something is. standardwebhooks reads the clock; it is shown the vector's own time.
"""

import base64
import hashlib
import hmac
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

import standardwebhooks.webhooks as library
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class Clock(datetime):
    at = 0

    @classmethod
    def now(cls, tz=None):
        return datetime.fromtimestamp(cls.at, tz or timezone.utc)


library.datetime = Clock


def raw(text):
    return base64.b64decode(text.split("_", 1)[1], validate=True)


def is_shared(secret):
    return secret.startswith("whsec_")


def library_accepts(secret, body, headers):
    try:
        library.Webhook(secret).verify(body, headers, json_parse=False)
        return True
    except library.WebhookVerificationError:
        return False


def accepts_asymmetric(public_key, content, signatures):
    for signature in signatures:
        version, encoded = signature.split(",")
        if version != "v1a":
            continue
        try:
            Ed25519PublicKey.from_public_bytes(raw(public_key)).verify(base64.b64decode(encoded), content)
            return True
        except InvalidSignature:
            pass
    return False


def signature_of(secret, message, content):
    if is_shared(secret):
        at = datetime.fromtimestamp(message["timestampS"], timezone.utc)
        return library.Webhook(secret).sign(message["messageId"], at, message["body"])
    private_key = Ed25519PrivateKey.from_private_bytes(raw(secret)[:32])
    return "v1a," + base64.b64encode(private_key.sign(content)).decode()


def brand_headers(message):
    if message["profile"] == "standard":
        return {}
    secret = next(filter(is_shared, message["secrets"])).encode()
    body = message["body"].encode()
    at = str(message["timestampS"])

    def signed(payload):
        return "sha256=" + hmac.new(secret, payload, hashlib.sha256).hexdigest()

    if message["profile"] == "trakrf":
        prefix = "X-" + message.get("headerPrefix", "TrakRF")
        return {
            prefix + "-Event": message["eventType"],
            prefix + "-Delivery": message["deliveryId"],
            prefix + "-Timestamp": at,
            prefix + "-Signature": signed(at.encode() + b"." + body),
        }
    prefix = "X-" + message.get("headerPrefix", "Trackberry")
    return {prefix + "-Signature": signed(body), prefix + "-Event-Id": message["messageId"]}


def problems_of(vector):
    message, headers = vector["message"], vector["headers"]
    body, secrets = message["body"], message["secrets"]
    content = f'{message["messageId"]}.{message["timestampS"]}.{body}'.encode()
    signatures = headers["webhook-signature"].split(" ")
    Clock.at = message["timestampS"]

    expected = {
        "webhook-id": message["messageId"],
        "webhook-timestamp": str(message["timestampS"]),
        "webhook-signature": " ".join(signature_of(secret, message, content) for secret in secrets),
        **brand_headers(message),
    }
    if headers != expected:
        yield f"expected {expected}, found {headers}"

    for number, secret in enumerate(filter(is_shared, secrets), 1):
        if not library_accepts(secret, body, headers):
            yield f"standardwebhooks refuses whsec_ secret {number}"
        if library_accepts(secret, body + " ", headers):
            yield f"standardwebhooks accepts a changed body with whsec_ secret {number}"

    public_keys = vector.get("publicKeys", [])
    if len(public_keys) != sum(not is_shared(secret) for secret in secrets):
        yield "one public key belongs to each whsk_ key"
    for number, public_key in enumerate(public_keys, 1):
        if not accepts_asymmetric(public_key, content, signatures):
            yield f"Ed25519 refuses public key {number}"
        if accepts_asymmetric(public_key, content + b" ", signatures):
            yield f"Ed25519 accepts a changed body with public key {number}"


def main():
    failed = False
    for path in sys.argv[1:]:
        given = json.loads(Path(path).read_text("utf-8"))
        for index, vector in enumerate(given if isinstance(given, list) else [given]):
            problems = list(problems_of(vector))
            failed = failed or problems != []
            print(f"{Path(path).name}[{index}]: {'; '.join(problems) or 'right'}")
    sys.exit(1 if failed else 0)


main()
