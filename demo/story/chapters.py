"""The story as it is told: chapter by chapter, with the moment to look at and what can be seen there in the systems."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from demo.story.facts import Fact, Witness
from demo.story.story import TIMES, Story
from demo.world.chance import NOW
from demo.world.circuits import Circuit
from demo.world.network import Link

if TYPE_CHECKING:
    from demo.operator import Operator

__all__ = ["Chapter", "Fact", "Text", "chapters"]


class Text(msgspec.Struct, frozen=True):
    """The same in English and in Chinese."""

    en: str
    zh: str


class Chapter(msgspec.Struct, frozen=True, rename="camel"):
    """One chapter: set the clock to `at`, and look.

    `circuits` are the codes of all that it is about; `down`, `switched` and `standby_lost` are those that are so at
    `at`. The facts hold at `at`.
    """

    id: str
    title: Text
    at: datetime
    happened: Text
    circuits: Sequence[str] = ()
    down: Sequence[str] = ()
    switched: Sequence[str] = ()
    standby_lost: Sequence[str] = ()
    elements: Sequence[str] = ()
    links: Sequence[str] = ()
    facts: Sequence[Fact] = ()


def chapters(operator: "Operator") -> list[Chapter]:
    """Tell the story of an operator, in the order of its clock."""
    return [*_cut(operator), *_work(operator), *_laser(operator)]


def _cut(operator: "Operator") -> Iterator[Chapter]:
    story, link = operator.story, operator.story.plot.cut
    en, zh = _between(operator, link)
    act, about = story.cut, _About(operator, link, story.cut.circuits)
    yield about.chapter(
        "calm", NOW, Text("Before it happens", "风平浪静"),
        Text(f"The fibre between {en} carries {len(act.circuits)} circuits. Nothing is wrong with it.",
             f"{zh}干线光缆承载{len(act.circuits)}条电路，一切正常。"),
    )  # fmt: skip
    yield about.chapter(
        "cut", TIMES.cut + timedelta(minutes=1), Text(f"A fibre is cut: {en}", f"光缆中断：{zh}"),
        Text(f"LOS at both ends, AIS and RDI along the circuits; {_are(act.switched)} on protection, "
             f"{_are(act.down)} down.",
             f"两端LOS，沿线电路AIS/RDI；{len(act.switched)}条电路倒换到保护路由，{len(act.down)}条电路中断。"),
    )  # fmt: skip
    yield about.chapter(
        "complaints", TIMES.complaints + timedelta(minutes=24), Text("Customers call", "客户申告"),
        Text(f"{len(act.tickets)} customers have opened tickets; the KPIs show the outage.",
             f"{len(act.tickets)}位客户已申告，指标显示中断。"),
    )  # fmt: skip
    yield about.chapter(
        "repair", TIMES.mended + timedelta(minutes=1), Text("The fibre is spliced", "光缆修复"),
        Text("The alarms clear; protected traffic waits five minutes before it goes back.",
             "告警清除；受保护业务等待五分钟后返回工作路由。"),
    )  # fmt: skip
    yield about.chapter(
        "settled", TIMES.closed - timedelta(minutes=30), Text("All is well again", "恢复正常"),
        Text("Traffic is on its working routes, the tickets are resolved, the KPIs are as before.",
             "业务已回到工作路由，工单已解决，指标恢复。"),
    )  # fmt: skip


def _work(operator: "Operator") -> Iterator[Chapter]:
    story, link = operator.story, operator.story.plot.worked_upon
    en, zh = _between(operator, link)
    act, about = story.work, _About(operator, link, story.work.circuits)
    yield about.chapter(
        "announced", TIMES.announced + timedelta(minutes=30), Text("A planned work is announced", "计划作业通知"),
        Text(f"Work on {link.id} ({en}) from 01:00 to 02:00 at Beijing; {len(act.tickets)} customers have a notice.",
             f"{zh}光缆割接，北京时间01:00至02:00；已通知{len(act.tickets)}位客户。"),
    )  # fmt: skip
    yield about.chapter(
        "work", TIMES.work[0] + timedelta(minutes=10), Text("The work is under way", "割接进行中"),
        Text(f"The alarms are flagged as planned; {_are(act.switched)} on protection, {_are(act.down)} down.",
             f"告警带计划作业标记；{len(act.switched)}条电路在保护路由，{len(act.down)}条电路中断。"),
    )  # fmt: skip
    yield about.chapter(
        "work-done", TIMES.window[1] + timedelta(minutes=30), Text("The work is done", "割接完成"),
        Text("Alarms are cleared and notices closed with the window.", "告警清除，通知随窗口结束。"),
    )  # fmt: skip


def _laser(operator: "Operator") -> Iterator[Chapter]:
    story, link = operator.story, operator.story.plot.fading
    en, zh = _between(operator, link)
    about = _About(operator, link, story.laser.circuits)
    yield about.chapter(
        "fading", TIMES.worse + timedelta(minutes=10), Text(f"A laser fades: {en}", f"激光器劣化：{zh}"),
        Text("The received light is below its limit, errored seconds rise, no circuit is down yet.",
             "收光功率低于门限，误码秒上升，业务尚未中断。"),
    )  # fmt: skip
    yield about.chapter(
        "replaced", TIMES.replaced + timedelta(minutes=30), Text("The laser is replaced", "光模块已更换"),
        Text("The light is back, the alarm is cleared, the tickets are resolved.",
             "光功率恢复，告警清除，工单已解决。"),
    )  # fmt: skip


class _About:
    """What a chapter is about: one link and its circuits, and what the systems say of them at its moment."""

    def __init__(self, operator: "Operator", link: Link, circuits: Sequence[Circuit]) -> None:
        self._story: Story = operator.story
        self._operator, self._link, self._circuits = operator, link, circuits

    def chapter(self, chapter_id: str, at: datetime, title: Text, happened: Text) -> Chapter:
        """Write the chapter."""
        scene, named = self._story.scene(at), {circuit.code for circuit in self._circuits}
        return Chapter(
            id=chapter_id,
            title=title,
            at=at,
            happened=happened,
            circuits=sorted(named),
            down=sorted(scene.down),
            switched=sorted(scene.switched),
            standby_lost=sorted(scene.standby_lost),
            elements=(self._link.a, self._link.z),
            links=(self._link.id,),
            facts=tuple(Witness(self._operator, scene, at).facts(self._link, self._circuits)),
        )


def _between(operator: "Operator", link: Link) -> tuple[str, str]:
    """Name the two cities of a link, or its one city, in both languages."""
    cities = [operator.network.elements[end].city for end in (link.a, link.z)]
    if cities[0] is cities[1]:
        return cities[0].name, cities[0].chinese
    return f"{cities[0].name} and {cities[1].name}", f"{cities[0].chinese}－{cities[1].chinese}"


def _are(circuits: Sequence[Circuit]) -> str:
    return "1 is" if len(circuits) == 1 else f"{len(circuits)} are"
