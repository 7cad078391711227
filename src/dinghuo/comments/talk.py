"""What is said on one kind of document: whoever may see it may read and answer, and others hear of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from dinghuo.comments.edit import edit_comment, take_back
from dinghuo.comments.queries import CommentView, get_comment, list_comments
from dinghuo.comments.write import CommentRequest, write_comment
from dinghuo.identity.principals import DealerPrincipal, Principal, StaffPrincipal, person_of
from dinghuo.kit import outbox
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Event
from dinghuo.kit.paging import Page


class News(msgspec.Struct, frozen=True):
    """Something was said, said otherwise or taken back. `mentions` are users' ids."""

    document_id: UUID
    comment_id: UUID
    for_customer: bool
    mentions: tuple[UUID, ...]


@dataclass(frozen=True)
class Talk:
    """`check_sees` refuses who may not see the document; `event` makes of news what the outbox is told."""

    document_kind: str
    check_sees: Callable[[Tx, Principal, UUID], Awaitable[None]]
    event: Callable[[News], Event]
    has_dealers: bool

    async def read(
        self, tx: Tx, document_id: UUID, *, principal: Principal, cursor: str | None = None, limit: int = 50
    ) -> Page[CommentView]:
        """The oldest first; dealers read what is meant for them."""
        await self.check_sees(tx, principal, document_id)
        return await list_comments(
            tx,
            document_kind=self.document_kind,
            document_id=document_id,
            reader_id=person_of(principal),
            for_customer=isinstance(principal, DealerPrincipal),
            cursor=cursor,
            limit=limit,
        )

    async def say(self, tx: Tx, document_id: UUID, request: CommentRequest, *, principal: Principal) -> CommentView:
        """What dealers say is always for the customer."""
        await self.check_sees(tx, principal, document_id)
        comment_id, mentioned = await write_comment(
            tx,
            document_kind=self.document_kind,
            document_id=document_id,
            request=self._meant(request, principal),
            person_id=person_of(principal),
            by=principal.actor(),
        )
        return await self._told(tx, document_id, comment_id, mentioned, principal)

    async def change(
        self,
        tx: Tx,
        document_id: UUID,
        comment_id: UUID,
        request: CommentRequest,
        *,
        revision: int,
        principal: StaffPrincipal,
    ) -> CommentView:
        """One's own, while it is new, provided that nothing changed meanwhile."""
        await self.check_sees(tx, principal, document_id)
        mentioned = await edit_comment(
            tx,
            document_kind=self.document_kind,
            document_id=document_id,
            comment_id=comment_id,
            request=self._meant(request, principal),
            revision=revision,
            person_id=person_of(principal),
            by=principal.actor(),
        )
        return await self._told(tx, document_id, comment_id, mentioned, principal)

    async def take_back(self, tx: Tx, document_id: UUID, comment_id: UUID, *, principal: StaffPrincipal) -> None:
        await self.check_sees(tx, principal, document_id)
        shown = await take_back(
            tx,
            document_kind=self.document_kind,
            document_id=document_id,
            comment_id=comment_id,
            person_id=person_of(principal),
            by=principal.actor(),
        )
        await outbox.emit(tx, [self.event(News(document_id, comment_id, shown, ()))])

    def _meant(self, request: CommentRequest, principal: Principal) -> CommentRequest:
        if isinstance(principal, DealerPrincipal):
            return CommentRequest(request.text, for_customer=True)
        return request if self.has_dealers else msgspec.structs.replace(request, for_customer=False)

    async def _told(
        self, tx: Tx, document_id: UUID, comment_id: UUID, mentioned: Sequence[UUID], principal: Principal
    ) -> CommentView:
        view = await get_comment(
            tx,
            document_kind=self.document_kind,
            document_id=document_id,
            comment_id=comment_id,
            reader_id=person_of(principal),
        )
        await outbox.emit(tx, [self.event(News(document_id, comment_id, view.for_customer, tuple(mentioned)))])
        return view
