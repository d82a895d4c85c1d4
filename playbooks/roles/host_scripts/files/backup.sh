# shellcheck shell=bash
# Backups. A backup is complete when its list of checksums is there: that is written last.

backup_place() { echo "$setting_folder/$setting_name/$component"; }

# backup_by COMMAND: COMMAND writes into the folder it is given.
backup_by() {
  local place
  place=$(backup_place)
  if [ -s "$place/SHA256SUMS" ]; then return 0; fi
  act "back up to $place" backup_now "$1" "$place"
}

backup_now() {
  rm -rf "$2"
  install -d -m 700 "$2"
  if [ -n "$my_user" ]; then
    chmod 711 "$setting_folder" "$setting_folder/$setting_name"
    chown "$my_user:" "$2"
  fi
  "$1" "$2"
  (cd "$2" && find . -type f ! -name 'SHA256SUMS*' -print0 | sort -z | xargs -0 sha256sum | write_file SHA256SUMS 600)
}

backup_look() {
  local place
  place=$(backup_place)
  whether complete [ -s "$place/SHA256SUMS" ]
}

backup_check() {
  local place sum file
  place=$(backup_place)
  if [ ! -s "$place/SHA256SUMS" ]; then fail "there is no complete backup in $place"; fi
  (cd "$place" && sha256sum --check --strict --quiet SHA256SUMS >&2) || fail "the backup in $place does not match its checksums"
  while read -r sum file; do fact files "{$(text "$place/${file#./}"): \"$sum\"}"; done <"$place/SHA256SUMS"
}

backup_remove() {
  local place
  place=$(backup_place)
  if [ -d "$place" ]; then act "delete $place" rm -rf "$place"; fi
  if ! looking; then rmdir "$setting_folder/$setting_name" 2>/dev/null || true; fi
}

postgresql_dump_to() {
  pg pg_basebackup ${my_socket:+-h "$my_socket"} -p "$my_port" -D "$1" -F tar -z -X fetch -c fast
}

postgresql_backup() {
  postgresql_defaults
  backup_by postgresql_dump_to
}

mariadb_dump_to() {
  "${my_bin:+$my_bin/}mariadb-dump" ${my_login:+"--defaults-extra-file=$my_login"} ${my_socket:+"--socket=$my_socket"} --all-databases --single-transaction --quick \
    --routines --events --triggers --hex-blob | gzip >"$1/all.sql.gz"
}

mariadb_backup() {
  mariadb_defaults
  backup_by mariadb_dump_to
}

# 1: files that changed or vanished while the source is in use.
files_tar_to() { tar -C "$my_data" -czf "$1/files.tar.gz" . || [ $? = 1 ]; }

files_backup() {
  files_defaults
  backup_by files_tar_to
}

for kind in postgresql mariadb files; do
  eval "${kind}_backup_look() { backup_look; }; ${kind}_backup_check() { backup_check; }; ${kind}_backup_remove() { backup_remove; }"
done
