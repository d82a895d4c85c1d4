#!/usr/bin/env bash
# What the clouds have otherwise than the stacks know. Leaves drift.md. Exit code 1: something; the nightly pipeline fails.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

: >"$QY_OUT/drift.md"
section 'stack drift' "$QY_OUT/drift.md" qianyun stack drift "$QY_ESTATE" "$QY_PLAN" "${stacks[@]}"
