#!/bin/bash
# Lets tools that others wrote look at what no test runs: style of Swift, mistakes in shell, Python, YAML and workflows,
# migrations that would stop a database, and whether functions/openapi.yaml is OpenAPI. Builds nothing, and needs the
# network the first time only, for Debian's packages and PyPI's. Ends with 1 when one of them found something, after all
# had their say, and with 69 when they could not be installed.
#
#   scripts/lint.sh [NAME…]     only these: swift, shell, workflows, sql, openapi, yaml, python
#
# The tools from PyPI are in .build/lint, in the versions of scripts/lint/requirements.txt. What they are not asked for, and
# why, is in ruff.toml, .squawk.toml, .swift-format, .yamllint.yaml, .github/jactionlint.yaml and .github/zizmor.yml.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"

all=(swift shell workflows sql openapi yaml python)
tools=.build/lint requirements=scripts/lint/requirements.txt
names=("$@")
((${#names[@]} > 0)) || names=("${all[@]}")
for name in "${names[@]}"; do
  [[ " ${all[*]} " == *" $name "* ]] || fail "there is no '$name' to lint, only: ${all[*]}"
done

# Made anew when other versions are asked for, and when the checkout was moved: programs of a venv know its path.
install_tools() {
  local made wanted
  wanted=$(printf '%s\n' "$root" && cat "$requirements")
  made=$(cat "$tools/made-of" 2>/dev/null || true)
  if [ "$made" != "$wanted" ] || ! "$tools/bin/python" -c '' 2>/dev/null; then
    say "Installing linters from PyPI (half a minute or so) …"
    rm -rf "$tools"
    mkdir -p .build
    (make_venv "$tools" "$requirements" .build/lint.log) || exit 69
    printf '%s\n' "$wanted" >"$tools/made-of"
  fi
  PATH=$root/$tools/bin:$PATH
}

# The files of a kind, of those that git knows or would: not what was built, fetched or made by `make run`. In a container
# the checkout is often somebody else's.
#   files PATTERN…
files() {
  git -c safe.directory="$root" ls-files --cached --others --exclude-standard -z -- "$@" |
    while IFS= read -r -d '' file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done
}

# Every script, whatever its name: by its first line.
scripts() {
  files scripts functions Tests .ci | xargs -r -d '\n' awk 'FNR == 1 && /^#!.*sh$|^# shellcheck shell=/ { print FILENAME }'
}

lint_swift() { swift format lint --strict --recursive Package.swift Sources Tests; }

lint_shell() {
  local list
  mapfile -t list < <(scripts)
  shellcheck --external-sources -- "${list[@]}"
}

# Their syntax, the types of their expressions and the shell in them; then what could be abused.
lint_workflows() {
  # Named, or those of the dependencies' checkouts count as ours.
  jactionlint --strict-exit --no-hints .github/workflows/*.yml .github/dependabot.yml && zizmor --offline --no-progress --quiet .github
}

lint_sql() {
  local list
  # Not what is dumped of them, for reading.
  mapfile -t list < <(files 'sql/*.sql' ':!sql/schema.sql')
  squawk "${list[@]}"
}

lint_openapi() { python scripts/lint/openapi.py functions/openapi.yaml; }

lint_yaml() {
  local list
  mapfile -t list < <(files '*.yml' '*.yaml')
  yamllint --strict "${list[@]}"
}

lint_python() {
  local list
  mapfile -t list < <(files '*.py')
  ruff check --quiet --no-cache "${list[@]}"
}

require_swift
require_only "${lint_packages[@]}"
[ -n "$(files Makefile)" ] || fail "git does not know this folder, and so which files are the project's: lint a clone"
install_tools
# SwiftPM leaves a folder behind each time.
TMPDIR=$(mktemp -d)
export TMPDIR
log=$TMPDIR/log
trap 'rm -rf --one-file-system "$TMPDIR"' EXIT
found=()
for name in "${names[@]}"; do
  began=$SECONDS
  if "lint_$name" >"$log" 2>&1; then
    printf 'ok      %-10s %3d s\n' "$name" $((SECONDS - began))
  else
    printf 'FOUND   %-10s %3d s\n' "$name" $((SECONDS - began))
    sed 's/^/  /' "$log"
    found+=("$name")
  fi
done
((${#found[@]} == 0)) || fail "the linters found something in: ${found[*]} (see above; 'make format' mends most of Swift's)"
say "The linters found nothing."
