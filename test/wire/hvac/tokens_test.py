import time

from hvac import exceptions

from case import WireCase, client

MINE = 'path "auth/token/*" { capabilities = ["create", "read", "update", "list"] }'


class Tokens(WireCase):
    def create(self, **options):
        return self.root.auth.token.create(**options)["auth"]

    def lookup(self, auth):
        return self.root.auth.token.lookup(auth["client_token"])["data"]

    def dead(self, auth):
        self.assertFalse(client(auth["client_token"]).is_authenticated())

    def alive(self, auth):
        self.assertTrue(client(auth["client_token"]).is_authenticated())

    def test_a_new_token_says_what_it_is(self):
        auth = self.create(policies=["default", "b", "a"], meta={"team": "x"}, ttl="1h", num_uses=5, display_name="my job")
        self.assertEqual(
            set(auth),
            {
                "accessor",
                "client_token",
                "entity_id",
                "lease_duration",
                "metadata",
                "mfa_requirement",
                "num_uses",
                "orphan",
                "policies",
                "renewable",
                "token_policies",
                "token_type",
            },
        )
        self.assertEqual((auth["policies"], auth["token_policies"]), (["a", "b", "default"],) * 2)
        self.assertEqual((auth["lease_duration"], auth["renewable"], auth["num_uses"]), (3600, True, 5))
        self.assertEqual((auth["metadata"], auth["orphan"], auth["token_type"]), ({"team": "x"}, False, "service"))
        self.assertNotIn("root", auth["client_token"])

    def test_lookup_tells_the_same_by_token_by_accessor_and_to_itself(self):
        auth = self.create(policies=["a"], meta={"team": "x"}, ttl="1h", explicit_max_ttl="2h", display_name="my job")
        data = self.lookup(auth)
        self.assertEqual(data["id"], auth["client_token"])
        self.assertEqual(data["display_name"], "token-my-job")
        self.assertEqual((data["creation_ttl"], data["explicit_max_ttl"]), (3600, 7200))
        self.assertEqual((data["path"], data["type"], data["meta"]), ("auth/token/create", "service", {"team": "x"}))
        self.assertEqual((data["num_uses"], data["orphan"], data["renewable"]), (0, False, True))
        self.assertRegex(data["expire_time"], r"^\d{4}-.*Z$")
        self.assertIsInstance(data["creation_time"], int)
        self.assertTrue(3590 < data["ttl"] <= 3600)
        own = client(auth["client_token"]).auth.token.lookup_self()["data"]
        behind = self.root.auth.token.lookup_accessor(auth["accessor"])["data"]
        self.assertEqual({**own, "ttl": 0}, {**data, "ttl": 0})
        self.assertEqual(behind["id"], "")
        self.assertEqual({**behind, "ttl": 0, "id": data["id"]}, {**data, "ttl": 0})

    def test_the_root_token_never_ends(self):
        data = self.root.auth.token.lookup_self()["data"]
        self.assertEqual((data["ttl"], data["expire_time"], data["policies"]), (0, None, ["root"]))
        self.assertEqual((data["path"], data["display_name"]), ("auth/token/root", "root"))

    def test_the_default_policy_can_be_left_out(self):
        self.assertEqual(self.create(policies=["a"], no_default_policy=True)["policies"], ["a"])
        self.assertEqual(self.create(policies=["a"])["policies"], ["a", "default"])

    def test_policies_that_do_not_exist_are_warned_of(self):
        answer = self.root.auth.token.create(policies=["no-such-policy"])
        self.assertIn("no-such-policy", "\n".join(answer["warnings"]))

    def test_an_id_can_be_chosen(self):
        auth = self.create(id="chosen-by-the-caller", policies=["default"])
        self.assertEqual(auth["client_token"], "chosen-by-the-caller")
        self.alive(auth)
        self.root.auth.token.revoke("chosen-by-the-caller")
        self.dead(auth)

    def test_children_have_no_more_than_their_parent(self):
        mine = self.token_with(MINE)
        policies = mine.lookup_token()["data"]["policies"]
        child = mine.auth.token.create()["auth"]
        self.assertEqual(child["policies"], policies)
        self.invalid("child policies must be subset of parent", mine.auth.token.create, policies=["other"])
        self.invalid("child policies must be subset of parent", mine.auth.token.create, policies=["root"])
        self.invalid("root", mine.auth.token.create, id="chosen")
        self.invalid("root or sudo privileges required", mine.auth.token.create, no_parent=True)
        self.invalid("root or sudo privileges required", mine.auth.token.create, period="1h")

    def test_revoking_ends_the_whole_tree(self):
        parent = self.create(policies=["root"])
        child = client(parent["client_token"]).auth.token.create(policies=["root"])["auth"]
        grandchild = client(child["client_token"]).auth.token.create(policies=["default"])["auth"]
        orphan = client(parent["client_token"]).auth.token.create_orphan(policies=["default"])["auth"]
        self.no_content(self.root.auth.token.revoke(parent["client_token"]))
        for auth in (parent, child, grandchild):
            self.dead(auth)
        self.alive(orphan)
        self.assertTrue(orphan["orphan"])

    def test_children_can_be_orphaned(self):
        parent = self.create(policies=["root"])
        child = client(parent["client_token"]).auth.token.create(policies=["default"])["auth"]
        self.no_content(self.root.auth.token.revoke_and_orphan_children(parent["client_token"]))
        self.dead(parent)
        self.alive(child)
        self.assertTrue(self.lookup(child)["orphan"])

    def test_without_parent_from_the_beginning(self):
        self.assertTrue(self.create(policies=["default"], no_parent=True)["orphan"])
        self.assertTrue(self.root.auth.token.create_orphan(policies=["default"])["auth"]["orphan"])

    def test_revoking_by_accessor_and_by_itself(self):
        first, second = self.create(policies=["default"]), self.create(policies=["default"])
        self.no_content(self.root.auth.token.revoke_accessor(first["accessor"]))
        self.dead(first)
        itself = client(second["client_token"])
        self.no_content(itself.auth.token.revoke_self())
        self.dead(second)
        third = client(self.create(policies=["default"])["client_token"])
        third.logout(revoke_token=True)
        self.assertFalse(third.is_authenticated())

    def test_revoking_twice_succeeds(self):
        auth = self.create(policies=["default"])
        for _ in range(2):
            self.no_content(self.root.auth.token.revoke(auth["client_token"]))

    def test_accessors_are_listed_without_tokens(self):
        auth = self.create(policies=["default"])
        answer = self.root.auth.token.list_accessors()
        self.assertIn(auth["accessor"], answer["data"]["keys"])
        self.assertNotIn(auth["client_token"], str(answer))

    def test_unknown_tokens_and_accessors(self):
        self.refused(exceptions.Forbidden, "bad token", self.root.auth.token.lookup, "unknown")
        self.invalid("invalid accessor", self.root.auth.token.lookup_accessor, "unknown")
        self.invalid("invalid accessor", self.root.auth.token.renew_accessor, "unknown")
        self.invalid("token", self.root.auth.token.renew, "unknown")
        self.invalid("missing token", self.root.write_data, "auth/token/revoke", data={})
        self.invalid("missing accessor", self.root.write_data, "auth/token/lookup-accessor", data={})
        self.denied(client("unknown").auth.token.lookup_self)

    def test_renewing_gives_time_anew(self):
        auth = self.create(policies=["default"], ttl="1h")
        renewed = self.root.auth.token.renew(auth["client_token"], increment="2h")["auth"]
        self.assertEqual((renewed["lease_duration"], renewed["client_token"]), (7200, auth["client_token"]))
        itself = client(auth["client_token"]).auth.token.renew_self(increment=1800)["auth"]
        self.assertEqual(itself["lease_duration"], 1800)
        behind = self.root.auth.token.renew_accessor(auth["accessor"])["auth"]
        self.assertEqual(behind["client_token"], "")
        data = self.lookup(auth)
        self.assertIsInstance(data["last_renewal_time"], int)
        self.assertEqual(data["creation_ttl"], 3600)

    def test_what_is_not_renewable_is_not_renewed(self):
        auth = self.create(policies=["default"], ttl="1h", renewable=False)
        self.assertFalse(auth["renewable"])
        self.invalid("lease is not renewable", self.root.auth.token.renew, auth["client_token"])
        self.invalid("lease is not renewable", self.root.auth.token.renew_self)

    def test_a_periodic_token_is_renewed_by_its_period(self):
        auth = self.create(policies=["default"], period="30m")
        self.assertEqual(auth["lease_duration"], 1800)
        self.assertEqual(self.lookup(auth)["period"], 1800)
        renewed = self.root.auth.token.renew(auth["client_token"], increment="10h")["auth"]
        self.assertEqual(renewed["lease_duration"], 1800)

    def test_the_explicit_maximum_holds_for_renewals(self):
        auth = self.create(policies=["default"], ttl="1h", explicit_max_ttl="90m")
        answer = self.root.auth.token.renew(auth["client_token"], increment="10h")
        self.assertTrue(5390 <= answer["auth"]["lease_duration"] <= 5400)
        self.assertIn("TTL", "\n".join(answer["warnings"]))

    def test_a_lifetime_beyond_the_maximum_is_cut(self):
        answer = self.root.auth.token.create(policies=["default"], ttl="87600h")
        self.assertEqual(answer["auth"]["lease_duration"], 2764800)
        self.assertTrue(answer["warnings"])

    def test_an_expired_token_is_dead(self):
        auth = self.create(policies=["default"], ttl="1s")
        self.alive(auth)
        time.sleep(1.1)
        self.dead(auth)

    def test_uses_are_counted(self):
        auth = self.create(policies=["default"], num_uses=3)
        mine = client(auth["client_token"])
        self.assertEqual(mine.auth.token.lookup_self()["data"]["num_uses"], 2)
        self.assertEqual(self.lookup(auth)["num_uses"], 2)
        self.denied(mine.sys.list_mounted_secrets_engines)
        mine.auth.token.lookup_self()
        self.denied(mine.auth.token.lookup_self)

    def test_a_token_with_counted_uses_has_no_children(self):
        mine = self.token_with(MINE, num_uses=5)
        self.invalid("restricted use token cannot generate child tokens", mine.auth.token.create)

    def test_batch_tokens_are_refused_in_words(self):
        self.invalid("batch tokens are not supported", self.root.auth.token.create, type="batch", policies=["default"])

    def test_tidying_is_accepted(self):
        response = self.root.auth.token.tidy()
        self.assertEqual(response.status_code, 202)
        self.assertTrue(response.json()["warnings"])

    def test_a_token_read_the_way_external_secrets_does(self):
        data = self.root.auth.token.lookup_self()["data"]
        self.assertIsInstance(data["type"], str)
        self.assertIsInstance(data["ttl"], int)
        self.assertIn("expire_time", data)


class TokenRoles(WireCase):
    def setUp(self):
        self.name = self._testMethodName.replace("_", "-")
        self.tokens = self.root.auth.token

    def tearDown(self):
        self.no_content(self.tokens.delete_role(self.name))

    def role(self, **options):
        return self.no_content(self.tokens.create_or_update_role(self.name, **options))

    def create(self, **options):
        return self.tokens.create(role_name=self.name, **options)["auth"]

    def test_a_role_reads_back(self):
        self.role(allowed_policies="a,b", disallowed_policies=["c"], orphan=True, renewable=False, path_suffix="job", token_period="1h")
        data = self.tokens.read_role(self.name)["data"]
        self.assertEqual((data["name"], data["orphan"], data["renewable"]), (self.name, True, False))
        self.assertEqual((data["allowed_policies"], data["disallowed_policies"]), (["a", "b"], ["c"]))
        self.assertEqual((data["token_period"], data["token_explicit_max_ttl"], data["path_suffix"]), (3600, 0, "job"))
        self.assertEqual((data["token_type"], data["token_num_uses"], data["token_no_default_policy"]), ("default-service", 0, False))
        self.assertIn(self.name, self.tokens.list_roles()["data"]["keys"])

    def test_a_field_is_named_as_it_was_sent(self):
        self.invalid("path_suffix", self.tokens.create_or_update_role, self.name, path_suffix="?")

    def test_a_role_decides_over_policies(self):
        self.role(allowed_policies=["a", "b"], disallowed_policies=["c"])
        self.assertEqual(self.create(policies=["a"])["policies"], ["a", "default"])
        self.assertEqual(self.create()["policies"], ["a", "b", "default"])
        self.invalid("subset of the role's allowed policies", self.create, policies=["d"])

    def test_a_role_makes_orphans_with_a_period(self):
        self.role(allowed_policies=["a"], orphan=True, token_period="1h", path_suffix="job")
        auth = self.create(policies=["a"])
        self.assertEqual((auth["orphan"], auth["lease_duration"]), (True, 3600))
        data = self.tokens.lookup(auth["client_token"])["data"]
        self.assertEqual((data["role"], data["period"]), (self.name, 3600))
        self.assertEqual(data["path"], f"auth/token/create/{self.name}/job")

    def test_a_role_bounds_the_life_of_its_tokens(self):
        self.role(allowed_policies=["a"], token_explicit_max_ttl="10m")
        auth = self.create(policies=["a"], ttl="1h")
        self.assertTrue(595 <= auth["lease_duration"] <= 600)

    def test_a_token_is_bound_to_its_networks(self):
        self.root.write_data(f"auth/token/roles/{self.name}", data={"allowed_policies": ["default"], "token_bound_cidrs": ["10.1.0.0/16"]})
        elsewhere = self.create(policies=["default"])
        self.denied(client(elsewhere["client_token"]).auth.token.lookup_self)
        self.assertEqual(self.tokens.lookup(elsewhere["client_token"])["data"]["bound_cidrs"], ["10.1.0.0/16"])
        self.root.write_data(f"auth/token/roles/{self.name}", data={"token_bound_cidrs": ["127.0.0.0/8"]})
        self.assertTrue(client(self.create(policies=["default"])["client_token"]).is_authenticated())

    def test_an_unknown_role(self):
        self.missing(self.tokens.read_role, "no-such-role")
        self.invalid("unknown role", self.tokens.create, role_name="no-such-role")
        self.no_content(self.tokens.delete_role("no-such-role"))
