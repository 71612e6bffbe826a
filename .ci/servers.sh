# Packages and servers of the second test run. Sourced by .ci/run; everything lives in a temporary folder.

postgres_data='' postgres_bin='' redis_pid=''

install_packages() {
    local -A packages=([redis-server]=redis-server [chromium]=chromium [msgfmt]=gettext)
    local missing=() program
    for program in "${!packages[@]}"; do
        command -v "$program" >/dev/null || missing+=("${packages[$program]}")
    done
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
    if [[ ${#missing[@]} -eq 0 ]]; then
        echo "PostgreSQL, Redis, Chromium and gettext are installed."
        return 0
    fi
    export DEBIAN_FRONTEND=noninteractive
    timeout "$STEP_LIMIT" apt-get update -qq &&
        timeout "$STEP_LIMIT" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# PostgreSQL refuses to run as root.
as_postgres() {
    if [[ $(id -u) -eq 0 ]]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

start_postgres() {
    local folder=$1/postgres port
    port=$(free_port) || return 1
    postgres_bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
    mkdir "$folder" || return 1
    if [[ $(id -u) -eq 0 ]]; then chown postgres "$folder" || return 1; fi
    as_postgres "$postgres_bin/initdb" -D "$folder/data" -U site -A trust -E UTF8 --locale=C.UTF-8 \
        --no-sync >/dev/null || return 1
    postgres_data=$folder/data
    # Nothing of it outlives the run, so nothing needs to reach the disk.
    as_postgres "$postgres_bin/pg_ctl" -D "$postgres_data" -l "$folder/log" -w -t "$STEP_LIMIT" \
        -o "-p $port -h 127.0.0.1 -k $folder -c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
        start >/dev/null || { cat "$folder/log"; return 1; }
    DATABASE_URL="postgres://site@127.0.0.1:$port/postgres"
    as_postgres "$postgres_bin/postgres" --version
}

start_redis() {
    local port
    port=$(free_port) || return 1
    redis-server --port "$port" --bind 127.0.0.1 --save '' --appendonly no --dir "$1" >"$1/redis.log" &
    redis_pid=$!
    for _ in $(seq 50); do
        if redis-cli -p "$port" ping >/dev/null 2>&1; then
            REDIS_URL="redis://127.0.0.1:$port/0"
            redis-server --version
            return
        fi
        sleep 0.2
    done
    cat "$1/redis.log"
    return 1
}

stop_servers() {
    [[ -n $redis_pid ]] && kill "$redis_pid" 2>/dev/null || true
    [[ -n $postgres_data ]] && as_postgres "$postgres_bin/pg_ctl" -D "$postgres_data" -m immediate stop >/dev/null || true
}
