"""Certificates made when a test needs them, by the `openssl` command: good ones, and each kind of bad one."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

HOST = "bot.example"


@dataclass(frozen=True, kw_only=True)
class Authority:
    """Signs certificates; a client that trusts `certificate` accepts them."""

    folder: Path

    @property
    def certificate(self) -> str:
        return str(self.folder / "authority.pem")

    @classmethod
    def made(cls, folder: Path) -> Authority:
        _openssl(
            folder, "req", "-x509", *_KEY, "-keyout", "authority.key", "-out", "authority.pem", "-days", "2",
            "-subj", "/CN=Test authority", "-addext", "keyUsage=critical,keyCertSign",
        )  # fmt: skip
        return cls(folder=folder)

    def server(self, *, host: str = HOST, expired: bool = False) -> ssl.SSLContext:
        """Return what a server with a certificate for this host speaks TLS with."""
        _openssl(self.folder, "req", *_KEY, "-keyout", "server.key", "-out", "server.csr", "-subj", f"/CN={host}")
        (self.folder / "extensions").write_text(f"subjectAltName=DNS:{host}\n")
        self._openssl_registry()
        # Only `openssl ca` can sign for times that are over.
        validity = ("-startdate", "190101000000Z", "-enddate", "200101000000Z") if expired else ("-days", "1")
        _openssl(
            self.folder, "ca", "-batch", "-notext", "-config", "registry", "-in", "server.csr", "-out", "server.pem",
            "-extfile", "extensions", *validity,
        )  # fmt: skip
        return _speaking(self.folder, certificate="server.pem", key="server.key")

    def _openssl_registry(self) -> None:
        (self.folder / "index.txt").write_text("")
        (self.folder / "serial").write_text("01\n")
        (self.folder / "registry").write_text(
            "[ca]\ndefault_ca = it\n[it]\nnew_certs_dir = .\ndatabase = index.txt\nserial = serial\n"
            "certificate = authority.pem\nprivate_key = authority.key\ndefault_md = sha256\npolicy = any\n"
            "[any]\ncommonName = supplied\n"
        )


def self_signed(folder: Path) -> ssl.SSLContext:
    """Return what a server with a certificate that nobody vouches for speaks TLS with."""
    _openssl(
        folder, "req", "-x509", *_KEY, "-keyout", "self.key", "-out", "self.pem", "-days", "2",
        "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}",
    )  # fmt: skip
    return _speaking(folder, certificate="self.pem", key="self.key")


_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _speaking(folder: Path, *, certificate: str, key: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / certificate, folder / key)
    return context


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=30)
