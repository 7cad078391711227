"""The words of orders that name no goods: what people say around them, and what they take back. Pure."""

import re

# Said before, after and between the goods; taken out wherever they stand.
_AROUND = re.compile(
    "老板娘?好?|你好|您好|在吗|在不在|麻烦(?:您|你)?|帮(?:我|忙|下)(?:们)?|给(?:我|我们|店里|俺)|请问|请发|请|谢谢(?:啦|了|您)?|多谢|辛苦(?:了|啦)?|"
    "好的|收到|亲|师傅|客服|要货|订货单?|下单|订单|报单|补货|备货|急补|急需|急用|缺货|上货|进货|需要|我要|我想|想要|想订|还要|还有|再来|"
    "再要|再加|再拿|再送|再补|再|另外|外加|加上|多加|多来点|少来点|来点|来个|来些|也来|也要|都要|都是|全要|都|除了|以及|刚才的?|刚刚的?|"
    "刚说的?|上面的?|前面的?|我们?|咱们?|店里|厨房|仓库|要的|没了|没货了|快没了|卖完了|不多了|就行了?|就够了?|不用太多|不要太多|别太多|就好|就可以|即可|吧|哈|啊|呢|呀|嘛|"
    "哦|噢|喔|嗯|呃|那种|那个|这个|这种|那款|这款|规格|口味的?|(?<!原)味的?|味道|单品|商品|品名|产品|名称|数量|单位|编码|条码|货号|第一次|首次|拿货|"
    "今天的单|的单|爆款|直播|做沙拉|火锅用|货款已转"
)
# Verbs at the ends of what is left of a name.
_LEADING = re.compile("^(?:[来要拿订定搞整弄送补进发加的得是和跟与及各共把]|先|就|只)+(?=.)")
_TRAILING = re.compile("(?:[了来要拿订定补再各的得是用和跟与及也]|一共|分别|每样|每种|各自|急|大概|大约|先)+$")
_ALONE = re.compile("^[来要拿订定搞整弄送补进发加的得是和跟与及各共也再先就只点些了吗个把用到好]+$")

_EACH = re.compile("各|每样|每种|分别")
_ALL = re.compile("都|全")
_ADD = re.compile("再加|多加|再来|再要|再拿|再补|加上|另加|外加")
_DROP = re.compile(
    "(?:先|就)?(?:不要|别要|不用|不需要|不拿|不订|别送|别发|别拿|不进|取消|去掉|删掉|删除|删了|划掉|撤掉|停掉)(?!太|错|按|忘|迟|晚|急|担心|谢)(?:了|啦|吧)?"
)
_CHANGE = re.compile("改成|改为|改到|更改为|调成|调整为|换成|变成|改")
_SORRY = re.compile("说错了?|写错了?|打错了?|搞错了?|错了|不对|不是|更正|算了|哦不|口误")
_NOTE = re.compile(
    "送到|送货|地址|收货|路|街|巷|号楼|栋|室|门口|后门|前台|电话|手机|联系|发票|专票|普票|日期|新鲜|包装|打电话|提前|尽快|急|放|卸|"
    "货款|转账|月结|单价|老价|价格|优惠|活动|送错|上次|老地方|不变|按门铃|冷链|入仓|开单|备注|下午|上午|晚上|中午|能送|call|address|invoice"
)
_GREETING = re.compile(r"^[\s\W]*(?:hi|hello|hey|thanks?|thank you|please|pls|thx|ok|dear|coke)?[\s\W]*$")
ENGLISH_AROUND = frozenset(
    (
        "of", "the", "a", "an", "and", "please", "pls", "send", "need", "needs", "want", "wants", "deliver", "order",
        "hi", "hello", "hey", "thanks", "thank", "you", "we", "i", "us", "me", "to", "by", "for", "with", "some",
        "add", "also", "more", "x", "qty", "quantity", "pack", "sku", "item", "items", "unit", "units", "would",
        "like", "can", "could", "at", "in", "on", "each", "total", "dear", "sir",
    )
)  # fmt: skip


def is_each(run: str) -> bool:
    """Whether the quantity that follows is meant for each of the goods before it (各)."""
    return bool(_EACH.search(run))


def adds(run: str) -> bool:
    return bool(_ADD.search(run))


def drops(clause: str) -> bool:
    return bool(_DROP.search(clause))


def changes(run: str) -> bool:
    return bool(_CHANGE.search(run))


def is_sorry(clause: str) -> bool:
    return bool(_SORRY.search(clause))


def is_note(text: str) -> bool:
    """Whether a piece without goods says something that the people who deliver should read."""
    return bool(_NOTE.search(text))


def is_greeting(text: str) -> bool:
    return not strip(text) or bool(_GREETING.match(text))


def strip(run: str) -> str:
    """What may name goods in a run of Chinese; empty when nothing does."""
    kept = _AROUND.sub(" ", _CHANGE.sub(" ", _SORRY.sub(" ", _DROP.sub(" ", run))))
    words = []
    for word in kept.split():
        last = ""
        while word != last:
            last, word = word, _TRAILING.sub("", _LEADING.sub("", word))
        if word and not _ALONE.match(word):
            words.append(word)
    return " ".join(words)
