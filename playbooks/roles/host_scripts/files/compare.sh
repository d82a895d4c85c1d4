# shellcheck shell=bash
# Counts and checksums of tables and files, so that both sides can be compared while the system is in use.

excluded() {
  local one
  for one in ${exclude[@]+"${exclude[@]}"}; do if [ "$one" = "$1" ]; then return 0; fi; done
  return 1
}

# table_facts: lines TABLE<tab>COUNT<tab>CHECKSUM on stdin
table_facts() {
  local name count sum
  while IFS=$'\t' read -r name count sum; do
    if ! excluded "$name"; then fact tables "{$(text "$name"): \"$count $sum\"}"; fi
  done
}

replayed() { [ "$(sql "SELECT pg_last_wal_replay_lsn() >= '$lsn'")" = t ]; }

user_databases() {
  if [ ${#databases[@]} -gt 0 ]; then
    printf '%s\n' "${databases[@]}"
  else
    sql 'SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1'
  fi
}

# sums DATABASE CONDITION. Sums over rows do not depend on their order, and MD5 of their text not on version or machine.
sums() {
  local value="'0'"
  if [ "$setting_checksums" = True ]; then
    value="coalesce(sum(((''x'' || substr(md5(t::text), 1, 16))::bit(64)::bigint)::numeric), 0)"
  else
    value="''-''"
  fi
  pg psql -XAtq -F $'\t' -v ON_ERROR_STOP=1 ${my_socket:+-h "$my_socket"} -p "$my_port" -d "$1" <<END
SET default_transaction_isolation = 'repeatable read';
SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601'; SET timezone = 'UTC'; SET extra_float_digits = 3; SET bytea_output = 'hex';
BEGIN READ ONLY;
SELECT format('SELECT %L, count(*), $value FROM ONLY %I.%I AS t WHERE $2', current_database() || '.' || nspname || '.' || relname, nspname, relname)
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND relpersistence = 'p' AND nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY nspname, relname \gexec
COMMIT;
END
}

all_sums() {
  local name names
  names=$(user_databases)
  for name in $names; do sums "$name" "t.xmin::text::bigint < $((boundary % 4294967296))" | table_facts; done
}

# Physical copies share the numbers of transactions: rows written before the oldest transaction that still runs are the same on both sides.
postgresql_first() {
  postgresql_defaults
  if [ "$(postgresql_state)" != primary ]; then return 0; fi
  boundary=$(sql 'SELECT pg_snapshot_xmin(pg_current_snapshot())')
  fact lsn "\"$(sql 'SELECT pg_current_wal_insert_lsn()')\""
  fact boundary "\"$boundary\""
  all_sums
}

postgresql_second() {
  postgresql_defaults
  if [ "$(postgresql_state)" != standby ]; then return 0; fi
  if [ -z "$boundary" ]; then fail "the other side is not the primary"; fi
  until_true "${setting_wait_seconds:-30}" replayed || fail "is behind $lsn"
  all_sums
}

# ---- MariaDB: the replica stops, the primary takes a snapshot with its position, the replica goes on up to exactly there.

mariadb_hold() {
  mariadb_defaults
  if [ "$(mariadb_state)" = replica ]; then query 'STOP SLAVE SQL_THREAD'; fi
}

maria_sums() {
  local list value condition="table_schema NOT IN ('mysql', 'sys', 'information_schema', 'performance_schema')"
  value="'''-'''"
  if [ "$setting_checksums" = True ]; then
    value="CONCAT('COALESCE(SUM(CAST(CONV(LEFT(MD5(CONCAT_WS(\\',\\', ', GROUP_CONCAT(CONCAT('QUOTE(\`', column_name, '\`)') ORDER BY ordinal_position), ')), 15), 16, 10) AS UNSIGNED)), 0)')"
  fi
  if [ ${#databases[@]} -gt 0 ]; then condition="table_schema IN ($(for list in "${databases[@]}"; do literal "$list"; done | sed "s/''/','/g"))"; fi
  list=$(query "SET group_concat_max_len = 1000000; SELECT CONCAT('SELECT ', QUOTE(CONCAT(table_schema, '.', table_name)), ', COUNT(*), ', $value, ' FROM \`', table_schema, '\`.\`', table_name, '\`;')
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) WHERE table_type = 'BASE TABLE' AND $condition
    GROUP BY table_schema, table_name ORDER BY table_schema, table_name")
  maria -r <<END
SET time_zone = '+00:00';
START TRANSACTION WITH CONSISTENT SNAPSHOT;
$1
$list
COMMIT;
END
}

mariadb_first() {
  local all
  mariadb_defaults
  if [ "$(mariadb_state)" != primary ]; then return 0; fi
  all=$(maria_sums "SELECT BINLOG_GTID_POS((SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'BINLOG_SNAPSHOT_FILE'),
    (SELECT variable_value FROM information_schema.session_status WHERE variable_name = 'BINLOG_SNAPSHOT_POSITION'));")
  fact gtid "$(text "$(head -n 1 <<<"$all")")"
  tail -n +2 <<<"$all" | table_facts
}

mariadb_second() {
  mariadb_defaults
  if [ "$(mariadb_state)" != replica ]; then return 0; fi
  if [ -z "$gtid" ]; then fail "the other side is not the primary"; fi
  query "STOP SLAVE; START SLAVE UNTIL master_gtid_pos = $(literal "$gtid")"
  if [ "$(query "SELECT MASTER_GTID_WAIT($(literal "$gtid"), ${setting_wait_seconds:-30})")" != 0 ]; then fail "is behind $gtid"; fi
  maria_sums '' | table_facts
  query 'STOP SLAVE; START SLAVE'
}

# ---- files: only the target can ask the other side. What either side changed since the copy was last complete does not count.

files_second() {
  local since place what time name list options=()
  files_defaults
  if [ "$setting_checksums" = True ]; then options=(--checksum); fi
  fact count "$(find "$my_data" -type f | wc -l)"
  if [ "$side" = source ]; then return 0; fi
  since=$(stat -c %Y "$files/state")
  if [ "$(files_state)" = replica ]; then
    since=$(($(date +%s) - 2))
    files_pull >&2
  fi
  list=$(pass pull --dry-run ${options[@]+"${options[@]}"} --out-format=$'%i\t%M\t%n')
  while IFS=$'\t' read -r what time name; do
    case $what in
      '' | .* | cd*) continue ;;
    esac
    place=$my_data/$name
    if [ -e "$place" ] && [ "$(stat -c %Y "$place")" -ge "$since" ]; then continue; fi
    if [ "$what" != '*deleting' ] && [ "$(date -d "${time/-/ }" +%s 2>/dev/null || echo 0)" -ge "$since" ]; then continue; fi
    fact differences "{$(text "$name"): \"$what\"}"
  done <<<"$list"
}
