#!/usr/bin/env bash
# What would be made, changed and deleted on the clouds. Leaves preview.md, and in the file hash what an approval is bound to.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

code=0
rm -f "$QY_OUT/hash"
qianyun stack preview "$QY_ESTATE" "$QY_PLAN" "${stacks[@]}" --markdown >"$QY_OUT/preview.md" || code=$?
cat "$QY_OUT/preview.md"
if ((code == 0)); then # a preview that a check forbids, or that is not complete, is nothing to agree to
    # shellcheck disable=SC2016 # Markdown's code
    sed -n 's/.*`--yes \([0-9a-f]\{16,\}\)`.*/\1/p' "$QY_OUT/preview.md" | head -n 1 >"$QY_OUT/hash"
fi
exit "$code"
