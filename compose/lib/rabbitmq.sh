# shellcheck shell=bash
# A private RabbitMQ node: own data, ports, password, cookie and name server (epmd), on 127.0.0.1 alone.
# Runs as user `rabbitmq` if we are root, else as ourselves.

# The programs themselves: the wrappers of the package in /usr/sbin insist on the system's node, and
# would start an epmd that listens on every address.
RABBITMQ_BIN=/usr/lib/rabbitmq/bin
RABBITMQ_NODE=kezek@localhost

rabbitmq_url() {
  echo "amqp://kezek:$(secret_of rabbitmq)@127.0.0.1:$(port_of rabbitmq)/%2f"
}

rabbitmq_home() { readlink -f "$VAR/rabbitmq"; }

# The broker's pid, if it runs. The flag is ours, means nothing to Erlang, and names this folder.
rabbitmq_pid() {
  local pid file
  file=$(rabbitmq_home)/broker.pid
  [[ -r $file ]] && read -r pid <"$file" || return 1
  pid_runs "$pid" "-kezek_instance $INSTANCE" && echo "$pid"
}

rabbitmq_epmd_pid() {
  local pid file
  file=$(rabbitmq_home)/epmd.pid
  [[ -r $file ]] && read -r pid <"$file" || return 1
  pid_runs "$pid" "epmd -port $(port_of epmd) " && echo "$pid"
}

# rabbitmq_as HOME COMMAND...: with our settings and nothing else from the environment.
rabbitmq_as() {
  local home=$1 cores schedulers
  shift
  cores=$(nproc)
  schedulers=$((cores > 2 ? cores / 2 : 1))
  as rabbitmq env -i HOME="$home" PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    ERL_EPMD_PORT="$(port_of epmd)" ERL_EPMD_ADDRESS=127.0.0.1 \
    RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_NODENAME=$RABBITMQ_NODE \
    RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_NODE_PORT="$(port_of rabbitmq)" \
    RABBITMQ_DIST_PORT="$(port_of rabbitmq-node)" \
    RABBITMQ_MNESIA_BASE="$home/data" RABBITMQ_LOG_BASE="$home/log" \
    RABBITMQ_CONFIG_FILE="$home/kezek.conf" RABBITMQ_ADVANCED_CONFIG_FILE="$home/none.config" \
    RABBITMQ_GENERATED_CONFIG_DIR="$home/generated" RABBITMQ_ENABLED_PLUGINS_FILE="$home/plugins" \
    RABBITMQ_PID_FILE="$home/pid" RUNNING_UNDER_SYSTEMD=true \
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none +S $schedulers:$schedulers -kezek_instance $INSTANCE" \
    RABBITMQ_CTL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
    "$@"
}
# RUNNING_UNDER_SYSTEMD: the start script replaces itself by the broker instead of watching over it, so
#   the pid is the broker's and SIGTERM is its orderly stop.
# +sbwt...: idle schedulers sleep instead of spinning; the cores are shared with the rest of the build.
# +S: half of the cores, for the same reason. With a scheduler on each, the broker's own threads wake one
#   another across cores that PostgreSQL and we are busy on: at 70 % of the most that two cores can do,
#   the slowest percent of requests then waits for 30 ms instead of 19.

rabbitmq_make() {
  local home=$1
  mkdir -p "$home"/{data,log,generated}
  if [[ ! -s $home/.erlang.cookie ]]; then
    (umask 077 && head -c 18 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$home/.erlang.cookie.new")
    chmod 400 "$home/.erlang.cookie.new" && mv "$home/.erlang.cookie.new" "$home/.erlang.cookie"
  fi
  echo '[].' >"$home/plugins"
  # The user is made with the data, at the first start; the node is reachable from this machine alone,
  # and every local user would know guest's password.
  (umask 077 && cat >"$home/kezek.conf") <<CONF
# Written at every start by compose/lib/rabbitmq.sh.
default_user = kezek
default_pass = $(secret_of rabbitmq)
default_user_tags.administrator = true
default_permissions.configure = .*
default_permissions.read = .*
default_permissions.write = .*
log.console = false
log.file.level = info
CONF
  if ((EUID == 0)); then chown -R rabbitmq: "$home"; fi
}

# Does the broker answer the AMQP greeting? Listeners open at the very end of its start, so this is
# readiness, and it spares a second Erlang machine that rabbitmqctl would be. Connection.start is a
# method frame, whose first octet is 1.
rabbitmq_answers() {
  (
    export LC_ALL=C
    exec 3<>"/dev/tcp/127.0.0.1/$(port_of rabbitmq)" || exit 1
    printf 'AMQP\0\0\11\1' >&3
    IFS= read -r -d '' -n 1 -t 5 octet <&3 && [[ $octet == $'\1' ]]
  ) 2>/dev/null
}

# rabbitmq_spawn HOME NAME COMMAND...: in a session of its own, so that Ctrl-C in the terminal does not
# reach it: what stops, and in which order, is decided by the command that started it.
rabbitmq_spawn() {
  local home=$1 name=$2
  shift 2
  # shellcheck disable=SC2016 # expanded by the inner shell, which becomes the command
  rabbitmq_as "$home" setsid --fork sh -c 'echo $$ >"$1"; log=$2; shift 2; exec "$@" >>"$log" 2>&1' \
    - "$home/$name.pid" "$home/log/$name.out" "$@" </dev/null
}

# Started by us, because the one that Erlang would start by itself is a daemon of which nobody knows
# the pid.
rabbitmq_epmd_start() {
  local port until=$((SECONDS + 20))
  rabbitmq_epmd_pid >/dev/null && return 0
  port=$(port_claim epmd)
  rabbitmq_spawn "$1" epmd epmd -port "$port" -address 127.0.0.1
  until port_busy "$port"; do
    ((SECONDS < until)) || return 1
    sleep 0.1
  done
}

rabbitmq_start() {
  local home
  rabbitmq_pid >/dev/null && { rabbitmq_await; return; }
  home=$(home_of rabbitmq rabbitmq)
  port_claim rabbitmq >/dev/null
  port_claim rabbitmq-node >/dev/null
  rabbitmq_make "$home"
  rabbitmq_epmd_start "$home"
  rm -f "$home/broker.pid"
  rabbitmq_spawn "$home" broker "$RABBITMQ_BIN/rabbitmq-server"
  rabbitmq_await
}

# Until it answers; the deadline is for a machine that is busy building.
rabbitmq_await() {
  local home until=$((SECONDS + 180)) seen=false
  home=$(rabbitmq_home)
  until rabbitmq_answers; do
    # The start script becomes the broker after a moment; from then on its absence is its death.
    if rabbitmq_pid >/dev/null; then
      seen=true
    elif $seen || ! pid_alive "$(cat "$home/broker.pid" 2>/dev/null || echo 1)"; then
      echo 'the broker ended while starting' >&2
      say_log "$home/log/broker.out"
      return 1
    fi
    if ((SECONDS >= until)); then
      echo 'the broker does not answer' >&2
      say_log "$home/log/broker.out"
      return 1
    fi
    sleep 0.2
  done
}

# SIGTERM is the broker's orderly stop.
rabbitmq_stop() {
  local pid
  if pid=$(rabbitmq_pid); then
    kill -TERM "$pid"
    pid_await 60 "$pid" || { warn 'the broker did not stop within 60 s: killed'; kill -9 "$pid"; }
  fi
  if pid=$(rabbitmq_epmd_pid); then
    kill -TERM "$pid"
    pid_await 10 "$pid"
  fi
}

# As if the power failed. The name server stays, as it would in a cluster's other machines; the next
# start finds it.
rabbitmq_kill9() {
  local pid children
  pid=$(rabbitmq_pid) || die 'rabbitmq does not run' 'compose/lib/servers start rabbitmq'
  mapfile -t children < <(pid_children "$pid")
  kill -9 "$pid" "${children[@]}" 2>/dev/null || true
  pid_await 30 "$pid" "${children[@]}"
}

rabbitmq_ctl() { rabbitmq_as "$(rabbitmq_home)" "$RABBITMQ_BIN/rabbitmqctl" -q "$@"; }
