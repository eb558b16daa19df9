"""One read and one business event, written so that neither is lost and neither counts twice.

pip install -r requirements.txt && KAFKA_BROKERS=localhost:9092 ORG_ID=42 python3 produce.py
"""
import json
import os
import sys
from datetime import datetime, timezone

from confluent_kafka import Producer

device = os.environ.get("DEVICE", "dock-1")
tag = os.environ.get("TAG", "E2801190A503006543E21224")
shipment = os.environ.get("SHIPMENT", "ship_1")
now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")

# Whom a record is for, where the topic is not bound to one organization; and what is in it.
headers = {"scanhook-org": os.environ["ORG_ID"], "content-type": "application/json"}

read = {
    # With an id of your own, sending again is harmless. The same read must have the same id.
    "id": f"{device}-{tag}-{now}",
    "device": device,
    "antenna_port": 1,
    "tag": {"type": "rfid", "value": tag},
    "read_at": now,
    "rssi_dbm": -56,
}
event = {
    "id": f"{shipment}-approved",
    "type": "shipment.approved",
    "occurred_at": now,
    "data": {"shipment": {"id": shipment, "reference": "BU-1341", "status": "approved", "pallets_count": 42}},
}

config = {
    "bootstrap.servers": os.environ["KAFKA_BROKERS"],
    "client.id": "quickstart",
    # A retry inside the client writes nothing twice; with it goes acks=all.
    "enable.idempotence": True,
    "acks": "all",
    # As Java: every producer puts a key on the same partition. librdkafka's own default is another one.
    "partitioner": "murmur2_random",
    "delivery.timeout.ms": 30_000,
}
# KAFKA_SECURITY=plaintext, or sasl_scram512_tls with KAFKA_USERNAME and KAFKA_PASSWORD.
if os.environ.get("KAFKA_SECURITY", "plaintext") != "plaintext":
    config |= {
        "security.protocol": "SASL_SSL",
        "sasl.mechanisms": "SCRAM-SHA-512",
        "sasl.username": os.environ["KAFKA_USERNAME"],
        "sasl.password": os.environ["KAFKA_PASSWORD"],
    }

failures = []


def told(error, message):
    """A record counts when the brokers have acknowledged it, and not before."""
    if error is not None:
        failures.append(error)
        print(f"not written: {error}", file=sys.stderr)
    else:
        print(f"acknowledged: {message.topic()} {message.partition()} {message.offset()}")


producer = Producer(config)
# Keys: the reader, and what the event is about; the records of a key stay in order.
producer.produce(
    os.environ.get("READ_TOPIC", "scanhook.reads"),
    key=device,
    value=json.dumps(read),
    headers=headers,
    on_delivery=told,
)
producer.produce(
    os.environ.get("EVENT_TOPIC", "scanhook.business-events"),
    key=f"shipment:{shipment}",
    value=json.dumps(event),
    headers=headers,
    on_delivery=told,
)
unsent = producer.flush(35)
sys.exit(1 if failures or unsent else 0)
