# shellcheck shell=bash
# Folders by rsync over SSH. A folder cannot say which side is in use, so both hosts keep a word on it beside their state:
# primary, closed (nobody writes), replica. Only the target has a key for the source: it pulls, and before going back it pushes.

files_defaults() {
  : "${my_user:=root}" "${other_user:=root}" "${my_ssh_port:=22}" "${other_ssh_port:=22}"
  files=$STATE/files/$component
  key=$files/key
}

files_state() {
  if [ -s "$files/state" ]; then
    cat "$files/state"
  elif [ "$side" = source ] && [ -d "$my_data" ]; then
    echo primary
  else
    echo none
  fi
}

files_become() {
  mkdir -p "$files"
  echo "$1" | write_file "$files/state" 644
}

# Connections are kept open for some minutes: the pass after the gate does not wait for a handshake.
ssh_settings() {
  cat <<END
Host qianyun
  HostName $other_address
  Port $other_ssh_port
  User $other_user
  IdentityFile $key
  IdentitiesOnly yes
  BatchMode yes
  UserKnownHostsFile $files/known_hosts
  GlobalKnownHostsFile /dev/null
  HostKeyAlias qianyun
  StrictHostKeyChecking yes
  ControlMaster auto
  ControlPath $files/ssh
  ControlPersist 600
  ConnectTimeout 10
  LogLevel ERROR
END
}

on_other() { ssh -F "$files/ssh_config" qianyun "$@" </dev/null; }

# pass pull|push OPTIONS...
pass() {
  local way=$1 pattern options=(-aHAX --delete --delete-delay -e "ssh -F $files/ssh_config")
  shift
  for pattern in ${exclude[@]+"${exclude[@]}"}; do options+=("--exclude=$pattern"); done
  if [ "$way" = pull ]; then
    rsync "${options[@]}" "$@" "qianyun:$other_data/" "$my_data/"
  else
    rsync "${options[@]}" "$@" "$my_data/" "qianyun:$other_data/"
  fi
}

# The connection that stays open must not hold our output.
files_warm() {
  if ! ssh -F "$files/ssh_config" -O check qianyun 2>/dev/null; then
    ssh -F "$files/ssh_config" -fN qianyun </dev/null >/dev/null 2>&1
  fi
}

differences() {
  local list
  if ! list=$(pass "$1" --dry-run --itemize-changes); then
    echo unknown
    return 1
  fi
  grep -c . <<<"$list" || true
}

# ---- copy

files_key() {
  files_defaults
  if [ ! -s "$key" ]; then act "make a key for the source" files_make_key; fi
  if [ -s "$key.pub" ]; then fact public_key "$(text "$(cat "$key.pub")")"; fi
}

files_make_key() {
  install -d -m 700 "$files"
  ssh-keygen -q -t ed25519 -N '' -C "qianyun $component" -f "$key"
}

authorized_keys() { echo "$(getent passwd "$my_user" | cut -d: -f6)/.ssh/authorized_keys"; }

# public_key: of the target. It opens from the target's address only, without forwarding and terminal.
files_share() {
  local file line own
  files_defaults
  file=$(authorized_keys)
  line="restrict,from=\"$other_address\" $public_key"
  if [ ! -d "$my_data" ]; then fail "there is no folder $my_data"; fi
  command -v rsync >/dev/null || fail "rsync is missing"
  if ! grep -qsxF "$line" "$file"; then act "let the target's key in" files_authorize "$file" "$line"; fi
  # The public half need not lie beside the private one.
  own=$(cat /etc/ssh/ssh_host_ed25519_key.pub 2>/dev/null || ssh-keygen -y -f /etc/ssh/ssh_host_ed25519_key) || fail "has no Ed25519 host key"
  fact host_key "$(text "$own")"
}

files_authorize() {
  install -d -m 700 -o "$my_user" "$(dirname "$1")"
  { grep -vE " qianyun $component\$" "$1" 2>/dev/null || true; if [ -n "$2" ]; then echo "$2"; fi; } | write_file "$1" 600
  chown "$my_user:" "$1"
}

# host_key: of the source, by way of the worker, whose connection is trusted.
files_copy() {
  files_defaults
  if [ "$(files_state)" = primary ]; then return 0; fi
  if [ "$(files_state)" = none ] && [ -d "$my_data" ] && [ -n "$(ls -A "$my_data")" ]; then fail "$my_data at the target holds other files"; fi
  put_file "$files/known_hosts" 600 "qianyun $(cut -d ' ' -f 1,2 <<<"$host_key")"
  put_file "$files/ssh_config" 600 "$(ssh_settings)"
  if looking && [ ! -s "$files/ssh_config" ]; then
    act "copy the folder" true
    return 0
  fi
  if [ "$(files_state)" = none ]; then act "begin a copy in $my_data" files_begin; fi
  files_update
}

files_begin() {
  mkdir -p "$my_data"
  files_become copying
}

files_update() {
  local count=all
  if [ -d "$my_data" ]; then count=$(differences pull); fi
  if [ "$count" != 0 ] || [ "$(files_state)" = copying ]; then act "copy $count changed files" files_pull; fi
}

files_pull() {
  local code=0
  pass pull "--bwlimit=${setting_rate:-0}" || code=$?
  # 24: files that vanished while the source is in use
  if [ "$code" != 0 ] && [ "$code" != 24 ]; then fail "rsync ended with $code"; fi
  files_become replica
}

files_look() {
  files_defaults
  fact state "\"$(files_state)\""
  whether open [ "$(files_state)" = primary ]
  whether follows [ "$(files_state)" = replica ]
  if [ "$side" = target ] && [ "$(files_state)" = replica ]; then fact differences "$(differences pull)"; fi
}

files_near() {
  local left
  files_defaults
  if [ "$side" = source ] || [ "$(files_state)" != replica ]; then return 0; fi
  for _ in 1 2 3; do
    files_update
    if looking; then return 0; fi
    left=$(differences pull)
    if [ "$left" -le "${setting_files:-1000}" ]; then return 0; fi
  done
  fail "$left files still differ after three passes"
}

files_uncopy() {
  files_defaults
  case $(files_state) in
    primary) fail "is in use: undo the cutover first" ;;
    replica | copying | closed) act "empty $my_data" empty_folder "$my_data" ;;
  esac
  if [ -e "$key" ]; then act "take the key away" files_forget; fi
  if ! looking; then rm -rf "$files"; fi
}

files_forget() {
  ssh -F "$files/ssh_config" -O exit qianyun 2>/dev/null || true
  rm -f "$key" "$key.pub" "$files/known_hosts" "$files/ssh_config"
}

files_forbid() {
  local file
  file=$(authorized_keys)
  if grep -qsE " qianyun $component\$" "$file"; then act "let the target's key in no more" files_authorize "$file" ''; fi
}

files_unshare() {
  files_defaults
  files_forbid
  if ! looking; then rm -rf "$files"; fi
}

# ---- cutover

files_ready_from() { files_ready_to; }

files_ready_to() {
  files_defaults
  if [ "$side" = source ]; then return 0; fi
  case $(files_state) in
    replica)
      files_warm
      files_update
      ;;
    primary | closed) files_warm ;;
    *) fail "was never copied" ;;
  esac
}

in_step() { [ "$(differences "$1")" = 0 ]; }

# The target pushes before it is left; files that the source has in use are never written over.
files_close() {
  local state
  files_defaults
  state=$(files_state)
  case $state in
    primary) act "nobody writes" files_become closed ;;
    closed | replica) ;;
    *) fail "was never copied" ;;
  esac
  if [ "$side" = target ] && [ "$state" != replica ] && ! looking; then
    state=$(on_other "cat '$files/state'")
    if [ "$state" = primary ]; then fail "both sides are in use"; fi
    pass push >&2
    in_step push || fail "files change although nobody should write"
  fi
}

files_promote() {
  files_defaults
  case $(files_state) in
    primary) ;;
    replica | closed) act "take the last files over and use them" files_promote_now ;;
    *) fail "was never copied" ;;
  esac
}

files_promote_now() {
  if [ "$side" = target ]; then
    if [ "$(on_other "cat '$files/state'")" != closed ]; then fail "the other side is not closed"; fi
    pass pull >&2
    in_step pull || fail "files change although nobody should write"
  fi
  files_become primary
}

files_follow() {
  files_defaults
  case $(files_state) in
    closed) act "keep the folder as copy" files_become replica ;;
    replica) ;;
    *) fail "cannot follow" ;;
  esac
}

# ---- end

files_halt() { :; }

# Which side is in use stays on record.
files_part() {
  files_defaults
  if [ "$side" = source ]; then
    files_forbid
  elif [ -e "$key" ]; then
    act "take the key away" files_forget
  fi
}

files_delete() {
  if [ -n "$(ls -A "$my_data" 2>/dev/null)" ]; then act "delete $my_data" empty_folder "$my_data"; fi
}

files_kept() {
  files_defaults
  if [ "$side" = source ]; then
    whether kept grep -qsE " qianyun $component\$" "$(authorized_keys)"
  else
    whether kept [ -e "$key" ]
  fi
  whether data [ -n "$(ls -A "$my_data" 2>/dev/null)" ]
}
