// One read and one business event, written so that neither is lost and neither counts twice.
//   mvn -q dependency:copy-dependencies -DoutputDirectory=lib
//   KAFKA_BROKERS=localhost:9092 ORG_ID=42 java -cp 'lib/*' Produce.java      (Java 17)
import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringSerializer;

public class Produce {
  public static void main(String[] args) throws InterruptedException, ExecutionException {
    var device = setting("DEVICE", "dock-1");
    var tag = setting("TAG", "E2801190A503006543E21224");
    var shipment = setting("SHIPMENT", "ship_1");
    var now = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();

    // With an id of your own, sending again is harmless. The same read must have the same id.
    // Use your JSON library: text that is put together like this breaks at the first quote.
    var read = """
        {"id": "%s-%s-%s", "device": "%s", "antenna_port": 1, "tag": {"type": "rfid", "value": "%s"},
         "read_at": "%s", "rssi_dbm": -56}""".formatted(device, tag, now, device, tag, now);
    var event = """
        {"id": "%s-approved", "type": "shipment.approved", "occurred_at": "%s",
         "data": {"shipment": {"id": "%s", "reference": "BU-1341", "status": "approved", "pallets_count": 42}}}"""
        .formatted(shipment, now, shipment);

    // Whom a record is for, where the topic is not bound to one organization; and what is in it.
    List<Header> headers = List.of(
        new RecordHeader("scanhook-org", setting("ORG_ID", null).getBytes(UTF_8)),
        new RecordHeader("content-type", "application/json".getBytes(UTF_8)));

    try (var producer = new KafkaProducer<String, String>(config())) {
      // Keys: the reader, and what the event is about; the records of a key stay in order.
      var records = List.of(
          new ProducerRecord<>(setting("READ_TOPIC", "scanhook.reads"), null, device, read, headers),
          new ProducerRecord<>(
              setting("EVENT_TOPIC", "scanhook.business-events"), null, "shipment:" + shipment, event, headers));
      for (var record : records) {
        // A record counts when the brokers have acknowledged it, and not before. Who sends many waits for many at once.
        var written = producer.send(record).get();
        System.out.printf("acknowledged: %s %d %d%n", written.topic(), written.partition(), written.offset());
      }
    }
  }

  private static Properties config() {
    var config = new Properties();
    config.put("bootstrap.servers", setting("KAFKA_BROKERS", null));
    config.put("client.id", "quickstart");
    config.put("key.serializer", StringSerializer.class.getName());
    config.put("value.serializer", StringSerializer.class.getName());
    // Both are the defaults since Kafka 3: a retry inside the client writes nothing twice.
    config.put("enable.idempotence", "true");
    config.put("acks", "all");
    config.put("delivery.timeout.ms", "30000");
    config.put("request.timeout.ms", "10000");
    // KAFKA_SECURITY=plaintext, or sasl_scram512_tls with KAFKA_USERNAME and KAFKA_PASSWORD.
    if (!setting("KAFKA_SECURITY", "plaintext").equals("plaintext")) {
      config.put("security.protocol", "SASL_SSL");
      config.put("sasl.mechanism", "SCRAM-SHA-512");
      config.put("sasl.jaas.config",
          "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
              .formatted(setting("KAFKA_USERNAME", null), setting("KAFKA_PASSWORD", null)));
    }
    return config;
  }

  private static String setting(String name, String byDefault) {
    var value = System.getenv().getOrDefault(name, byDefault);
    if (value == null) throw new IllegalStateException(name + " is not set");
    return value;
  }
}
