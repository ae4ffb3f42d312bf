import time

from hvac import exceptions

from case import WireCase


class Kv2(WireCase):
    mounts = {"kv2-wire": "kv-v2"}

    def setUp(self):
        self.kv = self.root.secrets.kv.v2
        self.at = {"mount_point": "kv2-wire"}
        self.path = self._testMethodName

    def put(self, secret, path=None, **options):
        return self.kv.create_or_update_secret(path or self.path, secret, **options, **self.at)["data"]

    def read(self, version=None, strict=True, path=None):
        return self.kv.read_secret_version(
            path or self.path, version=version, raise_on_deleted_version=strict, **self.at
        )

    def value(self, version=None):
        return self.read(version)["data"]["data"]

    def metadata(self):
        return self.kv.read_secret_metadata(self.path, **self.at)["data"]

    def gone(self, version=None):
        """The version is told of, without its value; gives what is told."""
        error = self.refused_gone(version)
        self.assertIsNone(error.json["data"]["data"])
        return error.json["data"]["metadata"]

    def refused_gone(self, version):
        with self.assertRaises(exceptions.InvalidPath) as caught:
            self.read(version)
        return caught.exception

    def test_writing_answers_with_the_new_version(self):
        first = self.put({"a": "1"})
        self.assertEqual(set(first), {"created_time", "custom_metadata", "deletion_time", "destroyed", "version"})
        self.assertEqual((first["version"], first["deletion_time"], first["destroyed"]), (1, "", False))
        self.assertIsNone(first["custom_metadata"])
        self.assertRegex(first["created_time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$")
        self.assertEqual(self.put({"a": "2"})["version"], 2)

    def test_reading_gives_envelope_value_and_version(self):
        written = self.put({"a": "1"})
        answer = self.read()
        self.assertEqual(
            list(answer),
            ["request_id", "lease_id", "renewable", "lease_duration", "data", "wrap_info", "warnings", "auth"],
        )
        self.assertEqual(answer["data"], {"data": {"a": "1"}, "metadata": written})
        self.assertEqual((answer["lease_id"], answer["renewable"], answer["lease_duration"]), ("", False, 0))

    def test_each_version_is_read_by_its_number(self):
        for number in range(1, 4):
            self.put({"n": number})
        self.assertEqual([self.value(n)["n"] for n in (1, 2, 3)], [1, 2, 3])
        self.assertEqual(self.value(0), {"n": 3})
        self.assertEqual(self.value(), {"n": 3})
        self.missing(self.read, 4)

    def test_what_never_was_is_missing(self):
        self.missing(self.read)
        self.missing(self.read, strict=False)
        self.missing(self.kv.read_secret_metadata, self.path, **self.at)
        self.missing(self.kv.list_secrets, self.path, **self.at)
        self.no_content(self.kv.delete_latest_version_of_secret(self.path, **self.at))
        self.no_content(self.kv.delete_metadata_and_all_versions(self.path, **self.at))

    def test_check_and_set_wants_the_current_version(self):
        mismatch = ["check-and-set parameter did not match the current version"]
        self.invalid(mismatch, self.put, {"a": "1"}, cas=1)
        self.put({"a": "1"}, cas=0)
        self.invalid(mismatch, self.put, {"a": "2"}, cas=0)
        self.invalid(mismatch, self.put, {"a": "2"}, cas=2)
        self.assertEqual(self.put({"a": "2"}, cas=1)["version"], 2)
        self.assertEqual(self.value(), {"a": "2"})

    def test_check_and_set_can_be_required_of_one_secret(self):
        self.kv.update_metadata(self.path, cas_required=True, **self.at)
        self.invalid(["check-and-set parameter required for this call"], self.put, {"a": "1"})
        self.assertEqual(self.put({"a": "1"}, cas=0)["version"], 1)
        self.kv.update_metadata(self.path, cas_required=False, **self.at)
        self.assertEqual(self.put({"a": "2"})["version"], 2)

    def test_patch_changes_only_what_it_names(self):
        self.put({"a": "1", "b": {"c": 1}})
        self.assertEqual(self.kv.patch(self.path, {"a": "2"}, **self.at)["data"]["version"], 2)
        self.assertEqual(self.value(), {"a": "2", "b": {"c": 1}})

    def test_patch_of_nothing_is_refused_by_the_client(self):
        with self.assertRaises(exceptions.InvalidPath) as caught:
            self.kv.patch(self.path, {"a": "1"}, **self.at)
        self.assertIn("patch only works on existing data", str(caught.exception))

    def test_a_deleted_version_is_told_of_without_its_value(self):
        self.put({"a": "1"})
        self.no_content(self.kv.delete_latest_version_of_secret(self.path, **self.at))
        metadata = self.gone()
        self.assertNotEqual(metadata["deletion_time"], "")
        self.assertEqual((metadata["version"], metadata["destroyed"]), (1, False))
        lenient = self.read(strict=False)
        self.assertIsNone(lenient["data"]["data"])
        self.assertEqual(lenient["data"]["metadata"], metadata)

    def test_versions_are_deleted_and_come_back(self):
        for number in range(1, 4):
            self.put({"n": number})
        self.no_content(self.kv.delete_secret_versions(self.path, [1, 3], **self.at))
        self.gone(1)
        self.gone()
        self.assertEqual(self.value(2), {"n": 2})
        self.no_content(self.kv.undelete_secret_versions(self.path, [1, 3], **self.at))
        self.assertEqual((self.value(1), self.value()), ({"n": 1}, {"n": 3}))

    def test_a_destroyed_version_never_comes_back(self):
        self.put({"n": 1})
        self.put({"n": 2})
        self.no_content(self.kv.destroy_secret_versions(self.path, [1], **self.at))
        self.assertTrue(self.gone(1)["destroyed"])
        self.no_content(self.kv.undelete_secret_versions(self.path, [1], **self.at))
        self.assertTrue(self.gone(1)["destroyed"])
        self.assertEqual(self.value(), {"n": 2})
        # Destroyed, not deleted: the lenient reader of hvac has nothing to give either.
        with self.assertRaises(exceptions.InvalidPath):
            self.read(1, strict=False)

    def test_versions_that_are_not_named_are_no_request(self):
        for action in ("delete", "undelete", "destroy"):
            for body in ({}, {"versions": []}):
                self.invalid(
                    ["No version number provided"],
                    self.root.write_data,
                    f"kv2-wire/{action}/{self.path}",
                    data=body,
                )

    def test_metadata_lists_every_version(self):
        self.put({"n": 1})
        self.put({"n": 2})
        self.kv.destroy_secret_versions(self.path, [1], **self.at)
        self.kv.delete_latest_version_of_secret(self.path, **self.at)
        metadata = self.metadata()
        self.assertEqual(
            set(metadata),
            {
                "cas_required",
                "created_time",
                "current_version",
                "custom_metadata",
                "delete_version_after",
                "max_versions",
                "oldest_version",
                "updated_time",
                "versions",
            },
        )
        self.assertEqual((metadata["current_version"], metadata["oldest_version"]), (2, 0))
        self.assertEqual(set(metadata["versions"]), {"1", "2"})
        self.assertEqual(metadata["versions"]["1"]["destroyed"], True)
        self.assertEqual(metadata["versions"]["1"]["deletion_time"], "")
        self.assertNotEqual(metadata["versions"]["2"]["deletion_time"], "")
        self.assertEqual((metadata["max_versions"], metadata["delete_version_after"]), (0, "0s"))

    def test_only_so_many_versions_are_kept(self):
        self.no_content(self.kv.update_metadata(self.path, max_versions=2, **self.at))
        for number in range(1, 5):
            self.put({"n": number})
        metadata = self.metadata()
        self.assertEqual((metadata["max_versions"], metadata["oldest_version"]), (2, 3))
        self.assertEqual(set(metadata["versions"]), {"3", "4"})
        self.missing(self.read, 2)

    def test_ten_versions_are_kept_where_nothing_is_said(self):
        for number in range(1, 13):
            self.put({"n": number})
        self.assertEqual(set(self.metadata()["versions"]), {str(n) for n in range(3, 13)})

    def test_custom_metadata_is_replaced_as_a_whole(self):
        self.put({"a": "1"})
        self.kv.update_metadata(self.path, custom_metadata={"owner": "me", "team": "x"}, **self.at)
        self.assertEqual(self.metadata()["custom_metadata"], {"owner": "me", "team": "x"})
        self.assertEqual(self.read()["data"]["metadata"]["custom_metadata"], {"owner": "me", "team": "x"})
        self.kv.update_metadata(self.path, custom_metadata={"owner": "you"}, **self.at)
        self.assertEqual(self.metadata()["custom_metadata"], {"owner": "you"})
        self.kv.update_metadata(self.path, max_versions=7, **self.at)
        self.assertEqual(self.metadata()["custom_metadata"], {"owner": "you"})

    def test_custom_metadata_is_bounded(self):
        too_many = {f"k{n}": "v" for n in range(65)}
        self.invalid("custom_metadata", self.kv.update_metadata, self.path, custom_metadata=too_many, **self.at)
        self.invalid("custom_metadata", self.kv.update_metadata, self.path, custom_metadata={"k": "v" * 513}, **self.at)
        self.invalid("custom_metadata", self.kv.update_metadata, self.path, custom_metadata={"k" * 129: "v"}, **self.at)

    def test_versions_can_expire(self):
        self.kv.update_metadata(self.path, delete_version_after="1s", **self.at)
        self.assertEqual(self.metadata()["delete_version_after"], "1s")
        self.assertNotEqual(self.put({"a": "1"})["deletion_time"], "")
        self.assertEqual(self.value(), {"a": "1"})
        time.sleep(1.1)
        self.gone()

    def test_durations_read_back_as_go_prints_them(self):
        for given, printed in (("3h25m19s", "3h25m19s"), ("90", "1m30s"), ("0s", "0s"), ("36h", "36h0m0s")):
            self.kv.update_metadata(self.path, delete_version_after=given, **self.at)
            self.assertEqual(self.metadata()["delete_version_after"], printed)

    def test_deleting_the_metadata_forgets_everything(self):
        self.put({"a": "1"})
        self.put({"a": "2"})
        self.no_content(self.kv.delete_metadata_and_all_versions(self.path, **self.at))
        self.missing(self.read)
        self.missing(self.kv.read_secret_metadata, self.path, **self.at)
        self.assertEqual(self.put({"a": "3"})["version"], 1)

    def test_listing_shows_names_and_folders(self):
        for name in ("b", "a", "folder/x", "folder/deep/y", "folder"):
            self.put({"v": "1"}, path=f"{self.path}/{name}")
        keys = self.kv.list_secrets(self.path, **self.at)["data"]["keys"]
        self.assertEqual(keys, ["a", "b", "folder", "folder/"])
        self.assertEqual(self.kv.list_secrets(f"{self.path}/folder/", **self.at)["data"]["keys"], ["deep/", "x"])
        self.missing(self.kv.list_secrets, f"{self.path}/a", **self.at)

    def test_deleted_secrets_stay_in_the_list(self):
        self.put({"v": "1"}, path=f"{self.path}/x")
        self.kv.delete_latest_version_of_secret(f"{self.path}/x", **self.at)
        self.assertEqual(self.kv.list_secrets(self.path, **self.at)["data"]["keys"], ["x"])

    def test_data_must_be_given_as_an_object(self):
        self.invalid(["no data provided"], self.root.write_data, f"kv2-wire/data/{self.path}", data={})
        self.invalid("data", self.root.write_data, f"kv2-wire/data/{self.path}", data={"data": "text"})
        self.invalid("data", self.root.write_data, f"kv2-wire/data/{self.path}", data={"data": [1]})

    def test_a_bad_version_is_no_number(self):
        self.put({"a": "1"})
        self.invalid("version", self.read, "newest")

    def test_subkeys_show_the_shape_without_values(self):
        self.put({"a": "1", "b": {"c": {"d": 1}}, "e": {}, "f": [1, 2]})
        answer = self.root.read(f"kv2-wire/subkeys/{self.path}")["data"]
        self.assertEqual(answer["subkeys"], {"a": None, "b": {"c": {"d": None}}, "e": None, "f": None})
        self.assertEqual(answer["metadata"]["version"], 1)
        shallow = self.root.read(f"kv2-wire/subkeys/{self.path}?depth=1")["data"]
        self.assertEqual(shallow["subkeys"], {"a": None, "b": None, "e": None, "f": None})

    def test_the_plain_interface_reads_writes_lists_and_deletes(self):
        at = f"kv2-wire/data/{self.path}"
        self.assertEqual(self.root.write_data(at, data={"data": {"a": "1"}})["data"]["version"], 1)
        self.assertEqual(self.root.read(at)["data"]["data"], {"a": "1"})
        self.assertIn(self.path, self.root.list("kv2-wire/metadata")["data"]["keys"])
        self.root.delete(at)
        self.assertIsNone(self.root.read(at))
        self.assertIsNone(self.root.list(f"kv2-wire/metadata/{self.path}/none"))


class Kv2Settings(WireCase):
    mounts = {"kv2-settings": "kv-v2"}

    def test_settings_of_the_mount_hold_for_its_secrets(self):
        kv, at = self.root.secrets.kv.v2, {"mount_point": "kv2-settings"}
        before = kv.read_configuration(**at)["data"]
        self.assertEqual(before, {"cas_required": False, "delete_version_after": "0s", "max_versions": 0})
        self.no_content(kv.configure(max_versions=2, cas_required=True, delete_version_after="1h30m", **at))
        self.assertEqual(
            kv.read_configuration(**at)["data"],
            {"cas_required": True, "delete_version_after": "1h30m0s", "max_versions": 2},
        )
        self.invalid(
            ["check-and-set parameter required for this call"], kv.create_or_update_secret, "x", {"a": "1"}, **at
        )
        for number in range(3):
            kv.create_or_update_secret("x", {"n": number}, cas=number, **at)
        self.assertEqual(set(kv.read_secret_metadata("x", **at)["data"]["versions"]), {"2", "3"})
        self.assertNotEqual(kv.read_secret_version("x", **at)["data"]["metadata"]["deletion_time"], "")
