# Sourced by postgres.sh and rabbitmq.sh: as whom a private server runs, and where its data lies.

fail() {
    echo "$*" >&2
    exit 1
}

# choose_user CANDIDATE...: started as root, a server runs as the first of these users that exists; else as the caller.
choose_user() {
    user= as_user=()
    [ "$(id -u)" = 0 ] || return 0
    for user in "$@"; do
        if id -u "$user" >/dev/null 2>&1; then
            as_user=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups)
            return 0
        fi
    done
    fail "None of the users $* exists, and the server must not run as root. Create one: useradd --system $1"
}

# place_data STATE NAME: sets 'data' to STATE/NAME, made and owned by the server's user. Where that user cannot get
# there (a checkout below /root, say), the data goes below /var/lib, and a note in STATE says so.
place_data() {
    data=$1/$2
    mkdir -p "$data"
    data=$(cd "$data" && pwd -P)
    [ -n "$user" ] || { chmod 700 "$data"; return 0; }
    chmod a+x "$1"
    chown "$user:" "$data"
    chmod 700 "$data"
    if ! "${as_user[@]}" test -w "$data/." 2>/dev/null; then
        local note=$data.location
        data=/var/lib/sessionplatform/$(printf %s "$data" | sha256sum | cut -c1-16)/$2
        install -d -m 755 /var/lib/sessionplatform "$(dirname "$data")"
        install -d -m 700 -o "$user" -g "$(id -g "$user")" "$data"
        echo "$data" > "$note"
        echo "The user '$user' cannot enter $1; the data of $2 is in $data." >&2
    fi
    cd "$data" || fail "Cannot enter $data."
}
