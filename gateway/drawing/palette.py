"""The style sheet of a picture, light and dark: every colour has a name, and every name both of its colours."""

from gateway.drawing.markup import Markup

_LIGHT = {
    "ground": "#ffffff",
    "panel": "#f4f6f9",
    "card": "#ffffff",
    "edge": "#8a97a8",
    "ink": "#17212e",
    "dim": "#4d5b6c",
    "line": "#2f6fb3",
    "spare": "#6a5b9a",
    "chip": "#e6ebf2",
    "note": "#fff4d6",
    "noted": "#7a4b00",
    "s0": "#b3151f",
    "s1": "#b04a00",
    "s2": "#8a6400",
    "s3": "#1f6aa5",
    "s4": "#6b4a8f",
    "ok": "#1c7a43",
    "on": "#ffffff",
}
_DARK = {
    "ground": "#0f151d",
    "panel": "#161e29",
    "card": "#1d2734",
    "edge": "#5d6c80",
    "ink": "#e8edf4",
    "dim": "#a9b6c6",
    "line": "#6fb0f2",
    "spare": "#b3a2e6",
    "chip": "#2b3747",
    "note": "#3a2f12",
    "noted": "#ffd98a",
    "s0": "#ff7b7f",
    "s1": "#ffa05c",
    "s2": "#f0c948",
    "s3": "#7cc0f5",
    "s4": "#c9a7ee",
    "ok": "#6fd398",
    "on": "#10161e",
}
_FONTS = (
    'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","PingFang SC",'
    '"Microsoft YaHei","Noto Sans CJK SC",sans-serif'
)
_RULES = """
text{fill:var(--ink)}
.dim{fill:var(--dim)}
.ground{fill:var(--ground)}
.panel{fill:var(--panel)}
.card{fill:var(--card);stroke:var(--edge);stroke-width:1.2}
.end{fill:var(--panel);stroke:var(--edge);stroke-width:1.2}
.spare .card{stroke-dasharray:5 3}
.chip{fill:var(--chip)}
.way{fill:none;stroke:var(--line);stroke-width:3}
.spare .way{stroke:var(--spare);stroke-dasharray:8 5}
.tip{fill:var(--line)}
.spare .tip{fill:var(--spare)}
.gap{stroke:var(--edge);stroke-dasharray:2 6}
.tie{stroke:var(--edge);stroke-width:1}
.spot{fill:var(--card);stroke:var(--line);stroke-width:3}
.note{fill:var(--note)}
.noted{fill:var(--noted)}
.letter{fill:var(--on)}
.quiet{stroke-opacity:.55}
.name{paint-order:stroke;stroke:var(--panel);stroke-width:4px;stroke-linejoin:round}
.okay{fill:var(--ok)}
"""
_SEVERITIES = "".join(
    f".badge.s{n}{{fill:var(--s{n});stroke:var(--card);stroke-width:1}}"
    f".way.s{n},.spare .way.s{n},.card.s{n},.spot.s{n}{{stroke:var(--s{n})}}"
    f".card.s{n}{{stroke-width:2.4}}.way.s{n}{{stroke-width:4.5}}.chip.s{n},"
    f".tip.s{n},.spare .tip.s{n},text.s{n}{{fill:var(--s{n})}}"
    for n in range(5)
)


def _names(colours: dict[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in colours.items())


SHEET = Markup(
    f"<style>svg{{{_names(_LIGHT)};font-family:{_FONTS}}}"
    f"@media(prefers-color-scheme:dark){{svg{{{_names(_DARK)}}}}}{_RULES}{_SEVERITIES}</style>"
)
