#!/usr/bin/env bash
# The command line of SessionPlatform. Builds itself when its sources have changed, then runs the built program.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
program=$root/cli/bin/Release/net10.0/sp.dll
built=$root/cli/bin/Release/.built
export SESSIONPLATFORM_STATE=${SESSIONPLATFORM_STATE:-$root/.local}

sources=("$root"/cli "$root"/protos "$root"/stand-ins/Grpc.* "$root"/Directory.*.props "$root"/global.json)

# As ./run found; it builds some of the same projects, so both take the same packages.
read -r stack 2>/dev/null <"$root/.local/package-stack" || stack=stand-in

is_current() {
    [[ -f $program && -f $built && $(<"$built") = "$stack" ]] &&
        [[ -z $(find "${sources[@]}" \( -name bin -o -name obj \) -prune -o -type f -newer "$built" -print -quit) ]]
}

build() {
    command -v dotnet >/dev/null || { echo "The .NET 10 SDK is missing: ./run says where to get it." >&2; exit 1; }
    mkdir -p "$root/cli/bin/Release" "$root/AppHost/bin/Release"
    # One build at a time, that of ./run included: they write the same folders.
    exec {lock}>"$root/AppHost/bin/Release/.lock"
    flock "$lock"
    if ! is_current; then
        [[ ! -t 2 ]] || echo "Building sp …" >&2
        local log=$root/cli/bin/Release/build.log
        # The time kept is that of the start, so that an edit meanwhile is not lost. No build server stays behind: it
        # would outlive the command.
        echo "$stack" >"$built.new"
        dotnet build "$root/cli/SessionPlatform.Cli.csproj" -c Release -v quiet --nologo -p:PackageStack="$stack" \
            -nodeReuse:false -p:UseSharedCompilation=false >"$log" 2>&1 {lock}>&- ||
            { grep -m 5 'error' "$log" >&2 || tail -n 5 "$log" >&2; echo "sp does not build: see $log" >&2; exit 1; }
        mv "$built.new" "$built"
    fi
    exec {lock}>&-
}

is_current || build
exec dotnet "$program" "$@"
