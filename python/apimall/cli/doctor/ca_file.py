"""Where the library finds certificate authorities: as core/net/ca_bundle.cpp, which a test compares."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLES = ("SSL_CERT_FILE", "CURL_CA_BUNDLE")
KNOWN_PLACES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/var/lib/ca-certificates/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
    "/etc/openssl/certs/ca-certificates.crt",
    "/opt/homebrew/etc/ca-certificates/cert.pem",
    "/opt/homebrew/etc/openssl@3/cert.pem",
    "/usr/local/etc/ca-certificates/cert.pem",
    "/usr/local/etc/openssl@3/cert.pem",
    "/opt/local/etc/openssl/cert.pem",
    "/data/data/com.termux/files/usr/etc/tls/cert.pem",
    "/run/current-system/profile/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/certs/ca-bundle.crt",
)


def find_ca_file(setting: str | None) -> tuple[str | None, str]:
    """Return the file, or None, and where it was named."""
    for file, source in (
        (setting, "--ca-bundle"),
        (os.environ.get("APIMALL_CA_BUNDLE"), "APIMALL_CA_BUNDLE"),
    ):
        if file and file != "auto":
            return file, source
    for name in VARIABLES:
        file = os.environ.get(name)
        if file and Path(file).is_file():
            return file, name
    if sys.platform == "win32":
        return "the system's certificate store", "default"
    for file in KNOWN_PLACES:
        if Path(file).is_file():
            return file, "known place"
    return None, ""
