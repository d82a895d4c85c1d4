#!/usr/bin/env bash
# Plans an example estate from start to report: `demo.sh examples/shanxi`. Results go to build/.
set -euo pipefail

estate=${1:?folder of an estate}
cd "$(dirname "${BASH_SOURCE[0]}")/.."
qianyun=$PWD/.venv/bin/qianyun
name=$(basename "$estate")
plan=build/$name.plan.json
report=build/$name.html
mkdir -p build

step() { # say the command as a reader would type it, then run it
    printf '\n$ qianyun' >&2
    printf ' %s' "$@" >&2
    printf '\n' >&2
    "$qianyun" "$@"
}

step inventory check "$estate"
step plan make "$estate" -o "$plan"
step plan check "$estate" "$plan"
step plan show "$plan"
step plan show "$plan" --estate "$estate" --targets
step plan export "$plan" --estate "$estate" --html "$report" --xlsx "build/$name.plan.xlsx" --ics "build/$name.plan.ics"
printf '\nPlan:   %s\nReport: %s (open it in a browser; it needs no network)\n' "$plan" "$PWD/$report"
