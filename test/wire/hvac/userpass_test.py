from hvac import exceptions

from case import WireCase, client


class Userpass(WireCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root.sys.enable_auth_method("userpass")
        cls.userpass = cls.root.auth.userpass

    @classmethod
    def tearDownClass(cls):
        cls.root.sys.disable_auth_method("userpass")
        super().tearDownClass()

    def setUp(self):
        self.no_content(self.userpass.create_or_update_user("Ada", password="first", policies="b,a", token_ttl="1h"))

    def tearDown(self):
        self.userpass.delete_user("ada")

    def login(self, name, password):
        """As somebody without a token; afterwards the client has the new one."""
        stranger = client(token=None)
        auth = stranger.auth.userpass.login(name, password)["auth"]
        self.assertTrue(stranger.is_authenticated())
        return auth

    def refused_login(self, name, password):
        stranger = client(token=None)
        self.refused(exceptions.Forbidden, ["permission denied"], stranger.auth.userpass.login, name, password)

    def test_a_user_is_written_read_listed_and_deleted(self):
        data = self.userpass.read_user("ADA")["data"]
        self.assertEqual((data["token_policies"], data["token_ttl"], data["token_max_ttl"]), (["a", "b"], 3600, 0))
        self.assertFalse({"password", "password_hash", "hash"} & set(data))
        self.assertEqual(self.userpass.list_user()["data"]["keys"], ["ada"])
        self.no_content(self.userpass.delete_user("ada"))
        self.missing(self.userpass.read_user, "ada")
        self.missing(self.userpass.list_user)
        self.refused_login("ada", "first")

    def test_a_login_gives_a_token_of_the_user(self):
        self.login("ADA", "first")
        auth = self.login("ada", "first")
        self.assertEqual((auth["policies"], auth["lease_duration"]), (["a", "b", "default"], 3600))
        self.assertEqual(auth["metadata"], {"username": "ada"})
        data = client(auth["client_token"]).auth.token.lookup_self()["data"]
        self.assertEqual((data["path"], data["display_name"]), ("auth/userpass/login/ada", "userpass-ada"))

    def test_a_wrong_password_and_an_unknown_user_are_refused_alike(self):
        self.refused_login("ada", "wrong")
        self.refused_login("grace", "first")

    def test_a_password_is_changed(self):
        self.no_content(self.userpass.update_password_on_user("ada", "second"))
        self.refused_login("ada", "first")
        self.login("ada", "second")
        self.invalid("does not exist", self.userpass.update_password_on_user, "grace", "second")
        self.invalid("password", self.userpass.update_password_on_user, "ada", "")

    def test_policies_are_changed_at_a_path_of_their_own(self):
        path = "/v1/auth/userpass/users/ada/policies"
        self.no_content(self.root.adapter.post(path, json={"token_policies": "c"}))
        self.assertEqual(self.login("ada", "first")["policies"], ["c", "default"])
        self.no_content(self.root.adapter.post(path, json={"policies": ["d", "e"]}))
        self.assertEqual(self.userpass.read_user("ada")["data"]["token_policies"], ["d", "e"])

    def test_a_user_needs_a_password_and_not_the_hash_of_one(self):
        self.invalid("missing password", self.userpass.create_or_update_user, "grace", policies="a")
        self.invalid("password_hash", self.userpass.create_or_update_user, "grace", password_hash="$2a$10$x")
        self.invalid("password_hash", self.userpass.create_or_update_user, "ada", password_hash="$2a$10$x")
        self.login("ada", "first")

    def test_a_policy_can_let_a_user_change_the_own_password_and_no_more(self):
        own = self.token_with('path "auth/userpass/users/ada/password" { capabilities = ["update"] }').auth.userpass
        own.update_password_on_user("ada", "second")
        self.denied(own.create_or_update_user, "ada", policies="root")
        self.denied(own.read_user, "ada")
        self.login("ada", "second")

    def test_the_eleventh_guess_is_limited_and_says_so(self):
        self.userpass.create_or_update_user("target", password="right", policies="a")
        for n in range(10):
            self.refused_login("target", f"guess {n}")
        self.refused(exceptions.RateLimitExceeded, "too many", client(token=None).auth.userpass.login, "target", "right")
        self.login("ada", "first")
        self.userpass.delete_user("target")
