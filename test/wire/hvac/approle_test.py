from hvac import exceptions

from case import WireCase, client

UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class AppRole(WireCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root.sys.enable_auth_method("approle")
        cls.approle = cls.root.auth.approle

    @classmethod
    def tearDownClass(cls):
        cls.root.sys.disable_auth_method("approle")
        super().tearDownClass()

    def setUp(self):
        self.no_content(self.approle.create_or_update_approle("train", token_policies=["features"], secret_id_num_uses=3))
        self.role_id = self.approle.read_role_id("train")["data"]["role_id"]

    def tearDown(self):
        self.approle.delete_role("train")

    def secret(self, **options):
        return self.approle.generate_secret_id("train", **options)["data"]

    def login(self, secret_id, role_id=None):
        """As somebody without a token; afterwards the client has the new one."""
        stranger = client(token=None)
        auth = stranger.auth.approle.login(role_id or self.role_id, secret_id)["auth"]
        self.assertTrue(stranger.is_authenticated())
        return auth

    def refused_login(self, secret_id, role_id=None):
        stranger = client(token=None)
        self.refused(
            exceptions.Forbidden, ["permission denied"], stranger.auth.approle.login, role_id or self.role_id, secret_id
        )

    def field(self, name, **fields):
        """One field of the role, at the path that it has of its own."""
        path = f"/v1/auth/approle/role/train/{name}"
        return self.root.adapter.post(path, json=fields) if fields else self.root.adapter.get(path)["data"]

    def test_a_role_is_written_read_listed_and_deleted(self):
        self.no_content(
            self.approle.create_or_update_approle(
                "Serve",
                bind_secret_id=True,
                secret_id_bound_cidrs=["127.0.0.0/8", "10.0.0.0/8"],
                secret_id_num_uses=5,
                secret_id_ttl="10m",
                enable_local_secret_ids=False,
                token_ttl="20m",
                token_max_ttl="1h",
                token_policies=["b", "a"],
                token_bound_cidrs=["127.0.0.1/32"],
                token_explicit_max_ttl="2h",
                token_no_default_policy=True,
                token_num_uses=7,
                token_period=0,
                token_type="service",
            )
        )
        data = self.approle.read_role("serve")["data"]
        wanted = {
            "bind_secret_id": True,
            "local_secret_ids": False,
            "secret_id_bound_cidrs": ["127.0.0.0/8", "10.0.0.0/8"],
            "secret_id_num_uses": 5,
            "secret_id_ttl": 600,
            "token_bound_cidrs": ["127.0.0.1/32"],
            "token_explicit_max_ttl": 7200,
            "token_max_ttl": 3600,
            "token_no_default_policy": True,
            "token_num_uses": 7,
            "token_period": 0,
            "token_policies": ["a", "b"],
            "token_ttl": 1200,
            "token_type": "service",
        }
        self.assertEqual({name: data.get(name) for name in wanted}, wanted)
        self.assertNotIn("role_id", data)
        self.assertEqual(self.approle.list_roles()["data"]["keys"], ["serve", "train"])
        self.no_content(self.approle.delete_role("SERVE"))
        self.missing(self.approle.read_role, "serve")
        self.no_content(self.approle.delete_role("serve"))

    def test_a_write_changes_only_what_it_names(self):
        self.approle.create_or_update_approle("train", token_ttl="5m")
        data = self.approle.read_role("train")["data"]
        self.assertEqual((data["token_ttl"], data["token_policies"], data["secret_id_num_uses"]), (300, ["features"], 3))
        self.assertEqual(self.approle.read_role_id("train")["data"]["role_id"], self.role_id)

    def test_what_no_role_may_be_is_refused(self):
        write = self.approle.create_or_update_approle
        self.invalid("at least one constraint", write, "open", bind_secret_id=False)
        self.invalid("token_ttl", write, "long", token_ttl="2h", token_max_ttl="1h")
        self.invalid("CIDR", write, "nowhere", secret_id_bound_cidrs=["10.0.0.0/99"])
        self.invalid('"root"', write, "god", token_policies=["root"])
        self.invalid("batch", write, "batch", token_type="batch")

    def test_a_login_gives_a_token_of_the_role(self):
        secret = self.secret(metadata={"team": "vision"})
        self.assertRegex(secret["secret_id"], UUID)
        self.assertRegex(self.role_id, UUID)
        self.assertEqual((secret["secret_id_num_uses"], secret["secret_id_ttl"]), (3, 0))
        auth = self.login(secret["secret_id"])
        self.assertEqual(auth["policies"], ["default", "features"])
        self.assertEqual(auth["metadata"], {"role_name": "train", "team": "vision"})
        self.assertEqual((auth["renewable"], auth["orphan"], auth["token_type"]), (True, True, "service"))
        data = client(auth["client_token"]).auth.token.lookup_self()["data"]
        self.assertEqual((data["path"], data["meta"]), ("auth/approle/login", auth["metadata"]))

    def test_a_secret_id_has_as_many_uses_as_it_says(self):
        secret = self.secret()
        for left in (2, 1):
            self.login(secret["secret_id"])
            looked = self.approle.read_secret_id("train", secret["secret_id"])["data"]
            self.assertEqual(looked["secret_id_num_uses"], left)
        self.login(secret["secret_id"])
        self.refused_login(secret["secret_id"])
        self.assertEqual(self.approle.read_secret_id("train", secret["secret_id"]).status_code, 204)

    def test_whoever_has_not_both_is_refused_and_learns_nothing(self):
        secret = self.secret()["secret_id"]
        for wrong in ("guessed", "", None):
            self.refused_login(wrong)
        self.refused_login(secret, role_id="unknown")
        elsewhere = self.secret(cidr_list=["192.0.2.0/24"])["secret_id"]
        self.refused_login(elsewhere)
        self.refused_login(self.secret(token_bound_cidrs=["192.0.2.0/24"])["secret_id"])
        self.login(secret)

    def test_a_secret_id_is_looked_at_and_destroyed_by_itself(self):
        secret = self.secret(metadata={"k": "v"}, cidr_list=["127.0.0.0/8"], token_bound_cidrs=["127.0.0.1/32"])
        data = self.approle.read_secret_id("train", secret["secret_id"])["data"]
        wanted = {
            "cidr_list": ["127.0.0.0/8"],
            "expiration_time": "0001-01-01T00:00:00Z",
            "metadata": {"k": "v"},
            "secret_id_accessor": secret["secret_id_accessor"],
            "secret_id_num_uses": 3,
            "secret_id_ttl": 0,
            "token_bound_cidrs": ["127.0.0.1/32"],
        }
        self.assertEqual({name: data.get(name) for name in wanted}, wanted)
        self.assertRegex(data["creation_time"], r"^\d{4}-.*Z$")
        self.no_content(self.approle.destroy_secret_id("train", secret["secret_id"]))
        self.assertEqual(self.approle.read_secret_id("train", secret["secret_id"]).status_code, 204)
        self.refused_login(secret["secret_id"])

    def test_a_secret_id_is_looked_at_and_destroyed_by_its_accessor(self):
        secrets = [self.secret() for _ in range(2)]
        accessors = [secret["secret_id_accessor"] for secret in secrets]
        self.assertEqual(sorted(self.approle.list_secret_id_accessors("train")["data"]["keys"]), sorted(accessors))
        data = self.approle.read_secret_id_accessor("train", accessors[0])["data"]
        self.assertEqual(data["secret_id_accessor"], accessors[0])
        self.assertNotIn("secret_id", data)
        self.no_content(self.approle.destroy_secret_id_accessor("train", accessors[0]))
        self.missing(self.approle.read_secret_id_accessor, "train", accessors[0])
        self.missing(self.approle.destroy_secret_id_accessor, "train", accessors[0])
        self.refused_login(secrets[0]["secret_id"])
        self.login(secrets[1]["secret_id"])

    def test_a_secret_id_of_ones_own_choice(self):
        own = self.approle.create_custom_secret_id("train", "of my own choice", metadata={"a": "b"})["data"]
        self.assertEqual(own["secret_id"], "of my own choice")
        self.assertEqual(self.login("of my own choice")["metadata"], {"a": "b", "role_name": "train"})
        self.invalid("already", self.approle.create_custom_secret_id, "train", "of my own choice")

    def test_a_role_id_of_ones_own_choice(self):
        self.no_content(self.approle.update_role_id("train", "my-role-id"))
        self.assertEqual(self.approle.read_role_id("train")["data"], {"role_id": "my-role-id"})
        secret = self.secret()["secret_id"]
        self.refused_login(secret)
        self.login(secret, role_id="my-role-id")
        self.approle.create_or_update_approle("other")
        self.invalid("another role", self.approle.update_role_id, "other", "my-role-id")
        self.approle.delete_role("other")

    def test_a_secret_id_is_delivered_wrapped_and_opened_once(self):
        wrap = self.secret_wrapped()
        self.assertEqual(wrap["creation_path"], "auth/approle/role/train/secret-id")
        job = client(token=None)
        secret = job.sys.unwrap(wrap["token"])["data"]
        self.login(secret["secret_id"])
        self.refused(exceptions.InvalidRequest, "wrapping token", client(token=None).sys.unwrap, wrap["token"])

    def secret_wrapped(self):
        answer = self.approle.generate_secret_id("train", wrap_ttl="60s")
        self.assertIsNone(answer["data"])
        return answer["wrap_info"]

    def test_each_field_has_a_path_of_its_own(self):
        fields = {
            "policies": ("token_policies", ["a", "b"], "b,a"),
            "secret-id-num-uses": ("secret_id_num_uses", 9, 9),
            "secret-id-ttl": ("secret_id_ttl", 120, "2m"),
            "token-ttl": ("token_ttl", 60, "60s"),
            "token-max-ttl": ("token_max_ttl", 3600, "1h"),
            "period": ("token_period", 300, 300),
            "bind-secret-id": ("bind_secret_id", True, True),
            "secret-id-bound-cidrs": ("secret_id_bound_cidrs", ["127.0.0.0/8"], "127.0.0.0/8"),
            "bound-cidr-list": ("bound_cidr_list", ["127.0.0.1/32"], ["127.0.0.1/32"]),
            "token-bound-cidrs": ("token_bound_cidrs", ["127.0.0.0/8"], ["127.0.0.0/8"]),
        }
        before = {path: self.field(path)[name] for path, (name, _, _) in fields.items()}
        for path, (name, read, written) in fields.items():
            with self.subTest(path):
                self.no_content(self.field(path, **{name: written}))
                self.assertEqual(self.field(path)[name], read)
                self.invalid("missing", self.field, path, unknown=1)
        for path, (name, _, _) in fields.items():
            self.root.adapter.delete(f"/v1/auth/approle/role/train/{path}")
            initial = {"policies": [], "secret-id-num-uses": 0}.get(path, before[path])
            self.assertEqual(self.field(path)[name], initial)
        self.assertEqual(self.field("local-secret-ids"), {"local_secret_ids": False})
        self.missing(self.root.adapter.get, "/v1/auth/approle/role/none/policies")

    def test_a_policy_can_give_away_one_of_these_paths_and_no_more(self):
        maker = self.token_with('path "auth/approle/role/train/secret-id" { capabilities = ["update"] }').auth.approle
        secret = maker.generate_secret_id("train")["data"]
        self.login(secret["secret_id"])
        self.denied(maker.create_custom_secret_id, "train", "mine")
        self.denied(maker.read_role_id, "train")
        self.denied(maker.read_secret_id, "train", secret["secret_id"])
        self.denied(maker.list_secret_id_accessors, "train")
        self.denied(maker.destroy_secret_id_accessor, "train", secret["secret_id_accessor"])

    def test_a_secret_id_is_never_stronger_than_its_role(self):
        self.approle.create_or_update_approle("train", secret_id_ttl="10m", secret_id_bound_cidrs=["127.0.0.0/8"])
        make = lambda **fields: self.root.adapter.post("/v1/auth/approle/role/train/secret-id", json=fields)
        self.invalid("num_uses", make, num_uses=4)
        self.invalid("ttl", make, ttl="11m")
        self.invalid("cidr_list", make, cidr_list="0.0.0.0/0")
        data = make(num_uses=1, ttl="1m", cidr_list="127.0.0.1")["data"]
        self.assertEqual((data["secret_id_num_uses"], data["secret_id_ttl"]), (1, 60))
        self.invalid("JSON", make, metadata="no json")

    def test_a_role_takes_its_secret_ids_with_it(self):
        secret = self.secret()["secret_id"]
        self.approle.delete_role("train")
        self.refused_login(secret)
        self.setUp()
        self.refused_login(secret)
        self.missing(self.approle.list_secret_id_accessors, "train")

    def test_a_token_is_renewed_while_its_role_gives_the_same(self):
        auth = self.login(self.secret()["secret_id"])
        self.root.auth.token.renew(auth["client_token"])
        self.approle.create_or_update_approle("train", token_policies=["others"])
        self.invalid("the role has changed", self.root.auth.token.renew, auth["client_token"])

    def test_a_disabled_mount_lets_nobody_in(self):
        self.root.sys.enable_auth_method("approle", path="second")
        self.approle.create_or_update_approle("train", token_policies=["x"], mount_point="second")
        role_id = self.approle.read_role_id("train", mount_point="second")["data"]["role_id"]
        secret = self.approle.generate_secret_id("train", mount_point="second")["data"]["secret_id"]
        self.refused_login(secret, role_id=role_id)
        stranger = client(token=None)
        stranger.auth.approle.login(role_id, secret, mount_point="second")
        self.assertTrue(stranger.is_authenticated())
        self.root.sys.disable_auth_method("second")
        self.assertFalse(stranger.is_authenticated())

    def test_tidying_is_accepted_and_not_needed(self):
        response = self.root.adapter.post("/v1/auth/approle/tidy/secret-id")
        self.assertEqual(response.status_code, 202)
        self.assertIn("by themselves", response.json()["warnings"][0])
