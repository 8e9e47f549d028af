"""A server's TLS credentials for gRPC, which ask for the certificate again at every connection."""

from __future__ import annotations

import grpc

from engine.security.certificates import Certificate, ChangingCertificate
from engine.security.options import CertificateFiles


def server_credentials(files: CertificateFiles) -> grpc.ServerCredentials:
    """Credentials on `files`: a certificate put in their place serves from the next connection on.

    Raises:
        CertificateError: the files cannot serve.
    """
    certificate = ChangingCertificate(files)

    def fetch() -> grpc.ServerCertificateConfiguration | None:
        return _configuration(certificate.current) if certificate.changed() else None

    return grpc.dynamic_ssl_server_credentials(
        _configuration(certificate.current),
        fetch,  # type: ignore[arg-type]  # None keeps the certificate, as grpcio documents
        require_client_authentication=files.client_authority is not None,
    )


def _configuration(certificate: Certificate) -> grpc.ServerCertificateConfiguration:
    pair = (certificate.key, certificate.chain)
    return grpc.ssl_server_certificate_configuration([pair], certificate.client_authority)
