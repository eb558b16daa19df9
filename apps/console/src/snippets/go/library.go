// go get github.com/standard-webhooks/standard-webhooks/libraries
package main

import (
	"net/http"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Verify returns nil when the request is genuine. body is the request's body as it came, not parsed.
func Verify(header http.Header, body []byte, secret string) error {
	webhook, err := standardwebhooks.NewWebhook(secret)
	if err != nil {
		return err
	}
	return webhook.Verify(body, header)
}
