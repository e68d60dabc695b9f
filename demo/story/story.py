"""The story of one operator: its three acts with their times, and what of them is there at any moment."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING

from demo.story.act import Act, together
from demo.story.letters import Form, Times, write
from demo.story.plot import choose
from demo.story.scene import Scene
from demo.story.signs import broken, faded
from demo.world import optics
from demo.world.chance import NOW
from demo.world.circuits import Circuit
from demo.world.impairments import Impairment
from demo.world.network import Link

if TYPE_CHECKING:
    from demo.operator import Operator

FIRST_ALARM, FIRST_TICKET = 8_900_001, 90_000_001
"""The story's own numbers, beyond those of the base."""


def _at(hour: int, minute: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute)


@dataclass(frozen=True, slots=True)
class Timetable:
    """When what happens, at UTC; the planned work is at one in the night in Beijing, as they are."""

    cut: datetime
    complaints: datetime
    splicing: datetime
    mended: datetime
    solved: datetime
    closed: datetime
    announced: datetime
    window: tuple[datetime, datetime]
    work: tuple[datetime, datetime]
    fading: datetime
    worse: datetime
    replaced: datetime


TIMES = Timetable(
    cut=_at(8, 10),
    complaints=_at(8, 16),
    splicing=_at(8, 50),
    mended=_at(9, 45),
    solved=_at(9, 52),
    closed=_at(12),
    announced=_at(12, 30),
    window=(_at(17), _at(18)),
    work=(_at(17, 5), _at(17, 45)),
    fading=_at(19),
    worse=_at(21, 30),
    replaced=_at(22, 30),
)
_CUT = Form(
    kind="电路中断",
    description="干线光缆中断，业务不通。",
    severity="Critical",
    steps=(
        (timedelta(minutes=3), "干线光缆中断，已定位断点，抢修队伍出发。"),
        (timedelta(minutes=34), "抢修人员到达现场，开始熔接。"),
        (timedelta(minutes=96), "光缆已熔接完成，业务恢复。"),
    ),
)
_NOTICE = Form(
    kind="计划作业",
    description="计划作业通知：11月21日01:00至02:00（北京时间）割接光缆，期间业务可能中断。",
    severity="Minor",
    steps=((timedelta(minutes=2), "已通知客户并确认作业窗口。"),),
    due=TIMES.window[1],
)
_ERRORS = Form(
    kind="误码告警",
    description="客户侧设备持续上报误码。",
    severity="Major",
    steps=((timedelta(minutes=10), "收光功率持续下降，激光器老化，安排更换光模块。"),),
)


class Story:
    """What happens to an operator; worked out once, told for any moment."""

    def __init__(self, operator: "Operator") -> None:
        self._operator = operator
        self.plot = choose(operator)
        self._alarms, self._tickets = count(FIRST_ALARM), count(FIRST_TICKET)
        self.cut = self._cut()
        self.work = self._work()
        self.laser = self._laser()
        self.acts: Sequence[Act] = (self.cut, self.work, self.laser)
        self._moments = sorted({moment for act in self.acts for moment in act.moments()})

    def step(self, now: datetime) -> int:
        """Count the changes up to a moment; between two moments with one count, the scene is the same."""
        return bisect_right(self._moments, now)

    def scene(self, now: datetime) -> Scene:
        """Tell what of the story is there at a moment."""
        return together([act.at(now) for act in self.acts])

    @cached_property
    def impairments(self) -> dict[str, list[Impairment]]:
        """What each circuit suffers from in the whole story, by its code."""
        found: dict[str, list[Impairment]] = {}
        for act in self.acts:
            for code, impairment in act.impairments():
                found.setdefault(code, []).append(impairment)
        return found

    def faded_db(self, port: str, now: datetime) -> float:
        """Tell by how much a port's light is weaker than usual: the sender's, and as much the receiver's."""
        link = self.plot.fading
        if port not in (f"{link.a}:{link.a_port}:tx", f"{link.z}:{link.z_port}:rx") or now >= TIMES.replaced:
            return 0.0
        return optics.FADED_DB * max(0.0, (now - TIMES.fading) / (TIMES.replaced - TIMES.fading))

    def _cut(self) -> Act:
        hit = self._broken(self.plot.cut, (TIMES.cut, TIMES.mended), planned=False)
        times = Times(TIMES.complaints, TIMES.splicing, TIMES.solved, TIMES.closed)
        return replace(hit, tickets=tuple(write(_CUT, hit.down, times, self._tickets)))

    def _work(self) -> Act:
        hit = self._broken(self.plot.worked_upon, TIMES.work, planned=True)
        begun, ended = TIMES.window
        times = Times(TIMES.announced, begun, ended, ended + timedelta(hours=1), apart=timedelta())
        return replace(hit, tickets=tuple(write(_NOTICE, (*hit.down, *hit.switched), times, self._tickets)))

    def _broken(self, link: Link, between: tuple[datetime, datetime], planned: bool) -> Act:
        named, served = self._over(link)
        routes = [(circuit, self._operator.route(circuit, "WORKING")) for circuit in served]
        return Act(
            link=link,
            cut=between[0],
            mended=between[1],
            circuits=named,
            down=tuple(circuit for circuit in served if not circuit.protected),
            switched=tuple(circuit for circuit in served if circuit.protected),
            standby_lost=tuple(c for c in self._operator.protected_over(link) if c.state == "active"),
            alarms=tuple(broken(link, named, routes, between, planned, self._alarms)),
            tickets=(),
        )

    def _laser(self) -> Act:
        link = self.plot.fading
        named, served = self._over(link)
        receiver = f"{link.z}:{link.z_port}"
        room = optics.received_dbm(self._operator.seed, receiver, link.km) - optics.RECEIVER_LIMIT_DBM
        ramp = TIMES.replaced - TIMES.fading
        raised = (TIMES.fading + ramp * (room / optics.FADED_DB)).replace(microsecond=0)
        times = Times(raised + timedelta(minutes=20), TIMES.worse, TIMES.replaced, TIMES.replaced + timedelta(hours=1))
        worn = Impairment("degraded", TIMES.fading.timestamp(), TIMES.replaced.timestamp(), ramp.total_seconds())
        return Act(
            link=link,
            cut=None,
            mended=None,
            circuits=named,
            down=(),
            switched=(),
            standby_lost=(),
            alarms=(faded(link, named, (raised, TIMES.worse, TIMES.replaced), next(self._alarms)),),
            tickets=tuple(write(_ERRORS, served, times, self._tickets)),
            degraded=tuple((circuit, worn) for circuit in served),
        )

    def _over(self, link: Link) -> tuple[tuple[Circuit, ...], tuple[Circuit, ...]]:
        """List the circuits that the inventory leads over a link, and those of them that are in service."""
        named = tuple(self._operator.crossing(link))
        return named, tuple(circuit for circuit in named if circuit.state == "active")
