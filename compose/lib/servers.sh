# shellcheck shell=bash
# The two servers, whoever runs them: `external` (a URL was given), `docker`, or `private` (Debian's).
# The kind is remembered per folder, so that compose/lib/servers, called by a test, acts on the same ones.

SERVERS=(postgres rabbitmq)

server_kind() { cat "$VAR/run/$1.kind" 2>/dev/null; }

# servers_choose: decides the kind of each, from the environment and from what this machine has.
servers_choose() {
  local server engine=''
  for server in "${SERVERS[@]}"; do
    if [[ -n $(server_given "$server") ]]; then
      echo external >"$VAR/run/$server.kind"
      server_given "$server" >"$VAR/secrets/$server.url"
      continue
    fi
    if [[ -z $engine ]]; then
      engine=private
      if docker_answers; then engine=docker; fi
    fi
    echo "$engine" >"$VAR/run/$server.kind"
  done
}

server_given() {
  case $1 in
  postgres) echo "${KEZEK_DATABASE_URL:-}" ;;
  rabbitmq) echo "${KEZEK_AMQP_URL:-}" ;;
  esac
}

# Where it is, without the password.
server_place() { server_url "$1" | sed 's#//[^@/]*@#//#'; }

server_url() {
  case $(server_kind "$1") in
  external) cat "$VAR/secrets/$1.url" ;;
  *) "$1_url" ;;
  esac
}

# server_do VERB SERVER [ARGUMENT...]
server_do() {
  local verb=$1 server=$2
  shift 2
  case $(server_kind "$server") in
  external) [[ $verb == start || $verb == stop || $verb == wipe ]] ||
    die "$server is at a URL that was given: it is not ours to $verb" "unset its URL to get a private one" ;;
  docker) "docker_$verb" "$server" "$@" ;;
  private) "${server}_$verb" "$@" ;;
  *) die "no $server has been started below $VAR" 'compose/up or compose/test starts it' ;;
  esac
}

# servers_up: installs what is missing and starts both, side by side. To be run as a task.
servers_up() {
  local packages server pids=() pid failed=0
  mapfile -t packages < <(servers_lack | tr ' ' '\n')
  debian_install "${packages[@]}"
  for server in "${SERVERS[@]}"; do
    server_do start "$server" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
  return $failed
}

servers_down() {
  local server pids=() pid
  for server in "${SERVERS[@]}"; do
    [[ -n $(server_kind "$server") ]] || continue
    server_do stop "$server" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || true; done
}

# The packages that the chosen kinds lack.
servers_lack() {
  local server
  for server in "${SERVERS[@]}"; do
    [[ $(server_kind "$server") == private ]] || continue
    debian_lacks "$server"
  done
}

# servers_wipe: stops what is ours and forgets its data.
servers_wipe() {
  local server
  servers_down
  if [[ " $(server_kind postgres) $(server_kind rabbitmq) " == *' docker '* ]]; then docker_wipe; fi
  for server in "${SERVERS[@]}"; do home_wipe "$server"; done
}
