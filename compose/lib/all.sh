# shellcheck shell=bash
# Everything in this folder, in the order of dependence.
KEZEK_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
for piece in say place debian interop postgres rabbitmq docker servers roles; do
  # shellcheck source=/dev/null
  source "$KEZEK_LIB/$piece.sh"
done
