import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

class VerifyWebhook {
  /** Throws unless the request is genuine. body is the request's body as it came, not parsed. */
  static void verify(HttpHeaders headers, String body, String secret) throws Exception {
    String id = headers.firstValue("webhook-id").orElseThrow();
    long timestamp = headers.firstValueAsLong("webhook-timestamp").orElseThrow();
    if (Math.abs(Instant.now().getEpochSecond() - timestamp) > 300)
      throw new SecurityException("webhook-timestamp is more than 5 minutes away");
    byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    byte[] signed = (id + "." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8);
    byte[] expected = ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed))).getBytes();
    // While a secret is being rotated there is one signature for each.
    for (String given : headers.firstValue("webhook-signature").orElseThrow().split(" "))
      if (MessageDigest.isEqual(expected, given.getBytes())) return;
    throw new SecurityException("no signature is right");
  }
}
