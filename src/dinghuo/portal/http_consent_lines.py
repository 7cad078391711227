"""Quantities of what waits for a colleague's consent, over HTTP: under /portal/v1."""

from typing import Any
from uuid import UUID

from litestar import Request, put

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs
from dinghuo.portal.change_asked import AskedQuantities, change_asked
from dinghuo.portal.consent_views import ConsentView, show_consent

AnyRequest = Request[Any, Any, Any]


@put("/consents/{draft_id:uuid}/lines", opt=needs("portal.orders.approve"))
async def change_asked_lines(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, draft_id: UUID, data: AskedQuantities
) -> ConsentView:
    """Change quantities of what a colleague asks for, before agreeing to it; who changed what is kept with it."""

    async def run(tx: Tx) -> ConsentView:
        await change_asked(tx, draft_id=draft_id, request=data, dealer=dealer)
        return await show_consent(tx, draft_id, dealer=dealer, language=language_of(request))

    return await database.run(dealer.tenant_id, run)


HANDLERS = [change_asked_lines]
