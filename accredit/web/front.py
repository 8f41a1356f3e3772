"""The front door: for which hosts we answer, and whom we believe about where a request is from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, MutableMapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import StartResponse

from accredit.config import LOOPBACK, Settings, is_loopback

Environ = MutableMapping[str, Any]
WsgiApp = Callable[[Any, StartResponse], Iterable[bytes]]

_NAME = "web"
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_HOST = re.compile(r"(?P<name>[a-z0-9][a-z0-9.-]*|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?")
_REFUSAL = (
    b"This address is not served here. Whoever runs the site sets it as ACCREDIT_BASE_URL, or "
    b"adds it to ACCREDIT_TRUSTED_HOSTS.\n"
)


class FrontDoor:
    """Stands before the application: nothing behind it ever sees a forged host or origin."""

    def __init__(
        self, app: WsgiApp, settings: Settings, headers: Iterable[tuple[str, str]]
    ) -> None:
        self._app = app
        self._headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Server", _NAME),
            *headers,
        ]
        self._proxies = settings.trusted_proxies
        self._any_port: frozenset[str] = frozenset()
        base = urlsplit(settings.base_url)
        self._hosts = {_exact(base.netloc.lower(), base.scheme)}
        self._hosts |= {_exact(host, base.scheme) for host in settings.trusted_hosts}
        if is_loopback(settings.base_url):
            # On one's own machine the port is whatever `--port` said.
            self._any_port = frozenset(LOOPBACK) | {"[::1]"}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer 400 for a host that is not ours; else let the request in."""
        self._find_origin(environ)
        if not self._is_ours(environ):
            start_response(
                "400 Bad Request", [*self._headers, ("Content-Length", str(len(_REFUSAL)))]
            )
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [_REFUSAL]
        return self._app(environ, _without_a_name(start_response))

    def _is_ours(self, environ: Environ) -> bool:
        given = _HOST.fullmatch(environ.get("HTTP_HOST", "").lower())
        if given is None:
            return False
        name, port = given["name"], given["port"]
        scheme = environ["wsgi.url_scheme"]
        return name in self._any_port or (name, port or _DEFAULT_PORTS[scheme]) in self._hosts

    def _find_origin(self, environ: Environ) -> None:
        """Take the client's address and scheme from a proxy that we trust, from nobody else."""
        forwarded = environ.pop("HTTP_X_FORWARDED_FOR", "")
        scheme = environ.pop("HTTP_X_FORWARDED_PROTO", "")
        for name in ("HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PREFIX", "HTTP_FORWARDED"):
            environ.pop(name, None)
        if not self._trusts(environ.get("REMOTE_ADDR", "")):
            return
        if scheme in _DEFAULT_PORTS:
            environ["wsgi.url_scheme"] = scheme
        # The nearest proxy writes last. What stands before the first stranger may be invented.
        for address in reversed([part.strip() for part in forwarded.split(",")]):
            if _read_address(address) is None:
                return
            environ["REMOTE_ADDR"] = address
            if not self._trusts(address):
                return

    def _trusts(self, address: str) -> bool:
        found = _read_address(address)
        return found is not None and any(found in network for network in self._proxies)


def origin_key(address: str | None) -> str:
    """Whom limits count as one: an address, or a whole /64 where IPv6 gives everybody one."""
    found = None if address is None else _read_address(address)
    if found is None:
        return "unknown"
    if isinstance(found, IPv4Address):
        return str(found)
    mapped = found.ipv4_mapped
    return str(mapped) if mapped else str(ip_network(f"{found}/64", strict=False))


def _without_a_name(start_response: StartResponse) -> StartResponse:
    """Say what the server is called before it says so itself, with its make."""

    def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
        return start_response(status, [*headers, ("Server", _NAME)], *error)

    return start


def _exact(host: str, scheme: str) -> tuple[str, str]:
    """A host as it is compared: its name and its port, that of the scheme where none is given."""
    found = _HOST.fullmatch(host.rpartition("@")[2])
    return (host, "") if found is None else (found["name"], found["port"] or _DEFAULT_PORTS[scheme])


#: In characters; no address is written longer, and what is would only fill the memory.
_LONGEST_ADDRESS = 64


def _read_address(text: str) -> IPv4Address | IPv6Address | None:
    """The address a text is, or None."""
    return _read_again(text) if len(text) <= _LONGEST_ADDRESS else None


@lru_cache(maxsize=1024)
def _read_again(text: str) -> IPv4Address | IPv6Address | None:
    # The same few proxies and visitors are asked for in every request, several times.
    try:
        return ip_address(text)
    except ValueError:
        return None
