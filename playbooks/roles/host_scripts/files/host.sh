# shellcheck shell=bash
# Looking at hosts before anything is changed, and the clock of an outage.

# The outage begins once, however often the cutover is continued; NOW is the worker's clock.
clock_close() {
  local file=$STATE/outage-$component
  if [ ! -s "$file" ] && ! looking; then
    mkdir -p "$STATE"
    echo "$NOW" | write_file "$file" 644
  fi
  if [ -s "$file" ]; then fact since "$(cat "$file")"; fi
}

clock_clear() { if ! looking; then rm -f "$STATE/outage-$component"; fi; }

# shellcheck disable=SC2016
connects() { timeout 5 bash -c ': </dev/tcp/"$1"/"$2"' connect "$1" "$2" 2>/dev/null; }

host_check() {
  local program one ahead
  if [ "${BASH_VERSINFO[0]}" -lt 5 ]; then fault "bash is older than 5"; fi
  for program in base64 setsid setpriv ss ${programs[@]+"${programs[@]}"}; do
    if ! command -v "$program" >/dev/null; then fault "$program is missing"; fi
  done
  for one in ${connections[@]+"${connections[@]}"}; do
    if ! connects "${one% *}" "${one##* }"; then fault "no connection to ${one% *} port ${one##* }"; fi
  done
  ahead=$(awk -v now="$EPOCHREALTIME" -v worker="$setting_now" 'BEGIN { printf "%.1f", now - worker }')
  fact clock "$ahead"
  if awk -v ahead="$ahead" -v most="$setting_clock_seconds" 'BEGIN { exit !(ahead < -most || ahead > most) }'; then
    fault "the clock differs from the worker's by $ahead s"
  fi
}

# free FOLDER: space of its file system, or of the next folder above that exists.
free_check() {
  local folder=$1 percent
  until [ -d "$folder" ]; do folder=$(dirname "$folder"); done
  percent=$(df --output=pcent "$folder" | tail -n 1 | tr -cd 0-9)
  fact free_percent $((100 - percent))
  if [ $((100 - percent)) -lt "$setting_free_percent" ]; then fault "only $((100 - percent)) % free for $1"; fi
}

# The target must reach the source to copy, the source the target to follow it later; a target's database does not listen yet.
reach_check() {
  if [ "$side" = target ] && [ -n "$other_address" ] && ! connects "$other_address" "$1"; then
    fault "no connection to $other_address port $1"
  fi
}

postgresql_check() {
  postgresql_defaults
  free_check "$my_data"
  if [ ! -x "${my_bin:-$(dirname "$(command -v pg_ctl || echo /missing/pg_ctl)")}/pg_ctl" ]; then
    fault "pg_ctl is missing"
    return 0
  fi
  fact version "$(text "$(pg pg_ctl --version | sed -E 's/^[^0-9]*([0-9]+).*/\1/')")"
  reach_check "$other_port"
  if [ "$side" = source ] && [ "$(postgresql_state)" != primary ]; then fault "is $(postgresql_state), not a running primary"; fi
}

mariadb_check() {
  mariadb_defaults
  free_check "$my_data"
  if ! command -v "${my_bin:+$my_bin/}mariadb" >/dev/null; then
    fault "mariadb is missing"
    return 0
  fi
  reach_check "$other_port"
  if [ "$side" = source ]; then
    case $(mariadb_state) in
      primary)
        fact version "$(text "$(query 'SELECT version()')")"
        if [ "$(query 'SELECT @@log_bin')" != 1 ]; then fault "log_bin is off"; fi
        if [ "$(query 'SELECT @@server_id')" = 0 ]; then fault "server_id is 0"; fi
        ;;
      *) fault "is $(mariadb_state), not a running primary" ;;
    esac
  fi
}

files_check() {
  files_defaults
  free_check "$my_data"
  if ! command -v rsync >/dev/null; then fault "rsync is missing"; fi
  reach_check "$other_ssh_port"
  if [ "$side" = source ] && [ ! -d "$my_data" ]; then fault "there is no folder $my_data"; fi
}

service_check() {
  if [ "$side" = source ] && service_known && ! service_running; then fault "does not run"; fi
}
