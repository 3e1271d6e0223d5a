#!/usr/bin/env bash
# The command line of SessionPlatform. Builds itself when its sources have changed, then runs the built program.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
program=$root/cli/bin/Release/net10.0/sp.dll
built=$root/cli/bin/Release/.built
export SESSIONPLATFORM_STATE=${SESSIONPLATFORM_STATE:-$root/.local}

sources=("$root"/cli "$root"/protos "$root"/stand-ins/Grpc.* "$root"/Directory.*.props "$root"/global.json)

is_current() {
    [[ -f $program && -f $built ]] &&
        [[ -z $(find "${sources[@]}" \( -name bin -o -name obj \) -prune -o -type f -newer "$built" -print -quit) ]]
}

build() {
    command -v dotnet >/dev/null || { echo "The .NET 10 SDK is missing: ./run installs it." >&2; exit 1; }
    mkdir -p "$root/cli/bin/Release"
    # Two commands at once build once. The time kept is that of the start, so that an edit meanwhile is not lost.
    # No build server stays behind: it would outlive the command.
    exec {lock}>"$root/cli/bin/Release/.lock"
    flock "$lock"
    if ! is_current; then
        [[ ! -t 2 ]] || echo "Building sp …" >&2
        local started=$built.new log=$root/cli/bin/Release/build.log
        touch "$started"
        dotnet build "$root/cli/SessionPlatform.Cli.csproj" -c Release -v quiet --nologo \
            -nodeReuse:false -p:UseSharedCompilation=false >"$log" 2>&1 {lock}>&- ||
            { grep -m 5 'error' "$log" >&2 || tail -n 5 "$log" >&2; echo "sp does not build: see $log" >&2; exit 1; }
        mv "$started" "$built"
    fi
    exec {lock}>&-
}

is_current || build
exec dotnet "$program" "$@"
