# Asks a snippet about each line of its input: id, timestamp, signature, body in Base64 and secret, with tabs between them.
[file] = System.argv()
Code.require_file(file)

for line <- IO.stream(:stdio, :line) do
  [id, timestamp, signature, body, secret] = line |> String.trim_trailing("\n") |> String.split("\t")
  headers = %{"webhook-id" => id, "webhook-timestamp" => timestamp, "webhook-signature" => signature}

  try do
    Webhook.verify!(headers, Base.decode64!(body), secret)
    IO.puts("yes")
  rescue
    error -> IO.puts(Exception.message(error))
  end
end
