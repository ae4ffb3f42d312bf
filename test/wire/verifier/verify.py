"""Verifies a token with nothing but the name of its issuer, as any relying party does: discovery, keys, signature, claims.

`verify.py ISSUER AUDIENCE` reads the token from the standard input and prints its claims, or {"error"}.
"""

import json
import sys
import urllib.request

import jwt

issuer, audience = sys.argv[1:3]
token = sys.stdin.read().strip()
with urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration", timeout=10) as answer:
    document = json.load(answer)
try:
    if document["issuer"] != issuer:
        raise ValueError("the document is of another issuer")
    key = jwt.PyJWKClient(document["jwks_uri"]).get_signing_key_from_jwt(token)
    claims = jwt.decode(
        token,
        key,
        algorithms=document["id_token_signing_alg_values_supported"],
        audience=audience,
        issuer=issuer,
        options={"require": ["iss", "sub", "aud", "exp", "iat", "nbf", "jti"]},
    )
    print(json.dumps({"claims": claims, "algorithm": jwt.get_unverified_header(token)["alg"]}))
except (jwt.PyJWTError, ValueError) as error:
    print(json.dumps({"error": type(error).__name__}))
