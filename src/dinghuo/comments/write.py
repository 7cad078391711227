"""Say something on a document."""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import insert, select

from dinghuo.comments.tables import comment, comment_mention
from dinghuo.identity.save_users import normal_login
from dinghuo.identity.tables import app_user
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import UNKNOWN_CODE, among, put
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.texts import EMPTY, storable, text_faults

LONGEST = 4000
_MOST_MENTIONS = 50

TOO_MANY_MENTIONS = Message(
    "too-many-mentions", "一条评论最多提到 {most} 人", "A comment mentions at most {most} people", MALFORMED
)


class CommentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said, and to whom in particular: logins of the tenant's own people.

    `for_customer` shows it to the customer's people too.
    """

    text: str
    mentions: list[str] = []
    for_customer: bool = False


async def write_comment(
    tx: Tx, *, document_kind: str, document_id: UUID, request: CommentRequest, person_id: UUID, by: Actor
) -> tuple[UUID, list[UUID]]:
    """Keep the comment; its id and those of the people mentioned. The caller has checked who sees the document."""
    mentioned = await check_comment(tx, request)
    comment_id = new_id()
    await tx.execute(
        insert(comment).values(
            tenant_id=tx.tenant_id,
            id=comment_id,
            document_kind=document_kind,
            document_id=document_id,
            author_kind=by.kind,
            author_id=person_id,
            author_name=by.name,
            text=request.text.strip(),
            for_customer=request.for_customer,
            at=tx.now,
        )
    )
    await put(tx, comment_mention, [{"comment_id": comment_id, "user_id": user_id} for user_id in mentioned])
    return comment_id, mentioned


async def check_comment(tx: Tx, request: CommentRequest) -> list[UUID]:
    """The people mentioned; refused with everything that is wrong."""
    faults: list[Fault] = list(text_faults("text", request.text, LONGEST))
    if not request.text.strip():
        faults.append(EMPTY("text"))
    if len(request.mentions) > _MOST_MENTIONS:
        raise Refused([*faults, TOO_MANY_MENTIONS("mentions", most=_MOST_MENTIONS)])
    known = await _people(tx, request.mentions)
    for place, login in enumerate(request.mentions):
        if normal_login(login) not in known:
            faults.append(UNKNOWN_CODE(f"mentions[{place}]", line=place + 1, code=login))
    if faults:
        raise Refused(faults)
    return sorted(known.values())


async def _people(tx: Tx, logins: Sequence[str]) -> dict[str, UUID]:
    u = app_user.c
    named = among(u.login, storable(normal_login(login) for login in logins))
    rows = await tx.rows(
        select(u.id, u.login).where(u.tenant_id == tx.tenant_id, u.audience == "staff", u.state == "active", named)
    )
    return {row.login: row.id for row in rows}
