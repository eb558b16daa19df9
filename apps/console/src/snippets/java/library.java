// com.standardwebhooks:standardwebhooks from Maven Central
import com.standardwebhooks.Webhook;
import java.net.http.HttpHeaders;

class VerifyWebhook {
  /** Throws unless the request is genuine. body is the request's body as it came, not parsed. */
  static void verify(HttpHeaders headers, String body, String secret) throws Exception {
    new Webhook(secret).verify(body, headers);
  }
}
