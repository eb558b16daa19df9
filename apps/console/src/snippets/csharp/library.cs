// dotnet add package StandardWebhooks
using System.Net;
using StandardWebhooks;

static class VerifyWebhook
{
    /// Throws unless the request is genuine. body is the request's body as it came, not parsed.
    public static void Verify(WebHeaderCollection headers, string body, string secret)
    {
        new Webhook(secret).Verify(body, headers);
    }
}
