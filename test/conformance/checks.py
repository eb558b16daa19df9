"""What schemathesis is told about this API beyond its document (`SCHEMATHESIS_HOOKS=checks`)."""
import json

import schemathesis
from schemathesis import GenerationMode

# A request may fit its schema and still be refused for what no schema can say: two fields that exclude each other, a
# reference to nothing, a field that only belongs to somebody else, a value that is answered and not written.
SEMANTIC_CODES = {"ambiguous_fields", "fk_not_found", "invalid_context", "read_only"}

# The rest by name: the operation, the field, and the rule that OpenAPI has no words for.
SEMANTIC_RULES = {
    ("listDeliveries", "cursor"): "was given by this list",
    ("listAttempts", "cursor"): "was given by this list",
    ("listEvents", "cursor"): "was given by this list",
    ("listAuditLog", "cursor"): "was given by this list",
    ("readFeed", "after"): "was given by the feed",
    ("streamEvents", "after"): "was given by the feed",
    ("streamDeliveries", "after"): "was given by this stream",
    ("streamAttempts", "after"): "was given by this stream",
    ("resendDeliveries", "filter"): "or delivery_ids is required",
    ("previewResend", "filter"): "or delivery_ids is required",
    ("checkUrl", "url"): "leads to a public address",
    ("previewFilter", "filter"): "is a CEL expression",
    ("previewFilter", "since"): "is within the last 24 hours",
    ("listUsage", "from"): "is at most 91 days before to",
    ("listUsageTotals", "from"): "is at most 91 days before to",
    ("createToken", "client_id"): "is required for client_credentials, and goes with client_secret",
    ("createToken", "client_secret"): "is required for client_credentials, and goes with client_id",
    ("createToken", "refresh_token"): "is required for refresh_token, and only there",
    ("createJob", "webhook_id"): "is required for every kind but dead_topic",
    ("createJob", "since"): "is not in the future",
    ("createJob", "until"): "is not before since",
    ("recoverWebhook", "since"): "is not in the future",
    ("recoverWebhook", "until"): "is not before since",
    ("createWebhook", "url"): "leads to a public address",
    ("updateWebhook", "url"): "leads to a public address",
    ("createWebhook", "headers"): "has names and values that headers may have",
    ("updateWebhook", "headers"): "has names and values that headers may have",
    ("createWebhook", "subscriptions"): "names each event type once",
    ("updateWebhook", "subscriptions"): "names each event type once",
    ("createWebhook", "signature"): "fits the profile",
    ("updateWebhook", "profile"): "fits the signature",
    ("updateWebhook", "batch"): "is whole after merging",
    ("createScanPoint", "scan_device_id"): "or scan_device_external_key is required",
    ("createLocation", "geofence"): "is a simple polygon with an area",
    ("updateLocation", "geofence"): "is whole after merging",
    ("validateRecord", "value_base64"): "goes without value",
    ("validateRecord", "timestamp"): "is a time that exists",
    ("updateOrganization", "contact_emails"): "names each address once, whatever its case",
}


@schemathesis.serializer("application/x-ndjson")
def ndjson(ctx, value):
    """A line for each element of a list, else one line."""
    lines = value if isinstance(value, list) else [value]
    return "\n".join(json.dumps(line) for line in lines).encode()


@schemathesis.check
def schema_valid_is_accepted(ctx, response, case):
    """In place of `positive_data_acceptance`, which knows no rules beyond schemas."""
    if response.status_code != 400 or case.meta is None:
        return
    # Of lines OpenAPI has no schema: whatever they are, they fit it.
    if case.media_type == "application/x-ndjson":
        return
    if case.meta.generation.mode != GenerationMode.POSITIVE:
        return
    operation = case.operation.definition.raw.get("operationId")
    problems = response.json()["error"]["fields"]
    unexplained = [
        problem
        for problem in problems
        if problem["code"] not in SEMANTIC_CODES
        and (operation, problem["field"].split(".")[0]) not in SEMANTIC_RULES
    ]
    assert problems and not unexplained, f"{operation} refused what its schema allows: {unexplained or response.text}"
