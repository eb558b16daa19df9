# gem install standardwebhooks
require "standardwebhooks"

# The event, or an exception. body is the request's body as it came, not parsed.
def verify(headers, body, secret)
  StandardWebhooks::Webhook.new(secret).verify(body, headers)
end
