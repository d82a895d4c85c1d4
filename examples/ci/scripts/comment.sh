#!/usr/bin/env bash
# comment.sh FILE...: posts Markdown files, those that are there, as one comment of the merge request that the pipeline runs for.
# GitLab, GitHub, Gitea and Gitee, told by their own variables; QY_TOKEN is the token that may comment.
set -euo pipefail

body=$(mktemp)
trap 'rm -f "$body" "$body.json"' EXIT
for file in "$@"; do
    if [[ -s $file ]]; then cat "$file" >>"$body"; fi
done
if [[ ! -s $body ]]; then
    echo 'comment: nothing to say' >&2
    exit 0
fi

: "${QY_TOKEN:?token that may comment}"
if [[ -n ${CI_MERGE_REQUEST_IID:-} ]]; then # GitLab
    url=$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes
    header="PRIVATE-TOKEN: $QY_TOKEN"
elif [[ -n ${QY_GITEE_PULL:-} ]]; then # Gitee: QY_GITEE_REPOSITORY is OWNER/NAME
    url=${QY_GITEE_API:-https://gitee.com/api/v5}/repos/$QY_GITEE_REPOSITORY/pulls/$QY_GITEE_PULL/comments
    header="Authorization: Bearer $QY_TOKEN"
elif [[ -n ${QY_PULL:-} ]]; then # GitHub, and Gitea with the same interface
    url=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues/$QY_PULL/comments
    header="Authorization: token $QY_TOKEN"
else
    echo 'comment: this pipeline runs for no merge request' >&2
    exit 0
fi

# Forges refuse comments above 65,535 letters (GitHub) or a million (GitLab): the rest is in the pipeline's artifacts.
python3 - "$body" >"$body.json" <<'PYTHON'
import json, sys
text = open(sys.argv[1], encoding="utf-8", errors="replace").read()
limit = 60_000
if len(text) > limit:
    text = text[:limit] + "\n````\n\n… (cut off; the whole is among the artifacts)\n"
json.dump({"body": text}, sys.stdout)
PYTHON
printf 'header = "%s"\n' "$header" | # not an argument: those can be read by everybody on the machine
    curl --config - --silent --show-error --fail --max-time 60 --retry 3 --request POST \
        --header 'Content-Type: application/json' --data-binary "@$body.json" "$url" --output /dev/null
