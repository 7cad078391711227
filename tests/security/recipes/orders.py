"""Orders, drafts, what is said on them, views of their lists."""

from tests.security.calls import Call
from tests.security.company import Company
from tests.security.recipes.book import PLAIN, RECORDS, WITHOUT_BODY, bodies

RECORDS.update(
    {
        "cart": "parked.id",
        "comment_id": "comment.id",
        "document": "order.id",
        "draft_id": "draft.id",
        "mentions": "user.login",
        "number": "order.number",
        "order_id": "order.id",
        "subject": "order.id",
        "view_id": "view.id",
        "ViewOrder.ids": "view.id",
        "POST /api/v1/drafts/{draft_id}/withdraw.draft_id": "proposal.id",
    }
)
PLAIN.update(
    {
        "customer_reference": "", "message": "", "part": "",
        # How an order came in, not the customers' channel.
        "GET /api/v1/orders.channel": "api",
        "GET /api/v1/exports/orders.channel": "api",
        "GET /api/v1/exports/order-lines.channel": "api",
        "GET /api/v1/audit.channel": "api",
        # A draft keeps the number as it was typed: whether it is one is asked when it is placed.
        "PUT /api/v1/drafts/{draft_id}.blanket": "", "POST /api/v1/drafts.blanket": "",
        # What was typed, said, looked for and changed.
        "q": "名称", "text": "一句话", "query": "state=confirmed", "list": "orders",
        "actor_kind": "staff", "kind": "order", "action": "placed", "amount_from": "1", "amount_until": "1",
    }
)  # fmt: skip
WITHOUT_BODY.update({"/withdraw"})


@bodies("GET /api/v1/search")
def _typed(company: Company) -> list[Call]:
    return [Call(query={"q": company.mark})]
