"""`client.secrets.identity`, as far as it is about entities, groups and their aliases."""

import uuid

from case import WireCase, client

PHRASE = "a long pass phrase"
MOUNT = "identity-people"
UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
TIME = r"^\d{4}-\d\d-\d\dT.*Z$"


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


class IdentityCase(WireCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.identity = cls.root.secrets.identity
        cls.mount = f"{MOUNT}-{cls.__name__.lower()}"
        cls.root.sys.enable_auth_method("userpass", path=cls.mount)
        cls.accessor = cls.root.sys.list_auth_methods()["data"][f"{cls.mount}/"]["accessor"]

    @classmethod
    def tearDownClass(cls):
        cls.root.sys.disable_auth_method(cls.mount)
        super().tearDownClass()

    def person(self, name, **options):
        self.root.auth.userpass.create_or_update_user(name, PHRASE, mount_point=self.mount, **options)
        return name

    def log_in(self, name):
        return client(None).auth.userpass.login(name, PHRASE, use_token=False, mount_point=self.mount)["auth"]

    def entity(self, **options):
        return self.identity.create_or_update_entity(unique("somebody"), **options)["data"]["id"]

    def group(self, **options):
        return self.identity.create_or_update_group(unique("group"), **options)["data"]["id"]


class Entities(IdentityCase):
    def test_an_entity_is_made_read_changed_and_deleted(self):
        name = unique("ada")
        made = self.identity.create_or_update_entity(name, metadata={"team": "red"}, policies=["b", "a"])
        self.assertEqual(set(made["data"]), {"aliases", "id", "name"})
        entity_id = made["data"]["id"]
        self.assertRegex(entity_id, UUID)
        read = self.identity.read_entity(entity_id)["data"]
        self.assertEqual(
            set(read),
            {
                "aliases",
                "creation_time",
                "direct_group_ids",
                "disabled",
                "group_ids",
                "id",
                "inherited_group_ids",
                "last_update_time",
                "merged_entity_ids",
                "metadata",
                "name",
                "namespace_id",
                "policies",
            },
        )
        self.assertEqual((read["name"], read["metadata"], read["policies"]), (name, {"team": "red"}, ["a", "b"]))
        self.assertEqual((read["disabled"], read["aliases"], read["group_ids"]), (False, [], []))
        self.assertRegex(read["creation_time"], TIME)
        self.assertEqual(self.identity.read_entity_by_name(name)["data"], read)
        renamed = unique("countess")
        self.no_content(self.identity.update_entity(entity_id, name=renamed, disabled=True))
        self.no_content(self.identity.create_or_update_entity_by_name(renamed, metadata={"k": "v"}))
        read = self.identity.read_entity_by_name(renamed)["data"]
        self.assertEqual((read["id"], read["disabled"], read["metadata"]), (entity_id, True, {"k": "v"}))
        self.no_content(self.identity.delete_entity(entity_id))
        self.no_content(self.identity.delete_entity(entity_id))
        self.missing(self.identity.read_entity, entity_id)
        self.missing(self.identity.read_entity_by_name, renamed)

    def test_one_is_made_by_its_name_alone_and_deleted_by_it(self):
        name = unique("ada")
        made = self.identity.create_or_update_entity_by_name(name, policies=["a"])["data"]
        self.assertEqual(made["name"], name)
        self.no_content(self.identity.create_or_update_entity(name, entity_id=made["id"], policies=["b"]))
        self.assertEqual(self.identity.read_entity(made["id"])["data"]["policies"], ["b"])
        self.no_content(self.identity.delete_entity_by_name(name))
        self.missing(self.identity.read_entity, made["id"])

    def test_entities_are_listed_by_id_and_by_name_either_way(self):
        name = unique("ada")
        entity_id = self.identity.create_or_update_entity(name)["data"]["id"]
        for method in ("LIST", "GET"):
            by_id = self.identity.list_entities(method=method)["data"]
            self.assertIn(entity_id, by_id["keys"])
            self.assertEqual(by_id["key_info"][entity_id]["name"], name)
            self.assertIn(name, self.identity.list_entities_by_name(method=method)["data"]["keys"])

    def test_metadata_is_taken_as_command_lines_send_it(self):
        for sent in ("team=red,floor=3=b", ["team=red", "floor=3=b"], {"team": "red", "floor": "3=b"}):
            made = self.root.adapter.post("/v1/identity/entity", json={"metadata": sent})["data"]
            self.assertEqual(self.identity.read_entity(made["id"])["data"]["metadata"], {"team": "red", "floor": "3=b"})
        self.invalid("metadata", self.root.adapter.post, "/v1/identity/entity", json={"metadata": "red"})

    def test_several_are_deleted_at_once(self):
        ids = [self.entity(), self.entity()]
        response = self.root.adapter.post("/v1/identity/entity/batch-delete", json={"entity_ids": ids})
        self.no_content(response)
        for entity_id in ids:
            self.missing(self.identity.read_entity, entity_id)

    def test_what_no_entity_can_be_is_refused(self):
        refuse = lambda error, *args, **options: self.invalid([error], *args, **options)
        refuse("policies cannot contain root", self.identity.create_or_update_entity, unique("x"), policies=["root"])
        refuse("entity not found from id", self.identity.update_entity, str(uuid.uuid4()), policies=["a"])
        taken = self.identity.read_entity(self.entity())["data"]["name"]
        refuse("entity name is already in use", self.identity.update_entity, self.entity(), name=taken)

    def test_lookups_find_the_same_by_id_name_and_alias(self):
        name = unique("ada")
        entity_id = self.identity.create_or_update_entity(name)["data"]["id"]
        alias = self.identity.create_or_update_entity_alias(name, entity_id, self.accessor)["data"]
        self.assertEqual(alias["canonical_id"], entity_id)
        read = self.identity.read_entity(entity_id)["data"]
        for query in (
            {"name": name},
            {"entity_id": entity_id},
            {"alias_id": alias["id"]},
            {"alias_name": name, "alias_mount_accessor": self.accessor},
        ):
            self.assertEqual(self.identity.lookup_entity(**query)["data"], read)
        self.no_content(self.identity.lookup_entity(name=unique("nobody")))
        self.invalid(["query parameter not supplied"], self.identity.lookup_entity)

    def test_merged_entities_are_one(self):
        one, two = self.entity(policies=["one"]), self.entity(policies=["two"])
        alias = self.identity.create_or_update_entity_alias(unique("ada"), one, self.accessor)["data"]["id"]
        self.no_content(self.identity.merge_entities([one], two))
        self.missing(self.identity.read_entity, one)
        read = self.identity.read_entity(two)["data"]
        self.assertEqual((read["merged_entity_ids"], read["policies"]), ([one], ["two"]))
        self.assertEqual([entry["id"] for entry in read["aliases"]], [alias])
        self.assertEqual(read["aliases"][0]["merged_from_canonical_ids"], [one])
        self.invalid("to_entity_id", self.identity.merge_entities, [two], two)

    def test_merging_two_aliases_at_one_mount_asks_which_one_stays(self):
        one, two = self.entity(), self.entity()
        kept = self.identity.create_or_update_entity_alias(unique("ada"), one, self.accessor)["data"]["id"]
        lost = self.identity.create_or_update_entity_alias(unique("eve"), two, self.accessor)["data"]["id"]
        self.invalid("conflicting_alias_ids_to_keep", self.identity.merge_entities, [one], two)
        self.no_content(self.identity.merge_entities([one], two, conflicting_alias_ids_to_keep=[kept]))
        self.assertEqual([alias["id"] for alias in self.identity.read_entity(two)["data"]["aliases"]], [kept])
        self.missing(self.identity.read_entity_alias, lost)


class Aliases(IdentityCase):
    def test_an_alias_is_made_read_moved_and_deleted(self):
        name, one, two = unique("ada"), self.entity(), self.entity()
        made = self.identity.create_or_update_entity_alias(name, one, self.accessor)["data"]
        self.assertEqual(made["canonical_id"], one)
        read = self.identity.read_entity_alias(made["id"])["data"]
        self.assertEqual(
            set(read),
            {
                "canonical_id",
                "creation_time",
                "custom_metadata",
                "id",
                "last_update_time",
                "local",
                "merged_from_canonical_ids",
                "metadata",
                "mount_accessor",
                "mount_path",
                "mount_type",
                "name",
                "namespace_id",
            },
        )
        self.assertEqual((read["name"], read["mount_accessor"], read["mount_type"]), (name, self.accessor, "userpass"))
        self.assertEqual(read["mount_path"], f"auth/{self.mount}/")
        moved = self.identity.update_entity_alias(made["id"], name, two, self.accessor)["data"]
        self.assertEqual(moved, {"canonical_id": two, "id": made["id"]})
        again = self.identity.create_or_update_entity_alias(name, two, self.accessor, alias_id=made["id"])
        self.no_content(again)
        for method in ("LIST", "GET"):
            listed = self.identity.list_entity_aliases(method=method)["data"]
            self.assertEqual(listed["key_info"][made["id"]]["canonical_id"], two)
        self.no_content(self.identity.delete_entity_alias(made["id"]))
        self.missing(self.identity.read_entity_alias, made["id"])

    def test_custom_metadata_is_kept_apart(self):
        body = {"name": unique("ada"), "mount_accessor": self.accessor, "custom_metadata": {"desk": "7"}}
        alias = self.root.adapter.post("/v1/identity/entity-alias", json=body)["data"]["id"]
        self.assertEqual(self.identity.read_entity_alias(alias)["data"]["custom_metadata"], {"desk": "7"})

    def test_what_no_alias_can_be_is_refused(self):
        entity = self.entity()
        self.invalid("invalid mount accessor", self.identity.create_or_update_entity_alias, "x", entity, "nowhere_1")
        self.invalid(
            ["invalid canonical ID"],
            self.identity.create_or_update_entity_alias,
            unique("x"),
            str(uuid.uuid4()),
            self.accessor,
        )
        self.identity.create_or_update_entity_alias(unique("x"), entity, self.accessor)
        self.invalid(
            ["Alias already exists for requested entity and mount accessor"],
            self.identity.create_or_update_entity_alias,
            unique("y"),
            entity,
            self.accessor,
        )


class Groups(IdentityCase):
    def test_a_group_is_made_read_changed_and_deleted(self):
        name, entity, inner = unique("crew"), self.entity(), self.group()
        made = self.identity.create_or_update_group(
            name, metadata={"k": "v"}, policies=["a"], member_entity_ids=[entity], member_group_ids=[inner]
        )["data"]
        self.assertEqual(made["name"], name)
        read = self.identity.read_group(made["id"])["data"]
        self.assertEqual(
            set(read),
            {
                "alias",
                "creation_time",
                "id",
                "last_update_time",
                "member_entity_ids",
                "member_group_ids",
                "metadata",
                "modify_index",
                "name",
                "namespace_id",
                "parent_group_ids",
                "policies",
                "type",
            },
        )
        self.assertEqual((read["type"], read["alias"], read["metadata"]), ("internal", {}, {"k": "v"}))
        self.assertEqual((read["member_entity_ids"], read["member_group_ids"]), ([entity], [inner]))
        self.assertEqual(self.identity.read_group(inner)["data"]["parent_group_ids"], [made["id"]])
        self.assertEqual(self.identity.read_group_by_name(name)["data"], read)
        self.no_content(self.identity.update_group(made["id"], name, policies=["b"], member_entity_ids=[]))
        self.no_content(self.identity.create_or_update_group_by_name(name, metadata={"k": "w"}))
        changed = self.identity.read_group(made["id"])["data"]
        self.assertEqual((changed["policies"], changed["member_entity_ids"]), (["b"], None))
        self.assertEqual((changed["metadata"], changed["modify_index"]), ({"k": "w"}, 3))
        self.no_content(self.identity.delete_group(made["id"]))
        self.missing(self.identity.read_group, made["id"])
        self.no_content(self.identity.delete_group_by_name(name))

    def test_one_is_made_by_its_name_alone_and_deleted_by_it(self):
        name = unique("crew")
        made = self.identity.create_or_update_group_by_name(name, policies=["a"])["data"]
        self.no_content(self.identity.create_or_update_group(name, group_id=made["id"], policies=["b"]))
        self.assertEqual(self.identity.read_group_by_name(name)["data"]["policies"], ["b"])
        self.no_content(self.identity.delete_group_by_name(name))
        self.missing(self.identity.read_group_by_name, name)

    def test_groups_are_listed_and_looked_up(self):
        name = unique("crew")
        group = self.identity.create_or_update_group(name, group_type="external")["data"]["id"]
        alias = self.identity.create_or_update_group_alias(name, mount_accessor=self.accessor, canonical_id=group)["data"]["id"]
        for method in ("LIST", "GET"):
            self.assertEqual(self.identity.list_groups(method=method)["data"]["key_info"][group]["name"], name)
            self.assertIn(name, self.identity.list_groups_by_name(method=method)["data"]["keys"])
            self.assertIn(alias, self.identity.list_group_aliases(method=method)["data"]["keys"])
        read = self.identity.read_group(group)["data"]
        self.assertEqual((read["type"], read["alias"]["id"], read["alias"]["name"]), ("external", alias, name))
        for query in (
            {"name": name},
            {"group_id": group},
            {"alias_id": alias},
            {"alias_name": name, "alias_mount_accessor": self.accessor},
        ):
            self.assertEqual(self.identity.lookup_group(**query)["data"], read)
        self.no_content(self.identity.lookup_group(name=unique("none")))

    def test_the_alias_of_a_group_is_made_read_moved_and_deleted(self):
        name, one, two = unique("cn=admins"), self.group(group_type="external"), self.group(group_type="external")
        made = self.identity.create_or_update_group_alias(name, mount_accessor=self.accessor, canonical_id=one)["data"]
        self.assertEqual(made["canonical_id"], one)
        moved = self.identity.update_group_alias(made["id"], name, mount_accessor=self.accessor, canonical_id=two)["data"]
        self.assertEqual(moved, {"canonical_id": two, "id": made["id"]})
        self.assertEqual(self.identity.read_group_alias(made["id"])["data"]["canonical_id"], two)
        self.no_content(self.identity.delete_group_alias(made["id"]))
        self.missing(self.identity.read_group_alias, made["id"])
        internal = self.group()
        self.invalid(
            ["alias can't be set on an internal group"],
            self.identity.create_or_update_group_alias,
            unique("cn"),
            mount_accessor=self.accessor,
            canonical_id=internal,
        )

    def test_no_group_is_among_its_own_members(self):
        inner = self.group()
        outer = self.group(member_group_ids=[inner])
        name = self.identity.read_group(inner)["data"]["name"]
        self.invalid("cycle", self.identity.update_group, inner, name, member_group_ids=[outer])


class Logins(IdentityCase):
    OWN = 'path "secret/data/{{identity.entity.name}}/*" { capabilities = ["read"] }'

    def test_a_login_makes_an_entity_and_carries_what_it_and_its_groups_may_do(self):
        name = self.person(unique("ada"), policies=["of-role"])
        first = self.log_in(name)
        self.assertRegex(first["entity_id"], UUID)
        self.assertNotIn("identity_policies", first)
        entity = self.identity.lookup_entity(alias_name=name, alias_mount_accessor=self.accessor)["data"]
        self.assertEqual(entity["id"], first["entity_id"])
        self.assertRegex(entity["name"], r"^entity_[0-9a-f]+$")
        self.identity.update_entity(entity["id"], policies=["of-entity"])
        self.group(policies=["of-group"], member_entity_ids=[entity["id"]])
        auth = self.log_in(name)
        self.assertEqual(auth["entity_id"], entity["id"])
        self.assertEqual(auth["token_policies"], ["default", "of-role"])
        self.assertEqual(auth["identity_policies"], ["of-entity", "of-group"])
        self.assertEqual(auth["policies"], ["default", "of-entity", "of-group", "of-role"])
        own = client(first["client_token"]).auth.token.lookup_self()["data"]
        self.assertEqual((own["entity_id"], own["policies"]), (entity["id"], ["default", "of-role"]))
        self.assertEqual(own["identity_policies"], ["of-entity", "of-group"])

    def test_templated_policies_are_in_force_and_told(self):
        policy = unique("own")
        self.root.sys.create_or_update_policy(policy, self.OWN)
        name = self.person(unique("ada"), policies=[policy])
        auth = self.log_in(name)
        mine = unique("mine")
        self.identity.update_entity(auth["entity_id"], name=mine)
        ada = client(auth["client_token"])
        asked = [f"secret/data/{mine}/key", "secret/data/other/key"]
        told = ada.sys.get_capabilities(asked)["data"]
        self.assertEqual([told[path] for path in asked], [["read"], ["deny"]])
        told = self.root.sys.get_capabilities(asked, token=auth["client_token"])["data"]
        self.assertEqual([told[path] for path in asked], [["read"], ["deny"]])
        self.missing(ada.secrets.kv.v2.read_secret, f"{mine}/key", raise_on_deleted_version=True)
        self.denied(ada.secrets.kv.v2.read_secret, "other/key", raise_on_deleted_version=True)
        self.identity.update_entity(auth["entity_id"], name=unique("renamed"))
        self.denied(ada.secrets.kv.v2.read_secret, f"{mine}/key", raise_on_deleted_version=True)

    def test_everybody_may_see_who_he_is_and_nobody_else(self):
        ada, eve = self.log_in(self.person(unique("ada"))), self.log_in(self.person(unique("eve")))
        own = client(ada["client_token"]).secrets.identity
        self.assertEqual(own.read_entity(ada["entity_id"])["data"]["id"], ada["entity_id"])
        self.denied(own.read_entity, eve["entity_id"])

    def test_a_disabled_entity_may_do_nothing(self):
        name = self.person(unique("ada"))
        auth = self.log_in(name)
        self.identity.update_entity(auth["entity_id"], disabled=True)
        self.denied(client(auth["client_token"]).auth.token.lookup_self)
        self.denied(self.log_in, name)
        told = self.root.sys.get_capabilities(["auth/token/lookup-self"], token=auth["client_token"])["data"]
        self.assertEqual(told["auth/token/lookup-self"], ["deny"])
        self.identity.update_entity(auth["entity_id"], disabled=False)
        self.assertEqual(client(auth["client_token"]).auth.token.lookup_self()["data"]["entity_id"], auth["entity_id"])
