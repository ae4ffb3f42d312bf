"""`client.secrets.identity`, as far as it is about tokens that others verify."""

import base64
import json

from case import ROOT, WireCase, client

NAMED = 'path "identity/oidc/token/*" { capabilities = ["read"] }'


def claims_of(token):
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


class Issuer(WireCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.identity = cls.root.secrets.identity
        cls.root.sys.enable_auth_method("userpass", path="issuer-people")
        cls.root.sys.create_or_update_policy("issuer-people", NAMED)
        userpass = cls.root.auth.userpass
        userpass.create_or_update_user("ada", "a long pass phrase", policies=["issuer-people"], mount_point="issuer-people")
        auth = userpass.login("ada", "a long pass phrase", use_token=False, mount_point="issuer-people")["auth"]
        cls.ada = client(auth["client_token"])

    @classmethod
    def tearDownClass(cls):
        cls.root.sys.disable_auth_method("issuer-people")
        super().tearDownClass()

    def key(self, name, **options):
        return self.identity.create_named_key(name, allowed_client_ids=["*"], **options)

    def test_the_issuer_is_named_by_its_address_and_vaults_path(self):
        before = self.identity.read_tokens_backend_configuration()["data"]
        response = self.identity.configure_tokens_backend(issuer="https://vault.test:8200")
        self.assertIn("issuer", json.dumps(response))
        after = self.identity.read_tokens_backend_configuration()["data"]
        self.assertEqual(after["issuer"], "https://vault.test:8200")
        document = client(None).secrets.identity.read_well_known_configurations()
        self.assertEqual(document["issuer"], "https://vault.test:8200/v1/identity/oidc")
        self.assertEqual(document["jwks_uri"], document["issuer"] + "/.well-known/keys")
        self.identity.configure_tokens_backend(issuer=before["issuer"])
        self.invalid("issuer", self.identity.configure_tokens_backend, issuer="https://user@vault.test?x")

    def test_a_named_key_is_written_read_listed_and_deleted(self):
        self.no_content(self.key("k1", algorithm="ES256", rotation_period="2h", verification_ttl=3600))
        self.assertEqual(
            self.identity.read_named_key("k1")["data"],
            {"algorithm": "ES256", "allowed_client_ids": ["*"], "rotation_period": 7200, "verification_ttl": 3600},
        )
        self.assertIn("k1", self.identity.list_named_keys()["data"]["keys"])
        self.no_content(self.identity.rotate_named_key("k1", verification_ttl="30m"))
        self.assertEqual(self.identity.read_named_key("k1")["data"]["verification_ttl"], 1800)
        self.no_content(self.identity.delete_named_key("k1"))
        self.missing(self.identity.read_named_key, "k1")

    def test_a_key_rotates_and_both_of_its_keys_are_published(self):
        self.key("k2", algorithm="ES256")
        public = client(None).secrets.identity
        before = {key["kid"] for key in public.read_active_public_keys()["keys"]}
        self.no_content(self.root.write("identity/oidc/key/k2/rotate", verification_ttl="1h"))
        after = {key["kid"] for key in public.read_active_public_keys()["keys"]}
        self.assertTrue(before < after)
        self.identity.delete_named_key("k2")

    def test_what_no_key_may_be_is_refused(self):
        self.invalid("algorithm", self.key, "k3", algorithm="HS256")
        self.invalid("at least one minute", self.key, "k3", rotation_period="10s", verification_ttl="10s")
        self.invalid("10x rotation_period", self.key, "k3", rotation_period="1h", verification_ttl="11h")

    def test_a_role_is_written_read_listed_and_deleted(self):
        self.key("k4", algorithm="ES256")
        template = '{"team": {{identity.entity.metadata.team}}}'
        self.identity.create_or_update_role("r4", key="k4", template=template, client_id="c4", ttl="1h")
        data = self.identity.read_role("r4")["data"]
        wanted = {"client_id": "c4", "key": "k4", "template": template, "ttl": 3600}
        self.assertEqual({name: data[name] for name in wanted}, wanted)
        self.assertIn("r4", self.identity.list_roles()["data"]["keys"])
        self.invalid("referenced by these roles: r4", self.identity.delete_named_key, "k4")
        self.invalid("greater than 60 seconds", self.key, "k4", algorithm="ES256", rotation_period=60, verification_ttl=60)
        self.no_content(self.identity.delete_role("r4"))
        self.missing(self.identity.read_role, "r4")
        self.identity.delete_named_key("k4")

    def test_a_role_without_client_id_is_given_one(self):
        self.key("k5", algorithm="ES256")
        self.identity.create_or_update_role("r5", key="k5", ttl="1h")
        self.assertRegex(self.identity.read_role("r5")["data"]["client_id"], "^[0-9A-Za-z]{26}$")
        self.invalid('cannot find key "none"', self.identity.create_or_update_role, "r5", key="none", ttl="1h")
        self.invalid("template", self.identity.create_or_update_role, "r5", key="k5", template='{"sub": "x"}', ttl="1h")
        self.invalid("verification_ttl", self.identity.create_or_update_role, "r5", key="k5", ttl="25h")

    def test_who_logged_in_gets_a_token_that_introspection_knows(self):
        self.key("k6", algorithm="ES256")
        self.identity.create_or_update_role("r6", key="k6", client_id="c6", ttl="10m")
        self.root.write("identity/oidc/role/r6", subject="workload")
        data = self.ada.secrets.identity.generate_signed_id_token("r6")["data"]
        self.assertEqual((data["client_id"], data["ttl"]), ("c6", 600))
        claims = claims_of(data["token"])
        self.assertEqual(claims["aud"], "c6")
        self.assertIn("ada", claims["sub"])
        introspect = self.identity.introspect_signed_id_token
        self.assertEqual(introspect(data["token"]), {"active": True})
        self.assertEqual(introspect(data["token"], client_id="c6"), {"active": True})
        self.assertEqual(introspect(data["token"], client_id="c7"), {"active": False})
        self.assertEqual(introspect(ROOT), {"active": False})

    def test_a_token_speaks_of_the_callers_entity_and_its_metadata_as_the_template_says(self):
        self.key("k8", algorithm="ES256")
        template = '{"team": {{identity.entity.metadata.team}}, "all": {{identity.entity.metadata}}, "in": {{identity.entity.groups.names}}}'
        self.identity.create_or_update_role("r8", key="k8", template=template, ttl="10m")
        entity = self.ada.auth.token.lookup_self()["data"]["entity_id"]
        team = 'vision", "sub": "root'
        self.identity.update_entity(entity, metadata={"team": team})
        self.identity.create_or_update_group("issuer-group", member_entity_ids=[entity])
        claims = claims_of(self.ada.secrets.identity.generate_signed_id_token("r8")["data"]["token"])
        self.assertEqual((claims["sub"], claims["team"], claims["all"], claims["in"]), (entity, team, {"team": team}, ["issuer-group"]))

    def test_who_may_not_gets_none(self):
        self.key("k7", algorithm="ES256")
        self.identity.create_or_update_role("r7", key="k7", ttl="10m")
        self.invalid("no entity associated", self.identity.generate_signed_id_token, "r7")
        self.invalid('role "none" not found', self.identity.generate_signed_id_token, "none")
        self.denied(self.token_with('path "secret/*" { capabilities = ["read"] }').secrets.identity.generate_signed_id_token, "r7")
