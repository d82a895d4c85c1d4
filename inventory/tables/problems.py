"""Codes of the problems that loading and checking an estate can report: severity, message and hint templates (English)."""

from __future__ import annotations

from typing import NamedTuple

from inventory.errors import SelectorError


class Row(NamedTuple):
    """severity: error, warning or note; message and hint: templates over a problem's data."""

    severity: str
    message: str
    hint: str


PROBLEMS: dict[str, Row] = {
    # files
    "file-unreadable": Row("error", "the file cannot be read: {reason}", "check the file's permissions"),
    "file-binary": Row("error", "this is not a text or table file", "keep only YAML, CSV and XLSX files in an estate"),
    "file-too-large": Row(
        "error",
        "the file has {size_mb} MB; at most {max_mb} MB are read",
        "split it into several files (any names, any folders) or raise settings.max_file_mb",
    ),
    "file-syntax": Row("error", "{reason}", "correct the line"),
    "file-expands": Row("error", "aliases would grow to more than {limit} values", "write the values out"),
    "file-nested": Row("error", "nested deeper than {limit} levels", "flatten the file"),
    "file-ignored": Row(
        "note", "no list of records in this file; it is not read", "name a list after its kind, such as 'systems:'"
    ),
    "folder-unreadable": Row("error", "the folder cannot be read: {reason}", "check the folder's permissions"),
    "encoding-guessed": Row("note", "the file is not UTF-8; it was read as {encoding}", ""),
    # records
    "unknown-kind": Row("error", "unknown kind '{name}'", "kinds are listed by: qianyun schema --all"),
    "not-a-list": Row("error", "'{name}' must be a list of records", "begin each record with '- id: ...'"),
    "not-a-record": Row("error", "a record must be a mapping of fields", "write 'field: value' lines"),
    "missing-field": Row("error", "the field '{field}' is missing", "add it: {description}"),
    "unknown-field": Row("error", "{kind} has no field '{field}'", "its fields are listed by: qianyun schema {schema}"),
    "bad-choice": Row("error", "'{value}' is not one of: {choices}", ""),
    "bad-value": Row("error", "'{value}' is not {expected}", "{description}"),
    "out-of-range": Row("error", "{value} is out of range: {expected}", "{description}"),
    "bad-id": Row("error", "'{value}' is not an id", "ids are ASCII letters, digits, '.', '_' and '-', at most 80"),
    "duplicate-id": Row("error", "{kind} '{id}' is declared again; first in {first}", "keep one of the two"),
    "duplicate-component": Row(
        "error", "component '{component}' is listed again; first as {first}", "keep one of the two"
    ),
    "duplicate-field": Row("error", "the field '{field}' stands twice in one record", "keep one of the two"),
    "dangling-reference": Row("error", "no {target} '{value}'", "declare it or correct the reference"),
    "dangling-reference-soft": Row("warning", "no {target} '{value}'", "declare it or correct the reference"),
    "bad-reference": Row(
        "error", "'{value}' does not name an object", "write it as KIND:ID with KIND one of: {choices}"
    ),
    "quarantined": Row("warning", "left out because {because} is quarantined", "correct {because} first"),
    "orphan-component": Row(
        "error", "no system '{value}' for this component", "declare the system or correct the name"
    ),
    # what clouds offer: settings.stacks
    "offer-cloud-twice": Row("error", "the cloud '{value}' has two rows", "make one row of the two"),
    "offer-pool-elsewhere": Row(
        "error", "the pool '{value}' is of the cloud {cloud}", "move it to the row of that cloud"
    ),
    "offer-cloud-missing": Row(
        "note", "no row of settings.stacks says how {cloud} is reached", "add a row; nothing is made or asked for there"
    ),
    "offer-nothing": Row(
        "warning", "the cloud '{cloud}' has no {what}: no machine can be designed for it", "add rows with their source"
    ),
    "offer-no-flavor": Row(
        "warning",
        "no size of machine of any cloud is large enough for {component}: {vcpu} vCPU, {memory_gib} GiB",
        "add a size to settings.stacks.clouds, or split the component",
    ),
    "offer-zone-length": Row(
        "error", "a landing zone of /{length} has no place in {prefix} of the pool {pool}", "make zone_length greater"
    ),
    "offer-dns": Row(
        "error",
        "{value} is no DNS zone with a mail address for its SOA record",
        "write it with a final dot, such as yun.ty.cegn., and give dns_mail",
    ),
    "offer-open": Row(
        "error",
        "the baseline rule '{name}' lets in everybody ({prefix})",
        "name the prefixes that are meant, or say public: true where it is meant",
    ),
    # designs of stacks
    "stack-no-cloud": Row(
        "warning",
        "{systems} systems land on {id}, and settings.stacks has no row for it",
        "add the cloud to settings.stacks.clouds",
    ),
    "stack-no-components": Row(
        "warning", "the system has no components, so no machine can be designed", "add its components"
    ),
    "stack-no-prefix": Row(
        "error", "the landing zone {zone} has no IPv4 prefix", "run: qianyun stack addresses ESTATE PLAN --write"
    ),
    "stack-no-flavor": Row(
        "error",
        "no size of machine of {cloud} is large enough for {component} in {pool}: {vcpu} vCPU, {memory_gib} GiB",
        "add a size to settings.stacks.clouds, or split the component",
    ),
    "stack-no-image": Row(
        "error",
        "no image of {cloud} fits {component} in {pool}: {role}, {technology}",
        "add an image to settings.stacks.clouds",
    ),
    "stack-no-address": Row(
        "warning",
        "{component} has no IPv{version} address in {zone}: the cloud will give it any",
        "run: qianyun stack addresses ESTATE PLAN --write",
    ),
    "stack-address-outside": Row(
        "error",
        "the target address {address} of {component} is not in {prefix} of {zone}",
        "correct the address, or take it out and run: qianyun stack addresses ESTATE PLAN --write",
    ),
    "stack-no-port": Row(
        "warning",
        "no port is on record for this dependency of {system}, so nothing is let through for it",
        "add the port to the dependency or to the provider's endpoint",
    ),
    "stack-no-client": Row(
        "warning",
        "nothing says where {end} is, so {system} does not let it in",
        "add an address to its endpoints, or a users prefix of its department",
    ),
    "stack-no-provider": Row(
        "warning",
        "nothing says where {end} is, so {system} is not let out to it",
        "add an address to its endpoints, or a users prefix of its department",
    ),
    "stack-public-no-port": Row(
        "warning", "{component} has the public address {address} without a port, so nothing is let in", "add the port"
    ),
    "stack-pool-no-prefix": Row(
        "error",
        "the pool has no IPv4 prefix to take that of {zone} from",
        "add a prefix with purpose pool and its site",
    ),
    "stack-pool-full": Row(
        "error", "no piece of /{length} is free in the pool's prefixes for {zone}", "add a prefix to the pool"
    ),
    "stack-zone-full": Row(
        "error", "no address is free in {prefix} of {zone}", "give the landing zone a larger prefix"
    ),
    # policy of stacks
    "stack-grade": Row(
        "error", "{cloud} is certified for grade {certified}, the system has grade {grade}", "place it on another cloud"
    ),
    "stack-ungraded": Row(
        "warning", "the system has no grade: nobody can tell whether {cloud} may hold it", "grade the system"
    ),
    "stack-ipv4-only": Row(
        "error",
        "the system has to be reached over IPv6, and {zone} has no IPv6 network",
        "give the pool an IPv6 prefix (qianyun ipv6 plan) and run: qianyun stack addresses ESTATE PLAN --write",
    ),
    "stack-quota": Row(
        "error",
        "{what}: the systems of {zone} need {needed}, its quota is {quota}",
        "raise settings.stacks.headroom",
    ),
    "stack-capacity": Row(
        "error",
        "{what}: from {day} on systems of the plan need {needed} in the pool, {free} are free",
        "extend the pool, or plan again",
    ),
    "stack-open": Row(
        "error",
        "{group} lets in everybody: {rule}",
        "narrow the other end, or declare the endpoint's public_address",
    ),
    "stack-unknown-flavor": Row("error", "{cloud} has no size of machine '{flavor}' ({component})", "correct the row"),
    "stack-unknown-image": Row("error", "{cloud} has no image '{image}' ({component})", "correct the row"),
    "stack-protected": Row(
        "error",
        "{stack}: {name} ({type}) is protected and would be deleted",
        "keep it in the design, or take the protection away first",
    ),
    # runbooks
    "runbook-loop": Row("error", "items wait for each other: {items}", "take one of them out of 'after'"),
    # starting a run
    "run-other-estate": Row(
        "error", "made for the estate '{found}', not for '{known}'", "name the estate that it belongs to"
    ),
    "run-other-plan": Row(
        "error", "the runbook was made from another plan than {plan}", "make it again with: qianyun runbook make"
    ),
    "run-hash-missing": Row(
        "error",
        "the runbook has no {field}: nobody can tell whether it fits plan and estate",
        "make it with: qianyun runbook make",
    ),
    "run-grade-less": Row("error", "grade {found} asks for less than the record's, {known}", "undo the change by hand"),
    "run-level-other": Row("error", "level {found} is not the record's, {known}", "undo the change by hand"),
    "run-stage-other": Row(
        "error",
        "the runbook is of stage {found}, the item of stage {known}",
        "make it again with: qianyun runbook make",
    ),
    "run-no-approval": Row(
        "error",
        "step {step} changes something before any approval, and the item is of stage {stage}",
        "put an approval step before it",
    ),
    "run-no-window": Row(
        "error",
        "the plan gives a window ({known}), and no step is bound to it",
        "set in_window of the steps that need it",
    ),
    "run-window-other": Row(
        "error", "the change window ({found}) is not within the plan's ({known})", "plan the item anew"
    ),
    "run-declared-changed": Row(
        "warning", "the estate's declarations have changed since, but no record that these items depend on", ""
    ),
    "run-item-unknown": Row("error", "{plan} has no such item", "make the runbook again with: qianyun runbook make"),
    "run-item-object": Row(
        "error", "the item is done to {known} in the plan, not to {found}", "undo the change by hand"
    ),
    "run-item-done": Row(
        "warning", "the item is on record as done at {at}", "steps that are done already are only looked at"
    ),
    "run-records-changed": Row(
        "error",
        "records that the item depends on have changed since the plan was made: {records}",
        "make plan and runbook again with: qianyun plan make and qianyun runbook make",
    ),
    "run-evidence-missing": Row(
        "error",
        "evidence of kind '{evidence}', which the grade requires before a cutover, is not on record (H9)",
        "record it under 'evidence'",
    ),
    "run-line-not-silent": Row(
        "error",
        "a line ends only once readings have shown it idle for long enough (H9): {why}",
        "see: qianyun lines evidence show",
    ),
    "run-window-over": Row("error", "the change window that began at {start} is over", "plan the item anew"),
    "run-window-far": Row(
        "error", "the change window begins at {start}; a run lasts at most {hours} h", "start the run later"
    ),
    "run-no-executor": Row(
        "error",
        "step {step}: nothing here carries out steps of kind '{executor}'",
        "take the step out of the runbook or make it a manual one",
    ),
    "run-step-flaw": Row("error", "{flaw}", ""),
    "runbook-lacks-field": Row(
        "warning", "the runbook needs '{field}', which is not on record", "add it to the record, then make it again"
    ),
    "runbook-lacks-value": Row(
        "warning", "the runbook needs '{field}', which nobody has given", "add it to the file named by --values"
    ),
    # lint of runbooks
    "lint-empty": Row(
        "error",
        "the item has no step",
        "add its steps, or take the item out",
    ),
    "lint-no-call": Row(
        "error",
        "step '{step}': {call} says nothing to do",
        "fill '{field}'",
    ),
    "lint-no-probe": Row(
        "error",
        "step '{step}' changes something and has no probe: after a crash nobody can tell whether it is done",
        "add 'probe', or say why there is none under reasons",
    ),
    "lint-no-verify": Row(
        "error",
        "step '{step}' changes something and nothing proves that it is done rightly",
        "add 'verify', or say why there is none under reasons",
    ),
    "lint-no-rollback": Row(
        "error",
        "step '{step}' changes something and has no way back",
        "add 'rollback', or say why there is none under reasons",
    ),
    "lint-reason": Row(
        "warning",
        "step '{step}': a reason for '{name}', which needs none",
        "reasons are for probe, verify and rollback",
    ),
    "lint-parameter": Row(
        "error",
        "step '{step}': the parameter '{name}' has no value",
        "fill it in; '-' stands for the parameters of the whole item",
    ),
    "lint-unfilled": Row(
        "error",
        "step '{step}': nobody filled in {place}",
        "write the value in its place",
    ),
    "lint-object": Row(
        "error",
        "'{value}' does not name an object",
        "write it as KIND:ID, such as room:mzt-1",
    ),
    "lint-no-target": Row(
        "error",
        "step '{step}' acts on no machine",
        "name its machines under targets",
    ),
    "lint-no-address": Row(
        "error",
        "step '{step}': machine '{host}' has no address",
        "enter the address in the component's endpoints or target_endpoints and make the runbook again, or write it under hosts",
    ),
    "lint-gone": Row(
        "error",
        "step '{step}' acts on '{host}', which step '{before}' has taken away",
        "do it before that step",
    ),
    "lint-no-approval": Row(
        "error",
        "step '{step}' changes something before anybody has approved",
        "put an approval step before it",
    ),
    "lint-grade-approval": Row(
        "error",
        "step '{step}' changes a system of grade {grade} without approval",
        "put an approval step before it",
    ),
    "lint-return-approval": Row(
        "error",
        "step '{step}' cannot be taken back and nobody has approved it",
        "put an approval step before it",
    ),
    "lint-no-window": Row(
        "error",
        "step '{step}' needs a change window and the item has none",
        "give window_start and window_minutes, or plan the item anew",
    ),
    "lint-window-short": Row(
        "error",
        "the window has {minutes} minutes; its steps take up to {needed}, going back included",
        "plan a longer window, or shorten worst_case_seconds where that was measured",
    ),
    "lint-evidence": Row(
        "error",
        "step '{step}' is done by people and cannot give the evidence {names}",
        "ask it of a step that looks by itself",
    ),
    "lint-no-evidence": Row(
        "warning",
        "no step of this cutover has to give evidence",
        "name what the record must show under 'evidence' of a step",
    ),
    "lint-return": Row(
        "warning",
        "step '{step}' has a rollback that is never taken: '{before}' is a point of no return",
        "take the rollback out, or move the point of no return",
    ),
    "lint-after-unknown": Row(
        "error",
        "waits for '{other}', which is not in this runbook",
        "correct 'after'",
    ),
    "lint-after-loop": Row(
        "error",
        "waits for itself, by way of '{other}'",
        "take one of them out of 'after'",
    ),
    "lint-canary-waits": Row(
        "error",
        "is a canary and waits for '{other}', which waits for the canaries",
        "make '{other}' a canary as well, or another item",
    ),
    "lint-window-order": Row(
        "error",
        "waits for '{other}', whose window begins when its own is over",
        "plan them anew, or correct 'after'",
    ),
    "lint-unreachable": Row(
        "error",
        "can never begin: it waits for '{other}'",
        "mend '{other}' first",
    ),
    "lint-unused-host": Row(
        "warning",
        "no step acts on the machine '{host}'",
        "take it out, or name it under targets",
    ),
    # state folder
    "state-unknown-object": Row(
        "warning", "state of {object}, which is not declared", "restore the declaration or remove the entry"
    ),
    "state-bad-change": Row(
        "error", "runs do not change the field '{field}' of a {kind}", "edit the declaration instead"
    ),
    "evidence-missing": Row("warning", "the evidence file {value} does not exist", "add the file under evidence/"),
    "evidence-altered": Row(
        "error", "the evidence file {value} does not match its SHA-256", "record the evidence again"
    ),
    # selectors: the codes and texts of SelectorError
    **{code: Row("error", message, hint) for code, (message, hint) in SelectorError.templates.items()},
    "empty-selector": Row("warning", "'{selector}' selects nothing", "correct the selector or remove the record"),
    # divisions, departments, names
    "division-code-level": Row(
        "error",
        "code {code} is not that of a {level}",
        "six digits of GB/T 2260, nine of GB/T 10114 for townships, twelve for villages",
    ),
    "code-used-twice": Row(
        "error", "code {code} is already that of division '{other}'", "correct one of the two codes"
    ),
    "division-without-parent": Row(
        "warning", "nothing is declared above this division", "declare {parent}, or name another division as parent"
    ),
    "parent-below": Row(
        "error",
        "the parent '{parent}' is a {parent_level}, and the division itself a {level}",
        "name a division of a higher level",
    ),
    "parent-cycle": Row("error", "the {kind} is among its own parents", "correct the parent"),
    "unnamed": Row("warning", "the {kind} has no name", "add a name: reports show it"),
    # dates
    "dates-reversed": Row(
        "error", "'{first}' ({first_value}) is after '{second}' ({second_value})", "correct one of the two dates"
    ),
    "fact-after-as-of": Row(
        "warning",
        "'{field}' is {value}, after the day as of which the estate holds ({as_of})",
        "correct the date, or move as_of in estate.yaml",
    ),
    # teams, windows, calendars
    "bad-recurrence": Row(
        "error", "'{value}' is not an iCalendar recurrence of days or longer", "example: FREQ=WEEKLY;BYDAY=FR"
    ),
    "calendar-day-twice": Row("error", "{date} is both a working day and a day off", "keep it in one of the two lists"),
    "calendar-year-outside": Row(
        "warning",
        "{date} is outside the years that the estate plans for ({first} to {last})",
        "correct the year, or the time grid in estate.yaml",
    ),
    "freeze-everything": Row(
        "warning",
        "the freeze holds for every system from {start} to {end}, the whole time grid: nothing can be planned",
        "shorten it, or name what it protects",
    ),
    "team-without-skills": Row(
        "warning", "the team has no person-days in any skill", "give person-days a week, such as skills: {{system: 10}}"
    ),
    # addresses
    "overlapping-prefixes": Row(
        "error",
        "{prefix} overlaps {other} of prefix '{other_id}'",
        "a prefix may lie inside one of a division above it, of the same division for one of its sites, or of another "
        "purpose, but not inside one of another department or site",
    ),
    "prefix-not-handed-down": Row(
        "warning",
        "{prefix} is not marked as handed down, but prefixes of divisions below lie in it: {count}, first {other} of "
        "prefix '{other_id}'",
        "set aggregate where it is handed down; where the division uses it itself, they overlap",
    ),
    "bad-prefix": Row("error", "'{value}' is not a prefix: bits of the host part are set", "write {nearest}"),
    "prefix-pairing": Row(
        "error", "the pair '{other}' is of the same address family", "pair an IPv4 prefix with an IPv6 prefix"
    ),
    "pair-of-another": Row(
        "warning", "the pair '{other}' is itself paired with '{third}'", "name each other on both sides"
    ),
    "address-used-twice": Row(
        "error",
        "{address} is already used by device '{other}' ({where})",
        "an address belongs to one interface in its VPN",
    ),
    "endpoint-used-twice": Row(
        "warning",
        "{address} port {port} is already an endpoint of {other}",
        "correct one of the two, or give both their DNS names",
    ),
    "address-family": Row(
        "error", "{value} is not an IPv{version} address", "address holds IPv4, address_v6 holds IPv6"
    ),
    "unpaired-endpoint": Row(
        "note", "the endpoint has neither address nor name", "give one of the two: flows are matched by it"
    ),
    # devices and links
    "duplicate-interface": Row(
        "error", "interface '{interface}' is listed again; first as {first}", "keep one of the two"
    ),
    "unknown-interface": Row(
        "error", "device '{device}' has no interface '{interface}'", "declare the interface or correct the name"
    ),
    "interface-used-twice": Row(
        "error", "interface {value} is already an end of link '{other}'", "an interface is the end of one link"
    ),
    "link-to-itself": Row("error", "both ends of the link are {value}", "name two different interfaces"),
    # IPv6 address plan
    "addressing-not-ipv6": Row("error", "'{value}' is no IPv6 prefix", "allocate an IPv6 prefix"),
    "addressing-overlap": Row("error", "{value} overlaps the allocation {other}", "make one allocation of the two"),
    "addressing-alignment": Row(
        "error", "/{value} does not end on a 4-bit boundary", "take a multiple of 4; for links also 127"
    ),
    "addressing-lengths": Row(
        "error",
        "{field} is {value}, which leaves no room in /{outer}",
        "make it longer than {outer}, or the outer prefix shorter",
    ),
    "addressing-block-twice": Row("error", "block {value} is given to two purposes", "give each a block of its own"),
    "addressing-block-number": Row(
        "error",
        "there is no block {value}: an allocation has {places}",
        "count blocks from 0, or make block_length longer",
    ),
    "addressing-level-order": Row(
        "error", "the level '{value}' stands twice or not in order", "list each level once, from the top down"
    ),
    "addressing-level-missing": Row(
        "warning",
        "no row for the level '{level}' of {division}: its departments get no prefixes",
        "add a row to settings.addressing.levels",
    ),
    "addressing-code-bits": Row(
        "warning",
        "numbering '{level}' by code needs {needed} bits, the lengths leave {bits}: those divisions are numbered in order",
        "write 'by: order', or leave more bits between the two levels",
    ),
    "addresses-no-block": Row(
        "warning",
        "no block for the purpose '{purpose}', of which there are IPv4 prefixes",
        "add a row to settings.addressing.blocks",
    ),
    "addresses-exhausted": Row(
        "error",
        "level {level}, {prefix} ({purpose}): no place is left for {name}",
        "make another allocation to the division above, or the lengths of the level longer",
    ),
    "addresses-reserve": Row(
        "warning",
        "level {level}, {prefix}: {left} of {places} places of the kind '{what}' are left, less than the reserve of {percent} %",
        "plan a further allocation before they run out",
    ),
    "addresses-too-small": Row(
        "error",
        "level {level}: {prefix} ({purpose}) is too small for a /{length}",
        "give the division a larger prefix, or make the lengths of the level longer",
    ),
    "addresses-code-taken": Row(
        "warning",
        "the place that its code gives it ({purpose}) is taken; it has {prefix}",
        "pin a prefix by hand where that is not wanted",
    ),
    "addresses-overlap": Row(
        "error",
        "{prefix} overlaps {other} of '{other_id}'",
        "assign one of the two anew: addresses are unique over all VPNs",
    ),
    "addresses-twice": Row("error", "{address} of {owner} is also that of {other}", "correct one of the two"),
    "addresses-unpaired": Row("note", "{prefix} has no IPv6 pair", ""),
    "addresses-unnamed": Row(
        "note", "no interface of {device} is on record for this link; that end gets no address", ""
    ),
    "prefix-misaligned": Row(
        "warning",
        "{prefix} does not end on a 4-bit boundary",
        "reverse DNS zones and prefix lists are then several; assign a prefix whose length is a multiple of 4",
    ),
    "prefix-too-small": Row(
        "error", "{prefix} is too small for the level {level}, which has /{length}", "assign a /{length} or larger"
    ),
    "prefix-below-level": Row(
        "warning",
        "{prefix} is smaller than the /{length} that the level {level} has for its own departments",
        "keep it for what has it, and assign a /{length} for growth",
    ),
    "prefix-outside": Row("note", "{prefix} lies in no allocation of settings.addressing", ""),
    "ipv6-impossible": Row(
        "error",
        "stage '{stage}' is reached, though the device must be replaced before it can do IPv6",
        "correct ipv6_stage or ipv6_capability",
    ),
    # lines, exits
    "line-without-end": Row(
        "error",
        "the line has no end {end}",
        "name a room, device, cloud, department or external object, such as room:mzt-1",
    ),
    "line-to-itself": Row("error", "both ends of the line are {value}", "name two different ends"),
    "use-above-bandwidth": Row(
        "error",
        "'{field}' is {value} Mbit/s on a bandwidth of {bandwidth} Mbit/s",
        "correct the reading or the bandwidth",
    ),
    "p95-above-peak": Row(
        "error",
        "the 95th percentile ({p95} Mbit/s) is above the peak ({peak} Mbit/s)",
        "correct one of the two readings",
    ),
    "exit-without-owner": Row(
        "error", "neither a department nor a division has this exit", "set department, or division for a unified exit"
    ),
    # capacity
    "impossible-capacity": Row(
        "error", "'{what}': {used} in use of {capacity}", "correct what is in use or the capacity"
    ),
    "zero-capacity": Row(
        "warning", "no capacity step gives {what}: nothing can land there", "give the capacity, or remove the pool"
    ),
    "capacity-step-twice": Row(
        "error", "two capacity steps begin on {date}; the first is {first}", "keep one step a day"
    ),
    "data-above-storage": Row("warning", "{data} GiB of data on {storage} GiB of storage", "correct one of the two"),
    # rooms
    "rack-conflict": Row(
        "error", "unit {unit} of rack {rack} in room '{room}' already holds asset '{other}'", "correct one position"
    ),
    "asset-above-rack": Row(
        "error",
        "it reaches unit {top}; a rack of room '{room}' has {height}",
        "correct its position or height, or the room's racks and rack_units",
    ),
    "asset-in-two-rooms": Row(
        "error",
        "serial number {serial} is already that of asset '{other}' in room '{room}'",
        "keep one of the two records",
    ),
    "asset-number-twice": Row(
        "error",
        "asset number {number} of this owner is already that of asset '{other}' in room '{room}'",
        "keep one of the two records, or correct the number",
    ),
    "lease-ended": Row(
        "warning",
        "the lease ended on {date}, before the day as of which the estate holds ({as_of})",
        "correct the date, or the room's state if it is closed",
    ),
    # systems and dependencies
    "dependency-on-itself": Row(
        "error", "'{value}' depends on itself", "name two systems, or two components of one system"
    ),
    "duplicate-of-itself": Row("error", "the system is declared a duplicate of itself", "name the system that is kept"),
    "system-nowhere": Row("warning", "nothing says where this system runs", "set runs_in, or lifecycle: planned"),
    "system-without-components": Row(
        "warning", "the system has no component: it would need no capacity", "list its components"
    ),
    "grade-too-high": Row(
        "warning",
        "no target cloud is certified for grade {grade}; the highest is {highest}",
        "plan a cloud's certification, or correct the grade",
    ),
    "group-of-one": Row("warning", "the group has fewer than two systems", "name all systems that move together"),
    "bad-decision": Row("error", "'{value}' cannot be decided here", "one of: {choices}"),
    "decided-for-a-source": Row(
        "error",
        "{value} belongs to cloud '{cloud}', which is to be absorbed",
        "decide for a pool or cloud that is a target",
    ),
    "pins-contradict": Row(
        "warning",
        "pinned to {slot}, and system '{other}' of the same group '{group}' to {other_slot} ({other_origin})",
        "pin both to one slot, or take one pin away: otherwise neither can be planned",
    ),
    "no-pools": Row(
        "warning",
        "{count} systems are to move, and no cloud that is a target has a pool",
        "declare the pools of the target clouds, with their capacity",
    ),
    "observed-unconfirmed": Row(
        "note",
        "observed dependencies that wait for confirmation: {count}",
        "run: qianyun flows confirm or qianyun flows reject",
    ),
    # settings
    "unknown-step": Row("error", "track {track} has no step '{value}'", "its steps are: {choices}"),
    "range-reversed": Row("error", "the smallest ({least}) is above the largest ({most})", "exchange the two"),
    # 1+N rules
    "second-provincial-cloud": Row(
        "error",
        "'{other}' is already the provincial cloud of {division}",
        "1+N: one provincial cloud (one a domain); set intention: absorb for the other",
    ),
    "provincial-cloud-division": Row(
        "error", "a provincial cloud belongs to a province, and {division} is a {level}", "set division to the province"
    ),
    "industry-cloud-sector": Row(
        "error", "an industry cloud names the sector that it serves", "set sector, such as finance"
    ),
    "second-industry-cloud": Row(
        "error",
        "'{other}' is already the industry cloud of sector {sector}",
        "1+N: one industry cloud a sector; set intention: absorb for the other",
    ),
    "city-cloud-division": Row(
        "error",
        "a city cloud belongs to a city, and {division} is a {level}",
        "set division to the city, or correct the tier",
    ),
    "second-city-cloud": Row(
        "error",
        "'{other}' is already the city cloud of {division}",
        "1+N: one city cloud a city and domain; set intention: absorb for the other",
    ),
    "county-cloud-target": Row(
        "error",
        "a {tier} cloud is no target under the 1+N rules",
        "set intention: absorb, or add an exemption (approved_by, document)",
    ),
    "new-platform": Row(
        "error",
        "'{field}' of this {tier} cloud is {date}; from {rule_date} on none is built or extended",
        "add an exemption (approved_by, document) or correct the date",
    ),
    "cloud-not-docked": Row(
        "warning",
        "the target cloud has no date of docking to the provincial cloud",
        "set docking: {{state: planned, date: ...}}",
    ),
    "department-cloud-owner": Row("warning", "a department cloud names its department", "set department"),
    # classified: these messages repeat nothing of the record's content
    "classified-detail": Row(
        "error", "a classified stub carries '{field}'", "keep only id, department, count and classified: true"
    ),
    "classified-id": Row(
        "error", "the id of a classified stub is its department and a counter", "rename it, for example {nearest}"
    ),
    "classified-twice": Row(
        "error",
        "department '{department}' already has a classified stub of this kind: '{other}'",
        "keep one stub a department, with count",
    ),
    "classified-named": Row(
        "error",
        "the record names a classified stub and so tells what it is connected to",
        "remove the record, or what names the stub",
    ),
}
