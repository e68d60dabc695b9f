"""The closed vocabularies, with a word on every value."""

from enum import Enum
from typing import Any

import strawberry

from model.caller import Role
from model.enums import (
    AckState,
    AdministrativeState,
    AlarmState,
    CircuitCategory,
    Completeness,
    CustomerTier,
    EventType,
    Kpi,
    MilestoneState,
    OperationalState,
    PerceivedSeverity,
    RouteRole,
    ServiceState,
    SessionState,
    SlaClockKind,
    TicketKind,
    TicketState,
    TransportLayer,
    TunnelType,
    UsageState,
)

__all__ = [
    "AckState",
    "AdministrativeState",
    "AlarmState",
    "CircuitCategory",
    "Completeness",
    "CustomerTier",
    "EventType",
    "Kpi",
    "MilestoneState",
    "OperationalState",
    "PerceivedSeverity",
    "Role",
    "RouteRole",
    "ServiceState",
    "SessionState",
    "SlaClockKind",
    "TicketKind",
    "TicketState",
    "TransportLayer",
    "TunnelType",
    "UsageState",
]

_UNKNOWN = "A value that the standard does not know; `provenance { raw }` tells staff what the source wrote."


def _describe(cls: type[Enum], description: str, **values: str) -> None:
    """Declare a Python enum as one of GraphQL's; every value must have a description."""
    declared = strawberry.enum(cls, description=description)
    definition: Any = declared.__strawberry_definition__  # type: ignore[attr-defined]  # set by strawberry.enum
    for value in definition.values:
        value.description = values.get(value.name) or (_UNKNOWN if value.name == "UNKNOWN" else values[value.name])


_describe(
    CustomerTier,
    "How a customer is served.",
    PLATINUM="The highest class of service.",
    GOLD="The second class of service.",
    SILVER="The third class of service.",
    BRONZE="The basic class of service.",
)
_describe(
    CircuitCategory,
    "By which technology a circuit is delivered.",
    MSTP="Ethernet and TDM over SDH (multi-service transport platform).",
    SDH="Synchronous digital hierarchy [ITU-T G.707].",
    OTN="Optical transport network [ITU-T G.709].",
    WDM="A wavelength of its own.",
    PON="Passive optical network [ITU-T G.984, G.9807].",
    ETHERNET="Carrier Ethernet [MEF 6].",
    IP_VPN="A layer 3 virtual private network [RFC 4364].",
    VPDN="Virtual private dial-up network, tunnelled by L2TP [RFC 2661].",
    INTERNET="Dedicated internet access.",
    DARK_FIBRE="Fibre without equipment.",
)
_describe(
    ServiceState,
    "The life cycle of a service [TMF638 ServiceStateType].",
    FEASIBILITY_CHECKED="It has been found that the service can be delivered.",
    DESIGNED="The service has been designed.",
    RESERVED="The resources for it are reserved.",
    INACTIVE="Delivered, and not in operation.",
    ACTIVE="In operation.",
    TERMINATED="No more.",
)
_describe(
    OperationalState,
    "Whether a resource can work [ITU-T X.731].",
    ENABLED="It works, wholly or in part.",
    DISABLED="It does not work.",
)
_describe(
    AdministrativeState,
    "Whether a resource may be used [ITU-T X.731].",
    LOCKED="Its use is prohibited.",
    UNLOCKED="It may be used.",
    SHUTTING_DOWN="Present users may go on, new ones are refused.",
)
_describe(
    UsageState,
    "Whether a resource is in use [ITU-T X.731].",
    IDLE="Not in use.",
    ACTIVE="In use, with capacity left.",
    BUSY="In use, with no capacity left.",
)
_describe(
    RouteRole,
    "What a route is for.",
    WORKING="The route that carries the traffic in normal operation.",
    PROTECTION="The route that takes over when the working one fails.",
)
_describe(
    TransportLayer,
    "A layer of the transport network, from the fibre upwards [ITU-T G.805].",
    FIBRE="The fibre itself.",
    OTS="Optical transmission section [ITU-T G.872].",
    OMS="Optical multiplex section [ITU-T G.872].",
    OCH="Optical channel [ITU-T G.872].",
    OTN="Digital OTN layers [ITU-T G.709].",
    SDH="Synchronous digital hierarchy [ITU-T G.707].",
    MSTP="Multi-service transport platform.",
    PON="Passive optical network.",
    ETHERNET="Ethernet [IEEE 802.3].",
    IP="Internet protocol.",
)
_describe(
    EventType,
    "What kind of event an alarm tells of [ITU-T X.733, X.736].",
    COMMUNICATIONS_ALARM="Conveying information from one point to another has failed.",
    QUALITY_OF_SERVICE_ALARM="The quality of a service has become worse.",
    PROCESSING_ERROR_ALARM="Software or processing has failed.",
    EQUIPMENT_ALARM="Equipment has failed.",
    ENVIRONMENTAL_ALARM="Something is wrong with the place where equipment stands.",
    INTEGRITY_VIOLATION="Information may have been changed, inserted or deleted.",
    OPERATIONAL_VIOLATION="A service could not be given because of how it was asked for.",
    PHYSICAL_VIOLATION="A physical resource has been tampered with.",
    SECURITY_VIOLATION="A security service has detected an attack.",
    TIME_DOMAIN_VIOLATION="Something happened at a time at which it must not.",
)
_describe(
    PerceivedSeverity,
    "How bad an alarm is, the worst first [ITU-T X.733].",
    CRITICAL="Service is affected: act at once.",
    MAJOR="Service is affected: act urgently.",
    MINOR="Not yet affecting service: act before it does.",
    WARNING="Something may go wrong: look into it.",
    INDETERMINATE="Nobody can tell how bad it is.",
    CLEARED="Over.",
)
_describe(
    AlarmState,
    "Where an alarm stands in its life [TMF642].",
    RAISED="Raised, and as it was.",
    UPDATED="Changed since it was raised.",
    CLEARED="Over.",
)
_describe(
    AckState,
    "Whether somebody has taken notice of an alarm [TMF642].",
    ACKNOWLEDGED="Somebody has.",
    UNACKNOWLEDGED="Nobody has.",
)
_describe(
    TicketKind,
    "What a ticket is about.",
    TROUBLE="Something is broken [TMF621].",
    PROVISIONING="Something has been ordered [TMF641].",
)
_describe(
    TicketState,
    "Where a ticket stands: the states of TMF621 and TMF641 together.",
    ACKNOWLEDGED="Received and checked.",
    REJECTED="Refused.",
    PENDING="Waiting for the customer or a third party.",
    HELD="Stopped for now.",
    IN_PROGRESS="Being worked on.",
    ASSESSING_CANCELLATION="Whether it can be cancelled is being looked into.",
    PENDING_CANCELLATION="Being cancelled.",
    CANCELLED="Cancelled.",
    COMPLETED="Delivered.",
    PARTIAL="Delivered in part.",
    FAILED="Not delivered.",
    RESOLVED="Repaired, the customer has yet to agree.",
    CLOSED="Over.",
)
_describe(
    Completeness,
    "How much of what was asked for is there.",
    COMPLETE="All of it.",
    PARTIAL="A source failed: `missing` says which, and why.",
    STALE="All of it, and some of it is older than it should be.",
)
_describe(
    MilestoneState,
    "Where a step of an order stands [TMF641].",
    PENDING="Not begun.",
    IN_PROGRESS="Under way.",
    COMPLETED="Done.",
    DELAYED="Late.",
    CANCELLED="Not to be done.",
)
_describe(
    SlaClockKind,
    "What a service level agreement gives a time for.",
    RESPOND="Until somebody has taken it up.",
    RESTORE="Until the service is restored.",
    DELIVER="Until the service is delivered.",
)
_describe(
    SessionState,
    "Where a VPDN session stands, as its accounting tells [RFC 2866 Acct-Status-Type, RFC 2867].",
    ACTIVE="Started, and not stopped.",
    STOPPED="Over.",
    REJECTED="Never let in: its tunnel, or its link in the tunnel, was rejected.",
)
_describe(
    TunnelType,
    "By which protocol a tunnel is made [RFC 2868 Tunnel-Type].",
    PPTP="Point-to-Point Tunneling Protocol [RFC 2637].",
    L2F="Layer Two Forwarding [RFC 2341].",
    L2TP="Layer Two Tunneling Protocol [RFC 2661].",
    ATMP="Ascend Tunnel Management Protocol [RFC 2107].",
    VTP="Virtual Tunneling Protocol.",
    AH="IP Authentication Header in tunnel mode [RFC 4302].",
    IP_IP="IP in IP encapsulation [RFC 2003].",
    MIN_IP_IP="Minimal IP in IP encapsulation [RFC 2004].",
    ESP="IP Encapsulating Security Payload in tunnel mode [RFC 4303].",
    GRE="Generic Routing Encapsulation [RFC 2784].",
    DVS="Bay Dial Virtual Services.",
)
_describe(
    Kpi,
    "What is measured on a circuit.",
    AVAILABILITY="The part of the time in which the service was available, from 0 to 1 [MEF 10].",
    FRAME_DELAY="Two-way frame delay, in seconds [ITU-T Y.1731].",
    FRAME_DELAY_VARIATION="Inter-frame delay variation, in seconds [ITU-T Y.1731].",
    FRAME_LOSS_RATIO="The part of the frames that were lost, from 0 to 1 [ITU-T Y.1731].",
    UTILISATION_IN="The part of the bandwidth used towards the customer, from 0 to 1.",
    UTILISATION_OUT="The part of the bandwidth used from the customer, from 0 to 1.",
    ERRORED_SECONDS="Seconds with at least one errored block [ITU-T G.826].",
    SEVERELY_ERRORED_SECONDS="Seconds with 30 % errored blocks or a defect [ITU-T G.826].",
    UNAVAILABLE_SECONDS="Seconds in which the path was not available [ITU-T G.826].",
)
_describe(
    Role,
    "What somebody is to the operator or to a customer.",
    CUSTOMER_VIEWER="Looks at a customer's things; contacts wear masks.",
    CUSTOMER_MANAGER="Looks after a customer's things on the customer's side.",
    ACCOUNT_MANAGER="Looks after customers on the operator's side.",
    OPERATOR="Runs the network: sees every customer.",
    ADMINISTRATOR="Runs this gateway: sees every customer.",
    PARTNER="Another company that serves a customer: sees nothing of the network.",
)
