# Guard of an FRR router, kept on the router while it is needed and run by its operator:
#   arm SECONDS TOKEN <COMMANDS-BACK | state | confirm TOKEN | save | fire
# One line of answer: "qianyun-guard: WORD REST". FRR_PATHSPACE names the pathspace where FRR runs in one; the other
# variables are for systems that keep things elsewhere.
space=${FRR_PATHSPACE:-}
configuration=${QIANYUN_FRR_CONFIGURATION:-/etc/frr${space:+/$space}}
reload=${QIANYUN_FRR_RELOAD:-/usr/lib/frr/frr-reload.py}
folder=${QIANYUN_GUARD:-$HOME/.qianyun-guard}${space:+-$space}

answer() { echo "qianyun-guard: $*"; exit 0; }
run_vtysh() { VTYSH_PAGER=cat vtysh ${space:+-N "$space"} "$@"; }
# Without vtysh's header, which frr-reload would take for configuration.
running() { run_vtysh -c 'show running-config' | sed '1,/^!$/d'; }
run_reload() { "$reload" "$1" --stdout ${space:+-N "$space"} --rundir "$2" --confdir "$configuration" "$3"; }
one_line() { tail -c 300 "$1" | tr '\n' ' '; }
alive() { kill -0 "$(cat "$1/timer" 2>/dev/null)" 2>/dev/null; }
plain() { sed '/^!/d;/^$/d;/^end$/d;/^frr version/d' "$1"; }

restore() {
    if [ -s "$1/back.conf" ]; then
        # Lines that were never sent are refused one by one; what counts is what it has afterwards.
        run_vtysh -f "$1/back.conf" >>"$1/log" 2>&1
        running >"$1/after.conf" 2>>"$1/log"
        cmp -s "$1/before.conf" "$1/after.conf" && return 0
    fi
    tries=0
    while [ "$tries" -lt 3 ]; do
        run_reload --reload "$1" "$1/before.conf" >>"$1/log" 2>&1
        running >"$1/after.conf" 2>>"$1/log"
        cmp -s "$1/before.conf" "$1/after.conf" && return 0
        tries=$((tries + 1))
    done
    return 1
}

# Timer, confirmation and call by hand all begin by renaming the folder: only one of them gets it.
fire() {
    [ -e "$folder/firing" ] || mv -T "$folder/armed" "$folder/firing" 2>/dev/null || return 1
    echo "$$" >"$folder/firing/timer"
    restore "$folder/firing"
    echo "$?" >"$folder/firing/result"
    rm -rf "$folder/fired"
    mv -T "$folder/firing" "$folder/fired"
}

end_timer() { [ -s "$1/timer" ] && kill -- "-$(cat "$1/timer")" 2>/dev/null; }

save() {
    run_vtysh -c 'write memory' >"$folder/save.log" 2>&1
    # FRR does not always say that it has saved: the file is the proof.
    running >"$folder/running.conf" 2>>"$folder/save.log"
    plain "$folder/running.conf" >"$folder/running.plain"
    plain "$configuration/frr.conf" >"$folder/saved.plain" 2>>"$folder/save.log"
    [ -s "$folder/running.plain" ] && cmp -s "$folder/running.plain" "$folder/saved.plain"
}

arm() {
    [ -e "$folder/armed" ] && answer error "a guard is armed already"
    [ -e "$folder/firing" ] && answer error "a guard is just firing"
    [ -x "$reload" ] || answer error "$reload is missing (package frr-pythontools)"
    rm -rf "$folder/arming"
    mkdir -p "$folder/arming" 2>/dev/null || answer error "$folder cannot be written"
    cat >"$folder/arming/back.conf"
    running >"$folder/arming/before.conf" 2>"$folder/arming/log"
    grep -q . "$folder/arming/before.conf" || answer error "no running configuration: $(one_line "$folder/arming/log")"
    run_reload --test "$folder/arming" "$folder/arming/before.conf" >"$folder/arming/test.log" 2>&1 ||
        answer error "frr-reload.py would fail: $(one_line "$folder/arming/test.log")"
    echo "$2" >"$folder/arming/token"
    mv -T "$folder/arming" "$folder/armed" || answer error "$folder cannot be written"
    setsid sh "$0" timer "$1" "$2" </dev/null >/dev/null 2>&1 &
    tries=0
    until alive "$folder/armed"; do
        tries=$((tries + 1))
        [ "$tries" -gt 60 ] && mv -T "$folder/armed" "$folder/arming" && answer error "the timer does not start"
        sleep 0.05
    done
    answer started "$1"
}

umask 077
case "$1" in
arm) arm "$2" "$3" ;;
timer)
    echo "$$" >"$folder/armed/timer.new" && mv "$folder/armed/timer.new" "$folder/armed/timer"
    sleep "$2"
    [ "$(cat "$folder/armed/token" 2>/dev/null)" = "$3" ] && fire
    ;;
state)
    [ -e "$folder/firing" ] && alive "$folder/firing" && answer firing
    [ -e "$folder/firing" ] && answer dead
    [ -e "$folder/armed" ] || answer none
    alive "$folder/armed" || answer dead
    answer armed "$(cat "$folder/armed/token")"
    ;;
confirm)
    [ "$(cat "$folder/armed/token" 2>/dev/null)" = "$2" ] || answer error "this guard is not armed"
    rm -rf "$folder/confirmed"
    mv -T "$folder/armed" "$folder/confirmed" 2>/dev/null || answer error "the guard has fired"
    end_timer "$folder/confirmed"
    save && answer confirmed
    answer unsaved "$(one_line "$folder/save.log")"
    ;;
save)
    mkdir -p "$folder"
    save && answer saved
    answer unsaved "$(one_line "$folder/save.log")"
    ;;
fire)
    [ -e "$folder/firing" ] && alive "$folder/firing" && answer error "it is just firing"
    [ -e "$folder/firing" ] || [ -e "$folder/armed" ] || answer none
    [ -e "$folder/armed" ] && end_timer "$folder/armed"
    fire || answer error "it is just firing"
    answer fired "$(cat "$folder/fired/result")"
    ;;
*) answer error "unknown word $1" ;;
esac
