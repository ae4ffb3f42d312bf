import os
import unittest

from hvac import exceptions

from case import WireCase, client

ADDRESS = os.environ["WIRE_TLS_ADDRESS"]
FOLDER = os.environ["WIRE_TLS_FOLDER"]


def file(name):
    return os.path.join(FOLDER, name)


def text(name):
    with open(file(name), encoding="ascii") as opened:
        return opened.read()


@unittest.skipIf(ADDRESS == "", "tests are only listed")
class Cert(WireCase):
    """Client certificates need TLS: a server of its own."""

    @classmethod
    def setUpClass(cls):
        cls.root = cls.connect(text("root-token"))
        cls.root.sys.enable_auth_method("cert")
        cls.cert = cls.root.auth.cert

    @classmethod
    def tearDownClass(cls):
        cls.root.sys.disable_auth_method("cert")

    @classmethod
    def connect(cls, token=None, **options):
        return client(token, ADDRESS, verify=file("server.pem"), **options)

    def setUp(self):
        names = {"certificate_file": file("ca.pem"), "allowed_common_names": "trainer"}
        answer = self.cert.create_ca_certificate_role("train", **names, token_policies=["b", "a"], token_ttl="1h")
        # hvac cannot say who owns the role.
        self.assertIn("no-owner", "".join(answer["warnings"]))

    def tearDown(self):
        self.cert.delete_certificate_role("train")

    def login(self, name="", who="client"):
        stranger = self.connect()
        files = {"cert_pem": file(f"{who}.pem"), "key_pem": file(f"{who}.key")}
        return stranger, stranger.auth.cert.login(name=name, **files)

    def test_a_role_is_written_read_listed_and_deleted(self):
        data = self.cert.read_ca_certificate_role("train")["data"]
        self.assertEqual(data["certificate"], text("ca.pem"))
        self.assertEqual((data["allowed_common_names"], data["token_policies"], data["token_ttl"]), (["trainer"], ["a", "b"], 3600))
        self.assertEqual(self.cert.list_certificate_roles()["data"]["keys"], ["train"])
        self.no_content(self.cert.delete_certificate_role("train"))
        self.missing(self.cert.read_ca_certificate_role, "train")

    def test_a_client_logs_in_with_its_certificate_by_name_and_without(self):
        for name in ("train", ""):
            logged_in, answer = self.login(name)
            auth = answer["auth"]
            self.assertEqual(auth["policies"], ["a", "b", "default"])
            self.assertEqual((auth["metadata"]["cert_name"], auth["metadata"]["common_name"]), ("train", "trainer"))
            self.assertEqual((auth["metadata"]["subject_key_id"], auth["metadata"]["authority_key_id"]), ("01:02:03", "04:05:06"))
            self.assertTrue(int(auth["metadata"]["serial_number"]) > 0)
            self.assertTrue(logged_in.is_authenticated())
            self.assertEqual(logged_in.auth.token.lookup_self()["data"]["display_name"], "cert-train")

    def test_who_is_not_admitted_is_not_told_why(self):
        for name, who in (("train", "stranger"), ("", "stranger"), ("unknown", "client")):
            with self.subTest(name=name, who=who):
                self.refused(exceptions.Forbidden, ["permission denied"], self.login, name, who)

    def test_a_token_is_renewed_with_the_certificate_unless_the_mount_says_otherwise(self):
        holder = (file("client.pem"), file("client.key"))
        _, answer = self.login("train")
        token = answer["auth"]["client_token"]
        self.connect(token, cert=holder).auth.token.renew_self()
        self.invalid("client certificate", self.connect(token).auth.token.renew_self)
        self.no_content(self.cert.configure_tls_certificate(disable_binding=True))
        self.assertEqual(self.root.read("auth/cert/config")["data"], {"disable_binding": True})
        self.connect(token).auth.token.renew_self()
        self.root.delete("auth/cert/config")

    def test_a_bound_token_is_of_no_use_without_its_certificate(self):
        self.root.write_data("auth/cert/certs/train", data={"token_binding": "mtls"})
        _, answer = self.login("train")
        token = answer["auth"]["client_token"]
        holder = self.connect(token, cert=(file("client.pem"), file("client.key")))
        self.assertEqual(holder.auth.token.lookup_self()["data"]["token_binding"], "mtls")
        self.assertFalse(self.connect(token).is_authenticated())
        self.assertFalse(self.connect(token, cert=(file("stranger.pem"), file("stranger.key"))).is_authenticated())

    def test_a_revocation_list_is_written_read_listed_and_deleted(self):
        self.root.write_data("auth/cert/crls/acme", data={"crl": text("crl.pem")})
        self.refused(exceptions.Forbidden, ["permission denied"], self.login, "train")
        serials = self.root.read("auth/cert/crls/acme")["data"]["serials"]
        self.assertEqual(list(serials.values()), [{}])
        self.assertEqual(self.root.list("auth/cert/crls")["data"]["keys"], ["acme"])
        self.root.delete("auth/cert/crls/acme")
        self.assertEqual(self.login("train")[1]["auth"]["metadata"]["serial_number"], next(iter(serials)))
        self.invalid("not fetched", self.root.write_data, "auth/cert/crls/acme", data={"url": "https://ca.example/crl"})
