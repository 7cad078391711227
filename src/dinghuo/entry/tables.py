"""Every table of the house, imported in one place so that the metadata is complete."""

import dinghuo.accounts.allotment_tables
import dinghuo.accounts.rebate_tables
import dinghuo.accounts.tables
import dinghuo.analytics.tables
import dinghuo.approvals.tables
import dinghuo.catalogue.tables
import dinghuo.comments.tables
import dinghuo.identity.tables
import dinghuo.integrations.imports.tables
import dinghuo.inventory.tables
import dinghuo.kit.audit
import dinghuo.kit.audit_seal
import dinghuo.kit.cache
import dinghuo.kit.files
import dinghuo.kit.idempotency
import dinghuo.kit.numbering
import dinghuo.kit.outbox
import dinghuo.kit.pictures
import dinghuo.kit.search
import dinghuo.notices.tables
import dinghuo.orders.blankets.tables
import dinghuo.orders.life_tables
import dinghuo.orders.paste.tables
import dinghuo.orders.rules.tables
import dinghuo.orders.tables
import dinghuo.parties.tables
import dinghuo.portal.tables
import dinghuo.pricing.tables
import dinghuo.rebates.tables  # noqa: F401
from dinghuo.kit.tables import metadata

__all__ = ["metadata"]
