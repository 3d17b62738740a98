"""A JSON list of records, or one object over several lines; read piece by piece, so that a cut-off list is not lost."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from kg.model import Paper
from kg.sources.files import MAX_DOCUMENT, MAX_LINE, Source
from kg.sources.json_lines import papers_of

_GAP = re.compile(r"[\s,\]]*")
_NEXT_RECORD = re.compile(r"\}\s*,\s*(?=\{)")
_DECODER = json.JSONDecoder()
_UNDECODED = re.compile("[\udc80-\udcff]")


def read_json_document(source: Source) -> Iterator[Paper]:
    text = _Text(source)
    bound = MAX_LINE if text.take_list() else MAX_DOCUMENT
    while text.more():
        line = text.line
        try:
            value = text.value(bound)
        except _NotJson as error:
            source.fault(error.line, str(error))
            if not error.passed and not text.skip_record():
                return
        else:
            yield from papers_of(source, line, value)


class _NotJson(Exception):
    """``passed`` says that reading already stands behind the value."""

    def __init__(self, line: int, message: str, *, passed: bool = False) -> None:
        super().__init__(message)
        self.line = line
        self.passed = passed


class _Text:
    """The part of a file that is being looked at, and the line on which it begins."""

    def __init__(self, source: Source) -> None:
        self._chunks = source.chunks()
        # Bytes that are not UTF-8 become lone surrogates, and the value that holds one is refused.
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._text = ""
        self._ended = False
        self.line = 1

    def take_list(self) -> bool:
        self._fill(HEAD_CHARACTERS)
        self._drop(len(self._text) - len(self._text.lstrip()))
        if not self._text.startswith("["):
            return False
        self._drop(1)
        return True

    def more(self) -> bool:
        """Goes to the next value; false at the end of the file."""
        while True:
            self._drop(_GAP.match(self._text).end())  # type: ignore[union-attr]
            if self._text or self._ended:
                return bool(self._text)
            self._fill(HEAD_CHARACTERS)

    def value(self, bound: int) -> Any:
        """The value that begins here. A failure may only mean that it goes on: read twice as much and try again."""
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text)
            except json.JSONDecodeError as error:
                if self._ended or len(self._text) > bound:
                    raise self._broken(error.pos, error.msg) from error
                self._fill(2 * len(self._text))
            except (ValueError, RecursionError) as error:
                raise self._broken(0, str(error)) from error
            else:
                taken = self._text[:end]
                if found := _UNDECODED.search(taken):
                    problem = self._undecoded(found)
                    self._drop(end)
                    raise problem
                self._drop(end)
                return value

    def skip_record(self) -> bool:
        """Goes to what looks like the start of the next record of the list; false if there is none in sight."""
        found = _NEXT_RECORD.search(self._text)
        if found:
            self._drop(found.end())
        return bool(found)

    def _broken(self, at: int, message: str) -> _NotJson:
        line = self.line + self._text.count("\n", 0, at)
        if self._ended and at >= len(self._text.rstrip()) - 1:
            return _NotJson(line, "the file breaks off inside a record; what came before was kept: get it again")
        return _NotJson(line, f"not JSON: {message}; mend the record that begins on line {self.line}")

    def _undecoded(self, found: re.Match[str]) -> _NotJson:
        before = self._text[: found.start()]
        byte = len(before[before.rfind("\n") + 1 :].encode("utf-8", "surrogateescape")) + 1
        what = f"byte {byte} of the line (0x{ord(found[0]) - 0xDC00:02X}) is not UTF-8; save the file as UTF-8"
        return _NotJson(self.line + before.count("\n"), what, passed=True)

    def _fill(self, characters: int) -> None:
        parts = [self._text]
        size = len(self._text)
        while size < characters and not self._ended:
            chunk = next(self._chunks, b"")
            self._ended = not chunk
            parts.append(self._decoder.decode(chunk, final=self._ended))
            size += len(parts[-1])
        self._text = "".join(parts)

    def _drop(self, characters: int) -> None:
        self.line += self._text.count("\n", 0, characters)
        self._text = self._text[characters:]


HEAD_CHARACTERS = 256 * 1024
