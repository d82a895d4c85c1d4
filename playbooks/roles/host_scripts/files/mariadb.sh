# shellcheck shell=bash
# MariaDB by replication with global transaction ids (GTID). Which side is the primary is asked of the servers only.

mariadb_defaults() {
  : "${my_port:=3306}" "${other_port:=3306}" "${my_user:=mysql}" "${my_data:=/var/lib/mysql}" "${replication_user:=qianyun_replication}"
  if [ -z "$my_config" ]; then
    if [ -d /etc/mysql/mariadb.conf.d ]; then my_config=/etc/mysql/mariadb.conf.d/90-qianyun.cnf; else my_config=/etc/my.cnf.d/90-qianyun.cnf; fi
  fi
}

maria() { "${my_bin:+$my_bin/}mariadb" ${my_login:+"--defaults-extra-file=$my_login"} ${my_socket:+"--socket=$my_socket"} -N -B "$@"; }

query() { maria -e "$1"; }

mariadb_up() { query 'SELECT 1' >/dev/null 2>&1; }

# Everything about replication in one question, as lines of FIELD: VALUE.
mariadb_status() { maria --column-names -e 'SELECT @@read_only AS Read_Only, @@gtid_current_pos AS Position, @@gtid_binlog_pos AS Logged\G SHOW SLAVE STATUS\G' 2>/dev/null; }

slave_status() { status_field "$1" "$(mariadb_status)"; }

status_field() { sed -n "s/^ *$1: *//p" <<<"$2"; }

# state_of STATUS: primary, replica, closed (takes no writes and follows nobody), down
state_of() {
  if [ -z "$1" ]; then
    echo down
  elif [ -n "$(status_field Master_Host "$1")" ]; then
    echo replica
  elif [ "$(status_field Read_Only "$1")" = 1 ]; then
    echo closed
  else
    echo primary
  fi
}

mariadb_state() {
  local status
  status=$(mariadb_status || true)
  state_of "$status"
}

# Without systemd nobody else makes the folder of the socket.
mariadb_daemon() {
  local run
  run=$(dirname "${my_socket:-/run/mysqld/mysqld.sock}")
  if [ ! -d "$run" ]; then install -d -o "$my_user" "$run"; fi
  # By setsid alone: a shell in the background would hold our output.
  detached --fork "${my_bin:+$my_bin/}mariadbd-safe" "--user=$my_user"
}

mariadb_start() {
  if [ ! -d "$my_data/mysql" ]; then "${my_bin:+$my_bin/}mariadb-install-db" "--user=$my_user" "--datadir=$my_data" --skip-test-db >/dev/null; fi
  control start mariadb_daemon
  until_true 120 mariadb_up || fail "does not start"
}

mariadb_stop() {
  control stop "${my_bin:+$my_bin/}mariadb-admin" ${my_login:+"--defaults-extra-file=$my_login"} ${my_socket:+"--socket=$my_socket"} shutdown
  until_true 120 mariadb_gone || fail "does not stop"
}

mariadb_gone() { ! mariadb_up; }

# settings ON|OFF: what the server shall be at its next start too.
settings() {
  local bind=0.0.0.0
  case $my_address in *:*) bind=:: ;; esac
  cat <<END
# Written by qianyun for $component.
[mariadbd]
read_only = $1
END
  if [ "$side" = target ]; then
    cat <<END
server_id = $(server_id)
log_bin = qianyun-bin
log_slave_updates = ON
gtid_strict_mode = ON
bind_address = $bind
END
  fi
}

server_id() { echo $(($(printf '%s:%s' "$my_host" "$my_port" | cksum | cut -d ' ' -f 1) % 4294967290 + 5)); }

literal() {
  local value=${1//\\/\\\\}
  printf "'%s'" "${value//\'/\\\'}"
}

# The replication user's password, from the option file on this host.
secret() {
  local value
  value=$(sed -n 's/^ *password *= *//p' "$my_passfile" | tail -n 1)
  value=${value#\"}
  value=${value%\"}
  if [ -z "$value" ]; then fail "no password in $my_passfile"; fi
  literal "$value"
}

# ---- copy

mariadb_user() {
  local who
  who=$(literal "$replication_user")@$(literal "$1")
  maria <<<"CREATE USER IF NOT EXISTS $who IDENTIFIED BY $(secret);
    GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES, RELOAD, PROCESS, SHOW DATABASES, REPLICATION SLAVE, BINLOG MONITOR ON *.* TO $who;"
}

mariadb_share() {
  local where
  mariadb_defaults
  case $(mariadb_state) in
    primary) ;;
    replica) return 0 ;; # after the cutover
    *) fail "does not run as primary" ;;
  esac
  if [ "$(query 'SELECT @@log_bin')" != 1 ]; then fail "log_bin is off: set it and restart at a convenient time"; fi
  for where in "$other_address" "$my_address"; do
    if [ "$(query "SELECT count(*) FROM mysql.global_priv WHERE user = $(literal "$replication_user") AND host = $(literal "$where")")" = 0 ]; then
      act "create the user $replication_user for $where" mariadb_user "$where"
    fi
  done
}

dump() {
  "${my_bin:+$my_bin/}mariadb-dump" "--defaults-extra-file=$my_passfile" -h "$other_address" -P "$other_port" -u "$replication_user" "$@"
}

other_databases() {
  if [ ${#databases[@]} -gt 0 ]; then
    printf '%s\n' "${databases[@]}"
  else
    "${my_bin:+$my_bin/}mariadb" "--defaults-extra-file=$my_passfile" -h "$other_address" -P "$other_port" -u "$replication_user" -N -B -e 'SHOW DATABASES' |
      grep -vxE 'mysql|sys|information_schema|performance_schema'
  fi
}

my_databases() { query 'SHOW DATABASES' | grep -vxE 'mysql|sys|information_schema|performance_schema' || true; }

# The dump carries its position: it is one moment of the source.
mariadb_load() {
  local found list name
  mkdir -p "$STATE"
  touch "$STATE/mariadb-$component.copying"
  for name in $(my_databases); do query "SET sql_log_bin = 0; DROP DATABASE \`$name\`"; done
  query "STOP SLAVE; RESET SLAVE ALL; RESET MASTER; SET GLOBAL gtid_slave_pos = ''"
  found=$(other_databases)
  mapfile -t list <<<"$found"
  {
    echo 'SET sql_log_bin = 0;'
    dump --system=users --insert-ignore
  } | maria
  {
    echo 'SET sql_log_bin = 0;'
    dump --databases "${list[@]}" --single-transaction --quick --routines --events --triggers --hex-blob --gtid --master-data=1
  } | maria
  rm -f "$STATE/mariadb-$component.copying"
}

# follow_other: start (again) to follow the other side, from the position that the server has.
follow_other() {
  local sql
  sql="STOP SLAVE; CHANGE MASTER TO MASTER_HOST = $(literal "$other_address"), MASTER_PORT = $other_port, MASTER_USER = $(literal "$replication_user"),
    MASTER_PASSWORD = $(secret), MASTER_CONNECT_RETRY = 1, MASTER_HEARTBEAT_PERIOD = 2, MASTER_USE_GTID = slave_pos; START SLAVE;"
  maria <<<"$sql"
}

replicates() {
  local status
  status=$(mariadb_status)
  [ "$(status_field Slave_IO_Running "$status") $(status_field Slave_SQL_Running "$status")" = 'Yes Yes' ]
}

mariadb_copy() {
  local state wanted
  mariadb_defaults
  state=$(mariadb_state)
  if [ "$state" = primary ] && [ -e "$STATE/mariadb-$component.promoted" ]; then return 0; fi
  wanted=$(settings ON)
  if [ "$(cat "$my_config" 2>/dev/null)" != "$wanted" ]; then
    if [ "$state" != down ] && [ "$state" != replica ] && [ -n "$(my_databases)" ] && [ ! -e "$STATE/mariadb-$component.copying" ]; then
      fail "the server at the target holds data"
    fi
    put_file "$my_config" 644 "$wanted"
    if [ "$state" != down ]; then act "stop the server, to read its new settings" mariadb_stop; fi
    state=down
  fi
  if [ "$state" = down ]; then
    act "start the server" mariadb_start
    if looking; then return 0; fi
    state=$(mariadb_state)
  fi
  if [ "$state" != replica ]; then
    if [ -n "$(my_databases)" ] && [ ! -e "$STATE/mariadb-$component.copying" ]; then fail "the server at the target holds data"; fi
    act "copy the databases" mariadb_load
    act "follow $other_address:$other_port" follow_other
  elif ! replicates; then
    act "follow $other_address:$other_port again" follow_other
  fi
  if looking; then return 0; fi
  until_true "${setting_wait_seconds:-120}" replicates || fail "does not replicate: $(slave_status Last_IO_Error) $(slave_status Last_SQL_Error)"
}

mariadb_look() {
  local status state behind
  mariadb_defaults
  status=$(mariadb_status || true)
  state=$(state_of "$status")
  fact state "\"$state\""
  whether open [ "$state" = primary ]
  whether running [ "$state" != down ]
  if [ "$state" = down ]; then return 0; fi
  fact gtid "$(text "$(status_field Position "$status")")"
  if [ "$state" = replica ]; then
    whether follows [ "$(status_field Slave_IO_Running "$status") $(status_field Slave_SQL_Running "$status")" = 'Yes Yes' ]
    behind=$(status_field Seconds_Behind_Master "$status")
    if [ "$behind" != NULL ]; then fact lag "$behind"; fi
    fact message "$(text "$(status_field Last_IO_Error "$status")$(status_field Last_SQL_Error "$status")")"
  fi
}

mariadb_is_near() {
  behind=$(slave_status Seconds_Behind_Master)
  [[ $behind =~ ^[0-9]+$ ]] && [ "$behind" -le "${setting_lag_seconds:-5}" ]
}

mariadb_near() {
  local behind
  mariadb_defaults
  if looking || [ "$(mariadb_state)" != replica ]; then return 0; fi
  until_true "${setting_wait_seconds:-30}" mariadb_is_near || fail "the copy is ${behind:-unknown} seconds behind"
}

mariadb_password() {
  local content
  mariadb_defaults
  password=${password//\\/\\\\}
  content=$(printf '[client]\nuser=%s\npassword="%s"' "$replication_user" "$password")
  put_file "$my_passfile" 600 "$content"
}

mariadb_uncopy() {
  local state
  mariadb_defaults
  state=$(mariadb_state)
  if [ "$state" = primary ] && [ -e "$STATE/mariadb-$component.promoted" ]; then fail "is the primary: undo the cutover first"; fi
  if [ "$state" = replica ] || [ -e "$STATE/mariadb-$component.copying" ]; then
    act "stop replicating and drop the copied databases" mariadb_empty
  fi
  if [ -e "$my_config" ]; then
    act "take $my_config away" rm -f "$my_config"
    if [ "$state" != down ]; then act "stop the server" mariadb_stop; fi
  fi
}

mariadb_empty() {
  local name
  for name in $(my_databases); do query "SET sql_log_bin = 0; STOP SLAVE; DROP DATABASE \`$name\`"; done
  query "STOP SLAVE; RESET SLAVE ALL; RESET MASTER; SET GLOBAL gtid_slave_pos = ''"
  rm -f "$STATE/mariadb-$component.copying"
}

mariadb_unshare() {
  local where
  mariadb_defaults
  if [ "$(mariadb_state)" != primary ]; then return 0; fi
  for where in "$other_address" "$my_address"; do
    if [ "$(query "SELECT count(*) FROM mysql.global_priv WHERE user = $(literal "$replication_user") AND host = $(literal "$where")")" = 1 ]; then
      act "drop the user $replication_user for $where" query "DROP USER $(literal "$replication_user")@$(literal "$where")"
    fi
  done
}

# ---- cutover

# read_only does not bind accounts that may override it: who writes must not be one of them.
mariadb_ready_from() {
  local who
  mariadb_defaults
  if [ "$(mariadb_state)" != primary ]; then return 0; fi
  who=$(query "SELECT DISTINCT grantee FROM information_schema.user_privileges WHERE privilege_type IN ('SUPER', 'READ ONLY ADMIN', 'READ_ONLY ADMIN')
    AND grantee NOT LIKE '%@''localhost''' AND grantee NOT LIKE '''root''@%'" | xargs)
  if [ -n "$who" ]; then fail "accounts that may write although the server is read only: $who"; fi
}

mariadb_ready_to() {
  local behind
  mariadb_defaults
  case $(mariadb_state) in
    replica)
      replicates || fail "does not replicate: $(slave_status Last_IO_Error) $(slave_status Last_SQL_Error)"
      mariadb_is_near || fail "the copy is $behind seconds behind"
      ;;
    primary | closed) ;;
    *) fail "does not run" ;;
  esac
}

mariadb_clients() {
  query "SELECT id FROM information_schema.processlist WHERE user NOT IN ('system user', 'event_scheduler') AND command NOT LIKE 'Binlog Dump%' AND command <> 'Daemon'
    AND id <> connection_id()"
}

end_clients() { mariadb_clients | sed 's/.*/KILL &;/' | maria -f 2>/dev/null || true; }

no_clients() {
  if [ -z "$(mariadb_clients)" ]; then return 0; fi
  end_clients
  return 1
}

mariadb_close() {
  local position
  mariadb_defaults
  case $(mariadb_state) in
    primary) act "take no more writes" mariadb_close_now ;;
    replica | closed) ;;
    *) fail "does not run: start it and try again" ;;
  esac
  position=$(query 'SELECT @@gtid_current_pos')
  fact final "$(text "${position:-none}")"
}

# Nobody is left who began before: every transaction is in the log or undone when the position is read.
mariadb_close_now() {
  settings ON | write_file "$my_config" 644
  end_clients
  query 'SET GLOBAL read_only = ON'
  until_true 20 no_clients || fail "connections do not end"
  rm -f "$STATE/mariadb-$component.promoted"
}

# gtid_covers HAVE WANTED: whether every domain of WANTED is reached.
gtid_covers() {
  local wanted domain number have
  for wanted in ${2//,/ }; do
    domain=${wanted%%-*} number=${wanted##*-} have=0
    have=$(tr ',' '\n' <<<"$1" | sed -n "s/^ *$domain-[0-9]*-//p")
    if [ "${have:-0}" -lt "$number" ]; then return 1; fi
  done
}

mariadb_promote() {
  mariadb_defaults
  case $(mariadb_state) in
    primary) ;;
    replica | closed) act "promote the replica" mariadb_promote_now "$(final)" ;;
    *) fail "does not run" ;;
  esac
}

mariadb_promote_now() {
  local have
  if [ -z "$1" ]; then fail "the last position of the other side is not known"; fi
  if [ "$1" != none ] && [ "$(mariadb_state)" = replica ]; then
    if [ "$(query "SELECT MASTER_GTID_WAIT($(literal "$1"), ${setting_wait_seconds:-30})")" != 0 ]; then
      fail "has not all of the other side: $(query 'SELECT @@gtid_slave_pos'), needed $1"
    fi
  fi
  have=$(query 'SELECT @@gtid_current_pos')
  gtid_covers "$have" "${1#none}" || fail "has not all of the other side: $have, needed $1"
  mkdir -p "$STATE"
  touch "$STATE/mariadb-$component.promoted"
  query 'STOP SLAVE; RESET SLAVE ALL'
  settings OFF | write_file "$my_config" 644
  query 'SET GLOBAL read_only = OFF'
}

mariadb_follow() {
  mariadb_defaults
  case $(mariadb_state) in
    replica) ;;
    closed) act "follow $other_address:$other_port" mariadb_follow_now ;;
    *) fail "cannot follow" ;;
  esac
  if looking; then return 0; fi
  until_true "${setting_wait_seconds:-30}" replicates || fail "does not follow: $(slave_status Last_IO_Error) $(slave_status Last_SQL_Error)"
}

mariadb_follow_now() {
  query 'SET GLOBAL gtid_slave_pos = @@gtid_current_pos'
  follow_other
}

# ---- end

mariadb_halt() {
  mariadb_defaults
  if mariadb_up; then act "stop the server" mariadb_stop; fi
  at_boot disable
}

mariadb_resume() {
  mariadb_defaults
  at_boot enable
  if ! mariadb_up; then act "start the server" mariadb_start; fi
}

mariadb_part() {
  mariadb_unshare
  rm -f "$STATE/mariadb-$component.promoted"
}

mariadb_delete() {
  if [ -n "$(ls -A "$my_data" 2>/dev/null)" ]; then act "delete $my_data" empty_folder "$my_data"; fi
}

mariadb_kept() {
  mariadb_defaults
  if mariadb_up; then
    whether kept [ "$(query "SELECT count(*) FROM mysql.global_priv WHERE user = $(literal "$replication_user")")" != 0 ]
  fi
  whether data [ -e "$my_data/mysql" ]
}

mariadb_share_again() { mariadb_share; }
mariadb_restore() { if [ -e "$my_data/mysql" ]; then mariadb_resume; fi; }
