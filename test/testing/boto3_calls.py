"""Makes one call of the AWS API for each line of the standard input, and answers each with one line: JSON both ways.

A line is {"endpoint", "service", "operation", "parameters", "keys"}, keys being null for a call that is not signed;
its answer is {"status", "code", "result"}, code being null when the call was granted.
"""

import json
import sys

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

QUIET = {
    "retries": {"total_max_attempts": 1},
    "s3": {"addressing_style": "path"},
    # Checksums as trailers are younger than the servers that we ask.
    "request_checksum_calculation": "when_required",
    "response_checksum_validation": "when_required",
}


def client(call):
    keys = call["keys"]
    credentials = {
        "aws_access_key_id": keys["accessKeyId"],
        "aws_secret_access_key": keys["secretAccessKey"],
        "aws_session_token": keys.get("sessionToken"),
    } if keys else {}
    config = Config(**QUIET) if keys else Config(**QUIET, signature_version=UNSIGNED)
    return boto3.client(
        call["service"], endpoint_url=call["endpoint"], region_name="us-east-1", config=config, **credentials
    )


def answer(call):
    try:
        result = getattr(client(call), call["operation"])(**call["parameters"])
    except ClientError as error:
        return {
            "status": error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0),
            "code": error.response.get("Error", {}).get("Code", "Unknown"),
            "result": None,
        }
    metadata = result.pop("ResponseMetadata", {})
    if hasattr(result.get("Body"), "read"):
        result["Body"] = result["Body"].read().decode()
    return {"status": metadata.get("HTTPStatusCode", 0), "code": None, "result": result}


for line in sys.stdin:
    try:
        said = answer(json.loads(line))
    except Exception as error:  # Whoever asks has one line to read, whatever it was.
        said = {"status": 0, "code": type(error).__name__, "result": str(error)}
    print(json.dumps(said, default=str), flush=True)
