"""Which web pages may open a widget's socket (guarantee S4, S7)."""

from __future__ import annotations

from urllib.parse import urlsplit

_DEFAULT_PORT = {"http": 80, "https": 443}


def normal(origin: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an origin as a browser writes it, or None where it is anything else."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    if parts.scheme not in _DEFAULT_PORT or not host or "@" in parts.netloc or not origin.isascii():
        return None
    if origin.lower() != f"{parts.scheme}://{parts.netloc.lower()}":
        return None
    return parts.scheme, host, port or _DEFAULT_PORT[parts.scheme]


def allowed(origin: str | None, *, domains: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """Tell whether a page of `origin` may use a widget with these `domains`.

    A domain is `host` or `host:port`, and matches that host only: no suffix, no wildcard. Without a port it stands
    for the scheme's own port. `own` are the platform's own origins, whose pages (demo, preview) may use any widget.
    """
    page = normal(origin) if origin is not None else None
    if page is None:
        return False
    if page in {normal(one) for one in own}:
        return True
    scheme, host, port = page
    return any(_matches(one.lower(), host=host, port=port, default=_DEFAULT_PORT[scheme]) for one in domains)


def _matches(domain: str, *, host: str, port: int, default: int) -> bool:
    named, _, wanted = domain.rpartition(":") if _has_port(domain) else (domain, "", "")
    return named.strip("[]") == host and port == (int(wanted) if wanted else default)


def _has_port(domain: str) -> bool:
    _, colon, port = domain.rpartition(":")
    return bool(colon) and port.isdigit() and not domain.endswith("]") and (domain.count(":") == 1 or "]:" in domain)
