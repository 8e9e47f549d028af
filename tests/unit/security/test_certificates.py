"""A server's certificate: read whole or not at all, replaced while serving, never replaced by a broken one."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from engine.security.certificates import CertificateError, ChangingCertificate, read_certificate
from engine.security.options import CertificateFiles

AUTHORITY = trustme.CA()


def put(folder, certificate, *, clients=False):
    """Write a certificate's files as an administrator would, each replaced whole."""
    files = CertificateFiles(folder / "server.pem", folder / "key.pem", folder / "clients.pem" if clients else None)
    chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
    replace(files.certificate, chain)
    replace(files.key, certificate.private_key_pem.bytes())
    if files.client_authority is not None:
        replace(files.client_authority, AUTHORITY.cert_pem.bytes())
    return files


def replace(path, content):
    temporary = path.with_suffix(".new")
    temporary.write_bytes(content)
    temporary.replace(path)


@pytest.fixture
def files(tmp_path):
    return put(tmp_path, AUTHORITY.issue_cert("localhost"))


def test_good_files(tmp_path):
    read = read_certificate(put(tmp_path, AUTHORITY.issue_cert("localhost"), clients=True))
    assert read.until > datetime.now(UTC)
    assert read.client_authority == AUTHORITY.cert_pem.bytes()


def in_days(days):
    return datetime.now(UTC) + timedelta(days)


def encrypted_key():
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))


def another_key():
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


BROKEN = {
    "certificate missing": lambda files: files.certificate.unlink(),
    "certificate a folder": lambda files: (files.certificate.unlink(), files.certificate.mkdir()),
    "certificate empty": lambda files: files.certificate.write_bytes(b""),
    "certificate half written": lambda files: files.certificate.write_bytes(files.certificate.read_bytes()[:300]),
    "certificate of noise": lambda files: files.certificate.write_bytes(bytes(range(256)) * 20),
    "certificate without end": lambda files: files.certificate.write_bytes(b"-" * (5 * 1024 * 1024)),
    "certificate is the key": lambda files: files.certificate.write_bytes(files.key.read_bytes()),
    "certificate expired": lambda files: files.certificate.write_bytes(
        AUTHORITY.issue_cert("localhost", not_before=in_days(-2), not_after=in_days(-1)).cert_chain_pems[0].bytes()
    ),
    "key missing": lambda files: files.key.unlink(),
    "key half written": lambda files: files.key.write_bytes(files.key.read_bytes()[:100]),
    "key of another certificate": lambda files: files.key.write_bytes(another_key()),
    "key with a password": lambda files: files.key.write_bytes(encrypted_key()),
    "key is the certificate": lambda files: files.key.write_bytes(files.certificate.read_bytes()),
}


@pytest.mark.parametrize("case", BROKEN)
def test_files_that_cannot_serve(files, case):
    BROKEN[case](files)
    with pytest.raises(CertificateError) as caught:
        read_certificate(files)
    assert str(files.certificate) in str(caught.value) or str(files.key) in str(caught.value)
    assert "PRIVATE" not in str(caught.value)


def test_a_certificate_that_holds_from_tomorrow(tmp_path):
    early = put(tmp_path, AUTHORITY.issue_cert("localhost", not_before=in_days(1), not_after=in_days(9)))
    with pytest.raises(CertificateError, match="does not hold today"):
        read_certificate(early)


def test_authorities_of_clients_are_checked_too(tmp_path):
    files = put(tmp_path, AUTHORITY.issue_cert("localhost"), clients=True)
    files.client_authority.write_bytes(b"nothing")
    with pytest.raises(CertificateError, match="clients"):
        read_certificate(files)


def test_a_changed_certificate_is_taken_once(tmp_path, files):
    changing = ChangingCertificate(files)
    assert not changing.changed()
    old = changing.current
    put(tmp_path, AUTHORITY.issue_cert("localhost"))
    assert changing.changed()
    assert changing.current.chain != old.chain
    assert not changing.changed()


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files_leave_the_old_certificate_and_are_told_once(tmp_path, files, case, caplog):
    changing = ChangingCertificate(files)
    old = changing.current
    BROKEN[case](files)
    with caplog.at_level(logging.ERROR):
        assert not changing.changed()
        assert not changing.changed()
    assert len(caplog.records) == 1
    assert changing.current is old
    if files.certificate.is_dir():
        files.certificate.rmdir()
    put(tmp_path, AUTHORITY.issue_cert("localhost"))
    assert changing.changed()


def test_the_moment_between_two_files(tmp_path, files):
    changing = ChangingCertificate(files)
    new = AUTHORITY.issue_cert("localhost")
    replace(files.certificate, b"".join(blob.bytes() for blob in new.cert_chain_pems))
    assert not changing.changed()
    replace(files.key, new.private_key_pem.bytes())
    assert changing.changed()
