from concurrent.futures import ThreadPoolExecutor

from hvac import exceptions

from case import WireCase, client

THREADS = 16


def outcomes(calls):
    """What each call gives or raises, all of them at once."""

    def attempt(call):
        try:
            return call()
        except exceptions.VaultError as error:
            return error

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(attempt, calls))


class Concurrency(WireCase):
    mounts = {"at-once": "kv-v2"}

    def only_one(self, results):
        won = [result for result in results if not isinstance(result, Exception)]
        self.assertEqual(len(won), 1, results)
        return [result for result in results if isinstance(result, Exception)]

    def test_a_wrapped_answer_is_opened_once(self):
        token = self.root.sys.wrap({"a": 1}, ttl=60)["wrap_info"]["token"]
        lost = self.only_one(outcomes([lambda: client().sys.unwrap(token)] * 50))
        self.assertEqual({type(error) for error in lost}, {exceptions.InvalidRequest})

    def test_check_and_set_lets_one_writer_through(self):
        def write(number):
            return lambda: client().secrets.kv.v2.create_or_update_secret("cas", {"n": number}, cas=0, mount_point="at-once")

        lost = self.only_one(outcomes([write(number) for number in range(32)]))
        self.assertEqual({type(error) for error in lost}, {exceptions.InvalidRequest})
        versions = self.root.secrets.kv.v2.read_secret_metadata("cas", mount_point="at-once")["data"]["versions"]
        self.assertEqual(len(versions), 1)

    def test_the_last_use_of_a_token_is_one_use(self):
        token = self.root.auth.token.create(policies=["default"], num_uses=1)["auth"]["client_token"]
        lost = self.only_one(outcomes([lambda: client(token).auth.token.lookup_self()] * 32))
        self.assertEqual({type(error) for error in lost}, {exceptions.Forbidden})

    def test_writers_and_readers_of_one_secret(self):
        kv = self.root.secrets.kv.v2
        kv.configure(max_versions=0, mount_point="at-once")
        kv.create_or_update_secret("mixed", {"n": -1, "same": -1}, mount_point="at-once")

        def write(number):
            value = {"n": number, "same": number}
            return lambda: client().secrets.kv.v2.create_or_update_secret("mixed", value, mount_point="at-once")["data"]["version"]

        def read():
            return client().secrets.kv.v2.read_secret_version("mixed", mount_point="at-once")["data"]["data"]

        results = outcomes([call for number in range(40) for call in (write(number), read)])
        self.assertEqual(sorted(results[0::2]), list(range(2, 42)))
        for value in results[1::2]:
            self.assertEqual(value["n"], value["same"])

    def test_lists_and_reads_on_one_kept_connection(self):
        kv = self.root.secrets.kv.v2
        kv.create_or_update_secret("kept/x", {"a": 1}, mount_point="at-once")
        for _ in range(50):
            self.assertEqual(kv.list_secrets("kept", mount_point="at-once")["data"]["keys"], ["x"])
            self.assertEqual(kv.read_secret_version("kept/x", mount_point="at-once")["data"]["data"], {"a": 1})
