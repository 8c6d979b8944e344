# shellcheck shell=bash
# What a bare Debian 12 lacks, installed when missing and only then.

# debian_lacks: prints the packages that are missing for what is named:
#   compiler  aws-lc-rs compiles C and the Rust linker is cc
#   postgres, rabbitmq  the private servers
#   peers     clients that others wrote, for the flow tests
#   jdk       Java with its compiler: canonical forms and signatures that others made, for `trust`
#   token     a token in software, for the tests of keys in one
debian_lacks() {
  local need
  for need; do
    case $need in
    compiler) command -v cc >/dev/null || echo gcc libc6-dev make ;;
    postgres) postgres_bin >/dev/null 2>&1 || echo postgresql ;;
    rabbitmq) [[ -x $RABBITMQ_BIN/rabbitmq-server ]] || echo rabbitmq-server ;;
    token) command -v softhsm2-util >/dev/null || echo softhsm2 ;;
    peers)
      # ensurepip is what Debian splits off into python3-venv.
      python3 -c 'import venv, ensurepip' 2>/dev/null || echo python3 python3-venv
      command -v openssl >/dev/null || echo openssl
      command -v xmlsec1 >/dev/null || echo xmlsec1
      command -v xmllint >/dev/null || echo libxml2-utils
      ;;
    jdk) java --list-modules 2>/dev/null | grep '^jdk.compiler@' >/dev/null || echo default-jdk-headless ;;
    esac
  done
}

# debian_may: can we install at all? To be asked in the foreground: sudo may want a password, which a
# background task cannot read.
debian_may() {
  command -v apt-get >/dev/null ||
    die "these packages are missing: $*; and this is not Debian" \
      'start a Docker engine, or set KEZEK_DATABASE_URL and KEZEK_AMQP_URL to servers of yours'
  ((EUID == 0)) && return
  command -v sudo >/dev/null ||
    die "these packages are missing: $*" "as root: apt-get update && apt-get install $*"
  say "Debian packages are missing ($*); sudo may ask for your password to install them."
  sudo -v || die 'sudo refused' "as root: apt-get update && apt-get install $*"
}

# debian_install PACKAGE...
debian_install() {
  (($#)) || return 0
  local root=()
  ((EUID == 0)) || root=(sudo -n)
  # A signal in the middle would leave dpkg half-configured: apt-get runs in a session of its own,
  # and we act on the signal when it is through. The waiting time is for another apt-get's lock.
  trap 'exit 143' TERM
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive setsid --wait \
    apt-get -q -o DPkg::Lock::Timeout=300 update
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive setsid --wait \
    apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
  trap - TERM
}
