#!/usr/bin/env bash
# Installs the project into .venv at the root of the clone: `install.sh base` or `install.sh all`.
# A stamp with the hash of what was asked for makes a repeated call instant; nothing is fetched for the project itself.
set -euo pipefail

what=${1:?base or all}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root"
venv=$root/.venv

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

usable() { # python 3.11 or newer that can make virtual environments
    "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
        if usable "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    fail "qianyun needs Python 3.11 or newer with the venv module; found: $(python3 --version 2>&1 || true)." \
        "Install one (Debian 12: apt-get install python3 python3-venv), or name it: make ${what/all/install} PYTHON=/path/to/python3.11"
}

stamp_of() { # changes with the locks, the package list, and the interpreter
    {
        cat "requirements/$1.txt" pyproject.toml
        "$venv/bin/python" -c 'import sys; print(sys.version, sys.prefix)'
    } | sha256sum | cut -d ' ' -f 1
}

stamped() {
    [[ -f $venv/.qianyun-$1 && $(<"$venv/.qianyun-$1") == "$(stamp_of "$1")" ]]
}

# A copied or moved clone carries scripts that point to the old place; a removed interpreter leaves dead links.
moved() { [[ -e $venv/bin/pip ]] && ! grep -qF "$venv/" "$venv/bin/pip"; }
if [[ -e $venv ]] && { ! usable "$venv/bin/python" || moved; }; then
    echo "qianyun: .venv does not work here (moved, or its Python is gone): made anew" >&2
    rm -rf "$venv"
fi
if [[ ! -e $venv ]]; then
    python=$(find_python)
    "$python" -m venv "$venv" || fail "qianyun: no virtual environment could be made in $venv (reason above; a full disk?)"
fi

# What is complete contains the base.
if stamped all || { [[ $what == base ]] && stamped base; }; then
    exit 0
fi

needed_mb=$([[ $what == all ]] && echo 1500 || echo 700)
free_mb=$(df -Pm "$venv" | awk 'NR == 2 { print $4 }')
if ((free_mb < needed_mb)); then
    fail "qianyun: ${free_mb} MB free on the disk of $venv, ${needed_mb} MB needed."
fi

echo "qianyun: installing $what into .venv (some minutes the first time)" >&2
rm -f "$venv/.qianyun-base" "$venv/.qianyun-all"
pip=("$venv/bin/python" -m pip --disable-pip-version-check --no-input)
# Half of a base install's time would go into compiling modules that are never imported; Python compiles the others on use.
compile=$([[ $what == all ]] && echo --compile || echo --no-compile)
"${pip[@]}" install --quiet "$compile" --require-hashes --no-deps --only-binary :all: -r "requirements/$what.txt" ||
    fail "qianyun: the packages of requirements/$what.txt could not be installed (reason above)." \
        "Without a network: PIP_NO_INDEX=1 PIP_FIND_LINKS=/folder/of/wheels make ${what/all/install}"
# The build tool comes from the lock, so this needs no network.
"${pip[@]}" install --quiet --no-index --no-deps --no-build-isolation --editable . ||
    fail "qianyun: the project itself could not be installed into .venv (reason above)."
stamp_of "$what" >"$venv/.qianyun-$what"
