#!/usr/bin/env bash
# Makes what was previewed and approved: the file hash comes with the approved pipeline. Leaves up.txt. Exit code 5: the
# clouds, the estate or the plan have changed since the preview; look at a new one.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

hash=$(cat "$QY_OUT/hash")
[[ $hash =~ ^[0-9a-f]{16,}$ ]] || {
    echo "apply: $QY_OUT/hash holds no hash of a preview" >&2
    exit 2
}
code=0
qianyun stack up "$QY_ESTATE" "$QY_PLAN" "${stacks[@]}" --yes "$hash" >"$QY_OUT/up.txt" 2>&1 || code=$?
cat "$QY_OUT/up.txt"
exit "$code"
