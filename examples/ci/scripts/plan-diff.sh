#!/usr/bin/env bash
# What a merge request changes in the plan. Leaves plan-diff.md.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
: "${QY_BASE:?commit to compare with}"

: >"$QY_OUT/plan-diff.md"
git cat-file -e "$QY_BASE^{commit}" # a shallow clone may lack it: that is an error, not a new plan
if git cat-file -e "$QY_BASE:./$QY_PLAN" 2>/dev/null; then
    git show "$QY_BASE:./$QY_PLAN" >"$QY_OUT/plan-before.json"
    section 'plan diff' "$QY_OUT/plan-diff.md" qianyun plan diff "$QY_OUT/plan-before.json" "$QY_PLAN"
else
    section 'plan' "$QY_OUT/plan-diff.md" qianyun plan show "$QY_PLAN"
fi
