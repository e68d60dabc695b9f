"""A source that speaks Prometheus' HTTP API: which of its metrics is which KPI."""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from model.enums import Kpi
from sources.grammar.source import SourceDeclaration
from sources.grammar.words import Declared, Duration, Label, checked, mistake, one_of, pairs, raise_all

_METRIC = re.compile(r"(?:[^\W\d]|:)[\w:.]*")
_RATIO = {"ratio": 1.0, "percent": 1e-2, "ppm": 1e-6}
_TIME = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
UNITS: Mapping[Kpi, Mapping[str, float]] = MappingProxyType(
    {
        Kpi.AVAILABILITY: _RATIO,
        Kpi.FRAME_DELAY: _TIME,
        Kpi.FRAME_DELAY_VARIATION: _TIME,
        Kpi.FRAME_LOSS_RATIO: _RATIO,
        Kpi.UTILISATION_IN: _RATIO,
        Kpi.UTILISATION_OUT: _RATIO,
        Kpi.ERRORED_SECONDS: _TIME,
        Kpi.SEVERELY_ERRORED_SECONDS: _TIME,
        Kpi.UNAVAILABLE_SECONDS: _TIME,
    }
)
"""KPI -> the units that it may come in -> what one of them is in the record's own (ratios, seconds)."""


def _metric(name: str) -> str:
    if not _METRIC.fullmatch(name):
        raise ValueError("expected the name of a metric; an expression belongs into a recording rule")
    return name


class KpiDeclaration(Declared):
    """What a KPI is called; the name alone is short for `{metric: name}`.

    unit: what the metric is measured in, if not in ratios or seconds. factor: by what it is multiplied, where no unit
    says it. labels: what else its series must be labelled with.
    """

    short: ClassVar = ("string",)
    metric: Annotated[str, AfterValidator(_metric)]
    unit: str | None = None
    factor: float | None = None
    labels: dict[Label, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, data: object) -> object:
        return {"metric": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one_conversion(self) -> Self:
        if self.unit is not None and self.factor is not None:
            raise ValueError("expected either unit or factor")
        return self

    def scale(self, kpi: Kpi) -> float:
        """By what a measured value is multiplied to be in the record's own unit."""
        if self.factor is not None:
            return self.factor
        return UNITS[kpi][self.unit] if self.unit is not None else 1.0


class PrometheusDeclaration(SourceDeclaration):
    """One system that speaks Prometheus' HTTP API.

    kpis: what is measured. circuit_label: the label that holds a circuit's code, or its key in the system `space`.
    step_at_least: the shortest step worth asking for, which is how often it measures. points_at_most: of one series in
    one answer; a longer span is asked for with a longer step.
    """

    speaks: Literal["prometheus"]
    kpis: dict[str, KpiDeclaration] = Field(min_length=1)
    circuit_label: Label = "circuit"
    space: str | None = None
    step_at_least: Duration = 1.0
    points_at_most: int = Field(default=11_000, ge=2)

    @property
    def asked(self) -> Collection[str]:
        """The one lookup that there is."""
        return ("kpi by circuit",)

    @field_validator("kpis", mode="wrap")
    @classmethod
    def _kpis_that_there_are(cls, data: Any, handler: ValidatorFunctionWrapHandler) -> dict[str, KpiDeclaration]:
        strange = [
            mistake(one_of(name, [kpi.value for kpi in Kpi]), name, name)
            for name, _ in pairs(data)
            if name not in set(Kpi)
        ]
        kpis: dict[str, KpiDeclaration] = checked(handler, data, strange)
        raise_all(
            [
                mistake(one_of(one.unit, UNITS[Kpi(name)]), one.unit, name, "unit")
                for name, one in kpis.items()
                if one.unit is not None and one.unit not in UNITS[Kpi(name)]
            ]
        )
        return kpis
