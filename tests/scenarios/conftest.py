"""The shop of the portal's tests, for stories told in it."""

from tests.portal.conftest import as_dealer, clients, owner, shop

__all__ = ["as_dealer", "clients", "owner", "shop"]
