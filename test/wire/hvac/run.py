"""Lists the tests beside this file, or runs them; one JSON object a line on the standard output.

`run.py list` prints {"test"}; `run.py run` prints {"test", "error"} as each one ends, error being null for a pass,
and {"shamir_root_token"} at the end.
"""

import json
import os
import sys
import unittest

FOLDER = os.path.dirname(os.path.abspath(__file__))


def each(suite):
    for entry in suite:
        if isinstance(entry, unittest.TestSuite):
            yield from each(entry)
        else:
            yield entry


def say(test, **facts):
    print(json.dumps({"test": test.id(), **facts}), flush=True)


class Report(unittest.TestResult):
    def addSuccess(self, test):
        say(test, error=None)

    def addFailure(self, test, err):
        say(test, error=self._exc_info_to_string(err, test))

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err is not None:
            say(subtest, error=self._exc_info_to_string(err, test))

    def addSkip(self, test, reason):
        say(test, error=f"skipped: {reason}")


if __name__ == "__main__":
    tests = unittest.defaultTestLoader.discover(FOLDER, pattern="*_test.py", top_level_dir=FOLDER)
    if sys.argv[1] == "list":
        for test in each(tests):
            say(test)
    else:
        tests.run(Report())
        # For whoever asks the server, whose root token only the suite has, what it did.
        print(json.dumps({"shamir_root_token": sys.modules["seal_test"].Shamir.made["root_token"]}))
