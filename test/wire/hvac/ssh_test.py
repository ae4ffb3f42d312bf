import subprocess
import tempfile
from pathlib import Path

from case import WireCase, client


class Ssh(WireCase):
    mounts = {"ssh": "ssh"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engine = cls.root.secrets.ssh
        cls.authority = cls.engine.submit_ca_information(key_type="ed25519")["data"]["public_key"]
        cls.folder = tempfile.TemporaryDirectory()
        key = Path(cls.folder.name) / "id"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        cls.public_key = key.with_suffix(".pub").read_text()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()
        super().tearDownClass()

    def read(self, certificate):
        path = Path(self.folder.name) / f"{self._testMethodName}-cert.pub"
        path.write_text(certificate)
        return subprocess.run(["ssh-keygen", "-L", "-f", path], check=True, capture_output=True, text=True).stdout

    def role(self, name="train", **more):
        settings = {"allowed_users": "train,eval", "default_user": "train", "allow_user_certificates": True, "ttl": "10m"}
        self.engine.create_role(name, key_type="ca", max_ttl="1h", **{**settings, **more})

    def test_the_authority_is_known_to_everybody_and_its_key_to_nobody(self):
        self.assertRegex(self.authority, r"^ssh-ed25519 AAAA")
        told = client(token=None).adapter.get("/v1/ssh/public_key", wrap_ttl=None)
        self.assertEqual(told.text.strip(), self.authority.strip())
        data = self.engine.read_public_key()["data"]
        self.assertEqual(data["public_key"].strip(), self.authority.strip())
        self.assertNotIn("private_key", data)

    def test_a_key_is_signed_for_whom_the_role_allows(self):
        self.role()
        answer = self.engine.sign_ssh_key("train", self.public_key, ttl="5m", valid_principals="train", extensions={})
        said = self.read(answer["data"]["signed_key"])
        self.assertIn("user certificate", said)
        self.assertRegex(said, r"Principals:\s+train\n")
        self.assertRegex(answer["data"]["serial_number"], r"^[0-9a-f]+$")
        self.assertEqual(answer["renewable"], False)
        self.invalid("", self.engine.sign_ssh_key, "train", self.public_key, valid_principals="root", extensions={})

    def test_a_role_is_read_listed_and_deleted(self):
        self.role("eval")
        data = self.engine.read_role("eval")["data"]
        self.assertEqual((data["key_type"], data["default_user"], data["max_ttl"]), ("ca", "train", 3600))
        self.assertIn("eval", self.engine.list_roles()["data"]["keys"])
        self.no_content(self.engine.delete_role("eval"))
        self.missing(self.engine.read_role, "eval")

    def test_a_pair_is_made_and_signed(self):
        self.role("pair")
        data = self.root.adapter.post("/v1/ssh/issue/pair", json={"key_type": "ed25519", "valid_principals": "eval"})["data"]
        self.assertIn("OPENSSH PRIVATE KEY", data["private_key"])
        self.assertRegex(self.read(data["signed_key"]), r"Principals:\s+eval\n")

    def test_the_authority_is_deleted_and_made_anew(self):
        self.root.sys.enable_secrets_engine("ssh", path="ssh-two")
        engine = self.root.secrets.ssh
        first = engine.submit_ca_information(mount_point="ssh-two")["data"]["public_key"]
        self.assertRegex(first, r"^ssh-rsa ")
        self.invalid("already", engine.submit_ca_information, key_type="ed25519", mount_point="ssh-two")
        self.no_content(engine.delete_ca_information(mount_point="ssh-two"))
        second = engine.submit_ca_information(key_type="ed25519", mount_point="ssh-two")["data"]["public_key"]
        self.assertNotEqual(first, second)
        self.root.sys.disable_secrets_engine("ssh-two")
