"""Customers, what groups them, visits to them."""

from tests.security.calls import Call
from tests.security.company import Company
from tests.security.founding import PICTURE
from tests.security.recipes.book import PLAIN, RECORDS, bodies

RECORDS.update(
    {
        "account_id": "account.id",
        "address_id": "address.id",
        "channel": "channel.code",
        "customer": "customer.code",
        "customer_id": "customer.id",
        "customers": "customer.code",
        "other": "customer.parent",
        "one": "customer.code",
        "parent": "customer.parent",
        "region": "region.code",
        "tier": "tier.code",
        "customer_channel": "channel.code",
        "GET /api/v1/visits.by": "owner.login",
        "photos": "file.sha256",
        "AddressInput.id": "address.id",
        "ContactInput.id": "contact.id",
        "CustomerInput.code": "customer.code",
        "NodeInput.code": "region.code",
        "NodeInput.parent": "region.parent",
        "PUT /api/v1/channels.code": "channel.code",
        "PATCH /api/v1/customers/{customer_id}/comments/{comment_id}.comment_id": "customer_comment.id",
        "DELETE /api/v1/customers/{customer_id}/comments/{comment_id}.comment_id": "customer_comment.id",
        "PUT /api/v1/tiers.code": "tier.code",
        "NodeFields.parent": "region.parent",
        "PATCH /api/v1/tiers/{key}.key": "tier.id",
        "PATCH /api/v1/channels/{key}.key": "channel.id",
        "PATCH /api/v1/regions/{key}.key": "region.id",
        "DELETE /api/v1/tiers/{key}.key": "tier.spare",
        "DELETE /api/v1/channels/{key}.key": "channel.spare",
        "DELETE /api/v1/regions/{key}.key": "region.spare",
    }
)
PLAIN.update(
    {
        "country": "CN", "recipient": "收货人", "street": "街道 1 号", "bank_account": "", "city": "", "district": "",
        "email": "", "mobile": "", "postcode": "", "province": "", "tax_number": "", "number_prefix": "",
    }
)  # fmt: skip


@bodies("POST /api/v1/customers/merge", "POST /api/v1/customers/merge/preview")
def _merged(company: Company) -> list[Call]:
    return [Call(body={"from": company["customer.code"], "into": company["customer.parent"]})]


@bodies("POST /api/v1/visits/photos")
def _photo(company: Company) -> list[Call]:
    return [Call(content=PICTURE.format(company.mark + " 3").encode())]
