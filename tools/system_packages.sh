#!/usr/bin/env bash
# The Debian packages that laboratories and the tests of real components need: installed by apt when missing, as root.
# Says nothing when all are there. Services that come with them are neither started nor set to start with the machine.
set -euo pipefail

packages=(
    bind9             # name server of laboratories and of the OpenStack for tests
    bind9-dnsutils    # dig, nsupdate
    faketime          # clock jumps of workers
    frr               # routers of laboratories
    frr-pythontools   # frr-reload.py: a router goes back to a configuration
    iproute2          # ip: namespaces, cables, addresses
    iputils-arping    # a service address tells its neighbours that it has moved
    iputils-ping      # whether hosts reach each other
    mariadb-server    # a database that is migrated; those of the OpenStack for tests
    nginx-light       # a web server that is migrated
    openssh-client    # ssh; ssh-keygen signs approvals
    openssh-server    # sshd of every host
    passwd            # accounts with passwords, for tests of wrong ones
    postgresql        # a database that is migrated, and the store of several workers
    procps            # ps, pgrep
    python3           # Ansible's modules run with the system's Python
    python3-cinder    # OpenStack for tests of cloud stacks (docs/cloudbed.md): volumes
    python3-designate # names
    python3-glance    # images
    python3-keystone  # logins
    python3-neutron   # networks
    python3-nova      # servers
    python3-placement # where servers find room
    python3-pymysql   # its services reach their database
    python3-waitress  # serves keystone and placement
    rabbitmq-server   # its services reach each other
    rsync             # files that are migrated
    shellcheck        # what roles run on hosts
    sshpass           # tests of wrong passwords
    sudo              # operators become root
    util-linux        # unshare, nsenter, setpriv
)

command -v dpkg-query >/dev/null 2>&1 || exit 0 # no Debian: tests of what is missing are skipped, and say so

installed=$(dpkg-query --show --showformat '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null || true)
mapfile -t missing < <(printf 'installed %s\n' "${packages[@]}" | grep --invert-match --line-regexp --fixed-strings "$installed")
missing=("${missing[@]#installed }")
((${#missing[@]})) || exit 0

if ((EUID != 0)); then
    echo "qianyun: for laboratories and all tests, as root: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 0
fi

echo "qianyun: installing ${missing[*]}" >&2
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then # what Debian's packages ask before they start a service
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap 'rm -f "$policy"' EXIT
fi
units() { # none where systemd does not run
    { systemctl list-unit-files --state=enabled --type=service --no-legend 2>/dev/null || true; } | cut -d ' ' -f 1 | sort
}
before=$(units)
apt=(env DEBIAN_FRONTEND=noninteractive apt-get --quiet=2 --yes)
log=$(mktemp)
if ! { "${apt[@]}" install --no-install-recommends "${missing[@]}" ||
    { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; }; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    echo "qianyun: not installed (reason above); laboratories and some tests will not run: ${missing[*]}" >&2
    exit 0
fi
rm -f "$log"
comm -13 <(echo "$before") <(units) | xargs --no-run-if-empty systemctl --quiet disable >/dev/null 2>&1 || true
