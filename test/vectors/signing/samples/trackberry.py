# The sample of the Trackberry page, "Verifying Webhook Signatures", as printed; then a loop over lines of
# {"payload", "signature", "secret"} on standard input, answered by "yes" or "no".
import hmac
import hashlib

def verify_signature(payload: bytes, signature: str, secret: str) -> bool:
    expected = "sha256=" + hmac.new(
        secret.encode(), payload, hashlib.sha256
    ).hexdigest()
    return hmac.compare_digest(expected, signature)


import json
import sys

for line in sys.stdin.buffer:
    given = json.loads(line)
    holds = verify_signature(given["payload"].encode(), given["signature"], given["secret"])
    print("yes" if holds else "no")
