#!/bin/bash
# Runs one command and sees to it that nothing of it outlives the host that wanted it.
#
#   supervise.sh OWNER KIND NAME STOP_SIGNAL GRACE_SECONDS COMMAND [ARGUMENT...]
#
# Standard input is the leash. The host holds the other end and never writes but one word: "kill" ends the command at
# once. End of file, because the host closed it or died in whatever way, stops the command with STOP_SIGNAL, and kills
# it when it is still there after GRACE_SECONDS; so does TERM, from a host that gives /dev/null for a leash. Every process that the command leaves behind, daemons with a session
# of their own included, is found by a mark in its environment and ended as well.
#
# KIND is "service" or "server". Servers wait for the owner's services to go first, so that those can still say goodbye
# to their database and broker when the host was killed and nobody keeps the order.
set -um

owner=$1 kind=$2 name=$3 signal=$4 grace=$5
shift 5
mark="SESSIONPLATFORM_PROCESS=$owner#$kind:$name"
exec 3<&0 </dev/null

marked() {
    grep -lz "$@" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3
}

services_left() {
    [ -n "$(marked -F "SESSIONPLATFORM_PROCESS=$owner#service:")" ]
}

stop() {
    [ -z "${stopping:-}" ] || return
    stopping=yes
    if [ "$kind" = server ]; then
        for _ in {1..50}; do
            services_left || break
            sleep 0.2
        done
    fi
    kill -s "$signal" "$child" 2>/dev/null
    (sleep "$grace"; kill -KILL -- "-$child") 3<&- >/dev/null 2>&1 &
    killer=$!
    disown "$killer"
}

end_at_once() {
    stopping=yes
    kill -KILL -- "-$child" 2>/dev/null
    kill -KILL $(marked -xF "$mark") 2>/dev/null
}

# The death signal covers the one case the leash does not: this script itself being killed.
env "$mark" setpriv --pdeathsig "$signal" -- "$@" 3<&- &
child=$!
trap stop USR1 TERM HUP INT
trap end_at_once USR2
(
    trap - USR1 USR2 TERM HUP INT
    # A host that gives no leash (the official orchestrator) sends signals instead, and dies with its children.
    [ "$(readlink /proc/self/fd/3)" != /dev/null ] || exit
    read -r word <&3
    if [ "$word" = kill ]; then last=USR2; else last=USR1; fi
    # A signal in the moment before the shell begins to wait is not looked at until the next one.
    while kill -s "$last" $$; do
        sleep 1
    done
) >/dev/null 2>&1 &
reader=$!
disown "$reader"
# From here the shell itself would only report that jobs ended; the command keeps its own standard error.
exec 3<&- 2>/dev/null

# A trapped signal ends 'wait' early: only a child that is gone has an exit code.
while :; do
    wait -f "$child"
    code=$?
    kill -0 "$child" 2>/dev/null || break
done
trap '' USR1 USR2 TERM HUP INT
kill -- "-$reader" ${killer:+"-$killer"} 2>/dev/null

left=$(marked -xF "$mark")
if [ -n "$left" ]; then
    kill -TERM $left 2>/dev/null
    for _ in {1..20}; do
        [ -n "$(marked -xF "$mark")" ] || break
        sleep 0.1
    done
    kill -KILL $(marked -xF "$mark") 2>/dev/null
fi
exit "$code"
