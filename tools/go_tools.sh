#!/usr/bin/env bash
# Builds the Go programs that stacks are made with, from modules pinned under tools/, once for each state of their locks:
# `go_tools.sh required|optional [MODULE ...]`, MODULE a folder of tools/ with go.mod, go.sum and programs (default: all).
# required: what cannot be built is an error. optional: it is said, and what is on PATH already is left alone.
# Results: CACHE/tools/MODULE-HASH/, with links in CACHE/tools/bin/; CACHE is the user's cache folder of qianyun.
set -euo pipefail

mode=${1:?required or optional}
shift
cd "$(dirname "${BASH_SOURCE[0]}")"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/qianyun/tools # where the program looks for them

give_up() { # a person can go on without these programs when they were not asked for
    printf 'qianyun: %s\n' "$@" >&2
    [[ $mode == optional ]] && exit 0
    exit 1
}

programs_of() { # rows of a module's list, without comments
    grep --invert-match '^#' "$1/programs"
}

hash_of() { # changes with the locks, the sources and this script
    local files
    mapfile -t files < <(find "$1" -type f \( -name go.mod -o -name go.sum -o -name programs -o -name '*.go' \) | LC_ALL=C sort)
    { cat go_tools.sh "${files[@]}" && uname -sm; } | sha256sum | cut -c 1-16
}

installed() { # every program of a module is on PATH, not counting our own links
    local program rest path=:$PATH:
    path=${path//:$cache\/bin:/:}
    while read -r program rest; do
        PATH=$path command -v "$program" >/dev/null 2>&1 || return 1
    done < <(programs_of "$1")
}

link() { # replaced in one step: somebody may be starting the old one
    local program rest
    mkdir -p "$cache/bin"
    touch "$cache/$2" # in use
    while read -r program rest; do
        [[ $(readlink "$cache/bin/$program" || true) == "../$2/$program" ]] && continue
        ln -s "../$2/$program" "$cache/bin/.$program.$$"
        mv -f "$cache/bin/.$program.$$" "$cache/bin/$program"
    done < <(programs_of "$1")
}

modules=("$@")
if ((!${#modules[@]})); then
    mapfile -t modules < <(find . -name programs -printf '%P\n' | sed 's#/programs$##' | LC_ALL=C sort)
fi

waiting=()
for module in "${modules[@]}"; do
    [[ $mode == optional ]] && installed "$module" && continue
    key=${module//\//-}-$(hash_of "$module")
    if [[ -d $cache/$key ]]; then
        link "$module" "$key"
    else
        waiting+=("$module")
    fi
done
((${#waiting[@]})) || exit 0

command -v go >/dev/null 2>&1 || give_up \
    "cloud stacks need the Pulumi engine, which is built here from ${waiting[*]}, and there is no Go. Two ways to have it:" \
    "  install Go 1.25 or newer (https://go.dev/dl/) and run: make tools" \
    "  or put Pulumi's own program 'pulumi', 3.205 or newer, on PATH (https://www.pulumi.com/docs/install/)"

mkdir -p "$cache"
needed_mb=7000
free_mb=$(df -Pm "$cache" | awk 'NR == 2 { print $4 }')
((free_mb >= needed_mb)) || give_up "${free_mb} MB free on the disk of $cache, ${needed_mb} MB needed while building ${waiting[*]}"

exec 9>"$cache/.lock" # two builds at a time would only be slower
command -v flock >/dev/null 2>&1 && flock 9

# Go's own caches grow to gigabytes and serve nobody afterwards. Modules that the machine has already are used from there.
work=$(mktemp -d "$cache/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT
GOPROXY="file://$(go env GOMODCACHE)/cache/download,$(go env GOPROXY)"
export GOPROXY GOCACHE=$work/cache GOMODCACHE=$work/modules GOTMPDIR=$work CGO_ENABLED=0
export GOFLAGS="-mod=readonly -modcacherw -trimpath -buildvcs=false" GOWORK=off

for module in "${waiting[@]}"; do
    key=${module//\//-}-$(hash_of "$module")
    if [[ ! -d $cache/$key ]]; then # somebody else built it meanwhile
        echo "qianyun: building $(programs_of "$module" | cut -d ' ' -f 1 | paste -s -d ' ') (about 4 minutes, once)" >&2
        mkdir -p "$work/out"
        while read -r program package tags flags; do
            [[ $tags == - ]] && tags=
            (cd "$module" && nice -n 19 go build -tags "$tags" -ldflags "-s -w $flags" -o "$work/out/$program" "$package") \
                2> >(grep --line-buffered --invert-match '^go: downloading' >&2) ||
                give_up "$program could not be built (reason above). Without a network for Go's modules, put it on PATH," \
                    "or copy $cache from a machine of the same kind that has built it."
        done < <(programs_of "$module")
        mv -T "$work/out" "$cache/$key"
    fi
    link "$module" "$key"
done
find "$cache" -mindepth 1 -maxdepth 1 -type d -name '*-????????????????' -mtime +90 -exec rm -rf {} + # of releases long gone
