"""The line to the API over https, as Coupang speaks it, and through a company's proxy: the same
pace, and nobody else is believed."""

from __future__ import annotations

import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from extract_world import ask, assert_pace, client, linked

from extract.errors import ServerTrouble
from extract.sandbox import Account, SandboxServer, World


class Proxy(socketserver.ThreadingTCPServer):
    """Tunnels connections (CONNECT); tunnels: how many there were."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Tunnel)
        self.tunnels = 0


class Tunnel(socketserver.StreamRequestHandler):
    rbufsize = 0  # what follows the request belongs to the tunnel
    server: Proxy

    def handle(self) -> None:
        method, address, _ = self.rfile.readline().split()
        assert method == b"CONNECT"
        while self.rfile.readline().strip():
            pass
        host, _, port = address.decode().partition(":")
        with socket.create_connection((host, int(port))) as there:
            self.server.tunnels += 1
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            other = {self.connection: there, there: self.connection}
            while True:
                for end in select.select(list(other), [], [])[0]:
                    if not (data := end.recv(65536)):
                        return
                    other[end].sendall(data)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(world: World, authority: trustme.CA, tmp_path: Path) -> Iterator[SandboxServer]:
    """A sandbox that speaks https."""
    certificate = tmp_path / "server.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    with SandboxServer(world, certificate=certificate) as made:
        yield made


@pytest.fixture
def believed(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The authority is one that this machine trusts."""
    certificates = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(certificates))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates))


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    with Proxy() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{made.server_address[1]}")
        monkeypatch.setenv("NO_PROXY", "")
        yield made
        made.shutdown()


@pytest.mark.usefixtures("believed")
def test_the_pace_is_kept_over_https(secure: SandboxServer, seller: Account) -> None:
    assert_pace(secure, linked(seller))


@pytest.mark.usefixtures("believed")
def test_the_pace_is_kept_through_a_proxy(
    secure: SandboxServer, seller: Account, proxy: Proxy
) -> None:
    assert_pace(secure, linked(seller))
    assert 1 <= proxy.tunnels <= 12


def test_a_server_without_a_certificate_to_believe_is_told_nothing(
    secure: SandboxServer, seller: Account
) -> None:
    with (
        client(secure, linked(seller), attempts=1) as line,
        pytest.raises(ServerTrouble, match="certificate could not be verified"),
    ):
        ask(line)
    assert secure.requests == []
