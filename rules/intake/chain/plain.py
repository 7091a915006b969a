"""The text as it is read: every character in its place, so that a span in it is a span of the text as sent.

Full-width forms become ASCII, capitals small, traditional characters simple, dashes and times signs one of each,
emoji and invisible characters blanks. Of an XML envelope (a forwarded chain) the words of `<title>` are left, without
one the words between the tags; an entity such as `&#10;` becomes its character and blanks.
"""

import re

from rules.intake.quantities import fold

_TRADITIONAL = (
    "龍龙條条兩两個个雞鸡單单號号樓楼棟栋顆颗隻只雙双張张塊块麵面豬猪魚鱼鴨鸭鵝鹅蔥葱薑姜蘿萝蔔卜蘋苹檸柠鹽盐醬酱謝谢鈴铃黃黄紅红綠绿東东門门韓韩陳陈劉刘趙赵錢钱孫孙吳吴鄭郑馮冯衛卫蔣蒋許许呂吕嚴严華华葉叶馬马蘇苏"
    "盧卢鍾钟譚谭賈贾鄒邹蕭萧羅罗楊杨爺爷媽妈嬸婶師师鄰邻盤盘籃篮纖纤紙纸藥药優优鮮鲜鹹咸鳳凤醃腌臘腊湯汤團团筍笋蝦虾蠔蚝雜杂糧粮購购買买訂订發发國国長长時时間间報报無无減减換换這这來来還还總总後后會会實实業业產产"
    "傳传電电話话處处備备註注區区廣广場场戶户層层陽阳煩烦嗎吗開开關关結结繼继續续貨货車车運运輸输裝装乾干淨净飯饭饅馒餃饺餅饼餛馄飩饨壇坛罎坛壺壶匯汇錫锡廠厂貝贝節节緊紧熱热點点氣气請请讓让給给為为學学習习凍冻攤摊"
    "綜综數数彈弹從从蘭兰蓮莲藍蓝"
)
_DASHES = "—–―‐‑‒−－﹣─"
_SIGNS = {ord(c): "-" for c in _DASHES} | {ord(c): "*" for c in "×✕✖╳＊Ⅹ"} | {ord("➕"): "+", ord("➖"): "-"}
_SIGNS |= {ord("【"): "[", ord("】"): "]", ord("〔"): "[", ord("〕"): "]", ord("「"): "[", ord("」"): "]"}
_SIGNS |= {ord(c): " " for c in "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\ufe0e\ufe0f\u20e3\t\u2003\u2002\u2009"}
_SIMPLE = {ord(a): b for a, b in zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)} | _SIGNS
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u25a0-\u25ff]")
_KEYCAP = re.compile("([0-9])(\ufe0f?\u20e3)")
_ENTITY = re.compile(r"&(?:#(\d{1,6})|#[xX]([0-9a-fA-F]{1,5})|(amp|lt|gt|quot|apos|nbsp));")
_SURROGATES = 0xD800
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'", "nbsp": " "}
#: A long dash between goods and amount is a colon (土豆—3斤); a hyphen there may be a minus.
_COLON = re.compile(
    r"(?<=[一-龥])(?<![弄栋幢座巷组区楼层门室户号元期队院])[—–―─]+(?=\s?[0-9０-９半一二两三四五六七八九十])"
)
#: Labels of a form filled in by hand: 姓名：张三 房号：3-2-501 需求：土豆3斤.
_LABEL = re.compile(
    r"(?<!无)(?:姓名|房号|门牌号?|地址|住址|楼栋号?|房间号|户号|收货人|联系人|需求|所需物资|订购内容|商品)"
    r" ?[:：](?= ?\S)"
    r"|(?:房号|门牌号?|地址|住址)(?=[0-9０-９])"
)
_XML = re.compile(r"\s*(?:<\?xml|<msg\b|<appmsg\b|<!\[CDATA\[|<title>)", re.IGNORECASE)
_TITLE = re.compile(r"<title>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<!\[CDATA\[|\]\]>|<[^<>]*>")


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _entity(found: re.Match[str]) -> str:
    code = int(found[1]) if found[1] else int(found[2], 16) if found[2] else 0
    character = _NAMED[found[3]] if found[3] else chr(code) if 0 < code < _SURROGATES else " "
    return ("\n" if character in "\r\n" else character) + " " * (len(found[0]) - 1)


def _opened(text: str) -> str:
    """The words inside an envelope, everything else of it blank."""
    title = _TITLE.search(text)
    if title:
        start, end = title.span(1)
        text = " " * start + text[start:end] + " " * (len(text) - end)
    return _ENTITY.sub(_entity, _TAG.sub(_blank, text))


def plain(text: str) -> str:
    """The text to be read, as long as the text given."""
    if "<" in text and _XML.match(text):
        text = _opened(text)
    if text.isascii():
        return fold(text)
    text = _LABEL.sub(_blank, text)
    text = _COLON.sub(lambda m: ":" * len(m[0]), text)
    text = _KEYCAP.sub(lambda m: m[1] + "." + " " * (len(m[2]) - 1), text)
    return _EMOJI.sub(" ", fold(text).translate(_SIMPLE))
