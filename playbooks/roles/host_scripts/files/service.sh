# shellcheck shell=bash
# Services: programs without data of their own. With systemd the unit tells whether it runs, else its port.

service_running() {
  if has_systemd && [ -n "$my_unit" ]; then
    systemctl is-active --quiet "$my_unit"
  elif [ -n "$my_port" ]; then
    listening "$my_port"
  else
    return 2
  fi
}

service_known() { [ -n "$my_port" ] || { has_systemd && [ -n "$my_unit" ]; }; }

service_state() {
  if ! service_known; then
    echo unknown
  elif service_running; then
    echo running
  else
    echo stopped
  fi
}

service_look() {
  fact state "\"$(service_state)\""
  if service_known; then
    whether open service_running
    whether running service_running
  fi
}

not_service_running() { ! service_running; }

service_close() {
  if [ "$(service_state)" = stopped ]; then return 0; fi
  act "stop $component" control stop service "${my_unit:-$component}" stop
  if ! looking && service_known; then
    until_true 60 not_service_running || fail "does not stop"
  fi
}

service_open() {
  if [ "$(service_state)" = running ]; then return 0; fi
  act "start $component" control start service "${my_unit:-$component}" start
  if looking; then return 0; fi
  if service_known && ! until_true "${setting_open_seconds:-30}" service_running; then fail "does not start"; fi
  if [ -n "$my_port" ] && ! until_true "${setting_open_seconds:-30}" listening "$my_port"; then
    fail "does not listen on port $my_port"
  fi
}

service_follow() { at_boot disable; }
service_finish() { at_boot enable; }

service_halt() {
  service_close
  at_boot disable
}

service_resume() {
  at_boot enable
  service_open
}

# After the end of a system that has moved, its service at the source stays off.
service_restore() { if [ -z "$other_host" ]; then service_resume; fi; }
