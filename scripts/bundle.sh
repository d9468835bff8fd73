#!/bin/bash
# Makes what is deployed: for each function a folder under packages/v1 and the same as a zip under .build/bundle.
#
# A zip for the platform's Go runtime: `exec` on top (functions/exec), the executable with a static Swift standard
# library under bin/, libpq with what it needs and the loader it was built for under lib/, licences, certificates, and a
# list of all that (sbom.cdx.json, CycloneDX). The same input gives the same bytes. Fails over 20 MB a zip, and when
# anything outside of the folder would be loaded.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"
# The modes of files are in the zips, and so in their hashes.
umask 022

functions=$(scripts/functions.sh)
limit=$((20 * 1000 * 1000))
warning=$((limit * 95 / 100))
version=$(sed -n 's/.*text = "\(.*\)".*/\1/p' Sources/breath/Version.swift)
build=.build-bundle
zips=.build/bundle

require_swift
require_packages zip:zip strip:binutils objdump:binutils python3:python3

require_network
say "Building with a static standard library (the first time takes 8 to 16 minutes; $build/bundle.log has what it says):"
mkdir -p "$build"
for name in $functions; do
  # Nothing loads code that would look for our symbols; without them the linker drops what nobody calls.
  say "  $name"
  swift build "${swift_flags[@]}" --static-swift-stdlib --scratch-path "$build" --product "$name" \
    -Xlinker --no-export-dynamic >"$build/bundle.log" 2>&1 ||
    { tail -n 20 "$build/bundle.log" >&2; fail "the build of $name failed: see $build/bundle.log"; }
done

# In place of what libpq loads and nobody calls (decision 0040).
stand_ins=$root/$build/stand-ins
scripts/libpq-stand-ins.sh "$stand_ins"

# Everything the executable loads, found through the loader that goes along.
libraries_of() { LD_LIBRARY_PATH=$stand_ins ldd "$1" | awk '$3 ~ /^\// { print $3 } $1 ~ /^\/.*ld-linux/ { print $1 }'; }

licences() {
  local folder=$1/licences library package
  mkdir -p "$folder"
  for library in "$1"/lib/*; do
    [ ! -e "$stand_ins/$(basename "$library")" ] || continue
    package=$(dpkg -S "*/$(basename "$library")" 2>/dev/null | head -n 1 | cut -d : -f 1) || true
    [ -z "$package" ] || cp -L "/usr/share/doc/$package/copyright" "$folder/$package.txt" 2>/dev/null || true
  done
  for checkout in "$build"/checkouts/*; do
    for file in "$checkout"/LICENSE*; do
      [ ! -f "$file" ] || cp "$file" "$folder/$(basename "$checkout").txt"
    done
  done
}

# One folder: exec, bin, lib, certificates, licences, and the list of what it is made of.
assemble() {
  local name=$1 folder=$2
  rm -rf "$folder"
  mkdir -p "$folder/bin" "$folder/lib"
  cp functions/exec "$folder/exec"
  strip -o "$folder/bin/function" "$build/release/$name"
  libraries_of "$folder/bin/function" | while read -r library; do
    install -m 0755 "$(readlink -f "$library")" "$folder/lib/$(basename "$library")"
  done
  install -m 0644 /etc/ssl/certs/ca-certificates.crt "$folder/ca-certificates.crt"
  licences "$folder"
  python3 scripts/sbom.py "$build" "$name" "$version" "$folder"
  find "$folder" -exec touch -h -d @0 {} +
}

# Fails when the loader, told to look nowhere else, still finds something outside.
check_closed() {
  local folder=$1 outside
  outside=$("$folder/lib/ld-linux-x86-64.so.2" --inhibit-cache --library-path "$folder/lib" --list "$folder/bin/function" |
    awk '$3 != "" && $3 ~ /^\// { print $3 } /not found/ { print $1 " (not found)" }' | grep -v "^$folder/" || true)
  [ -z "$outside" ] || fail "$folder would load what is not in it: $outside"
}

pack() {
  local folder=$1 zip=$2
  rm -f "$zip"
  (cd "$folder" && find . -type f | LC_ALL=C sort | sed 's|^\./||' | TZ=UTC zip -q -9 -X "$zip" -@)
}

mkdir -p "$zips" packages/v1
rm -rf packages/v1/*
printf '%-12s %10s %10s %10s  %-8s %s\n' function unpacked zip base64 glibc sha256
for name in $functions; do
  folder=$root/packages/v1/$name
  assemble "$name" "$folder"
  check_closed "$folder"
  pack "$folder" "$root/$zips/$name.zip"
  size=$(stat -c %s "$root/$zips/$name.zip")
  # base64 has four bytes for each three that were begun.
  # shellcheck disable=SC2017
  printf '%-12s %10d %10d %10d  %-8s %.16s\n' "$name" "$(du -sb "$folder" | cut -f 1)" "$size" $(((size + 2) / 3 * 4)) \
    none "$(sha256sum "$root/$zips/$name.zip" | cut -d ' ' -f 1)"
  ((size <= limit)) || fail "$name.zip is larger than $limit bytes: see what grew under packages/v1/$name"
  ((size <= warning)) || say "warning: $name.zip has $((limit - size)) bytes left of $limit" >&2
done
say "Ready to deploy: packages/v1, and the zips in $zips."
