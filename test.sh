#!/usr/bin/env bash
# Builds everything once, warnings being errors, and runs every test project under tests/. The last line printed is always
# "N passed, N failed, N skipped"; the exit code is 0 only when the build succeeded, at least one test ran and none failed.
# Results, logs and screenshots are in artifacts/. CONFIGURATION=Debug builds Debug.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
exec </dev/null

configuration=${CONFIGURATION:-Release}
results=$PWD/artifacts/tests
chromium=/usr/bin/chromium
passed=0 failed=0 skipped=0 broken=0

# Servers that outlive the build would hold a CI job's output open; machines without a home still need a place for NuGet.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 MSBUILDDISABLENODEREUSE=1
[ -w "${HOME:-/nonexistent}" ] || export HOME=$PWD/artifacts/home

say() { printf '%s\n' "$*" >&2; }

finish() {
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$broken" -eq 0 ] && [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

# install <Debian package>: as root, or through sudo where that asks for nothing.
install() {
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get)
    [ "$(id -u)" -eq 0 ] || apt=(sudo -n "${apt[@]}")
    command -v apt-get >/dev/null && "${apt[@]}" update -qq >&2 && "${apt[@]}" install -y -qq --no-install-recommends "$1" >&2
}

need_dotnet() {
    command -v dotnet >/dev/null || { [ -x "${HOME}/.dotnet/dotnet" ] && export PATH="$HOME/.dotnet:$PATH"; } || {
        say "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download"
        return 1
    }
}

# The browser tests drive Debian's Chromium.
need_chromium() {
    [ -x "$chromium" ] || install chromium || say "$chromium is missing and cannot be installed from here: apt-get install chromium"
    [ -x "$chromium" ]
}

build() {
    # No -q: what restore and the compiler have to say is short, and all there is when they fail.
    dotnet build KlaviyoExport.sln -c "$configuration" -v minimal -nodeReuse:false -p:UseSharedCompilation=false >&2
}

# count <attribute> <result file>: the runner's own totals, from the <assembly …> element.
count() { grep -o -m1 "<assembly [^>]*" "$2" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*'; }

run() {
    local project=$1 name result
    name=$(basename "$project" .csproj)
    result=$results/$name.xml
    say "== $name"
    # A test that hangs is named after two minutes, and ends the project after fifteen.
    timeout --kill-after=10 900 "$(dirname "$project")/bin/$configuration/net10.0/$name" -noLogo -noColor -diagnostics -longRunning 120 -xml "$result" -trx "$results/$name.trx" >&2
    local code=$?
    if [ ! -s "$result" ] || ! count total "$result" >/dev/null; then
        say "$name ended with $code before it could say how its tests went."
        broken=1
        return
    fi
    passed=$((passed + $(count passed "$result")))
    # An error outside a test (a fixture's clean-up, say) is a failure too.
    failed=$((failed + $(count failed "$result") + $(count errors "$result")))
    skipped=$((skipped + $(count skipped "$result") + $(count not-run "$result")))
    [ "$code" -eq 0 ] || broken=1
}

rm -rf "$results"
mkdir -p "$results" "$HOME"
need_chromium || broken=1
need_dotnet && build || { broken=1; finish; }
for project in tests/*.Tests/*.Tests.csproj; do run "$project"; done
finish
