# shellcheck shell=bash
# PostgreSQL by streaming replication. Which side is the primary is asked of the servers and their control files only.

postgresql_defaults() {
  local version
  : "${my_port:=5432}" "${other_port:=5432}" "${my_user:=postgres}" "${other_user:=postgres}" "${replication_user:=qianyun_replication}"
  slot=qianyun_$(printf '%s' "$component" | tr '[:upper:]-' '[:lower:]_' | tr -cd 'a-z0-9_')
  STREAMS="SELECT count(*) FROM pg_stat_wal_receiver WHERE status = 'streaming' AND slot_name = '$slot'"
  # Bytes of the log that the copy has still to replay, -1 without a copy.
  BEHIND="SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)), -1)::bigint FROM pg_stat_replication WHERE application_name = '$slot'"
  if [ -z "$my_passfile" ]; then my_passfile=$(getent passwd "$my_user" | cut -d: -f6)/.pgpass; fi
  if [ -z "$my_bin" ] && ! command -v pg_controldata >/dev/null; then
    version=$(cat "$my_data/PG_VERSION" 2>/dev/null || true)
    for my_bin in "/usr/lib/postgresql/$version/bin" "/usr/pgsql-$version/bin" /usr/lib/postgresql/*/bin /usr/pgsql-*/bin ''; do
      if [ -x "$my_bin/pg_controldata" ]; then break; fi
    done
  fi
}

pg() { as_owner "${my_bin:+$my_bin/}$1" "${@:2}"; }

# sql QUERY [DATABASE]
sql() {
  pg psql -XAtq -v ON_ERROR_STOP=1 ${my_socket:+-h "$my_socket"} -p "$my_port" -d "${2:-postgres}" -c "$1"
}

control_data() { pg pg_controldata -D "$my_data" | sed -n "s/^$1: *//p"; }

# primary, standby; stopped (cleanly, would start as primary), closed (cleanly, would start as standby), crashed, empty
postgresql_state() {
  local recovery
  if [ ! -s "$my_data/PG_VERSION" ]; then
    echo empty
  elif recovery=$(sql 'SELECT pg_is_in_recovery()' 2>/dev/null); then
    if [ "$recovery" = t ]; then echo standby; else echo primary; fi
  else
    case $(control_data 'Database cluster state') in
      'shut down') if [ -e "$my_data/standby.signal" ]; then echo closed; else echo stopped; fi ;;
      'shut down in recovery') echo closed ;;
      *) echo crashed ;;
    esac
  fi
}

postgresql_start() {
  control start as_owner "${my_bin:+$my_bin/}pg_ctl" -D "$my_data" ${my_config:+-o "-c config_file=$my_config"} -l "$my_data/pg_ctl.log" -s -w -t 600 start
}

postgresql_stop() {
  control stop as_owner "${my_bin:+$my_bin/}pg_ctl" -D "$my_data" -m fast -s -w -t 600 stop
}

postgresql_up() { sql 'SELECT 1' >/dev/null 2>&1; }

# Where the standby finds its primary. Lines of ours in postgresql.auto.conf, replaced as a whole.
follow_settings() {
  local file=$my_data/postgresql.auto.conf
  {
    if [ -e "$file" ]; then grep -Ev '^(primary_conninfo|primary_slot_name|recovery_target_timeline)[ =]' "$file" || true; fi
    echo "primary_conninfo = 'host=$other_address port=$other_port user=$replication_user passfile=''$my_passfile'' application_name=$slot connect_timeout=5'"
    echo "primary_slot_name = '$slot'"
    echo "recovery_target_timeline = 'latest'"
  } | write_file "$file" 600
  chown "$my_user:" "$file"
  as_owner touch "$my_data/standby.signal"
}

hba_file() {
  if [ -n "$my_config" ]; then echo "$(dirname "$my_config")/pg_hba.conf"; else echo "$my_data/pg_hba.conf"; fi
}

hba_lines() {
  local where database=${1:-replication}
  for where in "$my_address" "$other_address"; do
    echo "host $database $replication_user $(single_host "$where") scram-sha-256 # qianyun $component"
  done | sort -u
}

hba_without() { grep -vF "# qianyun $component" "$1" || true; }

# Our lines come first: the first that matches counts.
hba_allow() {
  local file lines
  file=$(hba_file)
  lines=$(for database in "$@"; do hba_lines "$database"; done)
  if [ "$(grep -F "# qianyun $component" "$file" || true)" = "$lines" ]; then return 0; fi
  act "let $replication_user replicate by $file" hba_write "$file" "$lines"
}

hba_write() {
  { if [ -n "$2" ]; then echo "$2"; fi; hba_without "$1"; } | write_file "$1" 640
  if postgresql_up; then sql 'SELECT pg_reload_conf()'; fi
}

hba_forbid() {
  local file
  file=$(hba_file)
  if ! grep -qF "# qianyun $component" "$file" 2>/dev/null; then return 0; fi
  act "take our lines from $file" hba_write "$file" ''
}

# The password of the replication user, from this host's .pgpass, as a literal of SQL.
password_literal() {
  local password
  password=$(awk -v user="$replication_user" '{ gsub(/\\:/, "\001"); n = split($0, f, ":") } n == 5 && f[4] == user { gsub("\001", ":", f[5]); gsub(/\\\\/, "\\", f[5]); print f[5]; exit }' \
    "$my_passfile" 2>/dev/null || true)
  if [ -z "$password" ]; then fail "no password of $replication_user in $my_passfile"; fi
  printf "'%s'" "${password//\'/\'\'}"
}

postgresql_user() {
  {
    echo "SET log_statement = 'none'; SET log_min_error_statement = 'panic'; SET password_encryption = 'scram-sha-256';"
    echo "CREATE ROLE \"$replication_user\" LOGIN REPLICATION PASSWORD $(password_literal);"
  } | pg psql -Xq -v ON_ERROR_STOP=1 ${my_socket:+-h "$my_socket"} -p "$my_port" -d postgres
}

postgresql_user_ready() {
  local present
  present=$(sql "SELECT rolreplication AND rolcanlogin FROM pg_roles WHERE rolname = '$replication_user'")
  case $present in
    t) ;;
    f) act "let $replication_user replicate" sql "ALTER ROLE \"$replication_user\" LOGIN REPLICATION" ;;
    *) act "create the user $replication_user" postgresql_user ;;
  esac
}

slot_ready() {
  if [ "$(sql "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '$slot' AND restart_lsn IS NOT NULL")" = 1 ]; then return 0; fi
  act "keep the log for the copy (slot $slot)" slot_create
}

slot_create() {
  sql "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '$slot'"
  sql "SELECT pg_create_physical_replication_slot('$slot', true)"
}

slot_free() { [ "$(sql "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '$slot' AND active")" = 0 ]; }

slot_drop() {
  if [ "$(sql "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '$slot'")" = 0 ]; then return 0; fi
  act "drop the slot $slot" slot_drop_now
}

slot_drop_now() {
  sql "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '$slot' AND active"
  until_true 10 slot_free || fail "slot $slot stays in use"
  sql "SELECT pg_drop_replication_slot('$slot')"
}

# ---- copy

postgresql_share() {
  postgresql_defaults
  case $(postgresql_state) in
    primary) ;;
    standby) return 0 ;; # after the cutover: the copy is the primary
    *) fail "is not running" ;;
  esac
  if [ "$(sql 'SHOW wal_level')" = minimal ]; then fail "wal_level is minimal: set it to replica and restart at a convenient time"; fi
  if [ "$(sql "SELECT count(*) FROM pg_tablespace WHERE spcname NOT LIKE 'pg\\_%'")" != 0 ]; then
    fail "has tablespaces outside of its data directory: copy it by hand"
  fi
  postgresql_user_ready
  hba_allow replication
  slot_ready
}

# Only a cluster that nobody uses is overwritten: none, one of ours that was interrupted, or one without anything of a user.
target_unused() {
  local used
  if [ -e "$STATE/$slot.copying" ]; then return 0; fi
  case $(postgresql_state) in
    empty)
      if [ -d "$my_data" ] && [ -n "$(ls -A "$my_data")" ]; then fail "$my_data holds other things"; fi
      return 0
      ;;
    primary) ;;
    standby | closed) fail "$my_data is a standby of another server" ;;
    stopped)
      if looking; then return 0; fi
      postgresql_start >&2
      ;;
    *) fail "$my_data holds a cluster that was not stopped cleanly" ;;
  esac
  used=$(sql "SELECT count(*) FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')")
  used=$((used + $(sql "SELECT count(*) FROM pg_class WHERE oid >= 16384 AND relnamespace = 'public'::regnamespace")))
  if [ "$used" != 0 ]; then fail "the server at the target holds data"; fi
}

base_copy() {
  local rate=()
  mkdir -p "$STATE"
  touch "$STATE/$slot.copying"
  if postgresql_up; then postgresql_stop; fi
  install -d -o "$my_user" -g "$(id -gn "$my_user")" -m 700 "$my_data"
  empty_folder "$my_data"
  if [ "${setting_rate:-0}" -gt 0 ]; then rate=("--max-rate=$setting_rate"); fi
  PGPASSFILE=$my_passfile pg pg_basebackup -h "$other_address" -p "$other_port" -U "$replication_user" -w -D "$my_data" -X stream -c fast -S "$slot" \
    ${rate[@]+"${rate[@]}"}
  if [ -z "$my_config" ]; then
    printf "port = %s\nlisten_addresses = '*'\n" "$my_port" | as_owner tee -a "$my_data/postgresql.auto.conf" >/dev/null
  fi
  follow_settings
  rm -f "$STATE/$slot.copying"
}

streams() { [ "$(sql "$STREAMS" 2>/dev/null)" = 1 ]; }

postgresql_copy() {
  local state
  postgresql_defaults
  state=$(postgresql_state)
  if [ "$state" = primary ] && [ -e "$STATE/$slot.promoted" ]; then return 0; fi
  if [ -e "$STATE/$slot.copying" ] || ! is_ours "$state"; then
    target_unused
    act "copy the cluster to $my_data" base_copy
    if looking; then return 0; fi
    state=closed
  fi
  if [ "$state" != standby ]; then act "start the standby" postgresql_start; fi
  if looking; then return 0; fi
  hba_allow replication
  until_true "${setting_wait_seconds:-120}" streams || fail "does not stream from $other_address:$other_port; see its log"
}

# A standby whose settings name our slot and the other side.
is_ours() {
  case $1 in
    standby | closed) grep -qsF "primary_slot_name = '$slot'" "$my_data/postgresql.auto.conf" ;;
    *) return 1 ;;
  esac
}

postgresql_look() {
  local state streaming lsn lag
  postgresql_defaults
  state=$(postgresql_state)
  fact state "\"$state\""
  whether open [ "$state" = primary ]
  case $state in
    standby | primary) fact running true ;;
    empty) return 0 ;;
    *) whether running postgresql_up ;;
  esac
  fact system "\"$(control_data 'Database system identifier')\""
  case $state in
    standby)
      IFS='|' read -r streaming lsn < <(sql "SELECT ($STREAMS), pg_last_wal_replay_lsn()")
      whether follows [ "$streaming" = 1 ]
      fact lsn "\"$lsn\""
      ;;
    primary)
      IFS='|' read -r lag lsn < <(sql "SELECT ($BEHIND), pg_current_wal_lsn()")
      fact lsn "\"$lsn\""
      fact lag "$lag"
      ;;
  esac
}

is_near() {
  lag=$(sql "$BEHIND")
  [ "$lag" -ge 0 ] && [ "$lag" -le "${setting_lag_bytes:-16777216}" ]
}

postgresql_near() {
  local lag
  postgresql_defaults
  if looking || [ "$(postgresql_state)" != primary ]; then return 0; fi
  until_true "${setting_wait_seconds:-30}" is_near || fail "the copy is $lag bytes behind (-1: not connected)"
}

postgresql_password() {
  local line
  postgresql_defaults
  password=${password//\\/\\\\}
  line="*:*:*:$replication_user:${password//:/\\:}"
  if ! grep -qsxF -- "$line" "$my_passfile"; then act "write the password of $replication_user to $my_passfile" password_write "$line"; fi
}

password_write() {
  { grep -vE "^[^:]*:[^:]*:[^:]*:$replication_user:" "$my_passfile" 2>/dev/null || true; printf '%s\n' "$1"; } | write_file "$my_passfile" 600
  chown "$my_user:" "$my_passfile"
}

# Undoing the copy at the target, then at the source.
postgresql_uncopy() {
  local state
  postgresql_defaults
  state=$(postgresql_state)
  if [ "$state" = primary ] && [ ! -e "$STATE/$slot.copying" ]; then
    if [ -e "$STATE/$slot.promoted" ]; then fail "is the primary: undo the cutover first"; fi
    return 0
  fi
  if [ -e "$STATE/$slot.copying" ] || is_ours "$state"; then act "stop the standby and empty $my_data" postgresql_empty; fi
  if [ -n "$my_config" ]; then hba_forbid; fi
}

postgresql_empty() {
  if postgresql_up; then postgresql_stop; fi
  empty_folder "$my_data"
  rm -f "$STATE/$slot.copying"
}

user_drop() {
  if [ "$(sql "SELECT count(*) FROM pg_roles WHERE rolname = '$replication_user'")" = 0 ]; then return 0; fi
  if [ "$(sql "SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE 'qianyun\\_%'")" != 0 ]; then return 0; fi
  act "drop the user $replication_user" sql "DROP ROLE \"$replication_user\""
}

postgresql_unshare() {
  postgresql_defaults
  if [ "$(postgresql_state)" != primary ]; then return 0; fi
  slot_drop
  hba_forbid
  if [ "$replication_user" = qianyun_replication ]; then user_drop; fi
}

# ---- cutover

# Before the gate, at the side that will be closed: little left to write for its last checkpoint.
postgresql_ready_from() {
  local lag
  postgresql_defaults
  if [ "$(postgresql_state)" != primary ]; then return 0; fi
  is_near || fail "the copy is $lag bytes behind (-1: not connected)"
  if ! looking; then sql CHECKPOINT; fi
}

# The log is kept from here on, so that the closed side can follow later, however late it is started.
postgresql_ready_to() {
  postgresql_defaults
  case $(postgresql_state) in
    standby)
      hba_allow replication
      slot_ready
      ;;
    primary | closed | stopped) ;;
    *) fail "is not a standby" ;;
  esac
}

# A clean stop is the gate: it ends every connection, and the server leaves only when a connected standby has everything up to its last
# checkpoint record. From the moment it stops it can only start as a standby.
postgresql_close() {
  local state
  postgresql_defaults
  state=$(postgresql_state)
  case $state in
    primary) act "stop the primary; it will start as standby" postgresql_close_now ;;
    stopped) act "make it start as standby" follow_settings ;;
    standby | closed) ;;
    *) fail "is $state: start it and try again" ;;
  esac
  fact final "\"$(control_data 'Latest checkpoint location')\""
}

postgresql_close_now() {
  follow_settings
  postgresql_stop
  case $(control_data 'Database cluster state') in
    'shut down') ;;
    *) fail "did not stop cleanly" ;;
  esac
  rm -f "$STATE/$slot.promoted"
}

# location LSN: as a number
location() { echo $(((16#${1%/*} << 32) | 16#${1#*/})); }

# This side was the primary to the end, and the other side never got further: nothing has to be replayed or promoted.
never_left() {
  [ "$(control_data 'Database cluster state')" = 'shut down' ] &&
    [ "$(location "$(control_data 'Latest checkpoint location')")" -ge "$(location "$1")" ]
}

# The last checkpoint record of the other side must have been replayed here.
postgresql_promote() {
  local state
  postgresql_defaults
  state=$(postgresql_state)
  case $state in
    primary) # left by a close that did not come to its end
      if [ -e "$my_data/standby.signal" ]; then act "let it start as primary" rm -f "$my_data/standby.signal"; fi
      ;;
    standby | closed | stopped) act "promote the standby" postgresql_promote_now "$state" "$(final)" ;;
    *) fail "is $state, not a standby" ;;
  esac
}

postgresql_promote_now() {
  local result
  if [ -z "$2" ]; then fail "the last location of the other side is not known"; fi
  if [ "$1" != standby ] && never_left "$2"; then
    rm -f "$my_data/standby.signal"
    postgresql_start
    return 0
  fi
  if [ "$1" != standby ]; then
    as_owner touch "$my_data/standby.signal"
    postgresql_start
  fi
  mkdir -p "$STATE"
  touch "$STATE/$slot.promoted"
  # The loop is inside of one session: pg_last_wal_replay_lsn() tells the moment, not the snapshot.
  result=$(sql "DO \$\$ DECLARE ends timestamptz := clock_timestamp() + interval '${setting_wait_seconds:-30} s'; BEGIN
    WHILE NOT coalesce(pg_last_wal_replay_lsn() > '$2'::pg_lsn, false) LOOP
      IF clock_timestamp() > ends THEN RAISE 'replayed up to %, needed beyond $2', pg_last_wal_replay_lsn(); END IF;
      PERFORM pg_sleep(0.01);
    END LOOP; END \$\$; SELECT pg_promote(true, 60)") || {
    rm -f "$STATE/$slot.promoted"
    fail "has not all of the other side"
  }
  if [ "$result" != t ]; then fail "was not promoted in time"; fi
}

postgresql_follow() {
  local state
  postgresql_defaults
  state=$(postgresql_state)
  case $state in
    standby) ;;
    closed) act "start as standby" postgresql_start ;;
    *) fail "is $state and cannot follow" ;;
  esac
  if looking; then return 0; fi
  until_true "${setting_wait_seconds:-30}" streams || fail "does not follow $other_address:$other_port"
}

# The promoted side needs the slot that its copy used no more; settings of a standby go.
postgresql_finish() {
  postgresql_defaults
  if [ "$(postgresql_state)" != primary ]; then return 0; fi
  if [ -n "$(sql "SELECT setting FROM pg_settings WHERE name = 'primary_slot_name' AND setting <> ''")" ]; then
    act "forget the former primary" postgresql_forget
  fi
}

postgresql_forget() {
  sql 'ALTER SYSTEM RESET primary_conninfo'
  sql 'ALTER SYSTEM RESET primary_slot_name'
  sql 'SELECT pg_reload_conf()'
}

# ---- end

postgresql_halt() {
  postgresql_defaults
  case $(postgresql_state) in
    primary | standby) act "stop the server" postgresql_stop ;;
    crashed) fail "was not stopped cleanly" ;;
  esac
  at_boot disable
}

postgresql_resume() {
  postgresql_defaults
  at_boot enable
  case $(postgresql_state) in
    stopped | closed) act "start the server" postgresql_start ;;
    crashed) fail "was not stopped cleanly" ;;
  esac
}

postgresql_part() {
  postgresql_unshare
  rm -f "$STATE/$slot.promoted"
}

postgresql_delete() {
  postgresql_defaults
  if [ -n "$(ls -A "$my_data" 2>/dev/null)" ]; then act "delete $my_data" empty_folder "$my_data"; fi
}

# What this host still keeps for the other side, and whether it has data.
postgresql_kept() {
  postgresql_defaults
  if postgresql_up; then whether kept [ "$(sql "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '$slot'")" != 0 ]; fi
  whether data [ -e "$my_data/PG_VERSION" ]
}

postgresql_share_again() { postgresql_share; }
postgresql_restore() { if [ -e "$my_data/PG_VERSION" ]; then postgresql_resume; fi; }
