#!/bin/sh
# Verifies the WS-Security signature of a SOAP message with xmlsec1, by the key of a given
# certificate: verify.sh CERTIFICATE.pem MESSAGE.xml
# Status: 0 it verifies and the Body is among what was signed, 1 it does not, 2 wrong call or no
# tool. xmlsec1 knows nothing of WS-Security, so the key is given and not read from the message,
# and each element that may carry a wsu:Id is named.
set -eu

if [ $# -ne 2 ] || [ ! -r "$1" ] || [ ! -r "$2" ]; then
    echo "verify.sh CERTIFICATE.pem MESSAGE.xml" >&2
    exit 2
fi
for tool in xmlsec1 xmllint; do
    command -v $tool >/dev/null || { echo "no $tool on this machine" >&2; exit 2; }
done

soap=http://schemas.xmlsoap.org/soap/envelope/
wss=http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity
utility=$wss-utility-1.0.xsd

# What the Body's signature is worth: one Body, whose wsu:Id a Reference of the one Signature names.
signed="count(/*/*[local-name()='Body' and namespace-uri()='$soap'
    and concat('#', @*[local-name()='Id' and namespace-uri()='$utility'])
        = /*/*[local-name()='Header']/*[local-name()='Security']/*[local-name()='Signature']
            /*[local-name()='SignedInfo']/*[local-name()='Reference']/@URI])
    * count(/*/*[local-name()='Body'])
    * count(/*/*[local-name()='Header']/*[local-name()='Security']/*[local-name()='Signature'])"
if [ "$(xmllint --nonet --xpath "$signed" "$2")" != 1 ]; then
    echo "FAIL the Body is not what was signed" >&2
    exit 1
fi

# From 1.3 on a key that the message does not name is used only if asked for.
lax=
case $(xmlsec1 --version) in
"xmlsec1 1.2."*) ;;
*) lax=--lax-key-search ;;
esac
if xmlsec1 --verify $lax --pubkey-cert-pem "$1" --enabled-reference-uris same-doc \
    --id-attr:Id "$soap:Body" --id-attr:Id "$utility:Timestamp" "$2"; then
    exit 0
fi
exit 1
