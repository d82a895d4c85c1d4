# shellcheck shell=bash
# What all scripts on hosts share. One script is made of these files and the calls that templates/calls.sh.j2 appends:
# for every part of the system on this host a subshell with its parameters as variables, and one call KIND_VERB.
# my_*: this side of the part, other_*: the other side, setting_*: settings of the role.
# Results are lines of JSON on stdout; everything else goes to stderr.
set -euo pipefail
shopt -s inherit_errexit
export LC_ALL=C
cd /

# The calls set what they have; not every kind reads everything.
# shellcheck disable=SC2034
defaults() {
  check=no component='' kind='' side='' replication_user='' address=''
  my_host='' my_address='' my_port='' my_ssh_port='' my_data='' my_bin='' my_user='' my_config='' my_socket='' my_login='' my_passfile=''
  my_unit='' my_interface=''
  other_host='' other_address='' other_port='' other_ssh_port='' other_data='' other_user=''
  my_start_command=() my_stop_command=() my_addresses=() databases=() exclude=() programs=() connections=()
  gtid='' boundary='' lsn='' password='' public_key='' host_key='' roles='' server='' zone='' key_file='' ttl='' ttl_before='' port='' type=''
  setting_now=0 setting_name='' setting_folder='' setting_checksums=True setting_free_percent=0 setting_clock_seconds=0
}
defaults

STATE=/var/lib/qianyun

# text VALUE: VALUE as a string of JSON.
text() {
  local value=${1//\\/\\\\}
  value=${value//\"/\\\"}
  value=${value//[[:cntrl:]]/ }
  printf '"%s"' "$value"
}

# fact NAME JSON: a result. The lines of all hosts merge to {component: {side: {name: value}}}.
fact() { printf '{%s: {"%s": {"%s": %s}}}\n' "$(text "$component")" "$side" "$1" "$2"; }

# whether NAME COMMAND...: a result that is true or false.
whether() { if "${@:2}"; then fact "$1" true; else fact "$1" false; fi; }

# fault TEXT: a problem found; there may be several.
fault() { fact problems "{$(text "$1"): true}"; }

fail() {
  printf '%s: %s\n' "${component:-host}" "$*" >&2
  exit 1
}

# act WHAT COMMAND...: changes something; when only looking, says so and leaves it.
act() {
  fact change "$(text "$1")"
  if [ "$check" = yes ]; then return 0; fi
  "${@:2}" >&2
}

looking() { [ "$check" = yes ]; }

as_owner() {
  if [ "$(id -un)" = "$my_user" ]; then "$@"; else setpriv --reuid "$my_user" --regid "$(id -g "$my_user")" --init-groups "$@"; fi
}

# until_true SECONDS COMMAND...: waits for COMMAND to succeed.
until_true() {
  local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
  until "${@:2}"; do
    if [ "${EPOCHREALTIME/./}" -ge "$end" ]; then return 1; fi
    sleep 0.05
  done
}

# The last position of this part at the side that has closed.
final() {
  local finals=";${FINALS:-}" value
  value=${finals#*";$component="}
  if [ "$value" != "$finals" ]; then printf '%s' "${value%%;*}"; fi
}

has_systemd() { [ -d /run/systemd/system ]; }

# detached COMMAND...: what it starts must hold neither our output nor our session.
detached() {
  mkdir -p "$STATE"
  setsid "$@" </dev/null >>"$STATE/commands.log" 2>&1
}

# control start|stop FALLBACK...: the given command, the unit, or FALLBACK.
control() {
  local word=$1
  shift
  if [ "$word" = start ] && [ ${#my_start_command[@]} -gt 0 ]; then
    detached "${my_start_command[@]}"
  elif [ "$word" = stop ] && [ ${#my_stop_command[@]} -gt 0 ]; then
    detached "${my_stop_command[@]}"
  elif has_systemd && [ -n "$my_unit" ]; then
    systemctl "$word" "$my_unit"
  else
    "$@"
  fi
}

# at_boot enable|disable: whether systemd starts it with the machine; without systemd that is not ours to know.
at_boot() {
  local now
  if ! has_systemd || [ -z "$my_unit" ]; then return 0; fi
  now=$(systemctl is-enabled "$my_unit" 2>/dev/null || true)
  case "$1 $now" in
    "enable disabled" | "disable enabled") act "$1 $my_unit" systemctl "$1" "$my_unit" ;;
  esac
}

listening() { [ -n "$(ss -Hltn "sport = :$1")" ]; }

# empty_folder FOLDER: everything in it, not itself, for it may be a mount point. Never the root of anything.
empty_folder() {
  case $1 in
    /*/*) find "$1" -mindepth 1 -delete ;;
    *) fail "will not empty $1" ;;
  esac
}

# write_file FILE MODE: its new content from stdin, whole or not at all.
write_file() {
  local new
  new=$(mktemp "$1.XXXXXX")
  cat >"$new"
  chmod "$2" "$new"
  if [ -e "$1" ]; then chown --reference="$1" "$new"; fi
  mv -f "$new" "$1"
}

# put_file FILE MODE CONTENT: only where it differs.
put_file() {
  if [ -f "$1" ] && [ "$(cat "$1")" = "$3" ]; then return 0; fi
  act "write $1" put_content "$1" "$2" "$3"
}

put_content() {
  mkdir -p "$(dirname "$1")"
  printf '%s\n' "$3" | write_file "$1" "$2"
}

# single_host ADDRESS: as pg_hba.conf names it.
single_host() {
  case $1 in
    *:*) printf '%s/128' "$1" ;;
    *[!0-9.]*) printf '%s' "$1" ;;
    *) printf '%s/32' "$1" ;;
  esac
}
