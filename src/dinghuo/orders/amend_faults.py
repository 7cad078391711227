"""What may stand in the way of an amendment, beside all that may stand in the way of an order."""

from dinghuo.kit.errors import CONFLICT, FORBIDDEN, MALFORMED, NOT_FOUND, Message

UNKNOWN_AMENDMENT = Message("unknown-amendment", "找不到该变更单", "There is no such amendment", NOT_FOUND)
UNKNOWN_LINE = Message("unknown-line", "订单没有第 {line_no} 行", "The order has no line {line_no}", MALFORMED)
LINE_TWICE = Message(
    "line-twice", "第 {line_no} 行在变更中出现了不止一次", "Line {line_no} is named more than once", MALFORMED
)
LINE_OR_SKU = Message(
    "line-or-sku",
    "须写明原订单行号 (line_no) 或新增的商品编码 (sku)，二者取一",
    "Name either a line that is there (line_no) or the goods of a new one (sku)",
    MALFORMED,
)
QUANTITY_NEEDED = Message("quantity-needed", "新增的行须写明数量", "A new line needs a quantity", MALFORMED)
NOTHING_CHANGES = Message("nothing-changes", "没有任何变更", "Nothing would change", MALFORMED)
NO_LINES_LEFT = Message(
    "no-lines-left",
    "变更后订单将没有任何行，请改为取消订单",
    "No line would be left: cancel the order instead",
    CONFLICT,
)
BELOW_RELEASED = Message(
    "below-released",
    "第 {line} 行：已下达或发货 {least} {base_unit}，不能少于此数量",
    "Line {line}: {least} {base_unit} are released or shipped already and cannot be taken back",
    CONFLICT,
)
LINE_CLOSED = Message(
    "line-closed",
    "第 {line} 行已关闭余量，不能再变更数量、单位和价格",
    "What was left of line {line} is closed: its quantity, unit and price stay",
    CONFLICT,
)
LINE_SHIPPED = Message(
    "line-shipped",
    "第 {line} 行已部分发货，不能变更单位和价格",
    "Some of line {line} has left already: its unit and price stay",
    CONFLICT,
)
LINE_GIVEN = Message(
    "line-given",
    "第 {line} 行是赠品，随所购商品自动调整",
    "Line {line} is a gift: it follows what is bought",
    CONFLICT,
)
NOT_AMENDABLE = Message(
    "not-amendable",
    "当前状态的订单不能变更",
    "An order in this state cannot be amended",
    CONFLICT,
)
AMENDMENTS_OFF = Message(
    "amendments-off",
    "卖方未开放在线变更，请联系业务员",
    "The seller takes no amendments here: speak to your sales person",
    FORBIDDEN,
)
NOT_YOURS = Message(
    "amendment-of-others",
    "只能撤回本方提出的变更",
    "Only who asked for an amendment can take it back",
    FORBIDDEN,
)
ORDER_CHANGED = Message(
    "order-changed",
    "变更提出后订单已有变化，请重新提出",
    "The order has changed since this was asked for: ask anew",
    CONFLICT,
)
