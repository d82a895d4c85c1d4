"""English messages of the checker's findings, by code; filled with a finding's data and ``items``."""

from __future__ import annotations

__all__ = ["MESSAGES"]

MESSAGES: dict[str, str] = {
    # plan: as a whole
    "grid": "slots of {days} day(s); the estate's grid has slots of {estate_days}",
    "disposition-missing": "system '{system}' has no disposition",
    "disposition-twice": "system '{system}' has more than one disposition",
    "disposition-unknown": "a disposition for '{system}', which is no unclassified system of the estate",
    "decision-ignored": "the plan says {stored} for system '{system}'; by hand it was decided: {decided}",
    "outcome-unknown": "an outcome for '{object}', which is no unclassified line, private network or exit of the estate",
    "outcome-twice": "'{object}' has more than one outcome",
    "outcome-ignored": "the plan says {stored} for '{object}'; by hand it was decided: {decided}",
    "direct": "system '{system}' is {lifecycle}; the plan takes it for another kind of move (set up there, or moved)",
    "item-twice": "item {items} stands {count} times in the plan",
    "item-missing": "{object} needs {items}, which is neither planned nor among the unplanned",
    "item-unplanned": "item {items} is both planned and unplanned",
    "unplanned-needless": "{items} among the unplanned is nothing that the estate asks for",
    "unplanned": "{items} has no place in this plan ({rules})",
    "skipped-missing": "{items} is not needed by the technology of its VPNs; the plan does not say that it is skipped",
    "skipped-needless": "the plan says that {items} is skipped; it is needed, or done",
    "not-in-plan": "{object} came on record after the plan was made; it has no place in the plan",
    # plan: its items
    "item-malformed": "item {items} is no step of one object ({object})",
    "item-unknown": "item {items} is for {object}, which is no unclassified record of the estate",
    "item-needless": "item {items} is for {object}, which does not need it or has it behind it",
    "slot-outside": "{items} starts {start}, in {slot}: before now or outside the grid",
    "slot-start": "{items} starts {start}, in {slot}; the plan says {stored}",
    "slot-label": "{items} is labelled {stored} and stands in slot {slot}",
    "days": "{items} lasts from {start} to {end}",
    "promised-end": "{items} ends {end}; what it stands for is promised for the day after {promised}",
    "minutes": "{items} tells another interruption than the effort table ({outage} min, {rollback} min to go back)",
    "window-needless": "{items} interrupts nothing, and has a window ({start})",
    "pool-missing": "{items} names no pool",
    "pool-unknown": "{items} lands in '{pool}', which is no pool of the estate",
    "pool-differs": "{items} copies to '{stored}'; the cutover lands in '{pool}'",
    "wave": "{items} is in wave '{stored}'; its slot and place make it '{wave}'",
    "work-team": "{items} gives its {skill} work to '{team}', which cannot do it there (or somebody can)",
    "work-sum": "{items} has {stored} person-days of {skill}; the effort table says {days}",
    "item-superfluous": "{items}: the proof for {object} is on record; the item is no longer needed",
    "already-done": "{items}: the record of {object} says that this is done",
    "work-done": "{items} is done and still has work",
    "request-records": "{items} names {stored} record(s); {count} system(s) land by it",
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
    # H5
    "team-full": "team '{team}' in the week of {week}: {used} person-days of {skill}, {given} given",
    # H6
    "limit-exceeded": "{count} cutovers of {object} in {slot}; at most {most}",
    "wave-too-large": "the wave of {object} in {slot} has {count} cutovers; at most {most}",
    "changes-exceeded": "{count} changes of devices of {area} in {slot}; at most {most}",
    # H7
    "copy-path": "the links of {items} ({links}) do not lead from where the system is to its pool",
    "copy-path-missing": "{items} names no links; where the system is and its pool are connected",
    "copy-rate": "{items} is told to run at {rate} Mbit/s; its data need {needed}",
    "copy-shipped": "{items} goes by courier, and takes links or a rate",
    "link-share": "link '{link}' in {slot}: copies need {used} Mbit/s; its share for migration is {most}",
    # H8
    "window-missing": "{items} names no change window in {slot}",
    "window-elsewhere": "the window of {items} starts {start}; the change is on {day}",
    "window-past": "the window of {items} starts {start}, before now ({now})",
    "window-unknown": "no change window of the object of {items} opens {start} for {minutes} minutes",
    "holiday": "the window of {items}, {start}, begins on a legal holiday or day off",
    "made-up-day": "the weekend window of {items}, {start}, begins on a day that is worked",
    "window-short": "{items} and the way back take {needed} minutes; its window has {minutes}",
    "outage-long": "{items} and the way back take {needed} minutes; its system may be away for {allowed}",
    "freeze": "the window of {items}, {start}, touches freeze '{freeze}'",
    # H7, H9, H12: one thing before another
    "gate-early": "{items}: starts {start}; {before} ends {end}",
    "gate-missing": "{items} is planned, but what it waits for is not: {before}",
    # H9
    "room-not-empty": "{items} is planned; {count} system(s) stay in {room}",
    "room-line-stays": "{items} is planned; {count} line(s) at {room} do not end",
    "line-in-use": "{items}: {system} stays and uses {line}",
    # H10
    "deadline": "target '{target}': {late} of {count} are finished after {date}; at most {spared} may",
    # H11
    "done-changed": "{items} of {object} was done on {day}; the plan changes it",
    "done-unrecorded": "{items} of {object} is called done; the estate has no record of it",
    "pinned-slot": "{items} stands in {slot}; it is pinned to {pinned}",
    # H12
    "too-short": "{items} lasts {days} day(s); it takes {least}",
    "copy-old": "{items}: the copy ends {days} days before the cutover; at most {most}",
    "parallel-long": "{items}: in parallel for {days} days before the cutover; at most {most}",
    # H13
    "management-path": "the plan has no shortest way from device '{device}' to the management root '{root}'",
    "changed-together": "'{one}' and '{other}' are changed on {day}: one is on the other's way to the management root, "
    "or they back each other up",
    # H14
    "bridge-missing": "clients have the address of '{system}' written in; nothing keeps it working",
    "bridge-late": "{items}: ready on {end}, after the cutover ({start})",
    "bridge-records": "{items} does not name every dependency that needs it: {missing}",
    "bridge-method": "{items} has no method that fits ({method}); only systems relocated whole keep their address",
    "bridge-closes": "{items} closes {closes}; it is needed until {least}",
}
