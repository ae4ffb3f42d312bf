from hvac import exceptions

from case import WireCase, client


class Mounts(WireCase):
    def setUp(self):
        self.path = self._testMethodName.replace("_", "-")
        self.sys = self.root.sys

    def tearDown(self):
        self.sys.disable_secrets_engine(self.path)

    def mounted(self):
        return self.sys.list_mounted_secrets_engines()["data"]

    def test_what_every_store_has(self):
        answer = self.sys.list_mounted_secrets_engines()
        self.assertLessEqual({"cubbyhole/", "secret/", "sys/"}, set(answer["data"]))
        self.assertEqual(answer["secret/"], answer["data"]["secret/"])
        self.assertEqual(answer["data"]["secret/"]["options"], {"version": "2"})
        self.assertEqual(answer["data"]["sys/"]["type"], "system")
        self.assertEqual(answer["data"]["cubbyhole/"]["type"], "cubbyhole")

    def test_an_engine_says_what_it_is(self):
        self.no_content(
            self.sys.enable_secrets_engine(
                "kv",
                path=self.path,
                description="for the test",
                options={"version": 2},
                config={"default_lease_ttl": "1h", "max_lease_ttl": "2h"},
            )
        )
        entry = self.mounted()[f"{self.path}/"]
        self.assertEqual((entry["type"], entry["description"], entry["options"]), ("kv", "for the test", {"version": "2"}))
        self.assertEqual((entry["config"]["default_lease_ttl"], entry["config"]["max_lease_ttl"]), (3600, 7200))
        self.assertRegex(entry["accessor"], r"^kv_")
        self.assertRegex(entry["uuid"], r"^[0-9a-f-]{36}$")
        self.assertEqual((entry["local"], entry["seal_wrap"], entry["external_entropy_access"]), (False, False, False))
        self.assertEqual(self.sys.retrieve_mount_option(self.path, "version"), "2")
        self.assertEqual(self.root.read(f"sys/mounts/{self.path}")["data"]["uuid"], entry["uuid"])

    def test_tuning_shows_resolved_lifetimes(self):
        self.sys.enable_secrets_engine("kv-v2", path=self.path)
        self.assertEqual(self.mounted()[f"{self.path}/"]["config"]["default_lease_ttl"], 0)
        before = self.sys.read_mount_configuration(self.path)
        self.assertEqual((before["data"]["default_lease_ttl"], before["data"]["max_lease_ttl"]), (2764800, 2764800))
        self.assertEqual(before["default_lease_ttl"], 2764800)
        self.no_content(
            self.sys.tune_mount_configuration(
                self.path, default_lease_ttl="30m", max_lease_ttl=3600, description="new", listing_visibility="unauth"
            )
        )
        after = self.sys.read_mount_configuration(self.path)["data"]
        self.assertEqual((after["default_lease_ttl"], after["max_lease_ttl"]), (1800, 3600))
        self.assertEqual((after["description"], after["listing_visibility"]), ("new", "unauth"))
        self.assertEqual(after["options"], {"version": "2"})

    def test_lifetimes_must_fit(self):
        self.sys.enable_secrets_engine("kv", path=self.path)
        self.invalid("", self.sys.tune_mount_configuration, self.path, default_lease_ttl="2h", max_lease_ttl="1h")

    def test_version_one_becomes_version_two(self):
        self.sys.enable_secrets_engine("kv", path=self.path)
        self.root.secrets.kv.v1.create_or_update_secret("x", {"a": "1"}, mount_point=self.path)
        self.no_content(self.sys.tune_mount_configuration(self.path, options={"version": "2"}))
        read = self.root.secrets.kv.v2.read_secret_version("x", mount_point=self.path)["data"]
        self.assertEqual((read["data"], read["metadata"]["version"]), ({"a": "1"}, 1))

    def test_a_path_is_taken_once(self):
        self.sys.enable_secrets_engine("kv", path=self.path)
        self.invalid(f"path is already in use at {self.path}/", self.sys.enable_secrets_engine, "kv", path=self.path)
        self.invalid("path is already in use at", self.sys.enable_secrets_engine, "kv", path=f"{self.path}/below")

    def test_an_unknown_engine_and_reserved_paths(self):
        self.invalid("", self.sys.enable_secrets_engine, "no-such-engine", path=self.path)
        for path in ("sys", "cubbyhole", "auth/x", "identity"):
            self.invalid("", self.sys.enable_secrets_engine, "kv", path=path)
        for path in ("sys", "cubbyhole"):
            self.invalid("", self.sys.disable_secrets_engine, path)

    def test_disabling_destroys_and_can_be_repeated(self):
        self.sys.enable_secrets_engine("kv-v2", path=self.path)
        self.root.secrets.kv.v2.create_or_update_secret("x", {"a": "1"}, mount_point=self.path)
        self.no_content(self.sys.disable_secrets_engine(self.path))
        self.refused(
            exceptions.InvalidPath, "no handler for route", self.root.secrets.kv.v2.read_secret_version, "x", mount_point=self.path
        )
        self.no_content(self.sys.disable_secrets_engine(self.path))
        self.sys.enable_secrets_engine("kv-v2", path=self.path)
        self.missing(self.root.secrets.kv.v2.read_secret_version, "x", mount_point=self.path)

    def test_moving_keeps_what_is_inside(self):
        self.sys.enable_secrets_engine("kv-v2", path=f"{self.path}-before")
        self.root.secrets.kv.v2.create_or_update_secret("x", {"a": "1"}, mount_point=f"{self.path}-before")
        answer = self.sys.move_backend(f"{self.path}-before", self.path)
        identity = answer["data"]["migration_id"]
        self.assertEqual(answer["migration_id"], identity)
        status = self.root.read(f"sys/remount/status/{identity}")["data"]
        self.assertEqual((status["migration_id"], status["migration_info"]["status"]), (identity, "success"))
        self.assertEqual(status["migration_info"]["target_mount"], f"{self.path}/")
        read = self.root.secrets.kv.v2.read_secret_version("x", mount_point=self.path)
        self.assertEqual(read["data"]["data"], {"a": "1"})
        self.assertNotIn(f"{self.path}-before/", self.mounted())
        self.invalid("", self.sys.move_backend, "no-such-mount", "elsewhere")
        self.invalid("", self.sys.move_backend, self.path, "secret")
        self.invalid("", self.sys.move_backend, "sys", "elsewhere")

    def test_the_preflight_of_vault_kv(self):
        self.sys.enable_secrets_engine("kv-v2", path=self.path)
        data = self.root.read(f"sys/internal/ui/mounts/{self.path}/deep/er")["data"]
        self.assertEqual((data["path"], data["type"], data["options"]), (f"{self.path}/", "kv", {"version": "2"}))
        self.refused(
            exceptions.Forbidden,
            "preflight capability check returned 403, please ensure client's policies grant access to",
            self.root.read,
            "sys/internal/ui/mounts/no-such-mount/x",
        )
        stranger = self.token_with(f'path "{self.path}-other/*" {{ capabilities = ["read"] }}')
        self.refused(exceptions.Forbidden, "preflight", stranger.read, f"sys/internal/ui/mounts/{self.path}/x")

    def test_the_list_of_a_console_shows_what_its_token_reaches(self):
        self.sys.enable_secrets_engine("kv-v2", path=self.path)
        reader = self.token_with(f'path "{self.path}/data/a" {{ capabilities = ["read"] }}')
        self.assertIn(f"{self.path}/", reader.read("sys/internal/ui/mounts")["data"]["secret"])
        self.assertNotIn("secret/", reader.read("sys/internal/ui/mounts")["data"]["secret"])
        self.assertIn("token/", self.root.read("sys/internal/ui/mounts")["data"]["auth"])


class AuthMethods(WireCase):
    def test_the_token_method_is_listed_read_and_tuned(self):
        answer = self.root.sys.list_auth_methods()
        self.assertEqual(answer["token/"], answer["data"]["token/"])
        self.assertEqual(answer["data"]["token/"]["type"], "token")
        tuned = self.root.sys.read_auth_method_tuning("token")["data"]
        self.assertEqual((tuned["default_lease_ttl"], tuned["token_type"]), (2764800, "default-service"))
        self.no_content(self.root.sys.tune_auth_method("token", description="tokens of this store"))
        self.assertEqual(self.root.sys.read_auth_method_tuning("token")["data"]["description"], "tokens of this store")
        self.assertEqual(self.root.read("sys/auth/token")["data"]["type"], "token")

    def test_the_token_method_cannot_be_removed(self):
        self.invalid("", self.root.sys.disable_auth_method, "token")

    def test_an_unknown_method_cannot_be_enabled(self):
        self.invalid("", self.root.sys.enable_auth_method, "no-such-method")


class NotFound(WireCase):
    def test_nothing_is_mounted(self):
        self.refused(exceptions.InvalidPath, "no handler for route", self.root.adapter.get, "/v1/nowhere/at/all")
        self.refused(exceptions.InvalidPath, "unsupported path", self.root.adapter.get, "/v1/sys/no-such-thing")

    def test_strangers_cannot_tell_what_exists(self):
        for path in ("/v1/nowhere/at/all", "/v1/secret/data/x", "/v1/sys/no-such-thing"):
            with self.subTest(path=path):
                self.denied(client("unknown").adapter.get, path)
                self.denied(client(None).adapter.get, path)

    def test_a_method_that_a_path_does_not_offer(self):
        self.refused(exceptions.UnexpectedError, ["unsupported operation"], self.root.adapter.post, "/v1/auth/token/accessors")
        self.refused(exceptions.UnexpectedError, ["unsupported operation"], self.root.adapter.delete, "/v1/auth/token/lookup-self")
