#!/bin/bash
# Makes stand-ins for the two libraries that Debian's libpq loads for what no function does: Kerberos and LDAP, 20 libraries
# and 3.7 MB of a zip that may have 20 (decision 0040).
#
#   scripts/libpq-stand-ins.sh FOLDER
#
# Writes libgssapi_krb5.so.2 and libldap-2.5.so.0, or what today's libpq calls them, with exactly the symbols that it takes
# from them. Each says that it could not: libpq then goes on without Kerberos, as it does where nobody has a ticket, and
# reads no connection parameters from a directory.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

folder=${1:?usage: scripts/libpq-stand-ins.sh FOLDER}
mkdir -p "$folder"
library=$(ldconfig -p | awk '$1 == "libpq.so.5" { print $NF; exit }')
[ -n "$library" ] || fail "libpq.so.5 is missing: install libpq5"
compiler=$(command -v clang || command -v cc) || fail "a C compiler is missing: Swift's own clang would do"

# Makes one of them.
#   stand_in PATTERN ANSWER   what its name begins with, and what each of its functions answers
stand_in() {
  local pattern=$1 answer=$2 soname source version symbols
  soname=$(objdump -p "$library" | awk -v pattern="$pattern" '$1 == "NEEDED" && $2 ~ pattern { print $2 }')
  [ -n "$soname" ] || return 0
  version=$(objdump -p "$library" |
    awk -v soname="$soname" '$0 ~ "required from " soname { found = 1; next } found { print $NF; exit }')
  symbols=$(objdump -T "$library" | awk -v version="($version)" \
    '/\*UND\*/ && $(NF - 1) == version { print $2 == "DO" || $3 == "DO" ? "data" : "function", $NF }')
  [ -n "$symbols" ] || fail "libpq takes nothing from $soname: see objdump -T $library"
  source=$folder/$soname.c
  awk -v answer="$answer" '
    $1 == "data" { print "void *" $2 " = 0;" }
    $1 == "function" { print "long " $2 "(void) { return " answer "; }" }' <<<"$symbols" >"$source"
  printf '%s { global: *; };\n' "$version" >"$folder/$soname.map"
  "$compiler" -shared -fPIC -Os -nostdlib -w -o "$folder/$soname" "$source" -Wl,-soname,"$soname" \
    -Wl,--version-script="$folder/$soname.map" -Wl,--build-id=none
  rm "$source" "$folder/$soname.map"
}

# GSS_S_FAILURE (RFC 2744, 3.9.1). Of LDAP only ldap_init is reached: no handle, no memory for one.
stand_in '^libgssapi' '13L << 16'
stand_in '^libldap' '0'
