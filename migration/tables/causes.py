"""English texts of what keeps items out of a plan, and of why pools are ruled out, by code; filled with a finding's data."""

from __future__ import annotations

__all__ = ["CAUSES"]

CAUSES: dict[str, str] = {
    # H1
    "provider-unplanned": "{count} system(s) that it depends on have no place either, first '{first}'",
    "done-binds": "what it is tied to is done in a slot that '{system}' cannot use",
    "order": "'{provider}' moves before '{client}' or with it, and the other of the two in {slot}",
    # H2
    "group": "its move group has no slot that suits all {count} others, first '{first}'",
    "group-too-large": "its move group has {count} members and a wave at most {most}; take {cuts} tie(s) apart (at least {bound})",
    # H3: why pools are ruled out for a system
    "no-pools": "the estate has no pools",
    "out-decision": "{count} pool(s): by hand another place was decided",
    "out-intention": "{count} pool(s): the cloud is no target",
    "out-exemption": "{count} pool(s): a county or department cloud without an exemption",
    "out-grade": "{count} pool(s): the cloud is not certified for the system's grade",
    "out-technology": "{count} pool(s): another processor architecture than the system needs",
    "out-department": "{count} pool(s): the cloud is another department's",
    "out-region": "{count} pool(s): the cloud serves another division",
    "out-sector": "{count} pool(s): the cloud serves another sector",
    "out-domain": "{count} pool(s): the pool serves the other domain",
    "out-rule-only": "{count} pool(s): a placement rule allows only others",
    "out-rule-never": "{count} pool(s): a placement rule forbids them",
    # the same for one pool
    "decision": "by hand another place was decided: {target}",
    "intention": "its cloud is no target",
    "exemption": "a {tier} cloud without an exemption",
    "grade": "certified up to grade {certified}; the system has grade {grade}",
    "technology": "offers {offered}; the system needs {needed}",
    "department": "serves only its owner {owner}",
    "region": "serves division {serves}; the system belongs to {division}",
    "sector": "serves sector '{serves}'; the department's is '{sector}'",
    "domain": "serves {offered}; the system is {needed}",
    "rule-only": "rule '{rule}' allows only other pools: {reason}",
    "rule-never": "rule '{rule}' forbids it: {reason}",
    # H4
    "pool-full": "pool '{pool}' has no room beside the others for {vcpu} vCPU, {memory_gib} GiB of memory and {storage_gib} GiB of storage",
    # H6
    "limit": "at most {most} cutover(s) a slot for {object}",
    "wave-size": "a wave has at most {most} cutovers",
    # H5, H7
    "team-full": "team '{team}' has too little left for '{skill}'",
    "link-share": "copies may use {mbps} Mbit/s of the link",
    # H8, H9, H12: what keeps a cutover out of slots
    "outage-too-long": "cutover and rollback take {minutes} minutes; the system allows {allowed}",
    "windows": "none of its windows of at least {minutes} minutes opens",
    "holidays": "no day to change anything: legal holidays, or before now",
    "frozen": "freeze '{freeze}'",
    "chain-start": "the work before its cutover takes {days} days; no slot before {date} leaves them",
    "copy-ages": "its copy ends before the slot; the first window of a slot opens more than {most} days later",
    "copy-old": "its copy ended on {date}; it is too old for a later cutover and must be made again",
    "gate": "it waits for {item} (ends {date})",
    "gate-unplanned": "what it waits for has no place: {first} ({count} in all)",
    "request-lead": "resources take {days} days from the request form; none before {date}",
    "deadline": "a hard target ends on {date}",
    # H11
    "pinned": "for '{system}' the slot {slot} was decided by hand",
    "pin-unreadable": "the slot decided by hand, '{value}', is neither a week (2021-W14) nor a day",
    "pin-outside": "the slot decided by hand, {value}, lies outside the time grid",
    # any rule
    "not-placed": "no place was found beside the others, though one may exist; try more effort or change what this rule asks",
    # notes: what binds nothing because it is not on record
    "no-team": "no team on record gives '{skill}' for {count} item(s); their effort binds nothing",
    "path-unknown": "{count} first copies have no path on record; they load no link",
    "evidence-lapses": "{count} system(s) have evidence that is no longer valid at their cutover; it must be renewed before",
    "address-unknown": "of {count} dependencies on systems that move nobody knows whether an address is written in",
    # items of the tracks that are scheduled forward
    "gate-cycle": "it waits for itself, through others",
    "promised-too-early": "it was promised for {date} and cannot begin before {start}",
    "request-late": "resources of pool '{pool}' would have to be asked for {days} day(s) before now",
    "room-not-empty": "{count} system(s) stay in the room, first '{first}'",
    "line-in-use": "{count} system(s) that stay use it, first '{first}'",
    "room-line-stays": "{count} line(s) of the room stay, first '{first}'",
    "network-changes": "at most {most} changes of devices a slot in {area}",
    "path-safety": "changes of devices on the way to '{device}' or behind it, or of its twin, take every window",
    "beyond-horizon": "the plan ends on {date}; it could not end before {end}",
    "never-open": "none of its {windows} window(s) opens on a day on which anything may be changed",
    "window-too-short": "it takes {minutes} minutes with the way back; its longest window has {longest}",
    "target-missed": "a hard target ends on {date}; it could not end before {end}",
    "lag-too-long": "it would begin more than {most} days after {first}",
}
