"""What can be wrong with a row of a plain sheet, beside what the command itself says."""

from dinghuo.kit.errors import CONFLICT, MALFORMED, Message

ROW_TWICE = Message(
    "sheet-row-twice",
    "与第 {other} 行重复（{value}）",
    "This is on row {other} too ({value})",
    MALFORMED,
)
OTHER_ROW_WRONG = Message(
    "sheet-other-row-wrong",
    "同一{what}的第 {other} 行有误，本行一并搁置",
    "Row {other} of the same {what_en} needs mending first",
)
UNKNOWN_TERMS = Message(
    "sheet-unknown-terms",
    "看不懂付款方式“{value}”；可写：先款后货、货到付款、账期30天、月结30天",
    "The payment terms '{value}' are not understood; write prepaid, on delivery, 30 days or monthly 30",
    MALFORMED,
)
UNKNOWN_COUNTRY = Message(
    "sheet-unknown-country", "没有叫“{value}”的国家", "There is no country called '{value}'", MALFORMED
)
NOT_A_RATE = Message(
    "sheet-not-a-rate",
    "税率“{value}”应写成 13%、0.13 或“免税”",
    "The tax rate '{value}' should be written as 13%, 0.13 or exempt",
    MALFORMED,
)
UNKNOWN_POLICY = Message(
    "sheet-unknown-policy",
    "看不懂缺货处理“{value}”；可写：不可超卖、缺货待发、预售、不管库存",
    "The supply policy '{value}' is not understood; write refuse, backorder, presell or untracked",
    MALFORMED,
)
CASE_INCOMPLETE = Message(
    "sheet-case-incomplete",
    "大单位和每大单位数量要一起填写",
    "The larger unit and how many it holds belong together",
    MALFORMED,
)
NOT_WHOLE = Message(
    "sheet-not-whole", "“{value}”应为正整数", "'{value}' should be a whole number above zero", MALFORMED
)
OPENED_OTHERWISE = Message(
    "sheet-opened-otherwise",
    "{warehouse} 的 {sku} 已录入过期初 {opened}，与本行 {quantity} 不同；请用库存盘点更正",
    "{sku} was opened in {warehouse} with {opened} before, not {quantity}; correct it by a stock count",
    CONFLICT,
)
