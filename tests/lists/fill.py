"""A tenant with very many rows of everything that is listed: most alike, one in `RARE` what a filter seeks."""

from uuid import UUID

from dinghuo.kit.database import Tx

RARE = 4_000
SLICE = 50_000
CUSTOMER, PRODUCT, SKU, USER, VISIT, NOTICE, DRAFT, ORDER, JOB, RECEIPT, MOVE, ACCOUNT, SLIP, AMENDMENT = range(1, 15)


def id_of(kind: int, n: int) -> UUID:
    """The id of row `n` of a kind: a UUIDv7, in the order of `n`."""
    return UUID(f"{1700000000000 + n:012x}70008{kind:03x}{n:012x}")


COMMON, UNUSUAL = id_of(0, 1), id_of(0, 2)


def _id(kind: int, n: str = "n") -> str:
    """The same in SQL."""
    moment = f"lpad(to_hex(1700000000000::bigint + {n}), 12, '0')"
    return f"({moment} || '70008{kind:03x}' || lpad(to_hex({n}), 12, '0'))::uuid"


def _word(place: int) -> str:
    """The common word, of one in `RARE` the other one."""
    return f"case when n % {RARE} = {place} then '{UNUSUAL}'::uuid else '{COMMON}'::uuid end"


def _text(place: int, unusual: str, common: str) -> str:
    return f"case when n % {RARE} = {place} then '{unusual}' else '{common}' end"


_NOW, _FILE = "now(), now()", "repeat('0', 64)"
_CODED = "'COMMON', 'c'", "'RARE', 'r'"
# What there are two of: table, columns beside tenant and id, values of each.
_FEW: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    *((table, "code, name", _CODED) for table in ("tier", "region", "channel", "category", "brand", "warehouse")),
    ("department", "code, name, created_at", tuple(f"{each}, now()" for each in _CODED)),
    ("role", "code, name, audience, created_at", tuple(f"{each}, 'dealer', now()" for each in _CODED)),
    (
        "app_user",
        "audience, login, name, created_at, updated_at",
        (f"'staff', 'common', 'c', {_NOW}", f"'staff', 'rare', 'r', {_NOW}"),
    ),
    (
        "price_list",
        "code, name, kind, scope, valid_from, state, created_at, updated_at",
        (f"'BASE', 'b', 'base', 'base', '2020-01-01', 'published', {_NOW}",),
    ),
    (
        "import_file",
        "name, size, state, purpose, created_at, expires_at",
        (f"'f', 1, 'ready', 'source', {_NOW}",),
    ),
    (
        "import_job",
        "kind, state, file_id, file_name, file_size, options, language, created_at, created_by_name, created_by_kind",
        (f"'skus', 'checked', '{COMMON}', 'f', 1, '{{}}', 'zh', now(), 'c', 'staff'",),
    ),
    (
        "notice",
        "kind, title, body, state, shown_at, published_at, created_at, updated_at",
        (f"'notice', 't', 'b', 'published', {_NOW}, {_NOW}",) * 2,
    ),
)
_ONE = (
    "insert into unit (tenant_id, code, name) values ($1, 'pc', 'pc')",
    f"""insert into stored_file (tenant_id, sha256, content_type, size, content, created_at)
    values ($1, {_FILE}, 'image/png', 1, '\\x00', now())""",
    f"""insert into notice_audience (tenant_id, notice_id, kind, target_id)
    values ($1, '{COMMON}', 'everyone', '00000000-0000-0000-0000-000000000000')""",
)
_ORGANISATION = "(select id from organisation where tenant_id = $1)"
# What there is very much of: table, columns beside the tenant, values, condition.
_MANY: tuple[tuple[str, str, str, str], ...] = (
    (
        "customer",
        "id, code, name, tier_id, region_id, channel_id, owner_id, department_id, state, created_at, updated_at",
        f"{_id(CUSTOMER)}, 'C' || lpad(n::text, 8, '0'), '客户 ' || n, {_word(1)}, {_word(2)}, {_word(3)}, "
        f"{_word(4)}, {_word(5)}, {_text(6, 'closed', 'active')}, {_NOW}",
        "",
    ),
    (
        "product",
        "id, code, name, category_id, brand_id, state, created_at, updated_at",
        f"{_id(PRODUCT)}, 'P' || lpad(n::text, 8, '0'), '产品 ' || n, {_word(1)}, {_word(2)}, "
        f"{_text(3, 'discontinued', 'active')}, {_NOW}",
        "",
    ),
    (
        "sku",
        "id, product_id, code, name, base_unit, sales_unit, supply_policy, state, created_at, updated_at",
        f"{_id(SKU)}, {_id(PRODUCT)}, 'S' || lpad(n::text, 8, '0'), '产品 ' || n, 'pc', 'pc', "
        f"{_text(4, 'presell', 'refuse')}, {_text(3, 'discontinued', 'active')}, {_NOW}",
        "",
    ),
    ("sku_unit", "sku_id, unit, numerator, barcode", f"{_id(SKU)}, 'pc', 1, '69' || n", ""),
    ("price_entry", "list_id, sku_id, unit, price", f"'{COMMON}'::uuid, {_id(SKU)}, 'pc', n", f"n % {RARE} = 0"),
    (
        "stock",
        "sku_id, warehouse_id, on_hand, reserved",
        f"{_id(SKU)}, {_word(1)}, 10, case when n % {RARE} = 2 then 10 else 0 end",
        "",
    ),
    # Half of all that moves is of one SKU.
    (
        "stock_move",
        "id, at, kind, sku_id, warehouse_id, quantity",
        f"{_id(MOVE)}, now(), 'adjustment', case when n % 2 = 0 then '{id_of(SKU, 2)}'::uuid else {_id(SKU)} end, "
        f"case when n % 2 = 1 then {_word(1)} else '{COMMON}' end, 1",
        "",
    ),
    (
        "goods_receipt",
        "id, number, warehouse_id, received_at, created_at",
        f"{_id(RECEIPT)}, 'R' || n, {_word(1)}, {_NOW}",
        "",
    ),
    (
        "app_user",
        "id, audience, login, name, state, department_id, created_at, updated_at",
        f"{_id(USER)}, {_text(1, 'staff', 'dealer')}, 'd' || lpad(n::text, 8, '0'), '用户 ' || n, "
        f"{_text(2, 'disabled', 'active')}, case when n % {RARE} = 3 then '{UNUSUAL}'::uuid end, {_NOW}",
        "",
    ),
    ("user_role", "user_id, role_id", f"{_id(USER)}, {_word(4)}", ""),
    ("user_customer", "user_id, customer_id", f"{_id(USER)}, {_id(CUSTOMER)}", ""),
    (
        "visit",
        "id, customer_id, visitor_id, visitor_name, at, created_at",
        f"{_id(VISIT)}, {_id(CUSTOMER)}, {_word(1)}, 'v', {_NOW}",
        "",
    ),
    (
        "notice",
        "id, kind, title, body, state, shown_at, published_at, created_at, updated_at",
        f"{_id(NOTICE)}, {_text(1, 'banner', 'notice')}, 't', 'b', {_text(2, 'draft', 'published')}, "
        f"case when n % {RARE} <> 2 then now() end, now(), {_NOW}",
        "",
    ),
    ("notice_audience", "notice_id, kind, target_id", f"{_id(NOTICE)}, 'customer', {_id(CUSTOMER)}", ""),
    (
        "notice_audience",
        "notice_id, kind, target_id",
        f"'{UNUSUAL}'::uuid, 'customer', {_id(CUSTOMER)}",
        f"n % {RARE} = 7",
    ),
    ("notice_read", "notice_id, user_id, read_at", f"'{COMMON}'::uuid, {_id(USER)}, now()", f"n % {RARE} <> 6"),
    (
        "draft",
        "id, customer_id, organisation_id, order_id, by_dealer, created_at, updated_at",
        f"{_id(DRAFT)}, {_id(CUSTOMER)}, {_ORGANISATION}, case when n % {RARE} <> 4 then '{COMMON}'::uuid end, true, "
        f"{_NOW}",
        "",
    ),
    (
        "draft_proposal",
        "draft_id, customer_id, state, proposed_at, proposed_by_name",
        f"{_id(DRAFT)}, {_id(CUSTOMER)}, {_text(4, 'proposed', 'confirmed')}, now(), 'p'",
        "",
    ),
    (
        "likely_duplicate",
        "one_id, other_id, score, reasons, state, found_at",
        f"{_id(CUSTOMER, '(n - 1)')}, {_id(CUSTOMER)}, n % 4 * 50 + 30, array['name'], "
        "case when n % 3 = 0 then 'dismissed' else 'open' end, now()",
        "n > 1",
    ),
    (
        "import_job",
        "id, kind, state, file_id, file_name, file_size, options, language, created_at, created_by_name, "
        "created_by_kind",
        f"{_id(JOB)}, {_text(1, 'stock', 'skus')}, {_text(2, 'failed', 'done')}, '{COMMON}'::uuid, 'f', 1, "
        "'{}'::json, 'zh', now(), 'c', 'staff'",
        "",
    ),
    (
        "import_fault",
        "import_id, number, row, place, field, value, code, params",
        f"'{COMMON}'::uuid, n, n, 0, 'f', 'v', {_text(1, 'missing-value', 'unknown-code')}, "
        """'{"code": "x"}'::json""",
        "",
    ),
    (
        "account",
        "id, customer_id, organisation_id, kind, currency, updated_at",
        f"{_id(ACCOUNT)}, {_id(CUSTOMER)}, {_ORGANISATION}, 'credit', 'CNY', now()",
        "",
    ),
    (
        "sales_order",
        "id, number, organisation_id, customer_id, customer_name, state, currency, net, tax, gross, line_count, "
        "channel, placed_at",
        f"{_id(ORDER)}, 'L' || n, {_ORGANISATION}, {_id(CUSTOMER)}, '', 'closed', 'CNY', n, 0, n, 1, 'import', now()",
        "",
    ),
    (
        "transfer_slip",
        "id, order_id, customer_id, currency, amount, paid_on, payer, sha256, file_name, state, side, submitted_at, "
        "submitted_by_name",
        f"{_id(SLIP)}, {_id(ORDER)}, {_id(CUSTOMER)}, 'CNY', 1, current_date, 'p', {_FILE}, 'f', "
        f"{_text(1, 'submitted', 'confirmed')}, 'dealer', now(), 'p'",
        "",
    ),
    (
        "order_amendment",
        "id, order_id, customer_id, revision_from, state, waits_for, side, old_net, old_tax, old_gross, new_net, "
        "new_tax, new_gross, requested_at, requested_by_name",
        f"{_id(AMENDMENT)}, {_id(ORDER)}, {_id(CUSTOMER)}, 1, {_text(1, 'pending', 'applied')}, "
        f"case when n % {RARE} = 1 then 'seller' end, 'dealer', 1, 0, 1, 2, 0, 2, now(), 'p'",
        "",
    ),
)


async def fill(tx: Tx, rows: int) -> None:
    """So many rows of each, counted for the planner."""
    for table, columns, rows_of in _FEW:
        for id, each in zip((COMMON, UNUSUAL), rows_of, strict=False):
            await tx.write(f"insert into {table} (tenant_id, id, {columns}) values ($1, '{id}', {each})")
    for statement in _ONE:
        await tx.write(statement)
    for table, columns, values, where in _MANY:
        statement = (
            f"insert into {table} (tenant_id, {columns}) select $1, {values} "
            f"from generate_series($2::int, $3::int) n {'where ' + where if where else ''}"
        )
        for first in range(1, rows + 1, SLICE):
            await tx.write(statement, first, min(first + SLICE - 1, rows))
    for table in sorted({table for table, *_ in _MANY}):
        await tx.connection.exec_driver_sql(f"select refresh_statistics('{table}')")
