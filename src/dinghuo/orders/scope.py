"""Data scopes for the hot path: the same rule as identity.scopes, on a customer already in memory."""

from collections.abc import Callable

from dinghuo.identity.principals import DealerPrincipal, Principal
from dinghuo.parties.facts import CustomerFacts


def sees(principal: Principal) -> Callable[[CustomerFacts], bool] | None:
    """Whether a customer is in this principal's scope; None when every customer is."""
    if isinstance(principal, DealerPrincipal):
        customer_id = principal.customer_id
        return lambda customer: customer.id == customer_id
    scope = principal.scope
    if scope.kind == "all":
        return None
    return lambda customer: (
        (scope.owner_id is not None and customer.owner_id == scope.owner_id)
        or customer.department_id in scope.department_ids
        or bool(customer.regions and customer.regions[0] in scope.region_ids)
    )
