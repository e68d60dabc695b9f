"""The words of the home page, in English and Chinese. They are written into it as they are: nobody else's are here."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "skip": ("Skip to the content", "跳到正文"),
    "language": ("Language", "语言"),
    "title": ("One question over all of an operator’s systems", "一次提问，贯通运营商的所有系统"),
    "lead": (
        (
            "This gateway asks the systems below while you wait, merges what they say, tells who said it, "
            "and keeps answering when one of them does not."
        ),
        "网关在您等待时实时询问下列系统，合并各方回答，注明出处；即使某个系统没有回应，仍会给出答案。",
    ),
    "explorer": ("Open the explorer", "打开查询界面"),
    "sdl": ("The schema as SDL", "Schema（SDL 文本）"),
    "docs": ("Documentation", "文档"),
    "figures": ("In figures", "概览"),
    "answering": ("sources answer", "应答的数据源"),
    "customers": ("customers", "客户"),
    "circuits": ("circuits", "电路"),
    "alarms": ("active alarms", "活动告警"),
    "tickets": ("tickets", "工单"),
    "untold": ("not told now", "目前未知"),
    "sources": ("Connected to", "已连接的数据源"),
    "up": ("up", "正常"),
    "down": ("down", "中断"),
    "as loaded": ("As of when this page was loaded.", "页面加载时的状态。"),
    "asked": ("Asked at", "查询时间"),
    "lost": ("The gateway does not answer; what is shown may be out of date.", "网关没有应答，所示内容可能已过时。"),
    "no sources": ("This gateway has no sources.", "此网关没有数据源。"),
    "stranger": (
        "The sources, their states and figures are shown to those who may see them: sign in first.",
        "数据源及其状态和数字仅向有权限的用户显示，请先登录。",
    ),
    "try": ("Try a query", "试一个查询"),
    "picture": ("A picture of a route", "路由图示"),
    "of circuit": ("Circuit {code}, drawn now, for you.", "电路 {code}，按您的权限即时绘制。"),
    "alt": ("The route of circuit {code}, with its alarms", "电路 {code} 的路由与告警"),
    "of customer": ("All circuits of this customer", "该客户的全部电路"),
    "docs text": (
        (
            'Every type and field is described in the <a href="/graphql">explorer</a> and in the '
            '<a href="/schema.graphql">SDL</a>. Pictures: <code>/topology/circuit/CODE.svg</code> and '
            "<code>/topology/customer/ID.svg</code>. Configuring and operating it is described in the "
            "<code>docs/</code> folder that comes with the source."
        ),
        (
            '每个类型和字段的说明见<a href="/graphql">查询界面</a>和<a href="/schema.graphql">SDL</a>。'
            "图示地址：<code>/topology/circuit/电路编码.svg</code>、<code>/topology/customer/客户编号.svg</code>。"
            "配置与运维见源代码中的 <code>docs/</code> 目录。"
        ),
    ),
    "foot": ("This page asks nobody but this gateway.", "本页面只访问此网关。"),
}
