from case import WireCase


class Kv1(WireCase):
    mounts = {"kv1-wire": "kv", "kv1-named": "kv-v1"}

    def setUp(self):
        self.kv = self.root.secrets.kv.v1
        self.at = {"mount_point": "kv1-wire"}
        self.path = self._testMethodName

    def put(self, secret, path=None, **options):
        return self.kv.create_or_update_secret(path or self.path, secret, **options, **self.at)

    def read(self):
        return self.kv.read_secret(self.path, **self.at)

    def test_a_write_replaces_the_whole_secret(self):
        self.no_content(self.put({"a": "1", "b": 2}))
        self.assertEqual(self.read()["data"], {"a": "1", "b": 2})
        self.no_content(self.put({"c": None}))
        self.assertEqual(self.read()["data"], {"c": None})

    def test_put_and_post_are_the_same(self):
        for method in ("POST", "PUT"):
            self.no_content(self.put({"by": method}, method=method))
            self.assertEqual(self.read()["data"], {"by": method})

    def test_a_secret_says_how_long_it_may_be_used(self):
        self.put({"a": "1"})
        answer = self.read()
        self.assertEqual((answer["lease_duration"], answer["renewable"], answer["lease_id"]), (2764800, False, ""))
        self.put({"a": "1", "ttl": "1h"})
        self.assertEqual(self.read()["lease_duration"], 3600)

    def test_what_is_not_there_is_missing(self):
        self.missing(self.read)
        self.missing(self.kv.list_secrets, self.path, **self.at)
        self.no_content(self.kv.delete_secret(self.path, **self.at))

    def test_a_deleted_secret_is_gone(self):
        self.put({"a": "1"})
        self.no_content(self.kv.delete_secret(self.path, **self.at))
        self.missing(self.read)

    def test_listing_shows_names_and_folders(self):
        for name in ("b", "a/x", "a/y"):
            self.put({"v": "1"}, path=f"{self.path}/{name}")
        self.assertEqual(self.kv.list_secrets(self.path, **self.at)["data"]["keys"], ["a/", "b"])
        self.assertEqual(self.kv.list_secrets(f"{self.path}/a", **self.at)["data"]["keys"], ["x", "y"])

    def test_nothing_is_no_secret(self):
        self.invalid(["missing data fields"], self.put, {}, method="POST")

    def test_version_two_has_no_place_here(self):
        self.put({"a": "1"}, path="data/looks-like-version-2")
        self.assertEqual(self.root.read("kv1-wire/data/looks-like-version-2")["data"], {"a": "1"})

    def test_kv_v1_is_another_name_of_it(self):
        mounts = self.root.sys.list_mounted_secrets_engines()["data"]
        for path in ("kv1-wire/", "kv1-named/"):
            self.assertEqual(mounts[path]["type"], "kv")
        self.root.secrets.kv.v1.create_or_update_secret("x", {"a": "1"}, mount_point="kv1-named")
        self.assertEqual(self.root.secrets.kv.v1.read_secret("x", mount_point="kv1-named")["data"], {"a": "1"})

    def test_the_client_finds_the_version_by_itself(self):
        self.root.secrets.kv.default_kv_version = "1"
        try:
            self.root.secrets.kv.create_or_update_secret("auto", {"a": "1"}, **self.at)
            self.assertEqual(self.root.secrets.kv.read_secret("auto", **self.at)["data"], {"a": "1"})
        finally:
            self.root.secrets.kv.default_kv_version = "2"
