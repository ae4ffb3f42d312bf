import requests
from hvac import exceptions

from case import ADDRESS, WireCase, client


class Status(WireCase):
    def test_health_of_a_serving_store(self):
        answer = self.root.sys.read_health_status(method="GET")
        self.assertEqual((answer["initialized"], answer["sealed"], answer["standby"]), (True, False, False))
        self.assertEqual((answer["replication_dr_mode"], answer["replication_performance_mode"]), ("disabled", "disabled"))
        self.assertIsInstance(answer["server_time_utc"], int)
        self.assertTrue(answer["version"] and answer["cluster_id"] and answer["cluster_name"])
        head = self.root.sys.read_health_status(method="HEAD")
        self.assertEqual((head.status_code, head.content), (200, b""))

    def test_the_code_of_health_can_be_chosen(self):
        response = self.root.sys.read_health_status(method="GET", active_code=202)
        self.assertEqual(response.status_code, 202)
        self.assertTrue(response.json()["initialized"])
        response = requests.get(f"{ADDRESS}/v1/sys/health?activecode=x", timeout=10)
        self.assertEqual(response.status_code, 400)

    def test_status_is_open_to_strangers(self):
        stranger = client(None)
        self.assertTrue(stranger.sys.is_initialized())
        self.assertFalse(stranger.sys.is_sealed())
        status = stranger.sys.read_seal_status()
        self.assertEqual((status["type"], status["initialized"], status["migration"]), ("static", True, False))
        self.assertEqual((status["progress"], status["nonce"]), (0, ""))
        leader = stranger.sys.read_leader_status()
        self.assertEqual((leader["ha_enabled"], leader["is_self"]), (False, True))
        self.assertIsInstance(leader["leader_address"], str)

    def test_a_store_is_initialised_once(self):
        self.invalid(["Vault is already initialized"], self.root.sys.initialize, 1, 1)

    def test_is_authenticated(self):
        self.assertTrue(self.root.is_authenticated())
        self.assertFalse(client(None).is_authenticated())
        self.assertFalse(client("unknown").is_authenticated())


class Namespaces(WireCase):
    def test_the_root_namespace_may_be_named(self):
        for name in ("root", "root/", "/"):
            named = client(namespace=name)
            self.assertTrue(named.is_authenticated())
            raw = requests.get(f"{ADDRESS}/v1/sys/health", headers={"X-Vault-Namespace": name}, timeout=10)
            self.assertEqual(raw.headers["X-Vault-Namespace"], "root/")

    def test_another_namespace_does_not_exist(self):
        named = client(namespace="team")
        self.refused(exceptions.InvalidPath, "namespace", named.secrets.kv.v2.read_secret_version, "x")


class Audit(WireCase):
    def test_the_built_in_log_is_listed(self):
        devices = self.root.sys.list_enabled_audit_devices()
        (path,) = devices["data"]
        self.assertEqual(devices[path], devices["data"][path])
        self.assertEqual(set(devices["data"][path]), {"description", "local", "options", "path", "type"})

    def test_a_value_can_be_looked_for_by_its_digest(self):
        (path,) = self.root.sys.list_enabled_audit_devices()["data"]
        first = self.root.sys.calculate_hash(path.rstrip("/"), "a value")
        self.assertRegex(first["data"]["hash"], r"^hmac-sha256:")
        self.assertEqual(first["hash"], first["data"]["hash"])
        self.assertEqual(self.root.sys.calculate_hash(path.rstrip("/"), "a value")["data"], first["data"])
        self.assertNotEqual(self.root.sys.calculate_hash(path.rstrip("/"), "another")["data"], first["data"])

    def test_no_other_log_can_be_enabled(self):
        with self.assertRaises(exceptions.VaultError):
            self.root.sys.enable_audit_device("file", options={"file_path": "/nowhere/log"}, path="file")

    def test_metrics_are_for_those_who_may_read_them(self):
        response = self.root.adapter.get("/v1/sys/metrics", params={"format": "prometheus"})
        self.assertIn("# TYPE", response.text)
        self.denied(client("unknown").adapter.get, "/v1/sys/metrics", params={"format": "prometheus"})
