# shellcheck shell=bash
# A private PostgreSQL: own data, own port, own password, durable, on 127.0.0.1 alone.
# Runs as user `postgres` if we are root (PostgreSQL refuses root), else as ourselves.

# The programs of the version that made the data, else of the newest that is installed.
postgres_bin() {
  local made=$VAR/postgres/data/PG_VERSION bin
  if [[ -r $made ]]; then
    bin=/usr/lib/postgresql/$(<"$made")/bin
  else
    bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  fi
  [[ -x $bin/initdb && -x $bin/psql ]] && echo "$bin"
}

postgres_url() {
  echo "postgres://kezek:$(secret_of postgres)@127.0.0.1:$(port_of postgres)/kezek"
}

# The postmaster's pid, if it runs. Its children rename themselves, so `-D <data>` is the postmaster's.
postgres_pid() {
  local data pid
  data=$(readlink -f "$VAR/postgres")/data
  [[ -r $data/postmaster.pid ]] && read -r pid <"$data/postmaster.pid" || return 1
  pid_runs "$pid" "-D $data" && echo "$pid"
}

# postgres_make HOME BIN: initdb beside, then rename, so that an interrupted one leaves nothing behind.
postgres_make() {
  local home=$1 bin=$2 password=$1/password
  rm -rf "$home/data.new"
  secret_of postgres >"$password"
  ((EUID == 0)) && chown postgres: "$password"
  as postgres "$bin/initdb" -D "$home/data.new" -U kezek -A scram-sha-256 --pwfile "$password" \
    -E UTF8 --locale=C.UTF-8 --data-checksums
  rm -f "$password"
  as postgres sh -c "echo \"include '../kezek.conf'\" >>\"\$1/postgresql.conf\"" - "$home/data.new"
  mv "$home/data.new" "$home/data"
}

postgres_start() {
  local home bin data port attempt buffers
  postgres_pid >/dev/null && return 0
  home=$(home_of postgres postgres)
  data=$home/data
  bin=$(postgres_bin) ||
    die "the data in $data was made by PostgreSQL $(cat "$data/PG_VERSION" 2>/dev/null), which is missing here" \
      "install that version, or remove $VAR/postgres to begin anew"
  [[ -d $data ]] || postgres_make "$home" "$bin"
  # An eighth of the memory, at most half a gigabyte.
  buffers=$(awk '/^MemTotal/ { mb = int($2 / 8192); print (mb > 512 ? 512 : mb) }' /proc/meminfo)
  for attempt in 1 2 3; do
    port=$(port_claim postgres)
    cat >"$home/kezek.conf" <<CONF
# Written at every start by compose/lib/postgres.sh.
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
max_connections = 200
shared_buffers = ${buffers}MB
max_wal_size = 2GB
fsync = on
synchronous_commit = on
full_page_writes = on
CONF
    chmod 644 "$home/kezek.conf"
    # Nobody of ours runs (asked above), so the file is what a kill -9 left. PostgreSQL would refuse
    # to start if its number had passed to another process of the same user.
    rm -f "$data/postmaster.pid"
    if as postgres "$bin/pg_ctl" -s -w -t 180 -D "$data" -l "$home/server.log" start; then
      postgres_database "$bin"
      return
    fi
    # Somebody took the port between our look and the start: look again.
    tail -n 5 "$home/server.log" | grep -q 'Address already in use' && ((attempt < 3)) || break
  done
  say_log "$home/server.log"
  return 1
}

postgres_sql() {
  PGPASSWORD=$(secret_of postgres) "$1/psql" -X -q -A -t -v ON_ERROR_STOP=1 \
    -h 127.0.0.1 -p "$(port_of postgres)" -U kezek -d "$2" "${@:3}"
}

postgres_database() {
  local found
  found=$(postgres_sql "$1" postgres -c "select 1 from pg_database where datname = 'kezek'")
  [[ $found == 1 ]] || postgres_sql "$1" postgres -c 'create database kezek'
}

postgres_stop() {
  local pid data
  pid=$(postgres_pid) || return 0
  data=$(readlink -f "$VAR/postgres")/data
  as postgres "$(postgres_bin)/pg_ctl" -s -w -t 60 -m fast -D "$data" stop ||
    as postgres "$(postgres_bin)/pg_ctl" -s -w -t 30 -m immediate -D "$data" stop
  pid_await 30 "$pid"
}

# As if the power failed: the postmaster and every process of it, at once. Its children would notice
# the death by themselves, but hold the shared memory for a moment in which no start succeeds.
postgres_kill9() {
  local pid children
  pid=$(postgres_pid) || die 'postgres does not run' 'compose/lib/servers start postgres'
  mapfile -t children < <(pid_children "$pid")
  kill -9 "$pid" "${children[@]}" 2>/dev/null || true
  pid_await 30 "$pid" "${children[@]}"
}

postgres_ctl() { postgres_sql "$(postgres_bin)" kezek "$@"; }
