# shellcheck shell=bash
# PostgreSQL by logical replication, also between major versions. Both servers run; a gate in pg_hba.conf, written before all its
# other lines, lets in nobody but the administrator on the machine and the replication user. The side with the gate is closed.
# Roles and passwords come by way of the worker; sequences, which logical replication leaves out, are set before the opening.

logical_defaults() { postgresql_defaults; }

GATE='# qianyun gate'

gated() { grep -qF "$GATE" "$(hba_file)"; }

# open, closed, down
logical_state() {
  if ! postgresql_up; then
    echo down
  elif gated; then
    echo closed
  else
    echo open
  fi
}

gate_lines() {
  local where
  echo "local all $my_user peer $GATE"
  for where in "$my_address" "$other_address"; do
    echo "host all $replication_user $(single_host "$where") scram-sha-256 $GATE"
  done | sort -u
  echo "local all all reject $GATE"
  echo "host all all all reject $GATE"
}

gate_close() {
  local file
  file=$(hba_file)
  { gate_lines; grep -vF "$GATE" "$file" || true; } | write_file "$file" 640
  sql 'SELECT pg_reload_conf()'
}

gate_open() {
  local file
  file=$(hba_file)
  { grep -vF "$GATE" "$file" || true; } | write_file "$file" 640
  sql 'SELECT pg_reload_conf()'
}

# Those who are in when the gate closes. The reload takes a moment to reach the server, so: again and again until nobody is left.
outsiders() {
  sql "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND usename <> '$replication_user'"
}

gate_holds() { [ "$(sql "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method = 'reject' AND error IS NULL")" -ge 2 ]; }

no_outsiders() { [ "$(outsiders)" = 0 ] && sleep 0.1 && [ "$(outsiders)" = 0 ]; }

# The databases of users at this side.
logical_databases() {
  if [ ${#databases[@]} -gt 0 ]; then
    printf '%s\n' "${databases[@]}"
  else
    sql "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname <> 'postgres' ORDER BY 1"
  fi
}

# name_for DATABASE: of its slot and subscription
name_for() { printf '%s_%s' "$slot" "$(printf '%s' "$1" | tr '[:upper:]' '[:lower:]' | tr -c 'a-z0-9_\n' '_')"; }

from_other() {
  PGPASSFILE=$my_passfile pg "$1" -h "$other_address" -p "$other_port" -U "$replication_user" -w "${@:2}"
}

publish() {
  local name=$1
  if [ "$(sql "SELECT count(*) FROM pg_publication WHERE pubname = '$slot'" "$name")" = 0 ]; then
    act "publish $name" sql "CREATE PUBLICATION \"$slot\" FOR ALL TABLES" "$name"
  fi
}

# ---- copy

postgresql_logical_share() {
  local name names bare
  logical_defaults
  case $(logical_state) in
    open) ;;
    closed) return 0 ;;
    *) fail "does not run" ;;
  esac
  if [ "$(sql 'SHOW wal_level')" != logical ]; then fail "wal_level is not logical: set it and restart at a convenient time"; fi
  names=$(logical_databases)
  for name in $names; do
    bare=$(sql "SELECT string_agg(format('%I.%I', nspname, relname), ', ') FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
      WHERE relkind = 'r' AND relpersistence = 'p' AND nspname NOT IN ('pg_catalog', 'information_schema') AND (relreplident = 'n'
      OR relreplident = 'd' AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary))" "$name")
    if [ -n "$bare" ]; then fail "tables of $name without a primary key or replica identity: $bare"; fi
  done
  postgresql_user_ready
  if [ "$(sql "SELECT count(*) FROM pg_roles WHERE rolname = '$replication_user' AND pg_has_role(oid, 'pg_read_all_data', 'member')" 2>/dev/null || echo 0)" = 0 ]; then
    act "let $replication_user read" sql "GRANT pg_read_all_data TO \"$replication_user\""
  fi
  hba_allow all
  for name in $names; do publish "$name"; done
}

# The roles as SQL, secret.
postgresql_logical_roles() {
  logical_defaults
  if [ "$(logical_state)" != open ]; then return 0; fi
  fact roles "\"$(pg pg_dumpall ${my_socket:+-h "$my_socket"} -p "$my_port" --roles-only | base64 -w 0)\""
}

logical_unused() {
  [ "$(sql "SELECT count(*) FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')")" = 0 ] || [ -e "$STATE/$slot.copying" ]
}

subscribed() { [ "$(sql "SELECT count(*) FROM pg_subscription JOIN pg_database ON pg_database.oid = subdbid WHERE datname = '$1'")" != 0 ]; }

postgresql_logical_prepare() {
  logical_defaults
  if [ "$(logical_state)" = down ]; then act "start the server" postgresql_start; fi
  if [ "$(logical_state)" = open ] && [ ! -e "$STATE/$slot.promoted" ]; then
    logical_unused || fail "the server at the target holds data"
    act "let nobody in" gate_close
  fi
  if postgresql_up && [ "$(sql 'SHOW wal_level')" != logical ]; then act "restart with wal_level logical, for the way back" logical_restart; fi
}

# Roles that are there already are no fault; what is missing shows when the schema is restored.
postgresql_logical_take_roles() {
  logical_defaults
  if looking || [ "$(logical_state)" != closed ]; then return 0; fi
  base64 -d <<<"$roles" | pg psql -Xq ${my_socket:+-h "$my_socket"} -p "$my_port" -d postgres >/dev/null 2>&1 || true
}

postgresql_logical_copy() {
  local name names
  logical_defaults
  if [ "$(logical_state)" = open ] || looking; then return 0; fi
  names=$(other_side_databases)
  for name in $names; do
    if ! subscribed "$name"; then act "copy $name" logical_copy_now "$name"; fi
  done
  until_true "${setting_wait_seconds:-3600}" logical_follows || fail "the first copy is not done in time"
}

other_side_databases() {
  if [ ${#databases[@]} -gt 0 ]; then
    printf '%s\n' "${databases[@]}"
  else
    from_other psql -XAtq -d postgres -c "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname <> 'postgres' ORDER BY 1"
  fi
}

logical_restart() {
  sql 'ALTER SYSTEM SET wal_level = logical'
  sql "ALTER SYSTEM SET listen_addresses = '*'"
  postgresql_stop
  postgresql_start
}

# An interrupted copy begins again.
logical_copy_now() {
  mkdir -p "$STATE"
  touch "$STATE/$slot.copying"
  sql "DROP DATABASE IF EXISTS \"$1\""
  from_other pg_dump --schema-only --create --no-publications --no-subscriptions -d "$1" |
    pg psql -Xq -v ON_ERROR_STOP=1 ${my_socket:+-h "$my_socket"} -p "$my_port" -d postgres
  subscribe "$1" "copy_data = true"
  rm -f "$STATE/$slot.copying"
}

# subscribe DATABASE OPTIONS
subscribe() {
  sql "CREATE SUBSCRIPTION \"$(name_for "$1")\" CONNECTION 'host=$other_address port=$other_port dbname=$1 user=$replication_user passfile=$my_passfile connect_timeout=5'
    PUBLICATION \"$slot\" WITH (slot_name = '$(name_for "$1")', $2)" "$1"
}

# Every database of users has a working subscription with all its tables.
logical_follows() {
  local name names
  names=$(logical_databases)
  [ -n "$names" ] || return 1
  for name in $names; do
    [ "$(sql "SELECT (SELECT count(*) FROM pg_stat_subscription WHERE subname = '$(name_for "$name")' AND pid IS NOT NULL AND relid IS NULL) > 0
      AND NOT EXISTS (SELECT FROM pg_subscription_rel WHERE srsubstate <> 'r')" "$name" 2>/dev/null)" = t ] || return 1
  done
}

# Bytes that the other side has not confirmed, -1 without a copy.
CONFIRMED="SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)), -1)::bigint FROM pg_replication_slots WHERE slot_type = 'logical' AND slot_name LIKE"

logical_behind() { sql "$CONFIRMED '$slot\\_%'"; }

postgresql_logical_look() {
  local state
  logical_defaults
  state=$(logical_state)
  fact state "\"$state\""
  whether open [ "$state" = open ]
  whether running [ "$state" != down ]
  case $state in
    open) fact lag "$(logical_behind)" ;;
    closed) whether follows logical_follows ;;
  esac
}

logical_is_near() {
  lag=$(logical_behind)
  [ "$lag" -ge 0 ] && [ "$lag" -le "${setting_lag_bytes:-16777216}" ]
}

postgresql_logical_near() {
  local lag
  logical_defaults
  if looking || [ "$(logical_state)" != open ] || [ "$(logical_behind)" = -1 ]; then return 0; fi
  until_true "${setting_wait_seconds:-30}" logical_is_near || fail "the copy is $lag bytes behind"
}

unsubscribe() {
  local found=$1 database=$2
  sql "ALTER SUBSCRIPTION \"$found\" DISABLE" "$database"
  sql "ALTER SUBSCRIPTION \"$found\" SET (slot_name = NONE)" "$database"
  sql "DROP SUBSCRIPTION \"$found\"" "$database"
}

my_subscriptions() {
  sql "SELECT subname || ' ' || datname FROM pg_subscription JOIN pg_database ON pg_database.oid = subdbid WHERE subname LIKE '$slot\\_%'"
}

postgresql_logical_uncopy() {
  local found database list
  logical_defaults
  if [ "$(logical_state)" = down ]; then return 0; fi
  if [ -e "$STATE/$slot.promoted" ]; then fail "is in use: undo the cutover first"; fi
  list=$(my_subscriptions)
  while read -r found database; do
    if [ -n "$found" ]; then
      act "end the subscription of $database" unsubscribe "$found" "$database"
      act "drop $database" sql "DROP DATABASE \"$database\""
    fi
  done <<<"$list"
  if gated; then act "take the gate away" gate_open; fi
}

logical_slots_drop() {
  sql "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name LIKE '$slot\\_%' AND active"
  sleep 0.2
  sql "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name LIKE '$slot\\_%'"
}

postgresql_logical_unshare() {
  local name names
  logical_defaults
  if [ "$(logical_state)" != open ]; then return 0; fi
  if [ "$(sql "SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE '$slot\\_%'")" != 0 ]; then act "drop the slots" logical_slots_drop; fi
  names=$(logical_databases)
  for name in $names; do
    if [ "$(sql "SELECT count(*) FROM pg_publication WHERE pubname = '$slot'" "$name")" != 0 ]; then
      act "publish $name no more" sql "DROP PUBLICATION \"$slot\"" "$name"
    fi
  done
  hba_forbid
  if [ "$replication_user" = qianyun_replication ]; then user_drop; fi
}

# ---- cutover

postgresql_logical_ready_from() {
  local lag
  logical_defaults
  if [ "$(logical_state)" != open ]; then return 0; fi
  logical_is_near || fail "the copy is $lag bytes behind (-1: not connected)"
}

postgresql_logical_ready_to() {
  logical_defaults
  case $(logical_state) in
    closed) hba_allow all ;;
    open) ;;
    *) fail "does not run" ;;
  esac
}

logical_confirmed() { [ "$(sql "SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE '$slot\\_%' AND confirmed_flush_lsn < '$1'")" = 0 ]; }

# Nobody is left, and the other side has confirmed everything up to now.
postgresql_logical_close() {
  logical_defaults
  case $(logical_state) in
    open) act "let nobody in" gate_close ;;
    closed) ;;
    *) fail "does not run: start it and try again" ;;
  esac
  if looking; then return 0; fi
  until_true 20 gate_holds || fail "the gate does not hold"
  until_true 20 no_outsiders || fail "connections do not end"
  local end
  end=$(sql 'SELECT pg_current_wal_lsn()')
  until_true "${setting_wait_seconds:-30}" logical_confirmed "$end" || fail "the copy has not confirmed $end"
  rm -f "$STATE/$slot.promoted"
  fact final "\"$end\""
}

postgresql_logical_promote() {
  logical_defaults
  case $(logical_state) in
    open) ;;
    closed) act "open" logical_promote_now "$(final)" ;;
    *) fail "does not run" ;;
  esac
}

logical_promote_now() {
  local found database list name names
  if [ -z "$1" ]; then fail "the other side is not closed"; fi
  list=$(my_subscriptions)
  while read -r found database; do
    if [ -n "$found" ]; then
      logical_sequences "$database"
      unsubscribe "$found" "$database"
    fi
  done <<<"$list"
  names=$(logical_databases)
  for name in $names; do
    publish "$name"
    if [ "$(sql "SELECT count(*) FROM pg_replication_slots WHERE slot_name = '$(name_for "$name")'")" = 0 ]; then
      sql "SELECT pg_create_logical_replication_slot('$(name_for "$name")', 'pgoutput')" "$name"
    fi
  done
  mkdir -p "$STATE"
  touch "$STATE/$slot.promoted"
  gate_open
}

logical_sequences() {
  local calls
  calls=$(from_other psql -XAtq -v ON_ERROR_STOP=1 -d "$1" -c \
    "SELECT format('SELECT setval(%L, %s);', format('%I.%I', schemaname, sequencename), last_value) FROM pg_sequences WHERE last_value IS NOT NULL")
  if [ -n "$calls" ]; then sql "$calls" "$1"; fi
}

# The slots at the new primary were made before it opened, so nothing is missed and nothing copied twice.
postgresql_logical_follow() {
  local name names
  logical_defaults
  if [ "$(logical_state)" != closed ]; then fail "is $(logical_state) and cannot follow"; fi
  names=$(logical_databases)
  if [ "$(sql "SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE '$slot\\_%'")" != 0 ]; then act "drop the former slots" logical_slots_drop; fi
  for name in $names; do
    if ! subscribed "$name"; then act "follow $name of $other_address" subscribe "$name" "create_slot = false, copy_data = false"; fi
  done
  if looking; then return 0; fi
  until_true "${setting_wait_seconds:-30}" logical_follows || fail "does not follow $other_address:$other_port"
}

# ---- the rest

postgresql_logical_first() {
  local name names
  logical_defaults
  if [ "$(logical_state)" != open ]; then return 0; fi
  names=$(logical_databases)
  for name in $names; do sums "$name" true | table_facts; done
}

postgresql_logical_second() {
  local name names
  logical_defaults
  if [ "$(logical_state)" != closed ]; then return 0; fi
  names=$(logical_databases)
  for name in $names; do sums "$name" true | table_facts; done
}

postgresql_logical_part() { postgresql_logical_unshare; }

postgresql_logical_kept() {
  logical_defaults
  if [ "$(logical_state)" = open ]; then
    whether kept [ "$(sql "SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE '$slot\\_%'")" != 0 ]
  fi
  whether data [ -e "$my_data/PG_VERSION" ]
}

postgresql_logical_password() { postgresql_password; }
postgresql_logical_check() { postgresql_check; }
postgresql_logical_backup() { postgresql_backup; }
postgresql_logical_backup_look() { backup_look; }
postgresql_logical_backup_check() { backup_check; }
postgresql_logical_backup_remove() { backup_remove; }
postgresql_logical_halt() { postgresql_halt; }
postgresql_logical_resume() { postgresql_resume; }
postgresql_logical_restore() { postgresql_restore; }
postgresql_logical_delete() { postgresql_delete; }
