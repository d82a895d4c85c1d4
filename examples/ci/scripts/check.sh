#!/usr/bin/env bash
# Whether the estate can be read without an error and the plan keeps every rule. Leaves check.md; exit code as the commands'.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

code=0
: >"$QY_OUT/check.md"
section 'inventory check' "$QY_OUT/check.md" qianyun inventory check "$QY_ESTATE" || code=$?
section 'plan check' "$QY_OUT/check.md" qianyun plan check "$QY_ESTATE" "$QY_PLAN" || code=$?
exit "$code"
