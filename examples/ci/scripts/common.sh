# Read by the other scripts. Settings come from the environment:
#   QY_ESTATE   folder of the estate                     QY_PLAN    the plan
#   QY_OUT      folder for what is left (build/ci)       QY_BACKEND where stacks are kept, e.g. s3://stacks?region=cn-1
#   QY_SELECT   which stacks, e.g. "--cloud yun-a" (all) QY_BASE    commit that a merge request is compared with
# shellcheck shell=bash
set -euo pipefail

: "${QY_ESTATE:?folder of the estate}" "${QY_PLAN:?file of the plan}"
QY_OUT=${QY_OUT:-build/ci}
mkdir -p "$QY_OUT"

stacks=()
# shellcheck disable=SC2206 # several words: options and their values
[[ -n ${QY_SELECT:-} ]] && stacks+=(${QY_SELECT})
[[ -n ${QY_BACKEND:-} ]] && stacks+=(--backend "$QY_BACKEND")

# section TITLE FILE COMMAND...: the command's output as a section of a Markdown file; returns the command's exit code.
section() {
    local title=$1 file=$2 code=0 text
    shift 2
    text=$("$@" 2>&1) || code=$?
    # shellcheck disable=SC2016 # a fence of Markdown
    printf '### %s\n\n````text\n%s\n````\n\n' "$title" "$text" >>"$file"
    printf '%s\n' "$text"
    return "$code"
}
