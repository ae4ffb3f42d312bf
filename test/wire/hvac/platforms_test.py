import os

import requests
from hvac import exceptions

from case import WireCase, client

ISSUER = os.environ["WIRE_ISSUER"]
API_SERVER = os.environ["WIRE_API_SERVER"]
API_SERVER_CA = os.environ["WIRE_API_SERVER_CA"]
UID = "3bb0dfa2-4b5f-44e5-8a6e-4f2b3c0c2fcb"
TENANT = "2f6d1c5e-9a55-4c3b-8d3e-0a5c9ae1f001"
OBJECT = "90f1d4d2-7ef4-49aa-b3bd-8f32e2e4a003"
SUBSCRIPTION = "7d3c1f3a-4f0e-4d11-9a3c-2f8b8f5c0002"
MACHINE = f"/subscriptions/{SUBSCRIPTION}/resourcegroups/ml/providers/Microsoft.Compute/virtualMachines/web"


def sign(**claims):
    """A token of the issuer that runs beside the suite."""
    return requests.post(f"{ISSUER}/sign", json=claims, timeout=10).text


class PlatformCase(WireCase):
    kind = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root.sys.enable_auth_method(cls.kind)
        cls.method = getattr(cls.root.auth, cls.kind)

    @classmethod
    def tearDownClass(cls):
        cls.root.sys.disable_auth_method(cls.kind)
        super().tearDownClass()

    def tearDown(self):
        self.root.adapter.delete(f"/v1/auth/{self.kind}/role/train")

    def write(self, path, **fields):
        return self.root.adapter.post(f"/v1/auth/{self.kind}/{path}", json=fields)

    def login(self, *args, **kwargs):
        """As somebody without a token; afterwards the client has the new one."""
        stranger = client(token=None)
        auth = getattr(stranger.auth, self.kind).login(*args, **kwargs)["auth"]
        self.assertTrue(stranger.is_authenticated())
        self.assertEqual(stranger.auth.token.lookup_self()["data"]["path"], f"auth/{self.kind}/login")
        return auth

    def refused_login(self, *args, **kwargs):
        method = getattr(client(token=None).auth, self.kind)
        self.refused(exceptions.Forbidden, ["permission denied"], method.login, *args, **kwargs)


class Jwt(PlatformCase):
    kind = "jwt"

    def setUp(self):
        self.write("config", oidc_discovery_url=ISSUER, internal=True)

    def login(self, *args, **kwargs):
        stranger = client(token=None)
        auth = stranger.auth.jwt.jwt_login(*args, **kwargs)["auth"]
        self.assertTrue(stranger.is_authenticated())
        return auth

    def test_settings_are_told_as_they_were_given(self):
        data = self.method.read_config()["data"]
        self.assertEqual((data["oidc_discovery_url"], data["internal"], data["jwks_url"]), (ISSUER, True, ""))
        self.method.configure(jwks_url="https://issuer.example/keys", bound_issuer="https://issuer.example")
        data = self.method.read_config()["data"]
        self.assertEqual((data["oidc_discovery_url"], data["bound_issuer"]), ("", "https://issuer.example"))
        self.invalid("bound_issuer", self.method.configure, jwks_url="https://issuer.example/keys")

    def test_roles_are_written_read_listed_and_deleted(self):
        self.role(
            bound_claims={"team": "vision", "grade": ["a", "b"]},
            claim_mappings={"team": "team"},
            clock_skew_leeway=30,
            token_ttl="10m",
            token_policies=["features"],
        )
        data = self.method.read_role("train")["data"]
        self.assertEqual(data["bound_claims"], {"team": "vision", "grade": ["a", "b"]})
        self.assertEqual((data["role_type"], data["user_claim"], data["bound_audiences"]), ("jwt", "sub", ["watchword"]))
        self.assertEqual((data["clock_skew_leeway"], data["token_ttl"], data["token_policies"]), (30, 600, ["features"]))
        self.assertEqual(self.method.list_roles()["data"]["keys"], ["train"])
        self.method.delete_role("train")
        self.missing(self.method.read_role, "train")

    def test_an_audience_must_be_named(self):
        self.invalid("bound_audiences", self.role, bound_audiences=[])

    def test_a_login_gives_a_token(self):
        self.role(claim_mappings={"team": "team"}, token_policies=["features"], token_ttl=600)
        auth = self.login(role="train", jwt=sign(aud="watchword", sub="trainer", team="vision"))
        self.assertEqual(auth["metadata"], {"role": "train", "team": "vision"})
        self.assertEqual((auth["policies"], auth["lease_duration"]), (["default", "features"], 600))
        for claims in ({"aud": "other"}, {"aud": "watchword", "iss": "x"}, {"aud": "watchword", "exp": 1}):
            self.refused(
                exceptions.Forbidden, ["permission denied"], client(token=None).auth.jwt.jwt_login, "train", sign(sub="a", **claims)
            )

    def role(self, name="train", **fields):
        fields = {"user_claim": "sub", "allowed_redirect_uris": [], "bound_audiences": ["watchword"], **fields}
        return self.method.create_role(name=name, **fields)

    def test_the_default_role_is_taken_where_none_is_named(self):
        self.role("standard", token_policies=["features"])
        self.write("config", oidc_discovery_url=ISSUER, internal=True, default_role="standard")
        auth = self.login(role="", jwt=sign(aud="watchword", sub="trainer"))
        self.assertEqual(auth["metadata"], {"role": "standard"})

    def test_settings_can_be_deleted(self):
        self.root.adapter.delete("/v1/auth/jwt/config")
        self.missing(self.method.read_config)

    def test_what_is_dangerous_in_a_role_is_warned_of(self):
        self.assertIn("any-workload", "\n".join(self.role()["warnings"]))


class Kubernetes(PlatformCase):
    kind = "kubernetes"

    def claims(self, **more):
        account = {"name": "trainer", "uid": UID}
        return {
            "aud": ["watchword"],
            "sub": "system:serviceaccount:research:trainer",
            "kubernetes.io": {"namespace": "research", "serviceaccount": account},
            **more,
        }

    def role(self, **fields):
        fields = {"bound_service_account_names": ["trainer"], "bound_service_account_namespaces": ["research"], **fields}
        return self.method.create_role("train", audience="watchword", policies=["features"], **fields)

    def with_api_server(self):
        self.method.configure(API_SERVER, kubernetes_ca_cert=API_SERVER_CA, token_reviewer_jwt="reviewer")

    def test_settings_are_told_without_the_reviewer(self):
        self.with_api_server()
        data = self.method.read_config()
        self.assertEqual((data["kubernetes_host"], data["kubernetes_ca_cert"]), (API_SERVER, API_SERVER_CA))
        self.assertEqual((data["token_reviewer_jwt_set"], data["disable_iss_validation"]), (True, False))
        self.assertNotIn("token_reviewer_jwt", data)
        self.root.adapter.delete("/v1/auth/kubernetes/config")
        self.missing(self.method.read_config)

    def test_roles_are_written_read_listed_and_deleted(self):
        self.role(ttl="10m", alias_name_source="serviceaccount_name")
        data = self.method.read_role("train")
        self.assertEqual(data["bound_service_account_names"], ["trainer"])
        self.assertEqual(data["bound_service_account_namespaces"], ["research"])
        self.assertEqual((data["audience"], data["alias_name_source"]), ("watchword", "serviceaccount_name"))
        self.assertEqual((data["token_ttl"], data["token_policies"]), (600, ["features"]))
        self.assertEqual(self.method.list_roles()["keys"], ["train"])
        self.method.delete_role("train")
        self.missing(self.method.read_role, "train")

    def test_a_pod_logs_in_by_the_word_of_the_api_server(self):
        self.with_api_server()
        self.role()
        auth = self.login("train", sign(**self.claims()))
        self.assertEqual(auth["metadata"]["service_account_uid"], UID)
        self.assertEqual(auth["policies"], ["default", "features"])
        self.refused_login("train", sign(**self.claims(aud="other")))
        self.refused_login("other", sign(**self.claims()))

    def test_another_api_server_is_not_asked(self):
        self.role()
        self.method.configure(API_SERVER, token_reviewer_jwt="reviewer")
        stranger = client(token=None).auth.kubernetes
        self.refused(exceptions.VaultDown, "", stranger.login, "train", sign(**self.claims()))

    def test_a_pod_logs_in_by_the_keys_of_its_cluster(self):
        self.write("config", issuer=ISSUER, internal=True, cluster="alpha")
        self.role()
        auth = self.login("train", sign(**self.claims()))
        self.assertEqual(auth["metadata"]["service_account_namespace"], "research")
        self.refused_login("train", sign(**self.claims(sub="system:serviceaccount:research:admin")))
        self.refused_login("train", sign(**self.claims(iss="https://kubernetes.default.svc")))

    def test_everybody_is_too_many(self):
        self.invalid(
            "bound_service_account_names",
            self.role,
            bound_service_account_names="*",
            bound_service_account_namespaces="*",
        )


class Gcp(PlatformCase):
    kind = "gcp"
    email = "trainer@acme-ml.iam.gserviceaccount.com"
    number = "112010400000000710080"

    def setUp(self):
        self.write("config", issuer=ISSUER, service_account_keys_url=f"{ISSUER}/keys/", internal=True)
        self.method.configure(google_certs_endpoint=f"{ISSUER}/keys")

    def google(self, **more):
        return sign(**{"aud": "vault/train", "sub": self.number, "email": self.email, "email_verified": True, **more})

    def test_settings_are_changed_one_by_one(self):
        data = self.method.read_config()
        self.assertEqual((data["issuer"], data["google_certs_endpoint"]), (ISSUER, f"{ISSUER}/keys"))
        self.method.delete_config()
        self.missing(self.method.read_config)

    def test_roles_are_written_edited_read_listed_and_deleted(self):
        self.method.create_role("train", "iam", None, policies=["features"], bound_service_accounts=[self.email], ttl="10m")
        self.method.edit_service_accounts_on_iam_role("train", add=[self.number], remove=[self.email])
        data = self.method.read_role("train")
        self.assertEqual((data["type"], data["bound_service_accounts"]), ("iam", [self.number]))
        self.assertEqual((data["token_ttl"], data["max_jwt_exp"], data["allow_gce_inference"]), (600, 900, True))
        self.assertEqual(self.method.list_roles()["keys"], ["train"])
        self.method.delete_role("train")
        self.missing(self.method.read_role, "train")

    def test_labels_are_refused(self):
        self.invalid("label", self.method.create_role, "train", "gce", "acme-ml", bound_labels=["team:vision"])

    def test_a_service_account_logs_in_by_what_google_signed_and_by_what_it_signed(self):
        self.method.create_role("train", "iam", None, policies=["features"], bound_service_accounts=[self.email])
        auth = self.login("train", self.google())
        self.assertEqual(auth["metadata"]["service_account_id"], self.number)
        auth = self.login("train", sign(iss=self.email, aud="vault/train", sub=self.email))
        self.assertEqual(auth["metadata"]["service_account_email"], self.email)
        for wrong in ({"aud": "x/vault/train"}, {"aud": []}, {"email": "ada@acme.example"}, {"email_verified": False}):
            self.refused_login("train", self.google(**wrong))

    def test_an_instance_logs_in(self):
        self.method.create_role("train", "gce", "acme-ml", policies=["features"], bound_zones=["europe-west4-a"])
        machine = {"project_id": "acme-ml", "zone": "europe-west4-a", "instance_id": "1", "instance_name": "gpu-7"}
        auth = self.login("train", self.google(google={"compute_engine": machine}))
        self.assertEqual(auth["metadata"]["instance_name"], "gpu-7")
        self.refused_login("train", self.google(google={"compute_engine": {**machine, "project_id": "acme"}}))
        self.refused_login("train", self.google())


class Azure(PlatformCase):
    kind = "azure"

    def setUp(self):
        keys = {"issuer": ISSUER, "jwks_url": f"{ISSUER}/keys", "internal": True}
        self.write("config", tenant_id=TENANT, resource="api://watchword", **keys)

    def token(self, **more):
        return sign(**{"aud": "api://watchword", "sub": OBJECT, "oid": OBJECT, "tid": TENANT, "xms_mirid": MACHINE, **more})

    def role(self, **fields):
        bound = {"bound_service_principal_ids": [OBJECT], "bound_subscription_ids": [SUBSCRIPTION]}
        return self.method.create_role("train", policies=["features"], **{**bound, **fields})

    def test_settings_are_changed_one_by_one_and_the_secret_is_thrown_away(self):
        self.method.configure(TENANT, "api://watchword", client_id="x", client_secret="y")
        data = self.method.read_config()
        self.assertEqual((data["tenant_id"], data["resource"], data["issuer"]), (TENANT, "api://watchword", ISSUER))
        self.assertNotIn("client_secret", data)
        self.method.delete_config()
        self.missing(self.method.read_config)

    def test_roles_are_written_read_listed_and_deleted(self):
        self.role(ttl="10m", bound_resource_groups=["ml"], num_uses=5)
        data = self.method.read_role("train")
        self.assertEqual((data["bound_resource_groups"], data["bound_subscription_ids"]), (["ml"], [SUBSCRIPTION]))
        self.assertEqual((data["token_ttl"], data["token_num_uses"]), (600, 5))
        self.assertEqual(self.method.list_roles()["keys"], ["train"])
        self.method.delete_role("train")
        self.missing(self.method.read_role, "train")

    def test_a_place_that_no_token_names_is_refused(self):
        self.invalid("location", self.role, bound_locations=["westeurope"])

    def test_a_machine_logs_in_and_may_say_which_it_is(self):
        self.role(bound_resource_groups=["ML"])
        self.assertEqual(self.login("train", self.token())["metadata"]["vm_name"], "web")
        place = {"subscription_id": SUBSCRIPTION, "resource_group_name": "ml"}
        self.login("train", self.token(), vm_name="web", **place)
        for wrong in ("we", "web2"):
            self.refused_login("train", self.token(), vm_name=wrong, **place)
        self.refused_login("train", self.token(), vmss_name="web", **place)
        self.refused_login("train", self.token(scp="user_impersonation"))

