"""For each half's customer alone, published with a picture and a file, and drafts."""

from tests.security.company import ELSE, MINE
from tests.security.founding.founder import Founder


async def found_notices(f: Founder) -> None:
    for half in (MINE, ELSE):
        one = {
            "audience": [{"kind": "customer", "code": f.halves[half]["customer.code"]}],
            "title": f.code(f"{half}-NOTICE"),
            "body": f.code(f"{half}-TEXT"),
            "picture": f.shared["file.sha256"],
            "attachments": [{"sha256": f.shared["file.sha256"], "name": f.code(f"{half}-FILE")}],
            "must_read": True,
        }
        for kind in ("banner", *("notice" for _ in f.numbers())):
            shown = await f.post("notices", one | {"kind": kind})
            f.checked(await f.client.post(f"/api/v1/notices/{shown['id']}/publish"))
        f.hold(half, "notice.id", shown["id"])
        draft = await f.post("notices", one | {"kind": "policy"})
        f.hold(half, "notice_draft.id", draft["id"])
