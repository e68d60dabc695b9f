"""The words of the pictures, in English and Chinese."""

from collections.abc import Mapping

ENGLISH, CHINESE = "en", "zh"

_WORDS: Mapping[str, tuple[str, str]] = {
    # routes
    "WORKING": ("Working route", "工作路由"),
    "PROTECTION": ("Protection route", "保护路由"),
    "ROUTE": ("Route", "路由"),
    "hops": ("{count} hops", "{count} 跳"),
    "hop": ("1 hop", "1 跳"),
    "length": ("{km} km", "{km} 公里"),
    "whole": ("every hop known", "逐跳完整"),
    "broken": ("not every hop is known", "部分跳未知"),
    "gap": ("unknown hops", "未知区段"),
    "more hops": ("and {count} more hops that are not drawn", "另有 {count} 跳未画出"),
    "no hops": ("No hop of it is known.", "没有已知的跳。"),
    "no routes": ("No route is recorded.", "没有路由记录。"),
    "shared": ("shares with the working route: {groups}", "与工作路由同风险组：{groups}"),
    # parts
    "a end": ("A end", "A 端"),
    "z end": ("Z end", "Z 端"),
    "customer": ("customer", "客户"),
    "nameless": ("unknown element", "未知网元"),
    "placeless": ("place unknown", "地点未知"),
    "tier": ("tier", "等级"),
    "sla": ("SLA", "SLA 等级"),
    # alarms
    "CRITICAL": ("critical", "紧急"),
    "MAJOR": ("major", "重要"),
    "MINOR": ("minor", "次要"),
    "WARNING": ("warning", "警告"),
    "INDETERMINATE": ("indeterminate", "不确定"),
    "no alarms": ("no active alarms", "无活动告警"),
    "alarm": ("1 active alarm", "1 条活动告警"),
    "alarms": ("{count} active alarms", "{count} 条活动告警"),
    "more alarms": ("and {count} more", "另有 {count} 条"),
    "elsewhere": ("Not on a drawn hop:", "未落在所画路由上："),
    "on": ("{cause} ({severity}) on {place}", "{place}：{cause}（{severity}）"),
    "of": ("{cause} ({severity})", "{cause}（{severity}）"),
    "causeless": ("alarm", "告警"),
    "planned": ("planned work", "计划作业"),
    "alarm on": ("alarm on the element, port or link", "网元、端口或链路上的告警"),
    # losses
    "unknown": ("{what} unknown: {why}", "{what}未知：{why}"),
    "short": ("{what} incomplete: {why}", "{what}不完整：{why}"),
    "stale": ("{what} may be out of date", "{what}可能已过时"),
    "cut": ("{what} incomplete: more than are read for a picture", "{what}不完整：超出图中读取的数量"),
    "what alarms": ("alarms", "告警"),
    "what routes": ("routes", "路由"),
    "what circuits": ("circuits", "电路"),
    "what circuit": ("circuit", "电路"),
    "what element": ("elements", "网元"),
    "what link": ("links", "链路"),
    "what site": ("sites", "站点"),
    "what customer": ("customer", "客户"),
    "what name": ("name", "名称"),
    "what category": ("category", "类别"),
    "what bandwidthBps": ("bandwidth", "带宽"),
    "what state": ("state", "状态"),
    "what operationalState": ("operational state", "运行状态"),
    "what slaClass": ("SLA", "SLA 等级"),
    "what tier": ("tier", "等级"),
    "what aEnd": ("A end", "A 端"),
    "what zEnd": ("Z end", "Z 端"),
    "what hops": ("hops", "逐跳"),
    "what vendor": ("vendor", "厂商"),
    "what model": ("model", "型号"),
    "what role": ("role", "角色"),
    # a customer's network
    "circuits": ("{count} circuits", "{count} 条电路"),
    "circuits of": ("{drawn} of {count} circuits drawn", "共 {count} 条电路，画出 {drawn} 条"),
    "circuits first": ("the first {drawn} circuits", "前 {drawn} 条电路"),
    "one circuit": ("1 circuit", "1 条电路"),
    "no circuits": ("No circuit is recorded.", "没有电路记录。"),
    "network": ("Circuits between cities", "城市间电路"),
    "campus": ("Circuits between sites", "站点间电路"),
    "more circuits": ("and {count} more", "另有 {count} 条"),
    "and more": ("and more", "另有更多"),
    "listed": ("Circuits, the worst alarm first", "电路（按最严重告警排序）"),
    "within": ("{count} within", "内部 {count} 条"),
    "more places": ("and {count} more places", "另有 {count} 处"),
    "place": ("site or city; inside: circuits that end there", "站点或城市；圈内为终结的电路数"),
    "bundle": ("circuits between two places, by their number", "两地之间的电路，粗细示意数量"),
    "schematic": ("Positions unknown: drawn in a circle.", "位置未知，按环形排列。"),
    # states
    "FEASIBILITY_CHECKED": ("feasibility checked", "已查可行性"),
    "DESIGNED": ("designed", "已设计"),
    "RESERVED": ("reserved", "已预占"),
    "INACTIVE": ("inactive", "停用"),
    "ACTIVE": ("active", "在用"),
    "TERMINATED": ("terminated", "已拆除"),
    "ENABLED": ("enabled", "可用"),
    "DISABLED": ("disabled", "不可用"),
    "UNKNOWN": ("unknown", "未知"),
    "no state": ("state unknown", "状态未知"),
    "no bandwidth": ("bandwidth unknown", "带宽未知"),
    # roles of elements
    "access": ("access", "接入"),
    "core": ("core", "核心"),
    "aggregation": ("aggregation", "汇聚"),
    "backbone": ("backbone", "骨干"),
    # titles
    "circuit": ("Circuit {name}", "电路 {name}"),
    "leaseholder": ("Customer {name}", "客户 {name}"),
    "untold": ("cannot be drawn now", "目前无法绘制"),
}


def say(language: str, key: str, **values: object) -> str:
    """A phrase in a language; what has no phrase is said as it is."""
    english, chinese = _WORDS.get(key, (key, key))
    return (chinese if language == CHINESE else english).format(**values) if key in _WORDS else key


def known(key: str) -> bool:
    """Whether there is a phrase for it."""
    return key in _WORDS


def bandwidth(bits: int | str | None) -> str | None:
    """Bits a second as operators write them: `155 Mbit/s`."""
    try:
        left = float(bits) if bits is not None else None
    except ValueError:
        return None
    if left is None:
        return None
    for unit in ("bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"):
        if abs(left) < 1000 or unit == "Tbit/s":
            return f"{left:.4g} {unit}"
        left /= 1000
    return None


def kilometres(length: float) -> str:
    """A length as a picture tells it: metres count only where it is short."""
    return f"{length:.1f}" if length < 100 else f"{length:.0f}"
