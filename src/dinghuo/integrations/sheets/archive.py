"""How much a packed file may unpack to, checked from its directory and again while it unpacks."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from dinghuo.integrations.sheets.messages import (
    DAMAGED,
    ENCRYPTED,
    HOSTILE_XML,
    TOO_MANY_PARTS,
    UNPACKS_TOO_LARGE,
    SheetError,
)

MIB = 1024 * 1024
CHUNK = 256 * 1024
# What unpacks to less than this is harmless in whatever proportion.
RATIO_FLOOR = 8 * MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold; beyond any of these it is refused before it can do harm."""

    file_bytes: int = 128 * MIB
    unpacked_bytes: int = 512 * MIB
    ratio: int = 200
    parts: int = 2_000
    rows: int = 1_000_000
    columns: int = 200
    # A workbook's cells and texts are in memory at once; a text file streams.
    workbook_cells: int = 6_000_000
    workbook_text: int = 128 * MIB
    cell_length: int = 32_767


@dataclass(frozen=True, slots=True)
class Budget:
    """Counts what has come out of `packed` bytes and refuses more than the limits allow."""

    name: str
    packed: int
    limits: Limits

    def check(self, unpacked: int) -> None:
        limits = self.limits
        proportionate = unpacked <= RATIO_FLOOR or unpacked <= self.packed * limits.ratio
        if unpacked > limits.unpacked_bytes or not proportionate:
            raise SheetError(UNPACKS_TOO_LARGE(name=self.name, limit=limits.unpacked_bytes // MIB))


class Gunzipped(io.RawIOBase):
    """The unpacked bytes of a gzip stream, within its budget."""

    def __init__(self, packed: BinaryIO, budget: Budget) -> None:
        self._source = gzip.GzipFile(fileobj=packed, mode="rb")
        self._budget = budget
        self._unpacked = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            count = self._source.readinto(buffer)
        except (OSError, EOFError, zlib.error) as error:
            raise SheetError(DAMAGED(name=self._budget.name, reason=str(error))) from error
        self._unpacked += count
        self._budget.check(self._unpacked)
        return count

    def close(self) -> None:
        self._source.close()
        super().close()


@dataclass(frozen=True, slots=True)
class Part:
    """One file inside a zip archive, still packed."""

    name: str
    method: int
    crc: int
    size: int
    packed: memoryview


def zip_parts(data: bytes, *, name: str, limits: Limits) -> dict[str, Part]:
    """The archive's parts by name, as its directory declares them, if that is within the limits."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error) as error:
        raise SheetError(DAMAGED(name=name, reason=str(error))) from error
    if len(entries) > limits.parts:
        raise SheetError(TOO_MANY_PARTS(name=name, count=len(entries), limit=limits.parts))
    Budget(name, len(data), limits).check(sum(entry.file_size for entry in entries))
    parts: dict[str, Part] = {}
    for entry in entries:
        if entry.filename.endswith("/"):
            continue
        key = entry.filename.replace("\\", "/").lower()
        if key in parts:
            raise SheetError(DAMAGED(name=name, reason=f"two parts are called {entry.filename}"))
        parts[key] = _part(data, entry, name)
    return parts


def _part(data: bytes, entry: zipfile.ZipInfo, name: str) -> Part:
    if entry.flag_bits & 0x1:
        raise SheetError(ENCRYPTED(name=name))
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SheetError(DAMAGED(name=name, reason=f"{entry.filename}: compression method {entry.compress_type}"))
    at = entry.header_offset
    if data[at : at + 4] != b"PK\x03\x04" or at + 30 > len(data):
        raise SheetError(DAMAGED(name=name, reason=f"{entry.filename}: no local header"))
    name_length, extra_length = struct.unpack_from("<HH", data, at + 26)
    start = at + 30 + name_length + extra_length
    packed = memoryview(data)[start : start + entry.compress_size]
    if len(packed) != entry.compress_size:
        raise SheetError(DAMAGED(name=name, reason=f"{entry.filename} is cut off"))
    return Part(entry.filename, entry.compress_type, entry.CRC, entry.file_size, packed)


def unpack(part: Part, *, name: str, limits: Limits) -> Iterator[bytes]:
    """The part's bytes by chunks; refuses one that is not what the directory declared, or defines entities."""
    budget = Budget(name, len(part.packed), limits)
    unpacked, crc, tail = 0, 0, b""
    for chunk in _inflated(part, name):
        unpacked += len(chunk)
        budget.check(unpacked)
        crc = zlib.crc32(chunk, crc)
        seam = tail + chunk
        if b"<!DOCTYPE" in seam or b"<!ENTITY" in seam:
            raise SheetError(HOSTILE_XML(name=name))
        tail = chunk[-9:]
        yield chunk
    if unpacked != part.size or crc != part.crc:
        raise SheetError(DAMAGED(name=name, reason=f"{part.name} is not what the directory says"))


def _inflated(part: Part, name: str) -> Iterator[bytes]:
    if part.method == zipfile.ZIP_STORED:
        yield from (bytes(part.packed[at : at + CHUNK]) for at in range(0, len(part.packed), CHUNK))
        return
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for at in range(0, len(part.packed), CHUNK):
            piece: bytes | memoryview = part.packed[at : at + CHUNK]
            full = True
            while piece or full:
                chunk = inflate.decompress(piece, CHUNK)
                piece, full = inflate.unconsumed_tail, len(chunk) == CHUNK
                if chunk:
                    yield chunk
    except zlib.error as error:
        raise SheetError(DAMAGED(name=name, reason=f"{part.name}: {error}")) from error
    if not inflate.eof:
        raise SheetError(DAMAGED(name=name, reason=f"{part.name} is cut off"))


def repacked(parts: list[Part]) -> bytes:
    """A new archive of exactly these parts, still packed as they were.

    Whoever reads it sees what was checked and nothing else: two readers may understand a doctored directory
    differently, but there is only one way to understand this one.
    """
    body, directory = bytearray(), bytearray()
    for part in parts:
        name = part.name.encode()
        facts = struct.pack("<HHIIIHH", 0, 0x21, part.crc, len(part.packed), part.size, len(name), 0)
        shape = struct.pack("<HHH", 20, 0x800, part.method)
        directory += b"PK\x01\x02\x14\x00" + shape + facts + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name
        body += b"PK\x03\x04" + shape + facts + name + part.packed
    counts = struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(directory), len(body), 0)
    return bytes(body + directory + b"PK\x05\x06" + counts)
