"""Why a plan is as it is, and what would have to change: questions asked of a plan that is there.

difference  what changed between two plans
rebase      a plan set on another state of the estate
backward    latest starts, slack and critical paths (倒排工期)
shift       an item in another slot, judged by the independent checker
"""
