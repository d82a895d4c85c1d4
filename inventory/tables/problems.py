"""Codes of the problems that loading and checking an estate can report: severity, message and hint templates (English)."""

from __future__ import annotations

from typing import NamedTuple


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
    "unknown-field": Row("error", "{kind} has no field '{field}'", "fields are listed by: qianyun schema {kind}"),
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
    "bad-selector": Row("error", "{reason}", "example: kind:system division:1401* grade>=3 -id:abc"),
    "orphan-component": Row(
        "error", "no system '{value}' for this component", "declare the system or correct the name"
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
    # contents
    "dates-reversed": Row(
        "error", "{first} ({first_value}) is after {second} ({second_value})", "exchange the two dates"
    ),
    "overlapping-prefixes": Row(
        "error", "{prefix} overlaps {other} of '{other_id}'", "one address belongs to one prefix of a purpose and scope"
    ),
    "bad-prefix": Row("error", "'{value}' is not a prefix: host bits are set", "write {nearest}"),
    "prefix-pairing": Row(
        "error", "'{id}' is paired with '{other}', which is not of the other family", "pair IPv4 with IPv6"
    ),
    "impossible-capacity": Row("error", "{what}: {used} used of {capacity}", "correct one of the two"),
    "zero-capacity": Row("warning", "{what} is zero: nothing can land there", "give the capacity, or remove the pool"),
    "use-above-bandwidth": Row(
        "error", "{field} is {value} Mbit/s on {bandwidth} Mbit/s", "correct the reading or the bandwidth"
    ),
    "line-without-end": Row(
        "error", "the line has no {end} end", "name a room, device, cloud, department or external object"
    ),
    "line-to-itself": Row("error", "both ends are {value}", "name two different ends"),
    "link-to-itself": Row("error", "both ends are interface {value}", "name two different interfaces"),
    "unknown-interface": Row(
        "error", "device '{device}' has no interface '{interface}'", "declare the interface or correct the name"
    ),
    "interface-used-twice": Row(
        "error", "interface {value} is already the end of link '{other}'", "one interface ends one link"
    ),
    "address-used-twice": Row(
        "error", "{address} is already used by {other}", "one address belongs to one interface or endpoint in a VPN"
    ),
    "rack-conflict": Row(
        "error", "rack {rack} unit {unit} of room '{room}' already holds asset '{other}'", "correct one position"
    ),
    "asset-in-two-rooms": Row(
        "error", "serial number {serial} is also in room '{room}' as '{other}'", "keep one of the two"
    ),
    "dependency-on-itself": Row("error", "a system cannot depend on itself", "remove the record"),
    "duplicate-of-itself": Row("error", "a system cannot be the duplicate of itself", "name the system that is kept"),
    "parent-cycle": Row("error", "'{id}' is among its own parents", "correct the parent"),
    "division-code-level": Row(
        "error", "code {code} is not of level {level}", "GB/T 2260: 6 digits, GB/T 10114: 9 digits, villages 12"
    ),
    "division-without-parent": Row("warning", "the parent of division {id} is not declared", "declare {parent}"),
    "empty-selector": Row("warning", "'{selector}' selects nothing", "correct the selector or remove the record"),
    "unnamed": Row("warning", "the {kind} has no name", "names appear in every report"),
    "unpaired-endpoint": Row("note", "the endpoint has neither address nor name", "give one of the two"),
    "system-nowhere": Row("warning", "nothing says where this system runs", "set runs_in, or lifecycle: planned"),
    "system-without-components": Row("warning", "no component: the system needs no capacity", "list its components"),
    "observed-unconfirmed": Row(
        "note", "{count} observed dependencies wait for confirmation", "run: qianyun flows confirm or reject"
    ),
    # 1+N rules
    "second-provincial-cloud": Row(
        "error", "there is already a provincial cloud: '{other}'", "1+N means one provincial cloud"
    ),
    "industry-cloud-sector": Row("error", "an industry cloud names its sector", "set sector"),
    "second-industry-cloud": Row(
        "error", "sector {sector} already has the industry cloud '{other}'", "one industry cloud serves a sector"
    ),
    "city-cloud-division": Row(
        "error", "a city cloud belongs to a city, not to {division} ({level})", "set division to the city"
    ),
    "second-city-cloud": Row(
        "error",
        "division {division} already has the city cloud '{other}' of this domain",
        "one city cloud serves a city and domain",
    ),
    "provincial-cloud-division": Row(
        "error",
        "the provincial cloud belongs to a province, not to {division} ({level})",
        "set division to the province",
    ),
    "county-cloud-target": Row(
        "error",
        "a {tier} cloud is no target under the 1+N rules",
        "set intention: absorb, or add an exemption (approved_by, document)",
    ),
    "new-platform": Row(
        "error",
        "a {tier} cloud was {what} on {date}, after the rule's date {rule_date}",
        "add an exemption (approved_by, document) or set intention: absorb",
    ),
    "cloud-not-docked": Row(
        "warning", "the target cloud has no docking date", "plan its docking to the provincial cloud"
    ),
    "grade-too-high": Row(
        "warning",
        "grade {grade} cannot land on any target cloud (highest certified: {highest})",
        "have a cloud certified, or correct the grade",
    ),
    # classified
    "classified-detail": Row(
        "error", "a classified stub carries '{field}'", "keep only id, department, count and classified: true"
    ),
    "classified-id": Row(
        "error", "the id of a classified stub is its department and a counter", "rename it, for example {nearest}"
    ),
    "classified-twice": Row(
        "error",
        "department '{department}' already has a classified stub of this kind: '{other}'",
        "one stub a department, with count",
    ),
}
