import json

from case import WireCase, client

HCL = 'path "secret/data/team/*" { capabilities = ["read", "list"] }\n'
JSON = {"path": {"secret/data/other/+/x": {"capabilities": ["create", "update"]}}}


class Policies(WireCase):
    mounts = {"pol": "kv-v2"}

    def test_the_older_path_keeps_the_text_as_written(self):
        self.no_content(self.root.sys.create_or_update_policy("Wire-Old", HCL))
        answer = self.root.sys.read_policy("wire-old")
        self.assertEqual((answer["rules"], answer["name"]), (HCL, "wire-old"))
        self.assertEqual(answer["data"], {"name": "wire-old", "rules": HCL})
        self.assertEqual(self.root.get_policy("wire-old"), HCL)
        listed = self.root.sys.list_policies()
        self.assertEqual(listed["policies"], listed["data"]["policies"])
        self.assertEqual(listed["keys"], listed["policies"])
        self.assertLessEqual({"default", "root", "wire-old"}, set(listed["policies"]))
        self.no_content(self.root.sys.delete_policy("wire-old"))
        self.assertIsNone(self.root.get_policy("wire-old"))

    def test_the_newer_path_keeps_the_text_as_written(self):
        self.no_content(self.root.sys.create_or_update_acl_policy("wire-new", JSON, pretty_print=False))
        answer = self.root.sys.read_acl_policy("wire-new")["data"]
        self.assertEqual(answer, {"name": "wire-new", "policy": json.dumps(JSON)})
        self.assertIn("wire-new", self.root.sys.list_acl_policies()["data"]["keys"])
        self.no_content(self.root.sys.delete_acl_policy("wire-new"))
        self.missing(self.root.sys.read_acl_policy, "wire-new")
        self.no_content(self.root.sys.delete_acl_policy("wire-new"))

    def test_what_cannot_be_parsed_is_refused(self):
        for text in ("path {", 'path "x" { capabilities = ["fly"] }', '{"path": 1}', 'path "x" { unknown = 1 }'):
            with self.subTest(text=text):
                self.invalid("", self.root.sys.create_or_update_policy, "bad", text)
        self.invalid("policy", self.root.sys.create_or_update_policy, "bad", "")
        self.missing(self.root.sys.read_policy, "bad")

    def test_built_in_policies_stay(self):
        self.invalid(['cannot update "root" policy'], self.root.sys.create_or_update_policy, "root", HCL)
        self.invalid(['cannot delete "root" policy'], self.root.sys.delete_policy, "root")
        self.invalid(['cannot delete "default" policy'], self.root.sys.delete_policy, "default")
        self.assertIn("lookup-self", self.root.get_policy("default"))

    def test_a_policy_decides_what_its_token_may_do(self):
        mine = self.token_with(
            """
            path "pol/data/mine/*" { capabilities = ["create", "update", "read"] }
            path "pol/data/mine/not" { capabilities = ["deny"] }
            path "pol/metadata/mine" { capabilities = ["list"] }
            path "pol/data/+/shared" { capabilities = ["read"] }
            """
        )
        kv, at = mine.secrets.kv.v2, {"mount_point": "pol"}
        self.root.secrets.kv.v2.create_or_update_secret("mine/not", {"a": 1}, **at)
        self.root.secrets.kv.v2.create_or_update_secret("other/shared", {"a": 2}, **at)
        kv.create_or_update_secret("mine/x", {"a": 1}, **at)
        self.assertEqual(kv.read_secret_version("mine/x", **at)["data"]["data"], {"a": 1})
        self.assertEqual(kv.read_secret_version("other/shared", **at)["data"]["data"], {"a": 2})
        self.assertEqual(kv.list_secrets("mine", **at)["data"]["keys"], ["not", "x"])
        self.denied(kv.read_secret_version, "mine/not", **at)
        self.denied(kv.read_secret_version, "elsewhere", **at)
        self.denied(kv.delete_latest_version_of_secret, "mine/x", **at)
        self.denied(kv.list_secrets, "", **at)
        self.denied(mine.sys.list_mounted_secrets_engines)

    def test_create_alone_does_not_overwrite(self):
        creator = self.token_with('path "pol/data/once/*" { capabilities = ["create"] }')
        kv, at = creator.secrets.kv.v2, {"mount_point": "pol"}
        kv.create_or_update_secret("once/x", {"a": 1}, **at)
        self.denied(kv.create_or_update_secret, "once/x", {"a": 2}, **at)
        updater = self.token_with('path "pol/data/once/*" { capabilities = ["update"] }')
        updater.secrets.kv.v2.create_or_update_secret("once/x", {"a": 3}, **at)
        self.denied(updater.secrets.kv.v2.create_or_update_secret, "once/y", {"a": 1}, **at)

    def test_parameters_can_be_constrained(self):
        mine = self.token_with(
            """
            path "values-of/*" { capabilities = ["create", "update", "read"] }
            path "pol1/*" {
              capabilities = ["create", "update"]
              required_parameters = ["owner"]
              allowed_parameters = { "owner" = ["a", "b*"], "note" = [] }
              denied_parameters = { "forbidden" = [] }
            }
            """
        )
        self.root.sys.enable_secrets_engine("kv", path="pol1")
        try:
            self.no_content(mine.write_data("pol1/x", data={"owner": "bob", "note": "any"}))
            for data in ({"note": "x"}, {"owner": "c"}, {"owner": "a", "more": "x"}, {"owner": "a", "forbidden": "1"}):
                with self.subTest(data=data):
                    self.denied(mine.write_data, "pol1/x", data=data)
        finally:
            self.root.sys.disable_secrets_engine("pol1")

    def test_a_change_counts_from_the_next_request(self):
        mine = self.token_with('path "pol/data/late" { capabilities = ["read"] }')
        self.missing(mine.secrets.kv.v2.read_secret_version, "late", mount_point="pol")
        self.root.sys.create_or_update_policy(
            "policies-test_a_change_counts_from_the_next_request", 'path "pol/data/late" { capabilities = ["deny"] }'
        )
        self.denied(mine.secrets.kv.v2.read_secret_version, "late", mount_point="pol")


class Capabilities(WireCase):
    def setUp(self):
        self.mine = self.token_with(
            'path "secret/data/a" { capabilities = ["update", "read"] }\npath "secret/data/b*" { capabilities = ["deny"] }'
        )

    def test_of_the_calling_token(self):
        one = self.mine.sys.get_capabilities(["secret/data/a"])
        self.assertEqual(one["capabilities"], ["read", "update"])
        self.assertEqual(one["secret/data/a"], ["read", "update"])
        self.assertEqual(one["data"], {"capabilities": ["read", "update"], "secret/data/a": ["read", "update"]})
        several = self.mine.sys.get_capabilities(["secret/data/a", "secret/data/bc", "nowhere"])["data"]
        self.assertEqual(several, {"secret/data/a": ["read", "update"], "secret/data/bc": ["deny"], "nowhere": ["deny"]})
        self.assertEqual(self.root.sys.get_capabilities(["anything"])["capabilities"], ["root"])

    def test_of_another_token(self):
        answer = self.root.sys.get_capabilities(["secret/data/a"], token=self.mine.token)
        self.assertEqual(answer["capabilities"], ["read", "update"])
        self.denied(self.mine.sys.get_capabilities, ["secret/data/a"], token=self.root.token)
        self.invalid("invalid token", self.root.sys.get_capabilities, ["x"], token="unknown")

    def test_behind_an_accessor(self):
        accessor = self.mine.lookup_token()["data"]["accessor"]
        answer = self.root.sys.get_capabilities(["secret/data/a"], accessor=accessor)
        self.assertEqual(answer["capabilities"], ["read", "update"])
        self.invalid("invalid accessor", self.root.sys.get_capabilities, ["x"], accessor="unknown")

    def test_of_no_path_at_all(self):
        for endpoint in ("capabilities-self", "capabilities", "capabilities-accessor"):
            data = {"token": "unknown", "accessor": "unknown"}
            self.invalid(["paths must be supplied"], self.root.write_data, f"sys/{endpoint}", data=data)

    def test_an_unknown_caller_learns_nothing(self):
        self.denied(client("unknown").sys.get_capabilities, ["secret/data/a"])
