"""What the demo company tells its dealers: banners, a policy with its table, notices for all and for some."""

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from dinghuo.entry.demo.banners import BANNERS, banner_picture
from dinghuo.entry.demo.people import STAFF
from dinghuo.entry.demo.seed_company import people
from dinghuo.entry.demo.steps import NOTHING, Outcome
from dinghuo.identity.permissions import permissions_of
from dinghuo.identity.principals import EVERYTHING, StaffPrincipal
from dinghuo.kit.attachments import FileRef, store_attachment
from dinghuo.kit.database import Tx
from dinghuo.notices.audience import TargetInput
from dinghuo.notices.publish import publish_notice
from dinghuo.notices.save import NoticeInput, write_notice

_REBATES: Final = (
    ("季度进货额（含税，元）", "返利比例", "兑付方式"),
    ("200,000 – 499,999", "1.0%", "货补"),
    ("500,000 – 999,999", "1.8%", "货补"),
    ("1,000,000 – 1,999,999", "2.5%", "货补或抵货款"),
    ("2,000,000 及以上", "3.2%", "货补或抵货款"),
)
_POLICY: Final = """各位合作伙伴：

为感谢一年来的支持，本季度返利按实际签收金额分档计算，特价与赠品行不计入。

一、计算口径：以签收日期为准，含税金额；退货从当季扣减。
二、兑付时间：季度结束后 20 个工作日内完成对账，确认后 10 个工作日内兑付。
三、价格管控：严禁低于指导价跨区销售，核实后取消当季返利。

各档比例见附件，如有疑问请联系您的业务员。"""
_HOLIDAY: Final = """节日期间两仓发货安排如下：

1. 放假前一日 15:00 前提交的订单当日发出；
2. 放假期间照常接单，按提交顺序于节后首个工作日发出；
3. 冷链商品请提前三天下单，避免到货时无人签收。

祝各位生意兴隆！"""
_LORRIES: Final = """因高速分流，华东区域自本周起发车时间调整为每日 10:00 与 16:00，到货时间预计顺延半天。
给您带来不便，敬请谅解。"""


async def notices(tx: Tx) -> Outcome:
    """Written by the manager; the fair is announced for next week."""
    staff = await _manager(tx)
    for banner in BANNERS:
        file = await store_attachment(tx, banner_picture(banner).encode())
        item = _item("banner", banner.title, title_en=banner.title_en, picture=file.sha256, link=banner.link)
        await _publish(tx, item, staff)
    table = await store_attachment(tx, _workbook(_REBATES))
    policy = _item(
        "policy",
        "本季度经销商返利政策",
        title_en="Dealer rebates of this quarter",
        body=_POLICY,
        attachments=[FileRef(table.sha256, "季度返利分档表.xlsx")],
        must_read=True,
        audience=[TargetInput(kind="tier", code=code) for code in ("diamond", "gold", "silver")],
    )
    await _publish(tx, policy, staff)
    east = [TargetInput(kind="region", code="east")]
    await _publish(tx, _item("notice", "华东区域发车时间调整", body=_LORRIES, audience=east), staff)
    holiday = _item(
        "notice", "节日放假与发货安排", title_en="Deliveries over the holidays", body=_HOLIDAY, pinned=True
    )
    await _publish(tx, holiday, staff)
    fair = _item(
        "notice", "春季订货会邀请函", body="时间地点另行通知，敬请期待。", valid_from=tx.now + timedelta(days=7)
    )
    await _publish(tx, fair, staff)
    await write_notice(tx, item=_item("policy", "新品首单扶持政策（草案）", body="待总经理确认。"), staff=staff)
    return NOTHING


def _item(kind: Any, title: str, **fields: Any) -> NoticeInput:
    return NoticeInput(kind=kind, title=title, **fields)


async def _publish(tx: Tx, item: NoticeInput, staff: StaffPrincipal) -> None:
    await publish_notice(tx, notice_id=await write_notice(tx, item=item, staff=staff), staff=staff)


async def _manager(tx: Tx) -> StaffPrincipal:
    manager = next(person for person in STAFF if person.login == "manager")
    id = (await people(tx))[manager.login]
    return StaffPrincipal(
        id=id,
        tenant_id=tx.tenant_id,
        user_id=id,
        name=manager.zh,
        permissions=permissions_of("staff"),
        scope=EVERYTHING,
    )


def _workbook(rows: Sequence[Sequence[str]]) -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        page = book.add_worksheet("返利分档")
        head = book.add_format({"bold": True, "bg_color": "#F4F5F7", "bottom": 1})
        page.set_column(0, 2, 26)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row, head if number == 0 else None)
    return file.getvalue()
