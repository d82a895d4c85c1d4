"""English messages of the checker's findings, by code; filled with a finding's data and ``items``."""

from __future__ import annotations

__all__ = ["MESSAGES"]

MESSAGES: dict[str, str] = {
    # plan: its shape
    "grid": "slots of {days} day(s); the estate's grid has slots of {estate_days}",
    "disposition-missing": "system '{system}' has no disposition",
    "disposition-twice": "system '{system}' has more than one disposition",
    "disposition-unknown": "a disposition for '{system}', which is no unclassified system of the estate",
    "decision-ignored": "the plan says {stored} for system '{system}'; by hand it was decided: {decided}",
    "item-malformed": "item {items} is no cutover of one system ({object})",
    "item-unknown": "item {items} is for '{system}', which is no unclassified system of the estate",
    "item-needless": "item {items} is for '{system}', which does not move",
    "item-twice": "item {items} stands {count} times in the plan",
    "item-missing": "system '{system}' moves, and has neither an item nor an entry among the unplanned",
    "item-unplanned": "item {items} is both planned and unplanned",
    "unplanned-needless": "{items} among the unplanned is no cutover of a system that moves",
    "unplanned": "{items} has no place in this plan ({rules})",
    "slot-outside": "slot {slot} of {items} lies before now or outside the grid",
    "slot-label": "{items} is labelled {stored} and stands in slot {slot}",
    "pool-missing": "{items} names no pool",
    "pool-unknown": "{items} lands in '{pool}', which is no pool of the estate",
    "wave": "{items} is in wave '{stored}'; its slot and pool make it {wave}",
    # H1
    "order-provider-first": "'{client}' moves in {client_slot}, before its provider '{provider}' in {provider_slot}",
    "order-together": "'{client}' ({client_slot}) and '{provider}' ({provider_slot}) must move together",
    "order-unplanned": "'{system}' is planned, but '{provider}', which it depends on, is not",
    # H2
    "group-split": "a move group of {count} systems is spread over {slots}; {unplanned} of them not planned",
    # H3
    "place-decision": "'{system}' lands in '{pool}'; by hand another place was decided",
    "place-intention": "'{system}' lands in '{pool}', whose cloud '{cloud}' is no target",
    "place-exemption": "'{system}' lands in '{pool}': the county or department cloud '{cloud}' has no exemption",
    "place-grade": "'{system}' lands in '{pool}': the cloud '{cloud}' is not certified for its grade",
    "place-technology": "'{system}' needs another processor architecture than that of '{pool}'",
    "place-region": "'{system}' lands in '{pool}': the cloud '{cloud}' serves another division",
    "place-department": "'{system}' lands in '{pool}': the cloud '{cloud}' is another department's",
    "place-sector": "'{system}' lands in '{pool}': the cloud '{cloud}' serves another sector",
    "place-domain": "'{system}' lands in '{pool}', which serves the other domain",
    "place-only": "'{system}' lands in '{pool}', which a placement rule does not name",
    "place-never": "'{system}' lands in '{pool}', which a placement rule excludes",
    # H4
    "capacity-exceeded": "pool '{pool}' in {slot}: {used} {resource} landed, {offered} offered",
    # H6
    "limit-exceeded": "{count} cutovers of {object} in {slot}; at most {most}",
    "wave-too-large": "the wave of {object} in {slot} has {count} cutovers; at most {most}",
    # H8
    "window-missing": "{items} names no change window in {slot}",
    "window-outside-slot": "the window of {items} starts {start}, outside its slot {slot}",
    "window-past": "the window of {items} starts {start}, before now ({now})",
    "window-unknown": "no change window of the system of {items} opens {start} for {minutes} minutes",
    "freeze": "the window of {items}, {start}, touches freeze '{freeze}'",
    # H10
    "deadline": "target '{target}': {late} of {count} systems move after {date}; at most {spared} may",
    # H11
    "done-changed": "the cutover of '{system}' was done in {slot}; the plan changes it",
    "done-unrecorded": "the cutover of '{system}' is called done; the estate has no record of it",
    "pinned-slot": "{items} stands in {slot}; it is pinned to {pinned}",
}
