# Sourced by run, test, bench and sp: what they share. The sourcing script sets 'root', the folder of the repository.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

say() { echo "$*" >&2; }
fail() { say "$*"; exit 1; }

require_dotnet() {
    command -v dotnet >/dev/null ||
        fail "The .NET 10 SDK is missing. Install it: https://dotnet.microsoft.com/download/dotnet/10.0"
}

# The Debian packages of PostgreSQL and RabbitMQ that are missing, a line each.
missing_servers() {
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || echo postgresql-15
    ls /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server >/dev/null 2>&1 || echo rabbitmq-server
}

# Everything that goes into a build besides the folders named.
shared_sources=("$root"/protos "$root"/Directory.*.props "$root"/global.json)

# is_current PROGRAM SOURCE...: whether the program was built after the last change of its sources.
is_current() {
    local program=$1 built=$1.built
    shift
    [[ -f $program && -f $built ]] &&
        [[ -z $(find "$@" "${shared_sources[@]}" \( -name bin -o -name obj \) -prune -o -type f -newer "$built" -print -quit) ]]
}

# build_program PROJECT PROGRAM SOURCE...: builds a project in Release unless its program is current. One build at a
# time, since several write the same folders. No build server stays behind: it would outlive the command.
build_program() {
    local project=$1 program=$2 code=0 log lock
    shift 2
    mkdir -p "$root/.local"
    exec {lock}>"$root/.local/build.lock"
    flock "$lock"
    if ! is_current "$program" "$@"; then
        [[ ! -t 2 && -z ${BUILD_PROGRESS:-} ]] || say "Building…"
        log=$(mktemp)
        mkdir -p "$(dirname "$program")"
        # The time kept is that of the start, so that an edit meanwhile is not lost.
        : >"$program.built.new"
        dotnet build "$root/$project" -c Release -v quiet --nologo -nodeReuse:false -p:UseSharedCompilation=false \
            >"$log" 2>&1 {lock}>&- || code=$?
        if ((code != 0)); then
            { grep -E ' error |: error' "$log" || tail -n 20 "$log"; } | sort -u | head -n 10 >&2
            rm -f "$log"
            fail "$project does not build."
        fi
        show_build_notes "$log"
        rm -f "$log"
        mv "$program.built.new" "$program.built"
    fi
    exec {lock}>&-
}

# What the build goes on without: the warning of services/Ingestion/UserAgents.
show_build_notes() { grep -m 1 -o 'SPUA001: .*\.' "$1" >&2 || true; }
