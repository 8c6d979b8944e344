# shellcheck shell=bash
# The program: building it, and its roles as processes, each with a log and a health port.

# Cargo's folder may have been moved.
program() { echo "${CARGO_TARGET_DIR:-$ROOT/target}/release/kezek"; }

# cargo_find: puts the place where rustup installs on the PATH; a fresh shell may lack it.
cargo_find() {
  command -v cargo >/dev/null && return
  [[ -x $HOME/.cargo/bin/cargo ]] && PATH=$HOME/.cargo/bin:$PATH
  command -v cargo >/dev/null
}

# With cargo; without it, in the image that compose/Dockerfile builds with, of which the program is
# then taken (it asks for glibc 2.36 or later).
program_build() {
  cd "$ROOT"
  if cargo_find; then
    cargo build --release --locked
  else
    DOCKER_BUILDKIT=1 docker build -f compose/Dockerfile --target program \
      --output "type=local,dest=$(dirname "$(program)")" .
  fi
}

ROLES=(courier relay work serve) # in the order of starting: who is asked starts before who asks
declare -A ROLE_PORT=() ROLE_PID=()

# role_start ROLE PREFERRED_PORT
role_start() {
  local role=$1 port variable=KEZEK_HEALTH_LISTEN
  port=$(port_claim "$role" "$2")
  [[ $role == serve ]] && variable=KEZEK_LISTEN
  (
    place_unlock
    cd "$ROOT"
    exec env "$variable=127.0.0.1:$port" setsid "$(program)" "$role"
  ) >"$VAR/log/$role.log" 2>&1 </dev/null &
  ROLE_PID[$role]=$!
  ROLE_PORT[$role]=$port
  echo "${ROLE_PID[$role]}" >"$VAR/run/$role.pid"
}

# A role that outlived a killed compose/up would work on beside the new one, on the old schema.
roles_reap() {
  local role pid
  for role in "${ROLES[@]}"; do
    [[ -r $VAR/run/$role.pid ]] && read -r pid <"$VAR/run/$role.pid" || continue
    pid_runs "$pid" "$(program) $role" || continue
    say "stopping \"kezek $role\" that an earlier run left behind (pid $pid)"
    kill -TERM "$pid" 2>/dev/null || true
    pid_await 35 "$pid" || kill -9 "$pid" 2>/dev/null || true
  done
}

# role_await ROLE: until its readiness page says 200. As a task: prints what it waits for.
role_await() {
  local role=$1 until=$((SECONDS + 90)) status shown=none
  while :; do
    status=$(http_status "${ROLE_PORT[$role]}" /health/ready || true)
    [[ $status == 200 ]] && return 0
    if ! pid_alive "${ROLE_PID[$role]}"; then
      echo "$role ended while starting"
      break
    fi
    if ((SECONDS >= until)); then
      echo "$role is not ready after 90 s: its /health/ready says ${status:-nothing}"
      break
    fi
    if [[ $shown != "$status" ]]; then
      shown=$status
      echo "its /health/ready says ${status:-nothing yet}"
    fi
    sleep 0.2
  done
  say_log "$VAR/log/$role.log" 20
  return 1
}

# In the reverse order, each given time to finish what it accepted.
roles_stop() {
  local role
  for role in serve work relay courier; do
    [[ -n ${ROLE_PID[$role]:-} ]] || continue
    kill -TERM "${ROLE_PID[$role]}" 2>/dev/null || true
    if ! pid_await 35 "${ROLE_PID[$role]}"; then
      warn "$role did not stop within 35 s: killed; see $VAR/log/$role.log"
      kill -9 "${ROLE_PID[$role]}" 2>/dev/null || true
    fi
    rm -f "$VAR/run/$role.pid"
  done
}
