"""Makes keys and tokens for tests."""

import base64
import json
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ISSUER, AUDIENCE = "https://login.example.com", "quotewright"
RSA_KEY = rsa.generate_private_key(65537, 2048)
OTHER_RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()
ALGORITHMS = {
    "RS256": jwt.algorithms.RSAAlgorithm,
    "ES256": jwt.algorithms.ECAlgorithm,
    "EdDSA": jwt.algorithms.OKPAlgorithm,
}


def jwk(key, algorithm, kid=None, **further):
    item = (
        json.loads(ALGORITHMS[algorithm](ALGORITHMS[algorithm].SHA256).to_jwk(key))
        if algorithm != "EdDSA"
        else (json.loads(jwt.algorithms.OKPAlgorithm().to_jwk(key)))
    )
    if kid is not None:
        item["kid"] = kid
    return item | further


def jwks(*items):
    return json.dumps({"keys": list(items)}).encode()


DOCUMENT = jwks(
    jwk(RSA_KEY.public_key(), "RS256", "rsa"),
    jwk(EC_KEY.public_key(), "ES256", "ec"),
    jwk(ED_KEY.public_key(), "EdDSA", "ed"),
)


def claims(**changed):
    """Claims of a good token; a value of None leaves a claim out."""
    now = int(time.time())
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "iat": now, "exp": now + 600, "roles": ["price"]}
    return {name: value for name, value in (good | changed).items() if value is not None}


def token(key=RSA_KEY, algorithm="RS256", kid="rsa", headers=None, **changed):
    return jwt.encode(claims(**changed), key, algorithm, headers={"kid": kid} | (headers or {}))


def raw_token(header, body, signature=b""):
    """A token of any content, whatever it means."""
    parts = (json.dumps(header).encode(), json.dumps(body).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
