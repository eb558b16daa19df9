#!/bin/sh
# One read and one business event, written so that neither is lost and neither counts twice.
#   KAFKA_BROKERS=localhost:9092 ORG_ID=42 sh produce.sh      (kcat 1.7)
set -eu
: "${KAFKA_BROKERS:?is not set}" "${ORG_ID:?is not set}"
device=${DEVICE:-dock-1}
tag=${TAG:-E2801190A503006543E21224}
shipment=${SHIPMENT:-ship_1}
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)

# KAFKA_SECURITY=plaintext, or sasl_scram512_tls with KAFKA_USERNAME and KAFKA_PASSWORD.
if [ "${KAFKA_SECURITY:-plaintext}" != plaintext ]; then
  set -- -X security.protocol=SASL_SSL -X sasl.mechanisms=SCRAM-SHA-512 \
    -X "sasl.username=$KAFKA_USERNAME" -X "sasl.password=$KAFKA_PASSWORD"
fi

# From standard input: a key, a tab, a value, on one line each. kcat ends with an error when a record is not acknowledged.
# murmur2_random puts a key on the partition where Java puts it; kcat's own default is another one.
produce() {
  topic=$1
  shift
  kcat -P -b "$KAFKA_BROKERS" -t "$topic" -K "$(printf '\t')" "$@" \
    -X acks=all -X enable.idempotence=true -X partitioner=murmur2_random -X delivery.timeout.ms=30000 \
    -H "scanhook-org=$ORG_ID" -H content-type=application/json
}

# Keys: the reader, and what the event is about; the records of a key stay in order.
# With an id of your own, sending again is harmless. The same read must have the same id.
printf '%s\t{"id": "%s", "device": "%s", "antenna_port": 1, "tag": {"type": "rfid", "value": "%s"}, "read_at": "%s", "rssi_dbm": -56}\n' \
  "$device" "$device-$tag-$now" "$device" "$tag" "$now" |
  produce "${READ_TOPIC:-scanhook.reads}" "$@"
printf 'shipment:%s\t{"id": "%s-approved", "type": "shipment.approved", "occurred_at": "%s", "data": {"shipment": {"id": "%s", "reference": "BU-1341", "status": "approved", "pallets_count": 42}}}\n' \
  "$shipment" "$shipment" "$now" "$shipment" |
  produce "${EVENT_TOPIC:-scanhook.business-events}" "$@"
echo "acknowledged: ${READ_TOPIC:-scanhook.reads} ${EVENT_TOPIC:-scanhook.business-events}"
