import json
import os

from case import WireCase

SERVER = json.loads(os.environ["WIRE_SESSION_STS"])
ROLE = "arn:aws:iam::123456789012:role/features"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})


class Aws(WireCase):
    mounts = {"aws": "aws"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engine = cls.root.secrets.aws
        keys = {"access_key": SERVER["accessKey"], "secret_key": SERVER["secret"]}
        # Whoever speaks without TLS to an address of his own network says so; the client has no words for it.
        inside = {"region": "us-east-1", "sts_endpoint": SERVER["url"], "internal": True, "plain_http": True}
        cls.root.adapter.post("/v1/aws/config/root", json={**keys, **inside})
        cls.engine.configure_root_iam_credentials(**keys, region="us-east-1", sts_endpoint=SERVER["url"])
        cls.engine.configure_lease("30m", "1h")

    def test_the_root_is_read_without_its_secret(self):
        data = self.root.adapter.get("/v1/aws/config/root")["data"]
        self.assertEqual((data["access_key"], data["sts_endpoint"]), (SERVER["accessKey"], SERVER["url"]))
        self.assertNotIn("secret_key", data)
        self.assertEqual(self.engine.read_lease_config()["data"]["lease"], 1800)

    def test_an_assumed_role(self):
        self.engine.create_or_update_role("features", "assumed_role", role_arns=[ROLE], default_sts_ttl=900, max_sts_ttl=3600)
        data = self.engine.read_role("features")["data"]
        self.assertEqual((data["credential_type"], data["role_arns"]), ("assumed_role", [ROLE]))
        self.assertIn("features", self.engine.list_roles()["data"]["keys"])
        for endpoint in ("creds", "sts"):
            answer = self.engine.generate_credentials("features", role_arn=ROLE, ttl="15m", endpoint=endpoint)
            self.assertEqual((answer["lease_duration"], answer["renewable"]), (900, False))
            self.assertLessEqual({"access_key", "secret_key", "security_token", "arn"}, set(answer["data"]))
            self.assertIn("expires", answer["warnings"][0])
        self.no_content(self.engine.delete_role("features"))
        self.missing(self.engine.read_role, "features")

    def test_a_federation_token(self):
        self.engine.create_or_update_role("federated", "federation_token", policy_document=POLICY, default_sts_ttl=900)
        answer = self.engine.generate_credentials("federated", endpoint="sts")
        self.assertLessEqual({"access_key", "secret_key", "security_token"}, set(answer["data"]))

    def test_a_user_of_iam_is_refused_since_its_keys_do_not_end(self):
        self.invalid("iam_user", self.engine.create_or_update_role, "standing", "iam_user", policy_document=POLICY)
