"""Files that people attach: documents beside pictures. Told by what they are, and served to be kept, not run."""

import hashlib
import zipfile
from collections.abc import Mapping
from io import BytesIO

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.kit.files import FILE_TOO_LARGE, StoredFile, picture_type, stored_file
from dinghuo.kit.texts import storable

MOST_BYTES = 10_000_000

NOT_ATTACHABLE = Message(
    "not-attachable",
    "只接受图片（PNG、JPEG、WebP、SVG）、PDF 和 Word、Excel、PowerPoint 文件",
    "Only pictures (PNG, JPEG, WebP, SVG), PDF, and Word, Excel and PowerPoint documents",
    MALFORMED,
)

_OFFICE = "application/vnd.openxmlformats-officedocument."
# The part that makes a package of parts a document of its kind.
_PARTS = {
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OFFICE}presentationml.presentation",
}


async def store_attachment(tx: Tx, content: bytes) -> StoredFile:
    """Keep one file; what is there already is not stored again."""
    if len(content) > MOST_BYTES:
        raise Refused(FILE_TOO_LARGE("", most=MOST_BYTES, size=len(content)))
    content_type = attachment_type(content)
    if content_type is None:
        raise Refused(NOT_ATTACHABLE())
    file = StoredFile(hashlib.sha256(content).hexdigest(), content_type, len(content))
    row = {"sha256": file.sha256, "content_type": content_type, "size": file.size, "content": content}
    kept = insert(stored_file).values(tenant_id=tx.tenant_id, created_at=tx.now, **row)
    await tx.execute(kept.on_conflict_do_nothing())
    return file


def attachment_type(content: bytes) -> str | None:
    """The content type of a document or picture by what it is; None for anything else."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        return _office_type(content)
    return picture_type(content)


def _office_type(content: bytes) -> str | None:
    """Only the list of parts is read, nothing is unpacked. Documents with macros are not what they say."""
    try:
        names = set(zipfile.ZipFile(BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return None
    if any(name.endswith("vbaProject.bin") for name in names):
        return None
    return next((kind for part, kind in _PARTS.items() if part in names), None)


async def known_files(tx: Tx, hashes: list[str]) -> Mapping[str, StoredFile]:
    """Those of these files that are kept, by hash."""
    wanted = storable(hashes)
    if not wanted:
        return {}
    of_these = (stored_file.c.tenant_id == tx.tenant_id) & among(stored_file.c.sha256, wanted)
    rows = await tx.rows(select(stored_file.c.sha256, stored_file.c.content_type, stored_file.c.size).where(of_these))
    return {row.sha256: StoredFile(row.sha256, row.content_type, row.size) for row in rows}


def file_headers(sha256: str, content_type: str, name: str | None = None) -> dict[str, str]:
    """A picture is shown, anything else saved; nothing is run. The content behind a hash never changes."""
    shown = content_type.startswith("image/")
    quoted = "".join(f"%{byte:02X}" for byte in (name or sha256).encode())
    return {
        "cache-control": "private, max-age=31536000, immutable",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
        "content-disposition": "inline" if shown else f"attachment; filename*=UTF-8''{quoted}",
        "etag": f'"{sha256}"',
    }


class FileRef(msgspec.Struct, frozen=True):
    """A file as a record names it: the hash of its content, and what people call it."""

    sha256: str
    name: str


class FileView(msgspec.Struct, frozen=True):
    sha256: str
    name: str
    content_type: str
    size: int
