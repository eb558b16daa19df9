defmodule Webhook do
  # :ok, or an exception. headers is a map whose names are in lower case; body is the request's body as it came, not parsed.
  def verify!(headers, body, secret) do
    %{"webhook-id" => id, "webhook-timestamp" => timestamp, "webhook-signature" => signatures} = headers

    if abs(System.system_time(:second) - String.to_integer(timestamp)) > 300,
      do: raise("webhook-timestamp is more than 5 minutes away")

    key = secret |> String.replace_prefix("whsec_", "") |> Base.decode64!()
    mac = :crypto.mac(:hmac, :sha256, key, "#{id}.#{timestamp}." <> body)
    expected = "v1," <> Base.encode64(mac)
    # While a secret is being rotated there is one signature for each.
    holds =
      signatures
      |> String.split(" ")
      |> Enum.any?(&(byte_size(&1) == byte_size(expected) and :crypto.hash_equals(&1, expected)))

    if holds, do: :ok, else: raise("no signature is right")
  end
end
