"""The closed vocabularies of the standards, in GraphQL's upper case; a value that none of them knows is UNKNOWN."""

from enum import StrEnum


class Word(StrEnum):
    """A word of a closed vocabulary. It hashes as the text that it is: an Enum's own hash is a call of Python's."""

    __hash__ = str.__hash__


class CustomerTier(Word):
    """How a customer is served."""

    PLATINUM = "PLATINUM"
    GOLD = "GOLD"
    SILVER = "SILVER"
    BRONZE = "BRONZE"
    UNKNOWN = "UNKNOWN"


class CircuitCategory(Word):
    """By which technology a circuit is delivered."""

    MSTP = "MSTP"
    SDH = "SDH"
    OTN = "OTN"
    WDM = "WDM"
    PON = "PON"
    ETHERNET = "ETHERNET"
    IP_VPN = "IP_VPN"
    VPDN = "VPDN"
    INTERNET = "INTERNET"
    DARK_FIBRE = "DARK_FIBRE"
    UNKNOWN = "UNKNOWN"


class ServiceState(Word):
    """The life cycle of a service [TMF638 ServiceStateType]."""

    FEASIBILITY_CHECKED = "FEASIBILITY_CHECKED"
    DESIGNED = "DESIGNED"
    RESERVED = "RESERVED"
    INACTIVE = "INACTIVE"
    ACTIVE = "ACTIVE"
    TERMINATED = "TERMINATED"
    UNKNOWN = "UNKNOWN"


class OperationalState(Word):
    """Whether a resource can work [ITU-T X.731, TMF639]."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"
    UNKNOWN = "UNKNOWN"


class AdministrativeState(Word):
    """Whether a resource is allowed to be used [ITU-T X.731, TMF639]."""

    LOCKED = "LOCKED"
    UNLOCKED = "UNLOCKED"
    SHUTTING_DOWN = "SHUTTING_DOWN"
    UNKNOWN = "UNKNOWN"


class UsageState(Word):
    """Whether a resource is in use [ITU-T X.731, TMF639]."""

    IDLE = "IDLE"
    ACTIVE = "ACTIVE"
    BUSY = "BUSY"
    UNKNOWN = "UNKNOWN"


class RouteRole(Word):
    """What a route is for."""

    WORKING = "WORKING"
    PROTECTION = "PROTECTION"
    UNKNOWN = "UNKNOWN"


class TransportLayer(Word):
    """The transport layer of a link or hop, from the fibre upwards [ITU-T G.805]."""

    FIBRE = "FIBRE"
    OTS = "OTS"
    OMS = "OMS"
    OCH = "OCH"
    OTN = "OTN"
    SDH = "SDH"
    MSTP = "MSTP"
    PON = "PON"
    ETHERNET = "ETHERNET"
    IP = "IP"
    UNKNOWN = "UNKNOWN"


class EventType(Word):
    """What kind of event an alarm tells of [ITU-T X.733, X.736]."""

    COMMUNICATIONS_ALARM = "COMMUNICATIONS_ALARM"
    QUALITY_OF_SERVICE_ALARM = "QUALITY_OF_SERVICE_ALARM"
    PROCESSING_ERROR_ALARM = "PROCESSING_ERROR_ALARM"
    EQUIPMENT_ALARM = "EQUIPMENT_ALARM"
    ENVIRONMENTAL_ALARM = "ENVIRONMENTAL_ALARM"
    INTEGRITY_VIOLATION = "INTEGRITY_VIOLATION"
    OPERATIONAL_VIOLATION = "OPERATIONAL_VIOLATION"
    PHYSICAL_VIOLATION = "PHYSICAL_VIOLATION"
    SECURITY_VIOLATION = "SECURITY_VIOLATION"
    TIME_DOMAIN_VIOLATION = "TIME_DOMAIN_VIOLATION"
    UNKNOWN = "UNKNOWN"


class PerceivedSeverity(Word):
    """How bad an alarm is, the worst first [ITU-T X.733]."""

    CRITICAL = "CRITICAL"
    MAJOR = "MAJOR"
    MINOR = "MINOR"
    WARNING = "WARNING"
    INDETERMINATE = "INDETERMINATE"
    CLEARED = "CLEARED"
    UNKNOWN = "UNKNOWN"


class AlarmState(Word):
    """Where an alarm stands in its life [TMF642]."""

    RAISED = "RAISED"
    UPDATED = "UPDATED"
    CLEARED = "CLEARED"
    UNKNOWN = "UNKNOWN"


class AckState(Word):
    """Whether somebody has taken notice of an alarm [TMF642]."""

    ACKNOWLEDGED = "ACKNOWLEDGED"
    UNACKNOWLEDGED = "UNACKNOWLEDGED"
    UNKNOWN = "UNKNOWN"


class TicketKind(Word):
    """What a ticket is about: something broken [TMF621] or something ordered [TMF641]."""

    TROUBLE = "TROUBLE"
    PROVISIONING = "PROVISIONING"
    UNKNOWN = "UNKNOWN"


class TicketState(Word):
    """Where a ticket stands: the states of TMF621 and TMF641 together."""

    ACKNOWLEDGED = "ACKNOWLEDGED"
    REJECTED = "REJECTED"
    PENDING = "PENDING"
    HELD = "HELD"
    IN_PROGRESS = "IN_PROGRESS"
    ASSESSING_CANCELLATION = "ASSESSING_CANCELLATION"
    PENDING_CANCELLATION = "PENDING_CANCELLATION"
    CANCELLED = "CANCELLED"
    COMPLETED = "COMPLETED"
    PARTIAL = "PARTIAL"
    FAILED = "FAILED"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"
    UNKNOWN = "UNKNOWN"


class MilestoneState(Word):
    """Where a step of a provisioning order stands [TMF641 milestone status]."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    DELAYED = "DELAYED"
    CANCELLED = "CANCELLED"
    UNKNOWN = "UNKNOWN"


class SlaClockKind(Word):
    """What a service level agreement gives a time for."""

    RESPOND = "RESPOND"
    RESTORE = "RESTORE"
    DELIVER = "DELIVER"


class SessionState(Word):
    """Where a VPDN session stands, as its accounting tells [RFC 2866 Acct-Status-Type, RFC 2867]."""

    ACTIVE = "ACTIVE"
    STOPPED = "STOPPED"
    REJECTED = "REJECTED"
    UNKNOWN = "UNKNOWN"


class TunnelType(Word):
    """By which protocol a tunnel is made [RFC 2868 Tunnel-Type]."""

    PPTP = "PPTP"
    L2F = "L2F"
    L2TP = "L2TP"
    ATMP = "ATMP"
    VTP = "VTP"
    AH = "AH"
    IP_IP = "IP_IP"
    MIN_IP_IP = "MIN_IP_IP"
    ESP = "ESP"
    GRE = "GRE"
    DVS = "DVS"
    UNKNOWN = "UNKNOWN"


class Kpi(Word):
    """What is measured on a circuit [MEF 10, ITU-T Y.1731, ITU-T G.826]."""

    AVAILABILITY = "AVAILABILITY"
    FRAME_DELAY = "FRAME_DELAY"
    FRAME_DELAY_VARIATION = "FRAME_DELAY_VARIATION"
    FRAME_LOSS_RATIO = "FRAME_LOSS_RATIO"
    UTILISATION_IN = "UTILISATION_IN"
    UTILISATION_OUT = "UTILISATION_OUT"
    ERRORED_SECONDS = "ERRORED_SECONDS"
    SEVERELY_ERRORED_SECONDS = "SEVERELY_ERRORED_SECONDS"
    UNAVAILABLE_SECONDS = "UNAVAILABLE_SECONDS"


class Completeness(Word):
    """How much of what was asked for is there."""

    COMPLETE = "COMPLETE"
    PARTIAL = "PARTIAL"
    STALE = "STALE"
