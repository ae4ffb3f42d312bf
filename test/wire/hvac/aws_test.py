import os
from base64 import b64encode

import requests
from hvac import aws_utils, exceptions

from case import client
from platforms_test import PlatformCase

STS = os.environ["WIRE_STS"]
UNIQUE_ID = f"AROA{'B' * 17}"
SERVER = "watchword.example"
ARN = "arn:aws:iam::123456789012:role/trainer"


def session():
    """Credentials as the platform gives them to a workload: each has others, for the same role."""
    return requests.get(f"{STS}/session", timeout=10).json()


class Aws(PlatformCase):
    """AWS itself is a fake of ours that verifies signatures; whoever signs is hvac."""

    kind = "aws"

    def setUp(self):
        self.write("config/client", iam_server_id_header_value=SERVER, sts_endpoint=STS, internal=True)

    def role(self, name="train", **fields):
        bound = {"auth_type": "iam", "bound_iam_principal_arn": [ARN], "policies": ["features"]}
        return self.method.create_role(name, **{**bound, **fields})

    def iam_login(self, role="train", header_value=SERVER, **options):
        stranger = client(token=None)
        held = session()
        keys = (held["keyId"], held["secret"], held["sessionToken"])
        auth = stranger.auth.aws.iam_login(*keys, header_value=header_value, role=role, **options)["auth"]
        self.assertTrue(stranger.is_authenticated())
        return auth

    def test_settings_are_told_without_the_keys_which_are_thrown_away(self):
        answer = self.method.configure(access_key="x", secret_key="y", sts_region="us-east-1")
        self.assertIn("thrown away", "\n".join(answer["warnings"]))
        data = self.method.read_config()
        self.assertEqual((data["iam_server_id_header_value"], data["sts_endpoint"]), (SERVER, STS))
        self.assertEqual((data["sts_region"], data["internal"]), ("us-east-1", True))
        self.assertNotIn("secret_key", data)
        self.method.delete_config()
        self.refused(exceptions.InvalidPath, [], self.method.read_config)

    def test_a_server_without_an_id_lets_nobody_in(self):
        self.role()
        self.method.delete_config()
        answer = self.write("config/client", sts_endpoint=STS, internal=True)
        self.assertIn("iam_server_id_header_value", "\n".join(answer["warnings"]))
        self.denied(self.iam_login)

    def test_who_is_told_can_be_chosen(self):
        self.role()
        self.method.configure_identity_integration(iam_alias="full_arn", iam_metadata=["client_arn"])
        data = self.method.read_identity_integration()
        self.assertEqual((data["iam_alias"], data["iam_metadata"]), ("full_arn", ["client_arn"]))
        self.assertEqual(self.iam_login()["metadata"], {"role_id": "train", "client_arn": session()["arn"]})
        self.method.configure_identity_integration(iam_alias="unique_id", iam_metadata="default")
        self.assertEqual(self.method.read_identity_integration()["iam_alias"], "unique_id")

    def test_roles_are_written_read_listed_and_deleted(self):
        self.role(ttl="10m", max_ttl="1h")
        self.write("role/train", bound_iam_principal_id=[UNIQUE_ID], resolve_aws_unique_ids=True)
        data = self.method.read_role("train")
        self.assertEqual((data["auth_type"], data["bound_iam_principal_arn"]), ("iam", [ARN]))
        self.assertEqual((data["bound_iam_principal_id"], data["resolve_aws_unique_ids"]), ([UNIQUE_ID], True))
        self.assertEqual((data["token_ttl"], data["token_max_ttl"], data["token_policies"]), (600, 3600, ["features"]))
        self.assertEqual((data["bound_vpc_id"], data["inferred_entity_type"]), ([], ""))
        self.assertEqual(self.method.list_roles()["keys"], ["train"])
        self.method.delete_role("train")
        self.missing(self.method.read_role, "train")

    def test_what_nobody_proves_is_refused_in_a_role(self):
        for name, fields in {
            "auth_type": {"auth_type": "ec2"},
            "bound_vpc_id": {"bound_vpc_id": ["vpc-1"]},
            "bound_ami_id": {"bound_ami_id": ["ami-1"]},
            "inferred_entity_type": {"inferred_entity_type": "ec2_instance"},
            "resolve_aws_unique_ids": {"resolve_aws_unique_ids": True},
            "bound_iam_principal_arn": {"bound_iam_principal_arn": []},
        }.items():
            with self.subTest(name):
                self.invalid(name, self.role, **fields)

    def test_accounts_of_callers_need_no_role_of_their_own(self):
        self.invalid("not supported", self.method.create_sts_role, "123456789012", "arn:aws:iam::123456789012:role/watchword")

    def test_a_signed_request_logs_in(self):
        self.role()
        auth = self.iam_login()
        self.assertEqual(auth["metadata"]["canonical_arn"], ARN)
        self.assertEqual(auth["metadata"]["account_id"], "123456789012")
        self.assertEqual((auth["policies"], auth["token_type"]), (["default", "features"], "service"))

    def test_the_role_of_the_same_name_need_not_be_named(self):
        self.role("trainer")
        self.assertEqual(self.iam_login(role=None)["metadata"]["role_id"], "trainer")
        self.method.delete_role("trainer")

    def test_a_signed_request_of_another_kind_logs_nobody_in(self):
        self.role()
        self.denied(self.iam_login, header_value="other.example")
        self.denied(self.iam_login, header_value=None)
        self.denied(self.iam_login, region="eu-central-1")
        self.denied(self.iam_login, role="other")
        self.role(bound_iam_principal_arn=["arn:aws:iam::123456789012:role/train"])
        self.denied(self.iam_login)

    def test_a_signed_request_is_good_for_one_login(self):
        self.role()
        request = aws_utils.generate_sigv4_auth_request(header_value=SERVER)
        held = session()
        aws_utils.SigV4Auth(held["keyId"], held["secret"], held["sessionToken"]).add_auth(request)
        # Headers in the other two forms that clients send: an object, and texts in place of lists.
        sent = {
            "role": "train",
            "iam_http_request_method": request.method,
            "iam_request_url": b64encode(request.url.encode()).decode(),
            "iam_request_headers": dict(request.headers),
            "iam_request_body": b64encode(request.body.encode()).decode(),
        }
        stranger = client(token=None)
        stranger.write_data("auth/aws/login", data=sent)
        self.denied(stranger.write_data, "auth/aws/login", data=sent)

    def test_what_is_not_base64_is_named(self):
        sent = {"iam_http_request_method": "POST", "iam_request_url": "?", "iam_request_body": "e30=", "iam_request_headers": "e30="}
        self.invalid("iam_request_url", client(token=None).write_data, "auth/aws/login", data=sent)
