"""Why a line of an order book is set aside, as people read it beside the marked cell."""

from dinghuo.kit.errors import MALFORMED, Message

NO_CUSTOMER = Message(
    "order-book-no-customer",
    "没有写明客户；零售散单可以给客户编码一个固定值，归到一个客户名下",
    "The line names no customer; for counter sales give the customer code a fixed value: one customer has them all",
    MALFORMED,
)
NOT_GOODS = Message("order-book-not-goods", "{code}：{zh}", "{code}: {en}", MALFORMED)
NO_QUANTITY = Message(
    "order-book-no-quantity", "数量为 0，没有订货", "The quantity is 0: nothing was ordered", MALFORMED
)
NEGATIVE_QUANTITY = Message(
    "order-book-negative-quantity",
    "数量 {quantity} 为负，但订单号不是取消或退货单（多为报损、盘亏），不是订货",
    "The quantity {quantity} is negative, yet the number is none of a cancellation or return "
    "(usually damages or a stock correction): this is no order",
    MALFORMED,
)
POSITIVE_CANCELLATION = Message(
    "order-book-positive-cancellation",
    "取消或退货单的数量 {quantity} 应为负数",
    "On a cancellation or return the quantity {quantity} should be negative",
    MALFORMED,
)
NO_PRICE = Message(
    "order-book-no-price",
    "单价为 0（多为样品、赠品或内部记录），不能当作成交",
    "The price is 0 (usually a sample, a gift or an internal record): no sale",
    MALFORMED,
)
NEGATIVE_PRICE = Message("order-book-negative-price", "单价 {price} 为负", "The price {price} is negative", MALFORMED)
INEXACT_PRICE = Message(
    "order-book-inexact-price",
    "金额 {amount} 除以数量 {quantity} 得不到六位小数以内的单价",
    "No price of six decimals times the quantity {quantity} gives the amount {amount}",
    MALFORMED,
)
TOO_LARGE = Message(
    "order-book-amount-too-large",
    "金额 {amount} 过大，无法保存",
    "The amount {amount} is too large to keep",
    MALFORMED,
)
IN_THE_FUTURE = Message(
    "order-book-in-the-future",
    "日期 {day} 在将来；如日和月颠倒，请用 --map date_order=dmy 或 mdy 指明",
    "The date {day} lies in the future; if day and month are swapped, say --map date_order=dmy or mdy",
    MALFORMED,
)
OTHER_CUSTOMER = Message(
    "order-book-other-customer",
    "同一订单号 {number} 的第一行是客户 {customer}，一张订单只能有一个客户",
    "The first line with the number {number} names customer {customer}: an order has one customer",
    MALFORMED,
)
OTHER_CURRENCY = Message(
    "order-book-other-currency",
    "同一订单号 {number} 的第一行是 {currency}，一张订单只能有一个币种",
    "The first line with the number {number} is in {currency}: an order has one currency",
    MALFORMED,
)
UNKNOWN_CURRENCY = Message(
    "order-book-currency",
    "不支持币种“{currency}”，可用：{known}",
    "The currency '{currency}' is not known here; use one of {known}",
    MALFORMED,
)
BAD_CODE = Message(
    "order-book-code-form",
    "“{code}”不能用作编码（首尾有空格或过长）",
    "'{code}' cannot be a code (spaces at its ends, or too long)",
    MALFORMED,
)
UNKNOWN_UNIT = Message(
    "order-book-unit",
    "{code} 按“{usual}”计，与“{unit}”没有换算关系；请先在商品里设好单位",
    "{code} is counted by '{usual}', and how that converts to '{unit}' is not known: set the unit on the SKU first",
    MALFORMED,
)
TOO_MANY_LINES = Message(
    "order-book-too-many-lines",
    "订单 {number} 有 {count} 行，最多 {most} 行",
    "Order {number} has {count} lines; {most} is the most",
    MALFORMED,
)
CHANGED = Message(
    "order-book-changed",
    "{number} 已导入过，当时的内容与此文件不同，保持不变；补充的行请换一个单号（如 {number}-2）再导入",
    "{number} was imported before with other contents and stays as it is; give further lines a number of their own, "
    "such as {number}-2",
)
NUMBER_TAKEN = Message(
    "order-book-number-taken",
    "单号 {number} 已被系统中另一张订单使用",
    "The number {number} belongs to another order here already",
)
TAX_MODE = Message(
    "order-book-tax-mode",
    "tax_mode“{mode}”应为 inclusive（含税）或 exclusive（不含税）",
    "tax_mode '{mode}' should be inclusive or exclusive",
    MALFORMED,
)
REFUSED = Message("order-book-refused", "{sentence}", "{sentence_en}")

# Doubts: taken all the same, but a person should look.
SEVERAL_REGIONS = Message(
    "order-book-several-regions",
    "{count} 个客户在文件里属于多个地区，取最常见的（如 {example}）",
    "{count} customers appear in more than one region; the most frequent one was taken (such as {example})",
)
SEVERAL_NAMES = Message(
    "order-book-several-names",
    "{count} 个商品有多种名称，取最常见的（如 {example}）",
    "{count} SKUs have more than one description; the most frequent one was taken (such as {example})",
)
CASE_DIFFERS = Message(
    "order-book-case-differs",
    "{count} 个商品编码只有大小写不同，按不同商品处理（如 {example}）",
    "{count} SKU codes differ in nothing but capitals and were kept apart (such as {example})",
)
NO_AMOUNT = Message(
    "order-book-no-amount",
    "{count} 行的数量或单价无法读取，金额按 0 计",
    "{count} lines have a quantity or price that cannot be read; their amount counts as 0",
)
ROUNDED = Message(
    "order-book-rounded",
    "各行金额四舍五入到分，合计与文件相差 {difference}",
    "Line amounts are rounded to the cent, which differs from the file by {difference} in total",
)
