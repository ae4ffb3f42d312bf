import json
from urllib.parse import quote

import requests

from case import ADDRESS, ROOT, WireCase


class Values(WireCase):
    mounts = {"values2": "kv-v2", "values1": "kv"}

    def assert_kept(self, secret, path="value"):
        self.root.secrets.kv.v2.create_or_update_secret(path, secret, mount_point="values2")
        read = self.root.secrets.kv.v2.read_secret_version(path, mount_point="values2")
        self.assertEqual(read["data"]["data"], secret)
        if secret:
            self.root.secrets.kv.v1.create_or_update_secret(path, secret, mount_point="values1")
            self.assertEqual(self.root.secrets.kv.v1.read_secret(path, mount_point="values1")["data"], secret)

    def test_values_of_every_kind(self):
        self.assert_kept(
            {
                "text": "x",
                "empty": "",
                "true": True,
                "false": False,
                "null": None,
                "zero": 0,
                "negative": -17,
                "fraction": 0.1,
                "list": [1, "two", [3], {"four": 4}],
                "object": {"a": {"b": {"c": {}}}},
                "": "a name without letters",
                "quotes \" and \\ and \n and \t": "\u0000\u001f\u007f",
            }
        )

    def test_no_value_at_all(self):
        self.assert_kept({})

    def test_every_script(self):
        self.assert_kept({"ключ": "значение", "鍵": "値", "🔑": "🗝️ \U0001f9d1\u200d\U0001f680", "e\u0301": "é", "rtl": "\u202eabc"})

    def test_unicode_paths(self):
        for path in ("ключ/鍵", "🔑", "with space", "a+b=c&d", "semi;colon", "hash#mark", "question?mark", "100%", "e\u0301"):
            with self.subTest(path=path):
                self.assert_kept({"path": path}, path=path)
        keys = self.root.secrets.kv.v2.list_secrets("", mount_point="values2")["data"]["keys"]
        self.assertLessEqual({"ключ/", "🔑", "with space", "100%", "question?mark"}, set(keys))

    def test_an_escaped_slash_is_a_slash(self):
        self.assert_kept({"a": "1"}, path="folder/leaf")
        address = f"{ADDRESS}/v1/values2/data/folder%2Fleaf"
        answer = requests.get(address, headers={"X-Vault-Token": ROOT}, timeout=10)
        self.assertEqual(answer.json()["data"]["data"], {"a": "1"})

    def test_a_url_as_a_path(self):
        path = quote("https://example.org/x", safe="")
        address = f"{ADDRESS}/v1/values2/data/{path}"
        headers = {"X-Vault-Token": ROOT}
        self.assertEqual(requests.post(address, json={"data": {"a": 1}}, headers=headers, timeout=10).status_code, 200)
        self.assertEqual(requests.get(address, headers=headers, timeout=10).json()["data"]["data"], {"a": 1})

    def test_one_mebibyte(self):
        self.assert_kept({"big": "x" * (1 << 20), "escaped": "\"\\\n€" * 1000})

    def test_numbers_stay_exact(self):
        text = '{"data":{"integer":123456789012345678901234567890,"fraction":3.141592653589793238462643383279,"one":1.0,"exponent":1e400}}'
        headers = {"X-Vault-Token": ROOT}
        address = f"{ADDRESS}/v1/values2/data/exact"
        self.assertEqual(requests.post(address, data=text, headers=headers, timeout=10).status_code, 200)
        answer = requests.get(address, headers=headers, timeout=10).text
        for number in ("123456789012345678901234567890", "3.141592653589793238462643383279"):
            self.assertIn(number, answer)
        self.assertEqual(json.loads(answer)["data"]["data"]["integer"], 123456789012345678901234567890)

    def test_names_that_mean_something_to_javascript(self):
        self.assert_kept({"__proto__": {"a": 1}, "constructor": "c", "toString": "t", "hasOwnProperty": "h"})
        self.assert_kept({"a": "1"}, path="__proto__")
