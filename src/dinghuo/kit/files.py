"""Files by the hash of their content: stored once, never changed, so that a browser may keep them for good."""

import hashlib
import re
from collections.abc import Sequence
from xml.etree import ElementTree

import msgspec
from sqlalchemy import Column, Integer, LargeBinary, select

from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, TOO_LARGE, Fault, Message, Refused
from dinghuo.kit.tables import moment, tenant_table, text

stored_file = tenant_table(
    "stored_file",
    text("sha256"),
    text("content_type"),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    moment("created_at"),
    key=("sha256",),
)

MOST_BYTES = 5_000_000
PDF = "application/pdf"

NOT_A_PICTURE = Message(
    "not-a-picture",
    "只接受 PNG、JPEG、WebP 图片，不含脚本和外部引用的 SVG，以及 PDF",
    "Only PNG, JPEG and WebP pictures, SVG without scripts and outside references, and PDF",
    MALFORMED,
)
FILE_TOO_LARGE = Message(
    "file-too-large",
    "文件最大 {most} 字节，此文件 {size} 字节",
    "A file has at most {most} bytes, not {size}",
    TOO_LARGE,
)

_SHA256 = re.compile("[0-9a-f]{64}")
_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
# Besides scripts, what can load or embed something else.
_UNSAFE_ELEMENTS = frozenset({"script", "foreignObject", "iframe", "embed", "object", "handler", "animate", "set"})
_UNSAFE_STYLE = re.compile(r"@import|url\s*\((?!\s*[\"']?#)|expression|javascript:", re.I)


_KEEP = """
insert into stored_file (tenant_id, sha256, content_type, size, content, created_at)
select $1, sha256, content_type, size, content, $6
from unnest($2::text[], $3::text[], $4::int[], $5::bytea[]) as f(sha256, content_type, size, content)
on conflict do nothing
"""


class StoredFile(msgspec.Struct, frozen=True):
    """What is known of a file beside its content."""

    sha256: str
    content_type: str
    size: int


class FileContent(msgspec.Struct, frozen=True):
    content_type: str
    content: bytes


async def store_files(tx: Tx, contents: Sequence[bytes]) -> list[StoredFile]:
    """Keep pictures and PDFs, in the order given. The content tells its type; what is there is not stored again."""
    faults: list[Fault] = []
    found: list[StoredFile] = []
    for line, content in enumerate(contents):
        content_type = picture_type(content) or (PDF if content.startswith(b"%PDF-") else None)
        if len(content) > MOST_BYTES:
            faults.append(FILE_TOO_LARGE(f"files[{line}]", line=line + 1, most=MOST_BYTES, size=len(content)))
        elif content_type is None:
            faults.append(NOT_A_PICTURE(f"files[{line}]", line=line + 1))
        else:
            found.append(StoredFile(hashlib.sha256(content).hexdigest(), content_type, len(content)))
    if faults:
        raise Refused(faults)
    by_hash = dict(sorted(zip((file.sha256 for file in found), contents, strict=True)))
    types = {file.sha256: file.content_type for file in found}
    kept = list(by_hash.values())
    await tx.write(_KEEP, list(by_hash), [types[sha256] for sha256 in by_hash], [len(c) for c in kept], kept, tx.now)
    return found


def is_sha256(text: str) -> bool:
    """Whether this may be the hash of a content, in hexadecimal."""
    return _SHA256.fullmatch(text) is not None


async def read_file(tx: Tx, sha256: str) -> FileContent | None:
    """A file by the hash of its content, in hexadecimal."""
    if not is_sha256(sha256):
        return None
    row = await tx.one(
        select(stored_file.c.content_type, stored_file.c.content).where(
            stored_file.c.tenant_id == tx.tenant_id, stored_file.c.sha256 == sha256
        )
    )
    return None if row is None else FileContent(row.content_type, row.content)


def picture_type(content: bytes) -> str | None:
    """The content type of a picture by what it is, not by what it is called; None for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "image/webp"
    return "image/svg+xml" if _is_safe_svg(content[:MOST_BYTES]) else None


def _is_safe_svg(content: bytes) -> bool:
    # Without a document type there are no entities, so nothing can expand or be fetched while it is parsed.
    if b"<svg" not in content or b"<!" in re.sub(rb"<!--.*?-->|<!\[CDATA\[", b"", content, flags=re.S):
        return False
    try:
        root = ElementTree.fromstring(content.decode())  # noqa: S314 - see above
    except (ElementTree.ParseError, ValueError):
        return False
    return root.tag == f"{_SVG}svg" and all(_is_safe(element) for element in root.iter())


def _is_safe(element: ElementTree.Element) -> bool:
    name = element.tag.rpartition("}")[2]
    if name in _UNSAFE_ELEMENTS or (name == "style" and _UNSAFE_STYLE.search(element.text or "")):
        return False
    return all(_is_safe_attribute(key, value) for key, value in element.attrib.items())


def _is_safe_attribute(key: str, value: str) -> bool:
    if key in ("href", f"{_XLINK}href"):
        return value.startswith(("#", "data:image/png", "data:image/jpeg", "data:image/webp"))
    return not key.lower().startswith("on") and not _UNSAFE_STYLE.search(value)
