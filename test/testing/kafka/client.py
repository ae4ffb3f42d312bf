"""Logs in to Kafka, and does what each line of the standard input says; each is answered with one line: JSON both ways.

The first line is {"server", "username", "password", "mechanism", "ca"}, the others {"do", ...}. An answer is {"error", "result"}.
"""

import json
import logging
import os
import sys

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    NewTopic,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
    UserScramCredentialUpsertion,
)

settings = json.loads(sys.stdin.readline())
account = {
    "bootstrap_servers": settings["server"],
    "security_protocol": "SASL_SSL" if settings["ca"] else "SASL_PLAINTEXT",
    "ssl_cafile": settings["ca"],
    "sasl_mechanism": settings["mechanism"],
    "sasl_plain_username": settings["username"],
    "sasl_plain_password": settings["password"],
}


def say(error=None, result=None):
    print(json.dumps({"error": error, "result": result}), flush=True)


class Refused(logging.Handler):
    """The client tries again and again; one that was thrown out once will be every time."""

    def emit(self, record):
        if "Connection lost" in record.getMessage():
            say(f"not let in: {record.getMessage()}")
            os._exit(0)


refused = Refused()
logging.getLogger("kafka").addHandler(refused)
logging.getLogger("kafka").propagate = False
producer = KafkaProducer(retries=0, max_block_ms=5_000, bootstrap_timeout_ms=20_000, **account)
logging.getLogger("kafka").removeHandler(refused)
consumers = {}


def consumer(topic, group, wait):
    key = (topic, group, wait)
    if key not in consumers:
        patience = {"fetch_max_wait_ms": wait, "request_timeout_ms": wait + 20_000} if wait else {}
        start = "latest" if wait else "earliest"
        made = KafkaConsumer(group_id=group, auto_offset_reset=start, **patience, **account)
        if group:
            made.subscribe([topic])
        else:
            made.assign([TopicPartition(topic, 0)])
        if wait:
            made.position(TopicPartition(topic, 0))
        consumers[key] = made
    return consumers[key]


def produce(topic, value="x"):
    producer.send(topic, value.encode()).get(10)


def consume(topic, group=None, wait=0, poll=1_000):
    found = consumer(topic, group, wait).poll(poll)
    return [record.value.decode() for records in found.values() for record in records]


def create_topic(topic):
    KafkaAdminClient(**account).create_topics([NewTopic(name=topic, num_partitions=1, replication_factor=1)])


def rights(username):
    anything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    asked = ACLFilter(f"User:{username}", None, ACLOperation.ANY, ACLPermissionType.ANY, anything)
    found, _ = KafkaAdminClient(**account).describe_acls(asked)
    return sorted(
        f"{acl.permission_type.name} {acl.operation.name} {acl.resource_pattern.pattern_type.name} "
        f"{acl.resource_pattern.resource_type.name} {acl.resource_pattern.resource_name} {acl.host}"
        for acl in found
    )


def permit(username, operations):
    cluster = ResourcePattern(ResourceType.CLUSTER, "kafka-cluster")
    given = [
        ACL(f"User:{username}", "*", ACLOperation[name.upper()], ACLPermissionType.ALLOW, cluster) for name in operations
    ]
    if given:
        KafkaAdminClient(**account).create_acls(given)


def user(username, mechanism, password):
    KafkaAdminClient(**account).alter_user_scram_credentials([UserScramCredentialUpsertion(username, mechanism, password)])


commands = {each.__name__: each for each in (produce, consume, create_topic, rights, permit, user)}
say()
for line in sys.stdin:
    asked = json.loads(line)
    try:
        say(result=commands[asked.pop("do")](**asked))
    except Exception as error:  # Whoever asks has one line to read, whatever it was.
        say(f"{type(error).__name__}: {error}")
os._exit(0)
