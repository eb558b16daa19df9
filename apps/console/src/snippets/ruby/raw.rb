require "base64"
require "json"
require "openssl"

# The event, or an exception. body is the request's body as it came, not parsed.
def verify(headers, body, secret)
  id, timestamp = headers.fetch("webhook-id"), headers.fetch("webhook-timestamp")
  raise "webhook-timestamp is more than 5 minutes away" if (Time.now.to_i - Integer(timestamp)).abs > 300

  key = Base64.decode64(secret.delete_prefix("whsec_"))
  mac = OpenSSL::HMAC.digest("SHA256", key, "#{id}.#{timestamp}.".b + body.b)
  expected = "v1,#{Base64.strict_encode64(mac)}"
  # While a secret is being rotated there is one signature for each.
  held = headers.fetch("webhook-signature").split(" ").any? do |given|
    given.bytesize == expected.bytesize && OpenSSL.fixed_length_secure_compare(given, expected)
  end
  raise "no signature is right" unless held

  JSON.parse(body)
end
