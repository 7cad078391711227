"""Pictures in the sizes that screens ask for: made when first asked for, kept beside the original, never changed.

What unpacks to more than it may is not unpacked, and one picture at a time is: the worst upload costs a moment of one
thread and some hundred megabytes, whoever sends it.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Literal

from PIL import Image, ImageOps
from sqlalchemy import Column, Integer, LargeBinary, case, select
from sqlalchemy.dialects.postgresql import insert

from dinghuo.kit.database import Database, Tx
from dinghuo.kit.files import FileContent, is_sha256, stored_file
from dinghuo.kit.tables import moment, reference, tenant_table, text

Width = Literal[160, 320, 640, 1280]

# No content: the original serves better, and that need not be found out again.
picture_size = tenant_table(
    "picture_size",
    text("sha256"),
    Column("width", Integer, nullable=False),
    text("content_type", nullable=True),
    Column("content", LargeBinary, nullable=True),
    moment("created_at"),
    reference("stored_file", "sha256", target=("sha256",)),
    key=("sha256", "width"),
)

MOST_PIXELS = 40_000_000
_WEBP = "image/webp"
_SHRINKABLE = {"image/png": "PNG", "image/jpeg": "JPEG", _WEBP: "WEBP"}
_QUALITY = 80
# Higher than it is wide, as people's photographs of shelves are; not a strip without end.
_HIGHEST = 3
_ONE_AT_A_TIME = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
# Ours is the stricter limit, and says no instead of warning.
Image.MAX_IMAGE_PIXELS = None


class SizedFile(FileContent, frozen=True):
    """`unmade`: the width asked for that is not there yet; the content is the original's. See `in_size`."""

    unmade: int | None = None


async def read_sized(tx: Tx, sha256: str, width: Width | None) -> SizedFile | None:
    """A file, as a picture no wider than this where it is one."""
    if not is_sha256(sha256):
        return None
    f, p = stored_file.c, picture_size.c
    of_width = (p.tenant_id == tx.tenant_id) & (p.sha256 == f.sha256) & (p.width == (width or 0))
    row = await tx.one(
        select(
            f.content_type,
            p.content_type.label("made_type"),
            case((p.content.is_(None), f.content), else_=p.content).label("content"),
            p.width.label("known"),
        )
        .outerjoin(picture_size, of_width)
        .where(f.tenant_id == tx.tenant_id, f.sha256 == sha256)
    )
    if row is None:
        return None
    is_unmade = width is not None and row.known is None and row.content_type in _SHRINKABLE
    return SizedFile(row.made_type or row.content_type, row.content, width if is_unmade else None)


async def in_size(database: Database, tenant_id: int, sha256: str, file: SizedFile) -> FileContent:
    """The file in the size that was asked for, made and kept if it was not there."""
    width = file.unmade
    if width is None:
        return file
    form = _SHRINKABLE[file.content_type]
    made = await asyncio.get_running_loop().run_in_executor(_ONE_AT_A_TIME, shrunk, file.content, form, width)
    row = {"sha256": sha256, "width": width, "content_type": made and _WEBP, "content": made}

    async def keep(tx: Tx) -> None:
        kept = insert(picture_size).values(tenant_id=tx.tenant_id, created_at=tx.now, **row)
        await tx.execute(kept.on_conflict_do_nothing())

    await database.run(tenant_id, keep)
    return file if made is None else FileContent(_WEBP, made)


def shrunk(content: bytes, form: str, width: int) -> bytes | None:
    """A picture no wider, as WebP; None where it is small already, too large to unpack, or broken."""
    try:
        with Image.open(BytesIO(content), formats=(form,)) as picture:
            if picture.width * picture.height > MOST_PIXELS or max(picture.size) <= width:
                return None
            # A JPEG can be unpacked smaller at once.
            picture.draft("RGB", (width, width))
            upright = ImageOps.exif_transpose(picture)
            has_colours = upright.mode in ("RGB", "RGBA")
            profile = upright.info.get("icc_profile") if has_colours else None
            if not has_colours:
                upright = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            upright.thumbnail((width, _HIGHEST * width), Image.Resampling.LANCZOS)
            held = BytesIO()
            upright.save(held, "WEBP", quality=_QUALITY, method=4, icc_profile=profile)
    except Exception:  # whatever is wrong with somebody's picture, the original is shown as it is
        return None
    made = held.getvalue()
    return made if len(made) < len(content) else None
