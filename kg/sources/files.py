"""From a path to bytes and lines: what to read, unpacking, encodings, and a bound on the length of a line."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import stat
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, NamedTuple

from kg.errors import InputError
from kg.sources.fault import Fault, OnFault

HEAD = 64 * 1024
MAX_LINE = 16 * 1024 * 1024
MAX_DOCUMENT = 64 * 1024 * 1024
_CHUNK = 64 * 1024
# UTF-32 LE starts with the mark of UTF-16 LE: longest first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Line(NamedTuple):
    """One line with its end. ``problem`` says why it cannot be used; its text is then not to be trusted."""

    number: int
    text: str
    problem: str | None = None


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files that ``paths`` name: each once, in the given order, the files of a folder sorted by path.

    A folder is searched to the bottom; hidden files and folders (a leading dot) in it are left out. Raises InputError
    for a path that does not exist, a folder that cannot be read or holds no file.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        try:
            mode = path.stat().st_mode
        except OSError as error:
            raise InputError(f"{path}: {_reason(error)}") from error
        except ValueError as error:
            raise InputError(f"{str(path)!r} is not a path: {error}") from error
        for file in _walk(path) if stat.S_ISDIR(mode) else (path,):
            found.setdefault(file.resolve(), file)
    return list(found.values())


def _walk(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise InputError(f"{error.filename or folder}: {_reason(error)}") from error

    files = []
    for base, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        files += [Path(base, name) for name in names if not name.startswith(".")]
    files = sorted(file for file in files if file.is_file())
    if not files:
        raise InputError(f"{folder}: the folder holds no file to read; name files, or a folder of them")
    return files


def _reason(error: OSError) -> str:
    known = {
        FileNotFoundError: "no such file or folder; check the path",
        PermissionError: "may not be read; check its permissions",
        IsADirectoryError: "is a folder; name the files in it, or let find_files do it",
    }
    return known.get(type(error), f"cannot be read ({error.strerror or error})")


def unreadable(path: Path, error: OSError) -> InputError:
    return InputError(f"{path}: {_reason(error)}")


class Source:
    """One opened file: unpacked if it is gzip, in UTF-8 if it carried a byte order mark of another encoding.

    ``head`` is its first 64 KiB (fewer if it is shorter), ``encoding`` is "utf-8" where a byte order mark told, else
    None. ``damage`` says what is wrong with the packing once reading has come to that place.
    """

    def __init__(self, path: Path, file: BinaryIO, on_fault: OnFault) -> None:
        self.path = path
        self.damage: str | None = None
        self._on_fault = on_fault
        chunks = self._unpacked(file)
        head, rest = _split(chunks)
        self.encoding: str | None = None
        for mark, encoding in _MARKS:
            if head.startswith(mark):
                self.encoding = "utf-8"
                head, rest = _split(_transcoded(chain((head[len(mark) :],), rest), encoding))
                break
        self.head = head
        self._stream = io.BufferedReader(_ChunkReader(chain((head,), rest)), _CHUNK)

    @property
    def head_text(self) -> str:
        return self.head.decode("utf-8", "replace")

    def fault(self, line: int, message: str, *, kept: bool = False) -> None:
        self._on_fault(Fault(str(self.path), line, message, kept))

    def chunks(self) -> Iterator[bytes]:
        while chunk := self._stream.read1(_CHUNK):
            yield chunk

    def document(self) -> bytes:
        """All of it, for the formats that cannot be read piecewise; InputError if it is larger than 64 MiB."""
        data = self._stream.read(MAX_DOCUMENT + 1)
        if len(data) > MAX_DOCUMENT:
            raise InputError(f"{self.path}: larger than {MAX_DOCUMENT >> 20} MiB; split the file")
        return data

    def lines(self) -> Iterator[Line]:
        number = 0
        while raw := self._stream.readline(MAX_LINE + 1):
            number += 1
            whole = raw.endswith(b"\n")
            if len(raw) > MAX_LINE and not whole:
                self._skip_line()
                yield Line(number, "", f"the line is longer than {MAX_LINE >> 20} MiB; one record a line, please")
            elif self.damage and not whole:
                yield Line(number, "", "the file breaks off in this line")
            else:
                yield _decoded(number, raw)

    def _skip_line(self) -> None:
        while raw := self._stream.readline(_CHUNK):
            if raw.endswith(b"\n"):
                return

    def _unpacked(self, file: BinaryIO) -> Iterator[bytes]:
        start = file.read(_CHUNK)
        if not start.startswith(b"\x1f\x8b"):
            while start:
                yield start
                start = file.read(_CHUNK)
            return
        whole = io.BufferedReader(_ChunkReader(chain((start,), iter(lambda: file.read(_CHUNK), b""))), _CHUNK)
        packed = gzip.GzipFile(fileobj=whole)
        try:
            # read1 hands over what it has before the damage is met; read would lose it.
            while chunk := packed.read1(_CHUNK):
                yield chunk
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            self.damage = f"the gzip file breaks off or is damaged ({error}); what came before was kept: get it again"


class _ChunkReader(io.RawIOBase):
    """A raw stream over an iterator of byte strings."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while not self._left:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._left = chunk
        piece, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def _split(chunks: Iterator[bytes]) -> tuple[bytes, Iterator[bytes]]:
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= HEAD:
            break
    return head[:HEAD], chain((head[HEAD:],), chunks)


def _transcoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """To UTF-8. What is wrong in the input comes out as wrong UTF-8, so that the line that holds it is faulted."""
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
        yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        yield b"\xff"


def _decoded(number: int, raw: bytes) -> Line:
    try:
        return Line(number, raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        problem = f"byte {error.start + 1} of the line (0x{raw[error.start]:02X}) is not UTF-8; save the file as UTF-8"
        return Line(number, raw.decode("utf-8", "replace"), problem)
