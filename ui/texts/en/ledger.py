"""Texts of ``qianyun ledger``. What an import finds has its English beside the codes below ``ui``."""

from inventory.ledger.tables.findings import FINDINGS

TEXTS = {
    "help": "Take over departments' ledgers.",
    "import.help": "Import a department's ledger (.xlsx, .xls, .csv) into an estate.\n\nEvery row is taken, guessed (something was assumed, and is said) or refused, with its cell and the reason. Importing again updates what the ledger changed and keeps what was changed by hand.\n\nExit code 0: everything was taken; 1: a row, a cell or a sheet was refused (the others are imported); 2: the file cannot be read.",
    "option.into": "Estate to import into: a folder with an estate.yaml.",
    "option.map": "Map file (YAML) that settles sheets, headers and names; it is kept in the estate for the next import.",
    "option.dry-run": "Say everything, write nothing.",
    "importing": "Importing",
    "column.sheet": "Sheet",
    "column.kind": "Kind",
    "verdict.taken": "Taken",
    "verdict.guessed": "Guessed",
    "verdict.refused": "Refused",
    "level.note": "note",
    "level.guessed": "guessed",
    "level.kept": "kept",
    "level.refused": "refused",
    "more": "{level} [{code}]: {count} more; --json lists all",
    "unknown-header": "{place}: unknown header '{header}' ({filled} cell(s) not taken); nearest fields: {nearest}",
    "summary": "rows: {taken} taken, {guessed} guessed, {refused} refused; cells refused: {cells}; records: {new} new, {changed} changed, {same} the same",
    "use-map": "{count} unknown header(s): settle them with --map FILE, 'headers: {{HEADER: FIELD or ignore}}'",
    "dry-run": "dry run: nothing was written",
    "written": "written: {files}",
    "nothing-taken": "nothing to write: no row could be taken",
    "nothing-new": "nothing to write: the estate has it all",
    **{f"finding.{code}": template for code, template in FINDINGS.items()},
}
