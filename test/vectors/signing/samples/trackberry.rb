# The sample of the Trackberry page, "Verifying Webhook Signatures", as printed; then a loop over lines of
# {"payload", "signature", "secret"} on standard input, answered by "yes" or "no".
require "openssl"

def verify_signature(payload, signature, secret)
  expected = "sha256=" + OpenSSL::HMAC.hexdigest("SHA256", secret, payload)
  Rack::Utils.secure_compare(expected, signature)
end

require "json"
begin
  require "rack/utils"
rescue LoadError
  # What Rack does there (rack/utils.rb), for a Ruby without the gem.
  module Rack
    module Utils
      def self.secure_compare(a, b)
        a.bytesize == b.bytesize && OpenSSL.fixed_length_secure_compare(a, b)
      end
    end
  end
end

STDIN.set_encoding("UTF-8")
STDIN.each_line do |line|
  given = JSON.parse(line)
  puts verify_signature(given["payload"], given["signature"], given["secret"]) ? "yes" : "no"
end
