"""API keys: made once, kept as hashes in a YAML file, looked up by hash at every call.

A key is 256 random bits, so that its plain SHA-256 cannot be searched for and a slow password hash would protect
nothing. The hash is what is looked up: how long that takes tells about the hash, which says nothing about the key.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from engine.diagnostics import Code, Findings, RejectedError, did_you_mean
from engine.document import Document, read_document
from engine.document import Path as At
from engine.security.identity import Identity, Role
from engine.security.roles import identity
from engine.source import Span

PREFIX = "qw_"
MAX_FILE_BYTES = 16 * 1024 * 1024
MAX_NAME = 200
FIELDS = ("name", "sha256", "roles", "tenant", "expires")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept.

    Attributes:
        identity: who calls with it.
        digest: SHA-256 of the key.
        expires: the time from which it is refused, in seconds since 1970; infinite where it does not expire.
    """

    identity: Identity
    digest: bytes
    expires: float = math.inf

    @property
    def fingerprint(self) -> str:
        """The first digits of the hash, by which people tell keys apart."""
        return self.digest.hex()[:12]


class ApiKeys:
    """The keys of a file."""

    __slots__ = ("_by_digest",)

    def __init__(self, keys: Iterable[ApiKey]) -> None:
        self._by_digest = {key.digest: key for key in keys}

    def find(self, key: str) -> Identity | None:
        """Who calls with `key`; None where it is no key, or expired."""
        digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
        found = self._by_digest.get(digest)
        if found is None or not hmac.compare_digest(found.digest, digest) or time.time() >= found.expires:
            return None
        return found.identity


def new_key() -> str:
    """A key nobody has seen."""
    return PREFIX + secrets.token_urlsafe(32)


def entry(key: str, name: str, roles: Iterable[Role], tenant: str = "", expires: date | None = None) -> str:
    """The lines that keep `key` in a file of keys; names are printable texts."""
    lines = [
        f"  - name: {_quoted(name)}",
        f"    sha256: '{hashlib.sha256(key.encode()).hexdigest()}'",
        f"    roles: [{', '.join(sorted(roles))}]",
    ]
    if tenant:
        lines.append(f"    tenant: {_quoted(tenant)}")
    if expires is not None:
        lines.append(f"    expires: {expires.isoformat()}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def read_keys(path: Path) -> list[ApiKey]:
    """The keys of a file, in its order.

    Raises:
        RejectedError: the file cannot be used; carries all that is wrong with it.
    """
    findings = Findings()
    file = path.as_posix()
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            findings.add(Code.LIMIT, f"a file of keys has at most {MAX_FILE_BYTES:,} bytes", Span(file))
            raise RejectedError(findings)
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError, ValueError) as error:
        findings.add(Code.FILE_UNREADABLE, f"the file of keys cannot be read: {error}", Span(file))
        raise RejectedError(findings) from None
    document = read_document(text, file, findings)
    keys = _read(document, findings) if not findings.errors else []
    if findings.errors:
        raise RejectedError(findings)
    return keys


def _read(document: Document, findings: Findings) -> list[ApiKey]:
    whole = document.value
    if not isinstance(whole, dict) or set(whole) != {"keys"} or not isinstance(whole["keys"], list | None):
        findings.add(Code.WRONG_TYPE, "a file of keys is a list under the one word 'keys:'", document.span(()))
        return []
    seen: dict[bytes, int] = {}
    found: list[ApiKey] = []
    for index, item in enumerate(whole["keys"] or ()):
        at: At = ("keys", index)
        if not isinstance(item, dict):
            findings.add(Code.WRONG_TYPE, f"a key is a mapping with {', '.join(FIELDS)}", document.span(at))
            continue
        key = _Entry(document, findings, at, item).read()
        if key is None:
            continue
        if key.digest in seen:
            told = f"the same key as entry {seen[key.digest] + 1}: every key has one entry"
            findings.add(Code.DUPLICATE, told, document.span((*at, "sha256")))
        seen[key.digest] = index
        found.append(key)
    return found


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of the file while it is read."""

    document: Document
    findings: Findings
    at: At
    item: dict[str, Any]

    def read(self) -> ApiKey | None:
        before = len(self.findings)
        for name in self.item:
            if name not in FIELDS:
                place = self.document.key_span((*self.at, name))
                told = f"a key has no field {name!r}"
                self.findings.add(Code.UNKNOWN_FIELD, told, place, hint=did_you_mean(name, FIELDS))
        name, digest, roles = self._name("name"), self._digest(), self._roles()
        tenant = self._name("tenant") if "tenant" in self.item else ""
        expires = self._expires()
        if len(self.findings) > before:
            return None
        return ApiKey(identity(name, roles, tenant), digest, expires)

    def _wrong(self, field: str, message: str, hint: str = "", code: Code = Code.WRONG_VALUE) -> None:
        if field not in self.item:
            code, message = Code.MISSING_FIELD, f"{field!r} is missing: {message}"
        self.findings.add(code, message, self.document.span((*self.at, field)), hint=hint)

    def _name(self, field: str) -> str:
        value = self.item.get(field)
        if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > MAX_NAME:
            self._wrong(
                field, f"who calls, a text of 1 to {MAX_NAME} characters in quotes where it looks like a number"
            )
            return ""
        return value

    def _digest(self) -> bytes:
        value = self.item.get("sha256")
        try:
            digest = bytes.fromhex(value) if isinstance(value, str) else b""
        except ValueError:
            digest = b""
        if len(digest) != hashlib.sha256().digest_size:
            # The value is not shown: somebody may have put the key itself here.
            self._wrong("sha256", "the SHA-256 of the key as 64 hexadecimal digits", "`quotewright keys new` writes it")
        return digest

    def _roles(self) -> list[Role]:
        value = self.item.get("roles")
        if not isinstance(value, list) or not value:
            self._wrong("roles", f"a list of {', '.join(Role)}")
            return []
        roles = []
        for index, name in enumerate(value):
            if name in list(Role):
                roles.append(Role(name))
            else:
                place, hint = self.document.span((*self.at, "roles", index)), did_you_mean(str(name)[:MAX_NAME], Role)
                self.findings.add(Code.UNKNOWN_NAME, f"there is no role {str(name)[:MAX_NAME]!r}", place, hint=hint)
        return roles

    def _expires(self) -> float:
        if "expires" not in self.item:
            return math.inf
        try:
            day = date.fromisoformat(str(self.item["expires"]))
            return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
        except ValueError:
            self._wrong("expires", "the day from which the key is refused, as 2027-01-31 (UTC)")
            return 0.0
