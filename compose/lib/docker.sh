# shellcheck shell=bash
# The same two servers in containers, from compose/compose.yaml, when a Docker engine answers.

# A client without an engine, or without the compose plugin, does not count.
docker_answers() {
  command -v docker >/dev/null && docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1
}

docker_compose() {
  KEZEK_POSTGRES_PORT=$(port_of postgres) KEZEK_RABBITMQ_PORT=$(port_of rabbitmq) \
    KEZEK_POSTGRES_PASSWORD=$(secret_of postgres) KEZEK_RABBITMQ_PASSWORD=$(secret_of rabbitmq) \
    docker compose -p "kezek-$INSTANCE" -f "$ROOT/compose/compose.yaml" "$@"
}

docker_pid() { [[ -n $(docker_compose ps -q --status running "$1" 2>/dev/null) ]]; }

docker_start() {
  docker_pid "$1" || port_claim "$1" >/dev/null
  docker_compose up -d --wait --wait-timeout 180 "$1" || {
    docker_compose logs --tail 15 "$1" >&2
    return 1
  }
}

docker_stop() { docker_compose stop "$1"; }
docker_kill9() { docker_compose kill -s KILL "$1"; }
docker_wipe() { docker_compose down --volumes --remove-orphans; }

docker_ctl() {
  case $1 in
  postgres) docker_compose exec -T postgres psql -X -q -A -t -v ON_ERROR_STOP=1 -U kezek kezek "${@:2}" ;;
  rabbitmq) docker_compose exec -T rabbitmq rabbitmqctl -q "${@:2}" ;;
  esac
}
