"""The static code of the widget, held in memory with its compressed forms."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from frontdesk.http.asgi import Headers

#: The routes add `charset=utf-8` to texts.
_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".js": "text/javascript",
        ".css": "text/css",
        ".html": "text/html",
        ".json": "application/json; charset=utf-8",
        ".map": "application/json; charset=utf-8",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".webp": "image/webp",
        ".woff2": "font/woff2",
        ".txt": "text/plain",
    }
)
#: A name with a hash of the content in it never changes what it stands for.
_HASHED = re.compile(r"-[A-Za-z0-9_-]{8,}\.[a-z0-9.]+$")
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_MINUTES = "public, max-age=300"
_WORTH_PACKING = 256
_PACKED = (".js", ".css", ".html", ".json", ".map", ".svg", ".txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A file as it is served: its bytes by encoding, and what the browser may do with it."""

    content_type: str
    etag: str
    cache_control: str
    #: By content coding; `identity` is always there.
    forms: Mapping[str, bytes]

    def form(self, accept_encoding: str) -> tuple[str, bytes]:
        """Return the smallest form that the browser takes, with its coding."""
        taken = {
            part.split(";")[0].strip() for part in accept_encoding.split(",") if ";q=0" not in part.replace(" ", "")
        }
        usable = [(coding, body) for coding, body in self.forms.items() if coding == "identity" or coding in taken]
        return min(usable, key=lambda one: len(one[1]))

    def headers(self, coding: str) -> Headers:
        """Return the headers of a response in this coding; static code may be used by every page."""
        yield "etag", self.etag
        yield "cache-control", self.cache_control
        yield "vary", "accept-encoding"
        yield "access-control-allow-origin", "*"
        yield "cross-origin-resource-policy", "cross-origin"
        if coding != "identity":
            yield "content-encoding", coding


def load_assets(folder: Path) -> Mapping[str, Asset]:
    """Return the folder's files by name; a `.br` or `.gz` beside a file is its compressed form."""
    if not folder.is_dir():
        return MappingProxyType({})
    files = [path for path in sorted(folder.iterdir()) if path.suffix in _TYPES and path.is_file()]
    return MappingProxyType({path.name: load_asset(path) for path in files})


def load_asset(path: Path) -> Asset:
    """Return one file as it is served."""
    body = path.read_bytes()
    forms = {"identity": body}
    for coding, suffix in (("br", ".br"), ("gzip", ".gz")):
        packed = path.with_name(path.name + suffix)
        if packed.is_file():
            forms[coding] = packed.read_bytes()
    if "gzip" not in forms and path.suffix in _PACKED and len(body) > _WORTH_PACKING:
        forms["gzip"] = gzip.compress(body, compresslevel=9, mtime=0)
    return Asset(
        content_type=_TYPES[path.suffix],
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        cache_control=_FOR_EVER if _HASHED.search(path.name) else _FOR_MINUTES,
        forms=MappingProxyType(forms),
    )
