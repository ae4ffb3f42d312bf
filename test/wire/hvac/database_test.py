import json
import os
import subprocess

from hvac import exceptions

from case import WireCase, client

SERVER = json.loads(os.environ["WIRE_POSTGRESQL"])
PLUGIN = "postgresql-database-plugin"
CREATION = """CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'; GRANT pg_monitor TO "{{name}}";"""


def psql(username, password, statement):
    """The official client logs in and does something; None where it may not."""
    uri = f"postgresql://{username}@127.0.0.1:{SERVER['port']}/postgres"
    words = ["psql", "--no-psqlrc", "--tuples-only", "--no-align", f"--command={statement}", uri]
    done = subprocess.run(words, env={"PATH": os.environ["PATH"], "PGPASSWORD": password}, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else None


class Database(WireCase):
    mounts = {"database": "database"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engine = cls.root.secrets.database
        admin = ("wire_admin", "for-the-first-time")
        cls.superuser(f"CREATE ROLE {admin[0]} LOGIN CREATEROLE PASSWORD '{admin[1]}'")
        cls.superuser(f"GRANT pg_monitor TO {admin[0]} WITH ADMIN OPTION")
        cls.superuser(f"GRANT pg_signal_backend TO {admin[0]}")
        cls.connect("features", admin[0], admin[1], allowed_roles=["reader", "app"])
        cls.engine.create_role("reader", "features", [CREATION], default_ttl="10m", max_ttl=3600)

    @classmethod
    def superuser(cls, statement):
        assert psql(SERVER["username"], SERVER["password"], statement) is not None

    @classmethod
    def connect(cls, name, username, password, **more):
        url = f"postgresql://{{{{username}}}}:{{{{password}}}}@127.0.0.1:{SERVER['port']}/postgres?sslmode=disable"
        return cls.engine.configure(
            name, PLUGIN, connection_url=url, username=username, password=password, max_open_connections=5, **more
        )

    def issued(self):
        return self.engine.generate_credentials("reader")

    def works(self, answer):
        data = answer["data"]
        return psql(data["username"], data["password"], "SELECT current_user") == data["username"]

    def test_a_connection_is_read_without_its_password(self):
        data = self.engine.read_connection("features")["data"]
        self.assertEqual((data["plugin_name"], sorted(data["allowed_roles"])), (PLUGIN, ["app", "reader"]))
        details = data["connection_details"]
        self.assertEqual((details["username"], details["max_open_connections"]), ("wire_admin", 5))
        self.assertNotIn("password", details)
        self.assertIn("features", self.engine.list_connections()["data"]["keys"])
        self.no_content(self.engine.reset_connection("features"))

    def test_a_connection_that_does_not_let_us_in_is_not_kept(self):
        self.invalid("the target", self.connect, "wrong", "wire_admin", "wrong")
        self.missing(self.engine.read_connection, "wrong")
        self.connect("wrong", "wire_admin", "wrong", verify_connection=False)
        self.no_content(self.engine.delete_connection("wrong"))
        self.missing(self.engine.read_connection, "wrong")

    def test_a_role_says_what_it_gives(self):
        data = self.engine.read_role("reader")["data"]
        self.assertEqual(data["creation_statements"], [CREATION])
        self.assertEqual((data["db_name"], data["default_ttl"], data["max_ttl"]), ("features", 600, 3600))
        self.assertEqual((data["revocation_statements"], data["renew_statements"]), ([], []))
        self.assertIn("reader", self.engine.list_roles()["data"]["keys"])
        self.no_content(self.engine.create_role("gone", "features", [CREATION], "1m", "2m"))
        self.no_content(self.engine.delete_role("gone"))
        self.missing(self.engine.read_role, "gone")

    def test_a_bad_role_is_refused_with_its_place_and_the_one_before_stays(self):
        bad = CREATION.replace("pg_monitor", "no_such_role")
        self.invalid("statement 2", self.engine.create_role, "reader", "features", [bad])
        self.invalid("is not closed", self.engine.create_role, "reader", "features", ["CREATE ROLE \"{{name}}"])
        self.assertEqual(self.engine.read_role("reader")["data"]["creation_statements"], [CREATION])

    def test_a_credential_works_until_it_is_revoked(self):
        answer = self.issued()
        self.assertRegex(answer["lease_id"], r"^database/creds/reader/\w{24}$")
        self.assertEqual((answer["lease_duration"], answer["renewable"]), (600, True))
        self.assertEqual(set(answer["data"]), {"username", "password"})
        self.assertTrue(self.works(answer))
        self.no_content(self.root.sys.revoke_lease(answer["lease_id"]))
        self.root.sys.revoke_prefix("database/creds/none")
        self.root.adapter.put("/v1/sys/leases/revoke", json={"lease_id": answer["lease_id"], "sync": True})
        self.assertFalse(self.works(answer))
        self.invalid("lease", self.root.sys.read_lease, answer["lease_id"])

    def test_a_lease_is_looked_up_listed_and_renewed(self):
        answer = self.issued()
        lease_id = answer["lease_id"]
        data = self.root.sys.read_lease(lease_id)["data"]
        self.assertEqual((data["id"], data["renewable"], data["last_renewal"]), (lease_id, True, None))
        self.assertLessEqual(data["ttl"], 600)
        keys = self.root.sys.list_leases("database/creds/reader")["data"]["keys"]
        self.assertIn(lease_id.rsplit("/", 1)[1], keys)
        renewed = self.root.sys.renew_lease(lease_id, increment=1200)
        self.assertEqual((renewed["lease_id"], renewed["lease_duration"], renewed["renewable"]), (lease_id, 1200, True))
        self.assertLessEqual(self.root.sys.renew_lease(lease_id, increment=99999)["lease_duration"], 3600)
        self.assertIsNotNone(self.root.sys.read_lease(lease_id)["data"]["last_renewal"])
        counted = self.root.adapter.get("/v1/sys/leases/count")["data"]
        self.assertGreaterEqual(counted["lease_count"], 1)
        self.no_content(self.root.adapter.post("/v1/sys/leases/tidy"))
        self.no_content(self.root.sys.revoke_prefix("database/creds/reader"))
        self.no_content(self.root.sys.revoke_force("database/creds/reader"))
        self.invalid("lease", self.root.sys.renew_lease, lease_id)

    def test_a_credential_ends_with_its_token(self):
        job = self.token_with('path "database/creds/reader" { capabilities = ["read"] }')
        answer = job.secrets.database.generate_credentials("reader")
        self.assertTrue(self.works(answer))
        self.assertEqual(job.sys.read_lease(answer["lease_id"])["data"]["id"], answer["lease_id"])
        self.denied(job.sys.revoke_lease, answer["lease_id"])
        self.denied(job.secrets.database.read_role, "reader")
        job.auth.token.revoke_self()
        self.root.adapter.put("/v1/sys/leases/revoke", json={"lease_id": answer["lease_id"], "sync": True})
        self.assertFalse(self.works(answer))

    def test_a_role_that_its_connection_does_not_allow_gives_nothing(self):
        self.engine.create_role("stranger", "features", [CREATION])
        self.refused(exceptions.Forbidden, "allowed_roles", self.engine.generate_credentials, "stranger")

    def test_a_static_role_has_its_password_changed(self):
        self.superuser("CREATE ROLE app LOGIN PASSWORD 'theirs'")
        self.engine.create_static_role("app", "features", "app", [], rotation_period="24h")
        first = self.engine.get_static_credentials("app")["data"]
        self.assertEqual((first["username"], first["rotation_period"]), ("app", 86400))
        self.assertLessEqual(first["ttl"], 86400)
        self.assertEqual(psql("app", first["password"], "SELECT 1"), "1")
        self.assertIsNone(psql("app", "theirs", "SELECT 1"))
        self.no_content(self.engine.rotate_static_role_credentials("app"))
        second = self.engine.get_static_credentials("app")["data"]
        self.assertNotEqual(first["password"], second["password"])
        self.assertEqual(psql("app", second["password"], "SELECT 1"), "1")
        data = self.engine.read_static_role("app")["data"]
        self.assertEqual((data["db_name"], data["username"]), ("features", "app"))
        self.assertRegex(data["last_vault_rotation"], r"^\d{4}-")
        self.assertEqual(self.engine.list_static_roles()["data"]["keys"], ["app"])
        self.no_content(self.engine.delete_static_role("app"))
        self.missing(self.engine.read_static_role, "app")

    def test_the_configured_account_gets_a_password_of_its_own(self):
        self.superuser("CREATE ROLE turning LOGIN CREATEROLE PASSWORD 'first'")
        self.superuser("GRANT pg_monitor TO turning WITH ADMIN OPTION")
        self.connect("turning", "turning", "first", allowed_roles="*")
        self.no_content(self.engine.rotate_root_credentials("turning"))
        self.assertIsNone(psql("turning", "first", "SELECT 1"))
        self.engine.create_role("turned", "turning", [CREATION], "5m")
        self.assertTrue(self.works(self.engine.generate_credentials("turned")))

    def test_a_stranger_learns_nothing(self):
        self.refused(exceptions.Forbidden, "permission denied", client(token=None).secrets.database.read_role, "reader")
