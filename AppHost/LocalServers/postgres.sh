#!/bin/bash
# A private PostgreSQL: made on first use, loopback only, with a password, and nothing shared with a system service.
#
#   SERVER_PASSWORD=... postgres.sh STATE_DIRECTORY PORT [postgres options...]
#
# SIGTERM and SIGINT stop it fast and cleanly. The data lies in STATE_DIRECTORY/postgres.
set -eu
. "$(dirname "$0")/private-server.sh"
state=$1 port=$2
shift 2

find_binaries() {
    local version=
    [ ! -f "$data/data/PG_VERSION" ] || version=$(cat "$data/data/PG_VERSION")
    bin=$(ls -d /usr/lib/postgresql/${version:-*}/bin 2>/dev/null | sort -V | tail -1)
    # Elsewhere than where Debian puts it; data can be read by the version that wrote them only.
    if [ -z "$bin" ] && command -v initdb >/dev/null &&
        [[ -z $version || $(initdb --version) =~ \ ${version}(\.|$) ]]; then
        bin=$(dirname "$(readlink -f "$(command -v initdb)")")
    fi
    [ -x "$bin/initdb" ] || fail "No PostgreSQL ${version:-server} here. Install it: apt-get install -y postgresql-${version:-15}"
}

# A killed server's last processes hold its shared memory for a moment, and a new one refuses to start beside them.
await_predecessor() {
    for _ in {1..100}; do
        local found=
        for cwd in /proc/[0-9]*/cwd; do
            [ "$(readlink "$cwd" 2>/dev/null)" != "$data/data" ] || found=$cwd
        done
        if [ -z "$found" ]; then
            # Nobody works in the folder, so the file is a killed server's. PostgreSQL would believe it for as long as the
            # process, though dead, is not collected by its parent.
            rm -f "$data/data/postmaster.pid"
            return
        fi
        sleep 0.1
    done
    fail "Another PostgreSQL runs on $data (process $(echo "$found" | cut -d/ -f3)); stop it first."
}

initialize() {
    rm -rf "$data/data.new"
    # Made aside and renamed, so that an interrupted first start leaves no half of a database.
    (umask 077; printf '%s\n' "$SERVER_PASSWORD" > "$data/password")
    [ -z "$user" ] || chown "$user:" "$data/password"
    "${as_user[@]}" "$bin/initdb" --pgdata="$data/data.new" --username=postgres --pwfile="$data/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-instructions > "$data/initdb.log" 2>&1 ||
        { cat "$data/initdb.log" >&2; fail "initdb failed."; }
    rm -f "$data/password"
    mv "$data/data.new" "$data/data"
}

choose_user postgres nobody
place_data "$state" postgres
find_binaries
await_predecessor
[ -f "$data/data/PG_VERSION" ] || initialize
unset SERVER_PASSWORD

# Sized for a developer's machine of two cores; durability is never traded (fsync and synchronous_commit stay on).
"${as_user[@]}" setpriv --pdeathsig INT -- "$bin/postgres" -D "$data/data" -p "$port" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 \
    -c shared_buffers=512MB -c effective_cache_size=2GB -c work_mem=16MB -c maintenance_work_mem=256MB \
    -c max_wal_size=4GB -c wal_compression=lz4 -c default_toast_compression=lz4 -c checkpoint_timeout=15min -c checkpoint_completion_target=0.9 \
    -c random_page_cost=1.1 -c log_min_messages=warning -c log_checkpoints=off -c log_line_prefix='[%p] ' "$@" &
server=$!

# To PostgreSQL, SIGTERM means to wait until all clients have gone. Whoever stops this means now.
trap 'kill -INT $server' TERM INT
until wait "$server"; code=$?; ! kill -0 "$server" 2>/dev/null; do :; done
exit "$code"
