"""Where a dump goes: plain or gzip by the file's name, whole or not at all, with its checksum."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from kg.errors import InputError


class Counted:
    """Passes bytes on, counting and hashing them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self.size += len(data)
        self._file.write(data)
        return len(data)

    def flush(self) -> None:
        self._file.flush()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def opened(target: Path | BinaryIO) -> Iterator[tuple[IO[bytes], Counted]]:
    """What to write to, and what counts the bytes that reach the file.

    A path gets a file of that name only once everything is written. A name ending in ".gz" is compressed, without a
    time, so that the same data make the same bytes. Raises InputError where the file cannot be written.
    """
    if not isinstance(target, Path):
        counted = Counted(target)
        yield cast(IO[bytes], counted), counted
        return
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as raw:
            counted = Counted(raw)
            if target.suffix == ".gz":
                with gzip.GzipFile("", "wb", compresslevel=6, fileobj=cast(BinaryIO, counted), mtime=0) as packed:
                    yield cast(IO[bytes], packed), counted
            else:
                yield cast(IO[bytes], counted), counted
        part.replace(target)
    except OSError as error:
        raise InputError(f"{target}: cannot be written ({error.strerror}): choose another place") from error
    finally:
        part.unlink(missing_ok=True)
