"""Which settings of IPv4 sessions, families and protocols an IPv6 counterpart takes over, by family of command lines.

What is not listed is not taken over: policies that look at IPv4 addresses, passwords, and what is unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

__all__ = ["WORDS", "Words"]


@dataclass(frozen=True)
class Words:
    """session, peer, other: settings that are taken over, as regular expressions over the whole setting. policy: a
    setting or an import with a policy; group 1 is its name. policy_view: head of a policy's view, with the name filled
    in. ipv4_only: a line in such a view that looks at IPv4. filters: settings that only IPv4 understands and that keep
    routes out; a peer with one gets no IPv6. imports: IPv4 source of routes -> IPv6 source. process: settings
    of an OSPF process. loopback: interface. unprinted:
    interfaces may be there without a line in the configuration."""

    session: re.Pattern[str]
    peer: re.Pattern[str]
    other: re.Pattern[str]
    policy: re.Pattern[str]
    policy_view: str
    ipv4_only: re.Pattern[str]
    filters: re.Pattern[str]
    imports: dict[str, str]
    process: re.Pattern[str]
    loopback: str
    unprinted: bool = False


_CHINESE = Words(
    session=re.compile(
        r"connect-interface (?!\d+\.)\S+|description .+|ebgp-max-hop.*|timer .+|valid-ttl-hops.*|ignore.*|bfd .+|tracking.*"
    ),
    peer=re.compile(
        r"enable|reflect-client|next-hop-local|advertise-community|advertise-ext-community|keep-all-routes|public-as-only.*|allow-as-loop.*|preferred-value \d+|substitute-as|upe|label-route-capability|route-policy \S+ (?:import|export)"
    ),
    other=re.compile(
        r"undo synchronization|(?:undo )?policy vpn-target|reflector cluster-id \S+|(?:undo )?reflect between-clients|maximum load-balancing .+|balance \d+|preference [\d ]+"
        r"|auto-frr|default (?:local-preference|med) \d+|segment-routing ipv6 .+|peer [0-9A-Fa-f]*:[0-9A-Fa-f:]+ (?:enable|reflect-client|next-hop-local|advertise-community|prefix-sid.*)"
    ),
    policy=re.compile(r".*\broute-policy (\S+).*"),
    policy_view=r"route-policy {name} (?:permit|deny) node \d+",
    ipv4_only=re.compile(r"if-match (?:acl|ip-prefix|ip )\b.*|apply ip-address .*"),
    filters=re.compile(r"(?:ip-prefix|filter-policy|as-path-filter) .*"),
    imports={"direct": "direct", "static": "static", "bgp": "bgp", "ospf": "ospfv3", "isis": "isis", "rip": "ripng"},
    process=re.compile(r"maximum load-balancing \d+|bandwidth-reference \d+"),
    loopback="LoopBack0",
)

WORDS = {
    "vrp": _CHINESE,
    # H3C OSPFv3 commands, import-route: the IPv6 protocol is named bgp4+.
    "comware": replace(_CHINESE, imports=_CHINESE.imports | {"bgp": "bgp4+"}),
    "frr": Words(
        session=re.compile(
            r"update-source (?!\d+\.)\S+|description .+|ebgp-multihop.*|timers .+|advertisement-interval \d+|ttl-security .+|bfd.*|passive|shutdown.*|disable-connected-check"
        ),
        peer=re.compile(
            r"activate|route-reflector-client|next-hop-self.*|send-community.*|soft-reconfiguration inbound|allowas-in.*|remove-private-AS.*|default-originate|maximum-prefix .+|as-override|route-map \S+ (?:in|out)"
        ),
        other=re.compile(r"maximum-paths .+|distance bgp [\d ]+"),
        policy=re.compile(r".*\broute-map (\S+).*"),
        policy_view=r"route-map {name} (?:permit|deny) \d+",
        ipv4_only=re.compile(r"match ip .*|set ip .*"),
        filters=re.compile(r"(?:prefix-list|distribute-list|filter-list|unsuppress-map) .*"),
        imports={
            "connected": "connected",
            "static": "static",
            "kernel": "kernel",
            "bgp": "bgp",
            "ospf": "ospf6",
            "isis": "isis",
            "rip": "ripng",
        },
        process=re.compile(r"timers throttle spf [\d ]+|auto-cost reference-bandwidth \d+|maximum-paths \d+"),
        loopback="lo",
        unprinted=True,
    ),
}
WORDS["ios"] = WORDS["zxros"] = Words(
    session=re.compile(r"update-source \S+|description .+|ebgp-multihop.*|timers .+|ttl-security .+|fall-over.*"),
    peer=WORDS["frr"].peer,
    other=re.compile(r"maximum-paths .+"),
    policy=WORDS["frr"].policy,
    policy_view=WORDS["frr"].policy_view,
    ipv4_only=re.compile(r"match ip .*|set ip .*"),
    filters=WORDS["frr"].filters,
    imports={"connected": "connected", "static": "static", "bgp": "bgp", "ospf": "ospf", "isis": "isis", "rip": "rip"},
    process=re.compile(r"auto-cost reference-bandwidth \d+|maximum-paths \d+"),
    loopback="Loopback0",
)
"""By ``Platform.dialect``."""
