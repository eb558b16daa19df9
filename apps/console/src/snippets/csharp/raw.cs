using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

static class VerifyWebhook
{
    /// Throws unless the request is genuine. body is the request's body as it came, not parsed.
    public static void Verify(IReadOnlyDictionary<string, string> headers, string body, string secret)
    {
        string id = headers["webhook-id"], timestamp = headers["webhook-timestamp"];
        if (Math.Abs(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(timestamp)) > 300)
            throw new CryptographicException("webhook-timestamp is more than 5 minutes away");
        string encoded = secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret.Substring(6) : secret;
        byte[] key = Convert.FromBase64String(encoded);
        byte[] expected;
        using (var hmac = new HMACSHA256(key))
        {
            byte[] mac = hmac.ComputeHash(Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}"));
            expected = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(mac));
        }
        // While a secret is being rotated there is one signature for each.
        bool holds = headers["webhook-signature"].Split(' ')
            .Any(given => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(given), expected));
        if (!holds) throw new CryptographicException("no signature is right");
    }
}
