"""The pages' files as one edition: its addresses change when a file does, so browsers may keep all.

A page asks for `pages/EDITION/chat.js` in place of `pages/chat.js`; what modules import of each
other stands beside them there, so nothing in a file has to know.
"""

import gzip
import hashlib
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import groupby
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import Scope

FOR_EVER = "public, max-age=31536000, immutable"
"""A year, and not even asked for again (RFC 8246)."""

_NAME = re.compile(r"[0-9a-f]{16}")
_SHEET = re.compile(r'\s*<link rel="stylesheet" href="pages/([\w/-]+\.css)">')
_JOINED = "+"
_ASKED = re.compile(r'href="pages/[0-9a-f]{16}/([\w/.-]+\+[\w/.+-]+)"')


class Edition:
    """The files of `folder`, read when a page is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def name(self) -> str:
        """16 hexadecimal digits that change with any byte or name of a file."""
        whole = hashlib.sha256()
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            content = path.read_bytes()
            whole.update(f"{path.relative_to(self.folder).as_posix()} {len(content)} ".encode())
            whole.update(content)
        return whole.hexdigest()[:16]

    @cached_property
    def _texts(self) -> dict[str, str]:
        """Pages by name, with the addresses of this edition."""
        return {path.name: self._addressed(path) for path in self.folder.glob("*.html")}

    @cached_property
    def _pages(self) -> dict[str, tuple[bytes, bytes]]:
        """Pages by name, plain and compressed."""
        pages = {name: text.encode() for name, text in self._texts.items()}
        return {name: (page, gzip.compress(page, mtime=0)) for name, page in pages.items()}

    def response(self, page: str, request: Request) -> Response:
        """A page as the browser takes it; compressed, for it holds nothing that is a secret."""
        plain, compressed = self._pages[page]
        headers = {"ETag": f'"{self.name}"', "Vary": "Accept-Encoding"}
        if self.name in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            plain = compressed
        return Response(plain, media_type="text/html", headers=headers)

    @cached_property
    def _sheets(self) -> dict[str, str]:
        """The style sheets that a page asks for as one, by their joined names."""
        asked = {names for text in self._texts.values() for names in _ASKED.findall(text)}
        return {
            names: "\n".join(
                (self.folder / name).read_text(encoding="utf-8") for name in names.split(_JOINED)
            )
            for names in asked
        }

    def joined(self, names: str) -> str:
        """Style sheets that a page asks for joined by `+`, one after the other; else KeyError."""
        return self._sheets[names]

    def _addressed(self, page: Path) -> str:
        lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
        text = "".join(_one_sheet(lines))
        return text.replace('="pages/', f'="pages/{self.name}/')


def _one_sheet(lines: list[str]) -> Iterator[str]:
    """The lines with style sheets that follow each other asked for as one: each costs a round."""
    for sheets, group in groupby(lines, key=lambda line: bool(_SHEET.match(line))):
        if sheets:
            names = _JOINED.join(_SHEET.sub(r"\1", line).strip() for line in group)
            yield f'  <link rel="stylesheet" href="pages/{names}">\n'
        else:
            yield from group


class EditionFiles(StaticFiles):
    """The files under their plain names, and for ever under those of the edition.

    A page of a former edition that is still open somewhere gets the files of today: of all there
    is they are the nearest.
    """

    def __init__(self, edition: Edition) -> None:
        super().__init__(directory=edition.folder)
        self._edition = edition

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file at `path`, which StaticFiles has made safe."""
        edition, _, rest = path.partition("/")
        if not _NAME.fullmatch(edition):
            return await super().get_response(path, scope)
        if _JOINED in rest:
            try:
                response = Response(self._edition.joined(rest), media_type="text/css")
            except KeyError:
                raise HTTPException(404) from None
        else:
            response = await super().get_response(rest, scope)
        if edition == self._edition.name:
            response.headers["Cache-Control"] = FOR_EVER
        return response
