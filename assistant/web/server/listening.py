"""The address that the page listens on."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket

from assistant.errors import UsageError


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address, so that a taken port is known before anything is built.

    Raises:
        UsageError: the port is taken, or the address is none of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(
            f"The address {host!r} cannot be used: {error.strerror or error}.",
            "Use 127.0.0.1, or an address of this machine.",
        ) from error
    try:
        if os.name == "posix":  # elsewhere it would share a port that is in use
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise refused(host, port, error) from error
    return listener


def refused(host: str, port: int, error: OSError) -> UsageError:
    """Why the address cannot be listened on, and what can."""
    if error.errno == errno.EADDRINUSE:
        return UsageError(
            f"Port {port} on {host} is taken by another program.",
            f"End that program, or choose another port: assistant serve --port {port + 1}",
        )
    return UsageError(
        f"The page cannot listen on {host}, port {port}: {error.strerror}.",
        "Use 127.0.0.1 and a port from 1024 to 65535.",
    )


def is_loopback(listener: socket.socket) -> bool:
    """Whether only this machine can reach it."""
    return ipaddress.ip_address(listener.getsockname()[0]).is_loopback


def address_of(listener: socket.socket) -> str:
    """Where the page can be opened on this machine."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - listens everywhere, and is opened on this machine
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
