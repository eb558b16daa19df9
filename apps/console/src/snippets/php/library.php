<?php

// composer require standard-webhooks/standard-webhooks
use StandardWebhooks\Webhook;

/** The event, or an exception. $body is the request's body as it came, not parsed. */
function verify(array $headers, string $body, string $secret): array
{
    return (new Webhook($secret))->verify($body, $headers);
}
