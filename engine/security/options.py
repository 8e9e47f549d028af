"""What a server is told about security, checked before it listens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.security.addresses import check_place_of_keys, stays_here


class SecurityOptionsError(Exception):
    """The options do not fit together; the message says what to change."""


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where a server's certificate is.

    Attributes:
        certificate: PEM file with the server's certificate, then those between it and the root.
        key: PEM file with its private key, without a password.
        client_authority: PEM file with the authorities whose clients may connect; None asks clients for no certificate.
    """

    certificate: Path
    key: Path
    client_authority: Path | None = None


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What a token must say.

    Attributes:
        issuer: who made it ("iss").
        audience: whom it is for ("aud").
        leeway: seconds that clocks may differ.
        name_claim: the claim with the caller's id.
        roles_claim: the claim with a list of roles, or a text with roles between spaces; others' roles are passed over.
        tenant_claim: the claim with the tenant.

    A claim inside another is named with a dot: "realm_access.roles".
    """

    issuer: str
    audience: str
    leeway: float = 30.0
    name_claim: str = "sub"
    roles_claim: str = "roles"
    tenant_claim: str = "tenant"


@dataclass(frozen=True, slots=True)
class SecurityOptions:
    """Security of one server; what is left out is off.

    Attributes:
        tls_certificate, tls_key: PEM files; both or none.
        tls_client_authority: PEM file with the authorities of clients' certificates; clients without one are refused.
        insecure: plain text is spoken beyond this machine too.
        api_keys: YAML file of API keys.
        token_issuer, token_audience, token_keys: tokens are taken of that issuer, for that audience, signed with
            the keys (JWKS) of that path or address; all or none.
        token_leeway: seconds that clocks may differ.
        name_claim, roles_claim, tenant_claim: the claims that say who calls, what they may do, and for whom.
        tenant: whose server this is; keys and tokens of others are refused; "" for a server without tenants.
        max_open_requests: of one key or person, over all its connections to one process; 0 for no limit.
        max_open_streams: the same for streams, each of which keeps a thread.
    """

    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_client_authority: Path | None = None
    insecure: bool = False
    api_keys: Path | None = None
    token_issuer: str = ""
    token_audience: str = ""
    token_keys: str = ""
    token_leeway: float = 30.0
    name_claim: str = "sub"
    roles_claim: str = "roles"
    tenant_claim: str = "tenant"
    tenant: str = ""
    max_open_requests: int = 0
    max_open_streams: int = 0

    @property
    def authenticates(self) -> bool:
        """Whether callers need a key or token."""
        return self.api_keys is not None or bool(self.token_issuer)

    def certificate_files(self) -> CertificateFiles | None:
        """Where the certificate is; None for plain text."""
        if self.tls_certificate is None or self.tls_key is None:
            return None
        return CertificateFiles(self.tls_certificate, self.tls_key, self.tls_client_authority)

    def token_rules(self) -> TokenRules | None:
        """What tokens must say; None where none are taken."""
        if not self.token_issuer:
            return None
        return TokenRules(
            self.token_issuer,
            self.token_audience,
            self.token_leeway,
            self.name_claim,
            self.roles_claim,
            self.tenant_claim,
        )

    def check(self, address: str) -> None:
        """See that the options fit together and to the address ("host:port") that is listened on.

        Raises:
            SecurityOptionsError: they do not.
        """
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise SecurityOptionsError("TLS needs both --tls-certificate and --tls-key")
        if self.tls_client_authority is not None and self.tls_certificate is None:
            raise SecurityOptionsError("--tls-client-authority asks for --tls-certificate and --tls-key")
        tokens = {
            "--token-issuer": self.token_issuer,
            "--token-audience": self.token_audience,
            "--token-keys": self.token_keys,
        }
        missing = [name for name, value in tokens.items() if not value]
        if 0 < len(missing) < len(tokens):
            raise SecurityOptionsError(f"tokens are taken where all of {', '.join(tokens)} are given: add {missing[0]}")
        if self.tenant and not self.authenticates:
            raise SecurityOptionsError("--tenant asks for --api-keys or tokens: nothing else says whose a caller is")
        if not 0 <= self.token_leeway <= 600:
            raise SecurityOptionsError("--token-leeway is 0 to 600 seconds")
        if self.max_open_requests < 0 or self.max_open_streams < 0:
            raise SecurityOptionsError("--max-open-requests and --max-open-streams are not negative")
        try:
            check_place_of_keys(self.token_keys)
        except ValueError as error:
            raise SecurityOptionsError(str(error)) from None
        if self.tls_certificate is None and not self.insecure and not stays_here(address):
            raise SecurityOptionsError(
                f"{address} can be reached from other machines, and nothing is encrypted: give --tls-certificate and "
                "--tls-key, listen on 127.0.0.1, or say --insecure where something else encrypts"
            )
