// Lines on standard input, answered by "yes" or "no"; compiled with a snippet. Java has no JSON: a line is id, timestamp, signature,
// body in Base64 and secret, with tabs between them.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

class Driver {
  public static void main(String[] args) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] given = line.split("\t", -1);
      HttpHeaders headers =
          HttpHeaders.of(
              Map.of(
                  "webhook-id", List.of(given[0]),
                  "webhook-timestamp", List.of(given[1]),
                  "webhook-signature", List.of(given[2])),
              (name, value) -> true);
      String body = new String(Base64.getDecoder().decode(given[3]), StandardCharsets.UTF_8);
      try {
        VerifyWebhook.verify(headers, body, given[4]);
        System.out.println("yes");
      } catch (Exception error) {
        System.out.println("no: " + error);
      }
    }
  }
}
