"""The files of a server's certificate: read, checked as a whole, and read again when they change."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from engine.security.options import CertificateFiles

LOG = logging.getLogger("quotewright")
MAX_FILE_BYTES = 4 * 1024 * 1024

_State = tuple[tuple[int, int, int] | None, ...]


class CertificateError(Exception):
    """The files cannot serve; the message says which and why, and nothing of a private key."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The files' content, checked: the key fits the certificate, which holds today."""

    chain: bytes
    key: bytes
    client_authority: bytes | None
    until: datetime


def read_certificate(files: CertificateFiles) -> Certificate:
    """Read and check the files.

    Raises:
        CertificateError: they cannot serve.
    """
    chain_text, key_text = _read(files.certificate), _read(files.key)
    authority = None if files.client_authority is None else _read(files.client_authority)
    chain = _certificates(chain_text, files.certificate)
    if authority is not None and files.client_authority is not None:
        _certificates(authority, files.client_authority)
    own = chain[0]
    try:
        key = load_pem_private_key(key_text, password=None)
        of_key = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise CertificateError(f"{files.key}: no private key in PEM form without a password") from None
    if of_key != own.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo):
        raise CertificateError(f"{files.key} is not the key of {files.certificate}")
    now = datetime.now(UTC)
    if not own.not_valid_before_utc <= now <= own.not_valid_after_utc:
        held = f"{own.not_valid_before_utc:%Y-%m-%d %H:%M} to {own.not_valid_after_utc:%Y-%m-%d %H:%M} UTC"
        raise CertificateError(f"{files.certificate} does not hold today: it holds from {held}")
    return Certificate(chain_text, key_text, authority, own.not_valid_after_utc)


class ChangingCertificate:
    """The certificate that the files last held whole."""

    def __init__(self, files: CertificateFiles) -> None:
        """Read the files.

        Raises:
            CertificateError: they cannot serve.
        """
        self._files = files
        self._state = _state(files)
        self.current = read_certificate(files)

    def changed(self) -> bool:
        """Look at the files: whether `current` is a new one. Files that cannot serve are logged once, and wait."""
        state = _state(self._files)
        if state == self._state:
            return False
        self._state = state
        try:
            self.current = read_certificate(self._files)
        except CertificateError as error:
            LOG.error("the certificate changed and cannot be used, the old one goes on serving: %s", error)  # noqa: TRY400
            return False
        LOG.info("new certificate, good until %s", f"{self.current.until:%Y-%m-%d %H:%M} UTC")
        return True


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            text = file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise CertificateError(f"{path}: {error}") from None
    if len(text) > MAX_FILE_BYTES:
        raise CertificateError(f"{path}: more than {MAX_FILE_BYTES:,} bytes")
    return text


def _certificates(text: bytes, path: Path) -> list[x509.Certificate]:
    try:
        found = x509.load_pem_x509_certificates(text)
        # Reading is lazy: a broken key inside shows when it is asked for.
        for certificate in found:
            certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise CertificateError(f"{path}: no certificates in PEM form") from None
    return found


def _state(files: CertificateFiles) -> _State:
    """Changes when a file does."""
    return tuple(_file_state(path) for path in (files.certificate, files.key, files.client_authority) if path)


def _file_state(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
