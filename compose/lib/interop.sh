# shellcheck shell=bash
# Signatures that others published to be verified: the vectors in the source of xmlsec1, as Debian 12
# has it. They have licences of their own and are not part of this repository.

INTEROP_SOURCE=pool/main/x/xmlsec1/xmlsec1_1.2.37.orig.tar.gz
INTEROP_SHA256=a75ba7aa698ebb6e1a7ed914896de27888c4f5cdf549cc0856e31585b4110c3c

# interop_archives: prints the archives that apt uses here: those whose lists it has, and those that
# are written down, for a bare image has no lists.
interop_archives() {
  {
    # shellcheck disable=SC2016 # apt's own variable
    apt-get indextargets --format '$(REPO_URI)' || true
    grep -hv '^#' /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} 2>/dev/null |
      grep -Eo 'https?://[^ ]+' || true
  } | sed 's#/*$##' | sort -u
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
  fetched=false
  for archive in $(interop_archives); do
    if ! $fetched && "$helper" download-file "$archive/$INTEROP_SOURCE" "$home/source.tar.gz" \
      "SHA256:$INTEROP_SHA256"; then fetched=true; fi
  done
  $fetched || die 'the vectors cannot be fetched' 'is the network there? apt-get update'
  tar -xzf "$home/source.tar.gz" -C "$home/unpacked" --strip-components 1 --no-same-owner
  mv "$home/unpacked/tests" "$home/vectors"
  rm -rf "$home/unpacked" "$home/source.tar.gz"
  echo "$INTEROP_SOURCE" >"$home/vectors/complete"
)
