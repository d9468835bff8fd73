#!/bin/bash
# Makes what a release consists of, under .build/release-files: an archive with the executables, whose Swift is inside (they need
# glibc and libpq5), with the migrations and licences; what they were built from; the notes; and a list of hashes.
#
#   scripts/release.sh [TAG]     TAG must be v and the version that the tool and CHANGELOG.md have
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"
umask 022

functions=$(scripts/functions.sh)
mapfile -t products <<<"breath"$'\n'"$functions"
build=.build-bundle
files=.build/release-files

version=$(sed -n 's/.*static let text = "\(.*\)".*/\1/p' Sources/breath/Version.swift)
[ -z "${1:-}" ] || [ "$1" = "v$version" ] || fail "the tag is $1, and Sources/breath/Version.swift says $version"
notes=$(awk -v "head=## $version" 'index($0, head) == 1 { on = 1; next } /^## / { on = 0 } on' CHANGELOG.md)
[ -n "$notes" ] || fail "CHANGELOG.md has no section for $version"

require_swift
require_packages strip:binutils
require_network
name=breath-master-sync-$version-linux-$(uname -m)
rm -rf "$files"
mkdir -p "$files/$name/bin" "$files/$name/licences"
for product in "${products[@]}"; do
  say "Building $product …"
  swift build "${swift_flags[@]}" --static-swift-stdlib --scratch-path "$build" --product "$product" >"$build/release.log" 2>&1 ||
    explain_failure "the build of $product" "$build/release.log" "$root"
  strip -o "$files/$name/bin/$product" "$build/release/$product"
done
cp -R sql LICENSE CHANGELOG.md "$files/$name"
for checkout in "$build"/checkouts/*; do
  for licence in "$checkout"/LICENSE*; do [ ! -f "$licence" ] || cp "$licence" "$files/$name/licences/$(basename "$checkout").txt"; done
done
# Without the folders of this machine.
swift package --scratch-path "$build" show-dependencies --format json | sed '/^ *"path" *:/d' >"$files/dependencies.json"
printf '%s\n' "$notes" >"$files/notes.md"
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$files" -cf - "$name" | gzip -9n >"$files/$name.tar.gz"
rm -r "${files:?}/$name"
(cd "$files" && sha256sum -- *.tar.gz dependencies.json >SHA256SUMS)
say "Made $files:"
(cd "$files" && ls -l)
