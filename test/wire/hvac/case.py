"""What the suites share: clients of the servers that the test run started, and claims about refusals."""

import os
import unittest
import warnings

import hvac
from hvac import exceptions

ADDRESS = os.environ["WIRE_ADDRESS"]
SHAMIR_ADDRESS = os.environ["WIRE_SHAMIR_ADDRESS"]
ROOT = os.environ["WIRE_ROOT_TOKEN"]

# hvac announces changes of its own defaults; they say nothing about the server.
warnings.simplefilter("ignore", DeprecationWarning)


def client(token=ROOT, address=ADDRESS, **options):
    return hvac.Client(url=address, token=token, **options)


class WireCase(unittest.TestCase):
    """A client with the root token, and mounts of the suite's own so that suites cannot disturb each other."""

    maxDiff = None
    mounts = {}

    @classmethod
    def setUpClass(cls):
        cls.root = client()
        for path, kind in cls.mounts.items():
            cls.root.sys.enable_secrets_engine(kind, path=path)

    @classmethod
    def tearDownClass(cls):
        for path in cls.mounts:
            cls.root.sys.disable_secrets_engine(path)

    def refused(self, kind, errors, call, *args, **kwargs):
        """The call is refused with exactly these errors; text stands for one that is somewhere in the list."""
        with self.assertRaises(kind) as caught:
            call(*args, **kwargs)
        self.assertIs(type(caught.exception), kind)
        if isinstance(errors, str):
            self.assertIn(errors, "\n".join(caught.exception.errors))
        else:
            self.assertEqual(caught.exception.errors, errors)
        return caught.exception

    def missing(self, call, *args, **kwargs):
        return self.refused(exceptions.InvalidPath, [], call, *args, **kwargs)

    def invalid(self, errors, call, *args, **kwargs):
        return self.refused(exceptions.InvalidRequest, errors, call, *args, **kwargs)

    def denied(self, call, *args, **kwargs):
        return self.refused(exceptions.Forbidden, "permission denied", call, *args, **kwargs)

    def no_content(self, response):
        self.assertEqual(response.status_code, 204)
        self.assertEqual(response.content, b"")

    def token_with(self, rules, **options):
        """A client whose token carries one new policy with these rules."""
        name = f"{type(self).__name__}-{self._testMethodName}".lower()
        self.root.sys.create_or_update_policy(name, rules)
        auth = self.root.auth.token.create(policies=[name], **options)["auth"]
        return client(auth["client_token"])
