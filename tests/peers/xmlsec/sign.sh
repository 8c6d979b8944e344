#!/bin/sh
# Signs a SOAP message with xmlsec1, for tests that our verifier reads what another author signs:
# sign.sh KEY.pem TEMPLATE.xml SIGNED.xml
# The template is a whole message with a ds:Signature whose DigestValue and SignatureValue are
# empty; algorithms, references and KeyInfo stay as the template has them.
# Status: 0 signed, 1 not, 2 wrong call or no tool.
set -eu

if [ $# -ne 3 ] || [ ! -r "$1" ] || [ ! -r "$2" ]; then
    echo "sign.sh KEY.pem TEMPLATE.xml SIGNED.xml" >&2
    exit 2
fi
command -v xmlsec1 >/dev/null || { echo "no xmlsec1 on this machine" >&2; exit 2; }

utility=http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd
lax=
case $(xmlsec1 --version) in
"xmlsec1 1.2."*) ;;
*) lax=--lax-key-search ;;
esac
if xmlsec1 --sign $lax --privkey-pem "$1" --output "$3" \
    --id-attr:Id http://schemas.xmlsoap.org/soap/envelope/:Body \
    --id-attr:Id "$utility:Timestamp" "$2"; then
    exit 0
fi
exit 1
