# pip install standardwebhooks
from standardwebhooks import Webhook


def verify(headers, body: bytes, secret: str):
    """The event, or an exception. body is the request's body as it came, not parsed."""
    return Webhook(secret).verify(body, headers)
