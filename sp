#!/usr/bin/env bash
# The command line of SessionPlatform. Builds itself when its sources have changed, then runs the built program.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
. "$root/scripts/lib.sh"
program=$root/cli/bin/Release/net10.0/sp.dll
export SESSIONPLATFORM_STATE=${SESSIONPLATFORM_STATE:-$root/.local}

if ! is_current "$program" "$root/cli"; then
    require_dotnet
    build_program cli/Cli.csproj "$program" "$root/cli"
fi
exec dotnet "$program" "$@"
