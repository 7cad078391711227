"""Pictures in the sizes that screens ask for: made once, upright, and never at the price of the server."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image
from tests.support import Tenant, contents

from dinghuo.kit.database import Database
from dinghuo.kit.files import store_files
from dinghuo.kit.pictures import MOST_PIXELS, in_size, read_sized, shrunk


def photo(width: int, height: int, form: str = "JPEG", mode: str = "RGB", **how: object) -> bytes:
    """Not of one colour, so that it is no smaller than it has to be."""
    grey = Image.effect_noise((width // 4, height // 4), 90).resize((width, height))
    noise = Image.merge("LA", (grey, grey)) if mode == "LA" else grey.convert(mode)
    held = BytesIO()
    noise.save(held, form, **how)
    return held.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is so large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.slow
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_no_wider_and_keeps_its_shape(form: str) -> None:
    made = shrunk(photo(1200, 900, form), form, 320)
    assert made is not None
    assert (opened(made).format, opened(made).size) == ("WEBP", (320, 240))


def test_a_photograph_taken_upright_stands_upright() -> None:
    exif = Image.Exif()
    exif[274] = 6
    made = shrunk(photo(1200, 900, exif=exif), "JPEG", 320)
    assert made is not None
    assert opened(made).size == (320, 427)


def test_a_long_strip_has_an_end() -> None:
    made = shrunk(photo(800, 8000), "JPEG", 160)
    assert made is not None
    assert opened(made).size == (48, 480)


def test_what_is_transparent_stays_so_and_colours_of_print_become_those_of_screens() -> None:
    clear = photo(800, 800, "PNG", "LA")
    assert opened(shrunk(clear, "PNG", 160) or b"").mode == "RGBA"
    assert opened(shrunk(photo(800, 800, "JPEG", "CMYK"), "JPEG", 160) or b"").mode == "RGB"


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (photo(120, 80), "JPEG"),
        (b"\xff\xd8\xff\xe0rest", "JPEG"),
        (photo(1200, 900)[:4000], "JPEG"),
        (bomb(8000, MOST_PIXELS // 8000 + 1), "PNG"),
        (bomb(2_000_000, 2_000_000), "PNG"),
        (bomb(800, 800), "PNG"),
        (photo(1200, 900, "PNG"), "JPEG"),
    ],
    ids=["small", "broken", "cut off", "too large", "a bomb", "without content", "another's name"],
)
def test_anything_else_is_left_as_it_is(content: bytes, form: str) -> None:
    assert shrunk(content, form, 320) is None


async def test_a_size_is_made_once(database: Database, tenant: Tenant) -> None:
    original = photo(1200, 900)
    async with database.transaction(tenant.id) as tx:
        sha256 = (await store_files(tx, [original]))[0].sha256
        whole = await read_sized(tx, sha256, None)
        first = await read_sized(tx, sha256, 320)
    assert whole is not None and (whole.content, whole.unmade) == (original, None)
    assert first is not None and (first.content, first.unmade) == (original, 320)
    made = await in_size(database, tenant.id, sha256, first)
    assert made.content_type == "image/webp" and opened(made.content).size == (320, 240)
    # Asked for by two at once, it is kept once.
    await in_size(database, tenant.id, sha256, first)
    async with database.transaction(tenant.id) as tx:
        again = await read_sized(tx, sha256, 320)
        other = await read_sized(tx, sha256, 160)
        assert await read_sized(tx, "nonsense", 320) is None
        assert await read_sized(tx, "0" * 64, 320) is None
    assert again is not None and (again.content, again.content_type, again.unmade) == (
        made.content,
        "image/webp",
        None,
    )
    assert other is not None and other.unmade == 160
    assert len((await contents(database, tenant))["picture_size"]) == 1


async def test_what_cannot_be_made_is_not_tried_again(database: Database, tenant: Tenant) -> None:
    broken, drawn = b"\xff\xd8\xff\xe0rest", b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    async with database.transaction(tenant.id) as tx:
        kept = [file.sha256 for file in await store_files(tx, [broken, drawn])]
        first = [await read_sized(tx, sha256, 160) for sha256 in kept]
    assert [one and one.unmade for one in first] == [160, None]
    assert first[0] is not None
    assert (await in_size(database, tenant.id, kept[0], first[0])).content == broken
    async with database.transaction(tenant.id) as tx:
        again = await read_sized(tx, kept[0], 160)
    assert again is not None and (again.content, again.content_type, again.unmade) == (broken, "image/jpeg", None)
