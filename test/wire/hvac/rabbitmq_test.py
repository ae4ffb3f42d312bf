import json
import os
import urllib.error
import urllib.request
from base64 import b64encode

from case import WireCase

SERVER = json.loads(os.environ["WIRE_RABBITMQ"])
VHOSTS = '{"/":{"configure":"^$","write":"^features","read":".*"}}'
TOPICS = '{"/":{"amq.topic":{"write":"^features","read":".*"}}}'


def who(username, password):
    """What the broker says to somebody who logs in; None where he may not."""
    request = urllib.request.Request(f"{SERVER['url']}/api/whoami")
    request.add_header("Authorization", "Basic " + b64encode(f"{username}:{password}".encode()).decode())
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError:
        return None


class Rabbitmq(WireCase):
    mounts = {"rabbitmq": "rabbitmq"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engine = cls.root.secrets.rabbitmq
        # Whoever speaks without TLS says so; the client has no word for it.
        connection = {"connection_uri": SERVER["url"], "username": SERVER["username"], "password": SERVER["password"]}
        cls.root.adapter.post("/v1/rabbitmq/config/connection", json={**connection, "plain_http": True})
        cls.engine.configure(SERVER["url"], SERVER["username"], SERVER["password"], verify_connection=True)
        cls.engine.configure_lease(1800, 3600)

    def test_how_long_credentials_live_is_said_once(self):
        data = self.root.adapter.get("/v1/rabbitmq/config/lease")["data"]
        self.assertEqual((data["ttl"], data["max_ttl"]), (1800, 3600))

    def test_a_role_gives_a_user_that_works_until_it_is_revoked(self):
        self.engine.create_role("worker", tags="monitoring", vhosts=VHOSTS, vhost_topics=TOPICS)
        data = self.engine.read_role("worker")["data"]
        self.assertEqual((data["tags"], json.loads(json.dumps(data["vhosts"]))), ("monitoring", json.loads(VHOSTS)))
        answer = self.engine.generate_credentials("worker")
        self.assertEqual((answer["lease_duration"], answer["renewable"]), (1800, True))
        self.assertEqual(set(answer["data"]), {"username", "password"})
        self.assertIn("monitoring", who(**answer["data"])["tags"])
        self.assertEqual(self.root.sys.renew_lease(answer["lease_id"])["lease_duration"], 1800)
        self.root.adapter.put("/v1/sys/leases/revoke", json={"lease_id": answer["lease_id"], "sync": True})
        self.assertIsNone(who(**answer["data"]))
        self.no_content(self.engine.delete_role("worker"))
        self.missing(self.engine.read_role, "worker")
