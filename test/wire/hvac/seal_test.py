import base64

from hvac import exceptions

from case import SHAMIR_ADDRESS, WireCase, client

SHARES, THRESHOLD = 5, 3


class Shamir(WireCase):
    """One store that is initialised here; every test finds it unsealed and leaves it so."""

    @classmethod
    def setUpClass(cls):
        cls.stranger = client(None, address=SHAMIR_ADDRESS)
        cls.before = {
            "initialized": cls.stranger.sys.is_initialized(),
            "health": cls.stranger.sys.read_health_status(method="GET").status_code,
            "status": cls.stranger.sys.read_seal_status(),
        }
        try:
            cls.stranger.secrets.kv.v2.read_secret_version("x")
        except exceptions.VaultError as error:
            cls.before["refusal"] = error
        cls.impossible = []
        for shares, threshold in ((0, 0), (2, 3), (3, 1), (256, 3)):
            try:
                cls.stranger.sys.initialize(shares, threshold)
            except exceptions.InvalidRequest as error:
                cls.impossible.append(error.errors)
        cls.made = cls.stranger.sys.initialize(SHARES, THRESHOLD)
        cls.after = cls.stranger.sys.read_seal_status()
        cls.owner = client(cls.made["root_token"], address=SHAMIR_ADDRESS)

    @classmethod
    def tearDownClass(cls):
        pass

    def setUp(self):
        self.unseal(self.made["keys"])

    tearDown = setUp

    def unseal(self, keys):
        if self.stranger.sys.is_sealed():
            self.stranger.sys.submit_unseal_key(reset=True)
            self.assertFalse(self.stranger.sys.submit_unseal_keys(keys)["sealed"])

    def seal(self):
        self.no_content(self.owner.sys.seal())
        self.assertTrue(self.stranger.sys.is_sealed())

    def test_before_it_is_initialised(self):
        self.assertEqual((self.before["initialized"], self.before["health"]), (False, 501))
        self.assertEqual((self.before["status"]["initialized"], self.before["status"]["sealed"]), (False, True))
        self.assertIs(type(self.before["refusal"]), exceptions.VaultDown)
        self.assertEqual(self.before["refusal"].errors, ["Vault is not initialized"])
        self.assertEqual(len(self.impossible), 4)

    def test_initialising_hands_out_the_keys_twice_over(self):
        self.assertEqual((len(self.made["keys"]), len(self.made["keys_base64"])), (SHARES, SHARES))
        self.assertEqual([bytes.fromhex(key) for key in self.made["keys"]], [decoded(key) for key in self.made["keys_base64"]])
        self.assertEqual(len(set(self.made["keys"])), SHARES)
        self.assertEqual((self.after["sealed"], self.after["t"], self.after["n"]), (True, THRESHOLD, SHARES))
        self.assertEqual((self.after["type"], self.after["progress"]), ("shamir", 0))
        self.invalid(["Vault is already initialized"], self.stranger.sys.initialize, 1, 1)

    def test_any_three_keys_in_hex_or_base64_unseal(self):
        self.owner.secrets.kv.v2.create_or_update_secret("kept", {"a": "1"})
        for keys in (self.made["keys"][2:], self.made["keys_base64"][:3], [self.made["keys"][4], *self.made["keys_base64"][:2]]):
            self.seal()
            self.unseal(keys)
        self.assertEqual(self.owner.secrets.kv.v2.read_secret_version("kept")["data"]["data"], {"a": "1"})

    def test_progress_counts_and_can_be_reset(self):
        self.seal()
        first = self.stranger.sys.submit_unseal_key(self.made["keys"][0])
        self.assertEqual((first["sealed"], first["progress"]), (True, 1))
        self.assertTrue(first["nonce"])
        again = self.stranger.sys.submit_unseal_key(self.made["keys"][0])
        self.assertEqual((again["progress"], again["nonce"]), (1, first["nonce"]))
        self.assertEqual(self.stranger.sys.submit_unseal_key(self.made["keys"][1])["progress"], 2)
        reset = self.stranger.sys.submit_unseal_key(reset=True)
        self.assertEqual((reset["progress"], reset["nonce"]), (0, ""))

    def test_a_wrong_key_does_not_unseal(self):
        self.seal()
        for key in self.made["keys"][:2]:
            self.stranger.sys.submit_unseal_key(key)
        wrong = "00" * 32 + "7f"
        with self.assertRaises(exceptions.VaultError) as caught:
            self.stranger.sys.submit_unseal_key(wrong)
        self.assertIs(type(caught.exception), exceptions.InvalidRequest)
        status = self.stranger.sys.read_seal_status()
        self.assertEqual((status["sealed"], status["progress"]), (True, 0))

    def test_what_is_no_key_at_all(self):
        self.seal()
        self.invalid(["'key' must be a valid hex or base64 string"], self.stranger.sys.submit_unseal_key, "not a key!")
        self.invalid("'key' must be specified", self.stranger.sys.submit_unseal_key)

    def test_a_sealed_store_serves_nothing_but_its_status(self):
        self.seal()
        for call in (
            lambda: self.owner.secrets.kv.v2.read_secret_version("x"),
            lambda: self.owner.auth.token.lookup_self(),
            lambda: self.owner.sys.list_mounted_secrets_engines(),
            lambda: self.owner.sys.list_policies(),
            lambda: self.owner.sys.seal(),
        ):
            self.refused(exceptions.VaultDown, ["Vault is sealed"], call)
        health = self.stranger.sys.read_health_status(method="GET")
        self.assertEqual((health.status_code, health.json()["sealed"]), (503, True))
        self.assertEqual(self.stranger.sys.read_health_status(method="HEAD").status_code, 503)
        self.assertEqual(self.stranger.sys.read_health_status(method="GET", sealed_code=299).status_code, 299)

    def test_unsealing_what_is_unsealed_says_so(self):
        self.assertFalse(self.stranger.sys.submit_unseal_key(self.made["keys"][0])["sealed"])

    def test_sealing_needs_a_token_that_may(self):
        self.denied(self.stranger.sys.seal)
        plain = client(self.owner.auth.token.create(policies=["default"])["auth"]["client_token"], address=SHAMIR_ADDRESS)
        self.denied(plain.sys.seal)


def decoded(text):
    return base64.b64decode(text, validate=True)
