# shellcheck shell=bash
# Where things lie on this machine: the run-time folder, its lock, ports, passwords, users, processes.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

# place_use [DIR]: everything that is made at run time goes below DIR (default: KEZEK_VAR, then .var).
place_use() {
  VAR=${1:-${KEZEK_VAR:-.var}}
  [[ $VAR == /* ]] || VAR=$ROOT/$VAR
  mkdir -p "$VAR"/{log,run,ports}
  [[ -d $VAR/secrets ]] || (umask 077 && mkdir -p "$VAR/secrets")
  VAR=$(cd "$VAR" && pwd -P)
  # Names what belongs to this folder and to no other: data outside of it, containers, node flags.
  INSTANCE=$(printf '%s' "$VAR" | sha256sum | cut -c1-12)
}

# place_lock WHO: one compose/up or compose/test per folder. The kernel drops the lock with the
# process, whatever ends it, so there is no stale lock to clean up.
PLACE_LOCK=
place_lock() {
  mkdir -p "$ROOT/.var"
  exec {PLACE_LOCK}>>"$ROOT/.var/lock"
  if ! flock -n "$PLACE_LOCK"; then
    die "$(cat "$ROOT/.var/lock") already runs on this folder" \
      'let it finish or stop it with Ctrl-C in its window, then run this again'
  fi
  printf '%s (pid %d, since %(%H:%M:%S)T)' "$1" $$ -1 >"$ROOT/.var/lock"
}

# Children must not hold the lock: a server that outlives a killed command would keep it.
place_unlock() {
  if [[ -n $PLACE_LOCK ]]; then exec {PLACE_LOCK}>&-; fi
  PLACE_LOCK=
}

# --- ports ----------------------------------------------------------------------------------------

# Read from the kernel's table, because neither ss nor lsof is on a bare system.
port_busy() {
  local hex
  printf -v hex '%04X' "$1"
  grep -qs ":$hex [0-9A-F]*:0000 0A " /proc/net/tcp /proc/net/tcp6
}

# port_of NAME: the remembered port.
port_of() { cat "$VAR/ports/$1" 2>/dev/null; }

# port_claim NAME [PREFERRED]: the remembered port if it is free, else a new one, remembered.
# Below 32768, where the kernel takes the ports of outgoing connections from.
port_claim() {
  local name=$1 port
  for port in $(port_of "$name") ${2:-}; do
    port_busy "$port" || { echo "$port" | tee "$VAR/ports/$name"; return; }
  done
  while :; do
    port=$((20000 + RANDOM % 12000))
    if ! port_busy "$port" && ! grep -qsx "$port" "$VAR"/ports/*; then
      echo "$port" | tee "$VAR/ports/$name"
      return
    fi
  done
}

# secret_of NAME: a password, made once, readable by its owner alone.
secret_of() {
  local file=$VAR/secrets/$1
  if [[ ! -s $file ]]; then
    (umask 077 && head -c 18 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$file.new" && mv "$file.new" "$file")
  fi
  cat "$file"
}

# --- users ----------------------------------------------------------------------------------------

# as USER COMMAND...: as that user if we are root, else as ourselves. setpriv replaces itself by the
# command (no waiting parent, no PAM), so a process id taken of it is the command's own.
as() {
  local user=$1
  shift
  if ((EUID == 0)); then
    (cd / && exec setpriv --reuid "$user" --regid "$(id -g "$user")" --init-groups -- "$@")
  else
    (cd / && exec "$@")
  fi
}

# home_of NAME OWNER: makes and prints the folder of a server's data: $VAR/NAME.
#
# As root the servers run as their packages' users, and a clone below /root (mode 700) or under a
# strict umask is closed to them. Then the data goes to /var/lib/kezek-<instance>/NAME, which they can
# reach, and $VAR/NAME is a link to it. The instance is a hash of $VAR, so a copied clone, whose link
# still points at the data of the original, gets its own.
home_of() {
  local name=$1 owner=$2 near=$VAR/$1 far=/var/lib/kezek-$INSTANCE/$1
  if ((EUID != 0)); then
    mkdir -p "$near" && echo "$near"
    return
  fi
  if [[ ! -L $near ]]; then
    mkdir -p "$near" && chown "$owner": "$near" && chmod 750 "$near"
    if as "$owner" test -w "$near"; then
      echo "$near"
      return
    fi
    mkdir -p "${far%/*}" && chmod 711 "${far%/*}"
    [[ -e $far ]] || mv "$near" "$far"
    rm -rf "$near"
  fi
  mkdir -p "$far" && chmod 711 "${far%/*}" && chown "$owner": "$far" && chmod 750 "$far"
  ln -sfn "$far" "$near"
  echo "$far"
}

# home_wipe NAME: removes a server's data, wherever it lies.
home_wipe() {
  rm -rf "${VAR:?}/$1" "/var/lib/kezek-${INSTANCE:?}/$1"
  rmdir "/var/lib/kezek-$INSTANCE" 2>/dev/null || true
}

# --- processes ------------------------------------------------------------------------------------

# pid_runs PID WORDS: is PID alive, and is it ours: does its command line contain WORDS?
# A process id from a file says nothing by itself; after a reboot it belongs to somebody else.
pid_runs() {
  [[ $1 =~ ^[0-9]+$ && -r /proc/$1/cmdline ]] || return 1
  [[ $(tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null) == *"$2"* ]]
}

# pid_alive PID: exists and is not a zombie that waits for its parent.
pid_alive() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  stat=${stat##*) }
  [[ ${stat:0:1} != Z ]]
}

# pid_await SECONDS PID...: waits until all are gone.
pid_await() {
  local until=$((SECONDS + $1)) pid
  shift
  for pid; do
    while pid_alive "$pid"; do
      ((SECONDS < until)) || return 1
      sleep 0.1
    done
  done
}

# pid_children PID: without ps or pgrep, which a bare system lacks.
pid_children() {
  local file stat parent
  for file in /proc/[0-9]*/stat; do
    { read -r stat <"$file"; } 2>/dev/null || continue
    # After the name, which is in brackets and may hold anything: state, parent.
    read -r _ parent _ <<<"${stat##*) }"
    if [[ $parent == "$1" ]]; then
      file=${file#/proc/}
      echo "${file%/stat}"
    fi
  done
}

# http_status PORT PATH: the status code, without curl. Empty when nobody answers.
http_status() {
  (
    exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
    printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&3
    read -r -t 5 _ code _ <&3 && echo "$code"
  ) 2>/dev/null
}
