"""Everything that may stand in the way of an order, as people read it."""

from dinghuo.kit.errors import CONFLICT, MALFORMED, NOT_FOUND, Fault, Message

UNKNOWN_CUSTOMER = Message("unknown-customer", "没有编码为 {code} 的客户", "There is no customer {code}", MALFORMED)
CUSTOMER_BLOCKED = Message(
    "customer-blocked", "客户 {name} 已停用，不能下单", "Customer {name} is blocked and cannot order", CONFLICT
)
UNKNOWN_ORGANISATION = Message(
    "unknown-organisation", "没有编码为 {code} 的销售组织", "There is no selling organisation {code}", MALFORMED
)
NO_LINES = Message("no-lines", "订单没有任何行", "The order has no lines", MALFORMED)
TOO_MANY_LINES = Message(
    "too-many-lines",
    "订单有 {count} 行，最多 {most} 行",
    "The order has {count} lines; {most} is the most",
    MALFORMED,
)
UNKNOWN_SKU = Message(
    "unknown-sku", "第 {line} 行：没有编码为 {code} 的商品", "Line {line}: there is no SKU {code}", MALFORMED
)
DISCONTINUED = Message(
    "sku-discontinued", "第 {line} 行：{code} 已停售", "Line {line}: {code} is no longer sold", CONFLICT
)
UNKNOWN_UNIT = Message(
    "unknown-unit",
    "第 {line} 行：{code} 没有单位“{unit}”，可用：{units}",
    "Line {line}: {code} is not sold by {unit}; use one of {units}",
    MALFORMED,
)
BAD_QUANTITY = Message(
    "bad-quantity",
    "第 {line} 行：数量 {quantity} 应大于 0、不超过 {most}，小数不超过 6 位",
    "Line {line}: quantity {quantity} must be above 0, at most {most}, with at most 6 decimals",
    MALFORMED,
)
NOT_EXACT = Message(
    "quantity-not-exact",
    "第 {line} 行：{quantity} {unit} 折算成 {base_unit} 不是精确数量",
    "Line {line}: {quantity} {unit} is no exact quantity of {base_unit}",
    MALFORMED,
)
BELOW_MINIMUM = Message(
    "below-minimum",
    "第 {line} 行：{code} 起订量为 {minimum} {base_unit}",
    "Line {line}: the minimum order of {code} is {minimum} {base_unit}",
    CONFLICT,
)
NOT_A_MULTIPLE = Message(
    "not-a-multiple",
    "第 {line} 行：{code} 须按 {multiple} {base_unit} 的倍数订购",
    "Line {line}: {code} is ordered in multiples of {multiple} {base_unit}",
    CONFLICT,
)
NO_PRICE = Message(
    "no-price",
    "第 {line} 行：{code} 对该客户没有有效价格（{currency}）",
    "Line {line}: {code} has no price for this customer ({currency})",
    CONFLICT,
)
MAY_NOT_PRICE = Message(
    "may-not-set-price",
    "第 {line} 行：您无权指定价格",
    "Line {line}: you may not set a price",
    403,
)
BAD_PRICE = Message(
    "bad-price",
    "第 {line} 行：价格 {price} 应在 0 到 {most} 之间，小数不超过 6 位",
    "Line {line}: price {price} must be between 0 and {most}, with at most 6 decimals",
    MALFORMED,
)
SHORT_STOCK = Message(
    "short-stock",
    "第 {line} 行：{code} 可用 {available} {base_unit}，需要 {wanted}",
    "Line {line}: {available} {base_unit} of {code} are available, {wanted} are wanted",
    CONFLICT,
)
CURRENCY_NOT_AGREED = Message(
    "currency-not-agreed",
    "该客户以 {own} 结算，没有 {currency} 的信用账户",
    "This customer settles in {own} and has no credit account in {currency}",
    CONFLICT,
)
OVER_CREDIT = Message(
    "over-credit",
    "订单价税合计 {gross} {currency} 超过剩余信用额度 {room}",
    "The order's {gross} {currency} is more than the credit left, {room}",
    CONFLICT,
)
TOO_LARGE_AMOUNT = Message(
    "amount-too-large", "第 {line} 行：金额过大", "Line {line}: the amount is too large", MALFORMED
)
TOO_LARGE_ORDER = Message(
    "order-too-large",
    "订单金额过大，超出账户可记录的范围",
    "The order's amount is larger than an account can hold",
    MALFORMED,
)
OVER_CREDIT_UNTOLD = Message(
    "over-credit-untold",
    "订单超过客户的剩余信用额度",
    "The order is more than the customer's credit left",
    CONFLICT,
)
BAD_AMOUNT = Message(
    "bad-amount",
    "金额 {amount} 应在 0 到 {most} 之间，小数不超过 6 位",
    "The amount {amount} must be between 0 and {most}, with at most 6 decimals",
    MALFORMED,
)
UNKNOWN_ORDER = Message("unknown-order", "找不到该订单", "There is no such order", NOT_FOUND)
BUSY = Message(
    "busy",
    "系统繁忙，订单尚未受理，请稍后以同一幂等键重试",
    "The system is busy and has not taken the order: try again shortly with the same idempotency key",
    503,
)
UNCERTAIN = Message(
    "outcome-unknown",
    "数据库连接中断，尚不知订单是否已保存；以幂等键 {key} 重试即可得到结果，不会重复下单",
    "The database connection was lost and it is not known whether the order was saved: send it again with the "
    "idempotency key {key} to learn the outcome; it will not be placed twice",
    503,
)


def line_fault(message: Message, number: int, field: str, **params: object) -> Fault:
    """What is wrong with a line that is wanted, by its number and the field it stands in."""
    return Fault(message, f"lines[{number - 1}].{field}", number, {"line": number, **params})
