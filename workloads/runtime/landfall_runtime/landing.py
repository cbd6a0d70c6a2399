"""Lands what a collect.py has fetched: written aside, where nobody looks, and then renamed into the landing zone."""

import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from landfall_runtime.failure import JobFailure
from landfall_runtime.job import Job

CHUNK_BYTES = 4 * 1024 * 1024
HASH_SHOWN = 12


@dataclass(frozen=True)
class Landed:
    """A file of the landing zone, as a lake path, and whether this call has put it there."""

    path: str
    is_new: bool


def land(job: Job, name: str, content: bytes | BinaryIO | Iterable[bytes]) -> Landed:
    """Lands content under `name` with a hash of it, `a.csv` → `a-HASH.csv`: the same content twice is one file.

    Streams: content may be larger than memory. Its arrival starts a run, as that of any file that is dropped.
    """
    if not re.fullmatch(r"[^/\\._][^/\\]{0,199}", name):
        raise JobFailure("BadName", f"{name!r} is no name for a landed file.", "Use a plain name such as flowers.csv.")
    folder = job.output.rstrip("/")
    aside = f"{folder}/_incoming/_script/_{job.run}-{uuid.uuid4().hex}"
    digest = hashlib.sha256()
    try:
        job.lake.write_chunks(aside, measured(chunks_of(content), digest))
        path = f"{folder}/{marked(name, digest.hexdigest()[:HASH_SHOWN])}"
        return Landed(path, job.lake.rename_if_absent(aside, path))
    finally:
        # Renamed, it is not there any more; in any other case it is of no use.
        job.lake.delete(aside)


def marked(name: str, mark: str) -> str:
    """The name with a mark before its extension, which may have several parts."""
    stem, dot, extension = name.partition(".")
    return f"{stem}-{mark}{dot}{extension}"


def chunks_of(content: bytes | BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    """The content in chunks that are neither empty nor larger than one request should be."""
    for chunk in pieces_of(content):
        for start in range(0, len(chunk), CHUNK_BYTES):
            yield chunk[start : start + CHUNK_BYTES]


def pieces_of(content: bytes | BinaryIO | Iterable[bytes]) -> Iterable[bytes]:
    """The content as it comes: whole, read from a file or a response, or in the pieces of an iterator."""
    if isinstance(content, bytes):
        return (content,)
    return iter(lambda: content.read(CHUNK_BYTES), b"") if hasattr(content, "read") else content


def measured(chunks: Iterator[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    """The same chunks, each added to the digest; refuses to be empty, since empty files are no data."""
    is_empty = True
    for chunk in chunks:
        is_empty = False
        digest.update(chunk)
        yield chunk
    if is_empty:
        raise JobFailure("EmptyContent", "The content is empty: nothing to land.", "Land files with content.")
