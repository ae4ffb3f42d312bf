from hvac import exceptions

from case import WireCase, client

INVALID = ["wrapping token is not valid or does not exist"]


class Wrapping(WireCase):
    mounts = {"wrapped": "kv-v2"}

    def wrap(self, payload=None, ttl=60):
        return self.root.sys.wrap({"a": "1"} if payload is None else payload, ttl=ttl)["wrap_info"]

    def test_wrapping_says_what_it_made(self):
        answer = self.root.sys.wrap({"a": "1"}, ttl=90)
        info = answer["wrap_info"]
        self.assertEqual(set(info), {"accessor", "creation_path", "creation_time", "token", "ttl"})
        self.assertEqual((info["ttl"], info["creation_path"]), (90, "sys/wrapping/wrap"))
        self.assertRegex(info["creation_time"], r"^\d{4}-\d\d-\d\dT.*Z$")
        self.assertIsNone(answer["auth"])

    def test_lifetimes_in_words(self):
        self.assertEqual(self.wrap(ttl="1h30m")["ttl"], 5400)
        self.invalid("", self.root.sys.wrap, {"a": 1}, ttl="soon")
        self.invalid("", self.root.sys.wrap, {"a": 1}, ttl="-5s")

    def test_opening_with_the_callers_token(self):
        payload = {"text": "x", "number": 12345678901234567890, "nested": {"list": [1, None, True]}, "ключ": "🔑"}
        info = self.wrap(payload)
        self.assertEqual(self.root.sys.unwrap(info["token"])["data"], payload)
        self.invalid(INVALID, self.root.sys.unwrap, info["token"])

    def test_opening_with_the_wrapping_token_itself(self):
        info = self.wrap()
        holder = client(info["token"])
        self.assertEqual(holder.sys.unwrap()["data"], {"a": "1"})
        self.invalid(INVALID, holder.sys.unwrap)

    def test_opening_without_any_other_token(self):
        info = self.wrap()
        self.assertEqual(client(None).sys.unwrap(info["token"])["data"], {"a": "1"})

    def test_a_wrapped_token_logs_in(self):
        answer = self.root.auth.token.create(policies=["default"], wrap_ttl="60s")
        self.assertIsNone(answer["auth"])
        info = answer["wrap_info"]
        self.assertEqual(info["creation_path"], "auth/token/create")
        self.assertTrue(info["wrapped_accessor"])
        holder = client(None)
        holder.auth_cubbyhole(info["token"])
        self.assertEqual(holder.lookup_token()["data"]["accessor"], info["wrapped_accessor"])

    def test_a_read_can_be_wrapped(self):
        self.root.secrets.kv.v2.create_or_update_secret("x", {"a": "1"}, mount_point="wrapped")
        answer = self.root.read("wrapped/data/x", wrap_ttl="60s")
        self.assertIsNone(answer["data"])
        self.assertEqual(answer["wrap_info"]["creation_path"], "wrapped/data/x")
        opened = self.root.sys.unwrap(answer["wrap_info"]["token"])
        self.assertEqual(opened["data"]["data"], {"a": "1"})
        self.assertEqual(opened["data"]["metadata"]["version"], 1)
        self.assertIsNone(opened["wrap_info"])

    def test_what_is_missing_is_not_wrapped(self):
        self.assertIsNone(self.root.read("wrapped/data/none", wrap_ttl="60s"))

    def test_looking_does_not_open(self):
        info = self.wrap(ttl=120)
        for caller in (self.root, client(None)):
            data = caller.write_data("sys/wrapping/lookup", data={"token": info["token"]})["data"]
            self.assertEqual((data["creation_path"], data["creation_ttl"]), ("sys/wrapping/wrap", 120))
            self.assertEqual(data["creation_time"], info["creation_time"])
        self.assertEqual(self.root.sys.unwrap(info["token"])["data"], {"a": "1"})
        self.invalid(INVALID, self.root.write_data, "sys/wrapping/lookup", data={"token": info["token"]})

    def test_rewrapping_gives_a_new_token_and_ends_the_old(self):
        old = self.wrap(ttl=120)
        new = self.root.write_data("sys/wrapping/rewrap", data={"token": old["token"]})["wrap_info"]
        self.assertNotEqual(new["token"], old["token"])
        self.assertEqual((new["ttl"], new["creation_path"]), (120, "sys/wrapping/wrap"))
        self.invalid(INVALID, self.root.sys.unwrap, old["token"])
        self.assertEqual(self.root.sys.unwrap(new["token"])["data"], {"a": "1"})

    def test_a_token_that_wraps_nothing(self):
        plain = self.root.auth.token.create(policies=["default"])["auth"]["client_token"]
        for token in ("unknown", plain):
            self.invalid(INVALID, self.root.sys.unwrap, token)
        self.invalid(INVALID, client(plain).sys.unwrap)
        self.invalid(INVALID, client(None).sys.unwrap, "unknown")

    def test_wrapping_without_a_lifetime(self):
        self.invalid("wrap", self.root.write_data, "sys/wrapping/wrap", data={"a": 1})

    def test_a_wrapping_token_can_do_nothing_else(self):
        info = self.wrap()
        self.denied(client(info["token"]).secrets.kv.v2.read_secret_version, "x", mount_point="wrapped")

    def test_a_policy_can_demand_wrapping(self):
        self.root.secrets.kv.v2.create_or_update_secret("must", {"a": "1"}, mount_point="wrapped")
        mine = self.token_with(
            'path "wrapped/data/must" { capabilities = ["read"] min_wrapping_ttl = "1m" max_wrapping_ttl = "1h" }'
        )
        self.denied(mine.secrets.kv.v2.read_secret_version, "must", mount_point="wrapped")
        for ttl in ("30s", "2h"):
            self.denied(mine.read, "wrapped/data/must", wrap_ttl=ttl)
        self.assertEqual(mine.read("wrapped/data/must", wrap_ttl="10m")["wrap_info"]["ttl"], 600)


class Cubbyhole(WireCase):
    def setUp(self):
        self.mine = client(self.root.auth.token.create(policies=["default"])["auth"]["client_token"])

    def test_it_is_its_tokens_own(self):
        self.no_content(self.mine.write_data("cubbyhole/a/b", data={"x": "1"}))
        self.assertEqual(self.mine.read("cubbyhole/a/b")["data"], {"x": "1"})
        self.assertIsNone(self.root.read("cubbyhole/a/b"))
        self.assertEqual(self.mine.list("cubbyhole")["data"]["keys"], ["a/"])
        self.assertEqual(self.mine.list("cubbyhole/a")["data"]["keys"], ["b"])
        self.mine.delete("cubbyhole/a/b")
        self.assertIsNone(self.mine.read("cubbyhole/a/b"))
        self.missing(self.mine.adapter.get, "/v1/cubbyhole/a/b")

    def test_nothing_is_nothing(self):
        self.invalid(["missing data fields"], self.mine.write_data, "cubbyhole/a", data={})
        self.missing(self.mine.adapter.list, "/v1/cubbyhole/none")
        with self.assertRaises(exceptions.VaultError):
            self.mine.write_data("cubbyhole/", data={"a": 1})
