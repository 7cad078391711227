"""Pictures are what they are, not what they are called."""

import pytest
from tests.support import Tenant, contents, make_tenant

from dinghuo.kit.database import Database
from dinghuo.kit.errors import Refused
from dinghuo.kit.files import MOST_BYTES, picture_type, read_file, store_files

PNG = b"\x89PNG\r\n\x1a\n" + b"rest"
JPEG = b"\xff\xd8\xff\xe0rest"
WEBP = b"RIFF\x04\x00\x00\x00WEBPVP8 "
HEAD = b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 1 1"'


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (WEBP, "image/webp"),
        (HEAD + b"/>", "image/svg+xml"),
        (
            b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- a note -->' + HEAD + b"><path d='M0 0'/></svg>",
            "image/svg+xml",
        ),
        (HEAD + "><text>农夫山泉</text></svg>".encode(), "image/svg+xml"),
        (HEAD + b"><defs><g id='a'/></defs><use href='#a'/><use xlink:href='#a'/></svg>", "image/svg+xml"),
        (HEAD + b"><rect fill='url(#a)' style='fill: url(\"#a\")'/></svg>", "image/svg+xml"),
        (HEAD + b"><style><![CDATA[ .a { fill: red } ]]></style></svg>", "image/svg+xml"),
        (b"", None),
        (b"<html><svg/></html>", None),
        (b"<svg/>", None),
        (b"GIF89a", None),
        (b"%PDF-1.7", None),
        (HEAD, None),
        (HEAD + b"><script>alert(1)</script></svg>", None),
        (HEAD + b"><g onload='alert(1)'/></svg>", None),
        (HEAD + b"><g ONLOAD='alert(1)'/></svg>", None),
        (HEAD + b"><a href='javascript:alert(1)'/></svg>", None),
        (HEAD + b"><image href='https://example.com/a.png'/></svg>", None),
        (HEAD + b"><image xlink:href='data:image/svg+xml,x'/></svg>", None),
        (HEAD + b"><foreignObject><p xmlns='http://www.w3.org/1999/xhtml'/></foreignObject></svg>", None),
        (HEAD + b"><set attributeName='onclick' to='alert(1)'/></svg>", None),
        (HEAD + b"><style>@import 'https://example.com/a.css'</style></svg>", None),
        (HEAD + b"><rect style='fill: url(https://example.com)'/></svg>", None),
        (b"<!DOCTYPE svg [<!ENTITY a 'aaaa'>]>" + HEAD + b"><text>&a;</text></svg>", None),
        (b"<!-- --><!DOCTYPE svg>" + HEAD + b"/>", None),
        (HEAD + b">\xff\xfe</svg>", None),
    ],
)
def test_the_content_tells_its_type(content: bytes, content_type: str | None) -> None:
    assert picture_type(content) == content_type


async def test_files_are_kept_once_and_for_one_tenant(database: Database, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as tx:
        files = await store_files(tx, [PNG, HEAD + b"/>", PNG])
    assert [(file.content_type, file.size) for file in files] == [
        ("image/png", len(PNG)),
        ("image/svg+xml", len(HEAD) + 2),
        ("image/png", len(PNG)),
    ]
    assert files[0] == files[2]
    before = await contents(database, tenant)
    assert len(before["stored_file"]) == 2
    async with database.transaction(tenant.id) as tx:
        await store_files(tx, [PNG])
        found = await read_file(tx, files[0].sha256)
        assert found is not None
        assert (found.content, found.content_type) == (PNG, "image/png")
        assert await read_file(tx, "0" * 64) is None
        assert await read_file(tx, "\x00") is None
    assert await contents(database, tenant) == before
    other = await make_tenant(database)
    async with database.transaction(other.id) as tx:
        assert await read_file(tx, files[0].sha256) is None


async def test_what_is_no_picture_is_refused_with_all_the_rest(database: Database, tenant: Tenant) -> None:
    before = await contents(database, tenant)
    with pytest.raises(Refused) as error:
        async with database.transaction(tenant.id) as tx:
            await store_files(tx, [PNG, b"MZ", PNG + bytes(MOST_BYTES)])
    assert [(fault.message.code, fault.field, fault.line) for fault in error.value.faults] == [
        ("not-a-picture", "files[1]", 2),
        ("file-too-large", "files[2]", 3),
    ]
    assert await contents(database, tenant) == before
