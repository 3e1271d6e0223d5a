#!/bin/bash
# Writes the addresses of the services, which the AppHost passes as services__NAME__ENDPOINT__0, and the platform's key
# to a file that only its owner can read. Aside and renamed: a reader never meets half of it.
set -eu
file=$1
umask 077
{
    printf '{\n  "platformKey": "%s",\n  "dashboard": "%s",\n  "services": {' "$PLATFORM_KEY" "${DASHBOARD:-}"
    comma=
    for service in ingestion sessionizer funnel query; do
        grpc=services__${service}__grpc__0 http=services__${service}__http__0
        printf '%s\n    "%s": {"grpc": "%s", "http": "%s"}' "$comma" "$service" "${!grpc:-}" "${!http:-}"
        comma=,
    done
    printf '\n  }\n}\n'
} > "$file.new"
mv "$file.new" "$file"
