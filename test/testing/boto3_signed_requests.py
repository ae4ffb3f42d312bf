"""Signs calls of GetCallerIdentity with boto3 and sends them nowhere: each line of the standard input, JSON, is answered by one.

A line is {"keys", "region", "server"}: the credentials, the region whose STS is meant, and the server id that is signed as well.
The answer is what Vault's clients send to log in, all but the role.
"""

import json
import sys
from base64 import b64encode

import boto3
from botocore.awsrequest import AWSResponse


class Raw:
    """A body for the answer that nobody gave."""

    def stream(self):
        return []

    def read(self):
        return b""


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def encoded(value):
    return b64encode(text(value).encode()).decode()


def signed(call):
    keys = call["keys"]
    sts = boto3.client(
        "sts",
        region_name=call["region"],
        aws_access_key_id=keys["keyId"],
        aws_secret_access_key=keys["secret"],
        aws_session_token=keys.get("sessionToken"),
    )
    kept = []

    def name_the_server(request, **_):
        request.headers.add_header("X-Vault-AWS-IAM-Server-ID", call["server"])

    def keep(request, **_):
        kept.append(request)
        return AWSResponse(request.url, 200, {}, Raw())

    sts.meta.events.register("before-sign.sts.GetCallerIdentity", name_the_server)
    sts.meta.events.register("before-send.sts.GetCallerIdentity", keep)
    try:
        sts.get_caller_identity()
    except Exception:  # Of the answer, which is none.
        pass
    request = kept[0]
    return {
        "iam_http_request_method": request.method,
        "iam_request_url": encoded(request.url),
        "iam_request_body": encoded(request.body),
        "iam_request_headers": encoded(json.dumps({name: [text(value)] for name, value in request.headers.items()})),
    }


for line in sys.stdin:
    print(json.dumps(signed(json.loads(line))), flush=True)
