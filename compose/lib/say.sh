# shellcheck shell=bash
# What the user sees: plain lines, tasks with elapsed seconds, and errors that name the next step.
#
# On a terminal the running tasks share one status line that is redrawn; elsewhere (CI, a pipe) a full
# line appears every ten seconds, so that silence never has to be interpreted.

SAY_TERMINAL=false
[[ -t 1 ]] && SAY_TERMINAL=true
SAY_EVERY=10

say() { printf '%s\n' "$*"; }
say_head() { printf '\n== %s\n' "$*"; }
warn() { printf 'warning: %s\n' "$*" >&2; }

# die WHAT [NEXT STEP]
die() {
  say_clear
  printf '\nerror: %s\n' "$1" >&2
  [[ $# -gt 1 ]] && printf ' next: %s\n' "$2" >&2
  exit 1
}

say_clear() { if $SAY_TERMINAL; then printf '\r\033[K'; fi; }

# The end of a log, indented, with its path: what one wants to read first after a failure.
say_log() {
  [[ -s $1 ]] || { printf '  (%s is empty)\n' "$1" >&2; return 0; }
  printf '  last lines of %s:\n' "$1" >&2
  tail -n "${2:-15}" "$1" | say_plain | cut -c1-300 | sed 's/^/  | /' >&2
}

# Without colours: some tools write them into logs, too.
say_plain() { sed 's/\x1b[[(][0-9;]*[A-Za-z]//g'; }

# --- tasks: commands that run side by side, each with its own log -------------------------------

declare -A TASK_PID=() TASK_LOG=() TASK_SINCE=() TASK_HINT=()
TASKS=()            # the names of those that run
declare -A TOOK=()  # seconds, by finished task
TASKS_FAILED=()     # the names of those that failed
TASK_STREAM=false   # true: the next task is shown in full while it runs, besides its log

# task NAME LOG HINT COMMAND...   (COMMAND may be a function; see `step` about errexit)
# Monitor mode for the moment of the fork gives the task its own process group, so that stopping it
# stops cargo together with the compilers that cargo has started.
task() {
  local name=$1 log=$2 hint=$3
  shift 3
  mkdir -p "$(dirname "$log")"
  set -m
  if $TASK_STREAM; then
    (task_run "$@" 2>&1 | tee "$log") </dev/null &
  else
    task_run "$@" >"$log" 2>&1 </dev/null &
  fi
  TASK_PID[$name]=$!
  set +m
  TASKS+=("$name")
  TASK_LOG[$name]=$log TASK_SINCE[$name]=$SECONDS TASK_HINT[$name]=$hint
}

task_run() {
  set +m
  trap - INT TERM HUP EXIT
  place_unlock
  "$@"
}

# tasks_await NAME...: waits for these; shows how all that run get on. 0: these succeeded. 1: one of
# these failed; its log has been shown, and whatever else runs goes on.
tasks_await() {
  local name rc spoken=$SECONDS running remaining failed=0
  while :; do
    remaining=() running=false
    for name in "${TASKS[@]}"; do
      if kill -0 "${TASK_PID[$name]}" 2>/dev/null; then
        remaining+=("$name")
        if among "$name" "$@"; then running=true; fi
        continue
      fi
      rc=0
      wait "${TASK_PID[$name]}" || rc=$?
      TOOK[$name]=$((SECONDS - TASK_SINCE[$name]))
      say_clear
      if ((rc == 0)); then
        printf '  done    %-28s %4d s\n' "$name" "${TOOK[$name]}"
        continue
      fi
      printf '  FAILED  %-28s %4d s\n' "$name" "${TOOK[$name]}"
      $TASK_STREAM || say_log "${TASK_LOG[$name]}" 25
      [[ -n ${TASK_HINT[$name]} ]] && printf ' next: %s\n' "${TASK_HINT[$name]}" >&2
      TASKS_FAILED+=("$name")
      if among "$name" "$@"; then failed=1; fi
    done
    TASKS=("${remaining[@]}")
    if ((failed)) || ! $running; then break; fi
    if $TASK_STREAM; then
      :
    elif $SAY_TERMINAL; then
      tasks_line
    elif ((SECONDS - spoken >= SAY_EVERY)); then
      spoken=$SECONDS
      for name in "${TASKS[@]}"; do
        printf '  ...     %-28s %4d s  %s\n' "$name" $((SECONDS - TASK_SINCE[$name])) "$(task_doing "$name")"
      done
    fi
    sleep 0.2
  done
  # One of these may have ended while we waited for another.
  for name in "${TASKS_FAILED[@]}"; do
    if among "$name" "$@"; then failed=1; fi
  done
  return $failed
}

# What a task said last.
task_doing() {
  { tail -c 400 "${TASK_LOG[$1]}" 2>/dev/null || true; } | tr '\r' '\n' | say_plain |
    sed '/^[[:space:]]*$/d; s/^ *//' | tail -n 1 | cut -c1-60
}

tasks_line() {
  local name doing text=''
  for name in "${TASKS[@]}"; do
    doing=$(task_doing "$name")
    text+="${text:+   }$name $((SECONDS - TASK_SINCE[$name])) s${doing:+ ($doing)}"
  done
  printf '\r\033[K  %s' "${text:0:${COLUMNS:-100}}"
}

# Stops what is still running; used on the way out.
tasks_stop() {
  local name
  for name in "${TASKS[@]}"; do kill -TERM -- "-${TASK_PID[$name]}" 2>/dev/null || true; done
  for name in "${TASKS[@]}"; do wait "${TASK_PID[$name]}" 2>/dev/null || true; done
  TASKS=()
}

# among WORD WORDS...
among() {
  local word
  for word in "${@:2}"; do if [[ $word == "$1" ]]; then return 0; fi; done
  return 1
}

# step NAME LOG HINT COMMAND...: one task, waited for; STEP tells whether it succeeded.
# By a variable and not by its status: in `step … || die` bash would switch errexit off inside the
# command, too, and a function would run on after its first failure.
STEP=true
step() {
  task "$@"
  STEP=true
  tasks_await "$1" || STEP=false
}
