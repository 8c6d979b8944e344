# shellcheck shell=bash
# Signatures that others published to be verified: the vectors in the source of xmlsec1, as Debian 12
# has it. They have licences of their own and are not part of this repository.

INTEROP_SOURCE=pool/main/x/xmlsec1/xmlsec1_1.2.37.orig.tar.gz
INTEROP_SHA256=a75ba7aa698ebb6e1a7ed914896de27888c4f5cdf549cc0856e31585b4110c3c

# interop_archive: prints the Debian archive that apt uses here, else the one that is everybody's.
interop_archive() {
  local used
  used=$(grep -hv '^#' /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
    grep -Eo 'https?://[^ ]+/debian(/| |$)' | head -n 1) || true
  used=${used:-http://deb.debian.org/debian}
  used=${used% }
  echo "${used%/}"
}

# interop_fetch: brings the vectors to .var/interop/vectors, once. apt's own helper is there on a bare
# Debian, goes the way that apt goes, and checks the digest.
interop_fetch() (
  set -euo pipefail
  home=$ROOT/.var/interop
  [[ -s $home/vectors/complete ]] && exit
  helper=/usr/lib/apt/apt-helper
  [[ -x $helper ]] || die "$helper is missing: this is not Debian" \
    "unpack tests/ of xmlsec1 1.2.37 to $home/vectors, and write a file 'complete' beside them"
  rm -rf "$home" && mkdir -p "$home/unpacked"
  # The archive that apt uses, else everybody's: a snapshot may have another layout.
  fetched=false
  for archive in "$(interop_archive)" http://deb.debian.org/debian; do
    if ! $fetched && "$helper" download-file "$archive/$INTEROP_SOURCE" "$home/source.tar.gz" \
      "SHA256:$INTEROP_SHA256"; then fetched=true; fi
  done
  $fetched || die 'the vectors cannot be fetched' 'is the network there? apt-get update'
  tar -xzf "$home/source.tar.gz" -C "$home/unpacked" --strip-components 1 --no-same-owner
  mv "$home/unpacked/tests" "$home/vectors"
  rm -rf "$home/unpacked" "$home/source.tar.gz"
  echo "$INTEROP_SOURCE" >"$home/vectors/complete"
)
