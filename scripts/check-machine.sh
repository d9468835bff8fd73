#!/bin/bash
# Says what this machine has of what the project takes, and for what it lacks the one command that mends it. Changes
# nothing. Ends with 1 when `make run` or `make test` would not work.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"

# What a build of everything and its tests take, on the safe side.
memory_mb_min=3500 disk_mb_min=3000 postgres_major_min=15
lacking=0

has() { printf 'has     %-22s %s\n' "$1" "$2"; }
#   lacks WHAT HOW
lacks() {
  printf 'LACKS   %-22s %s\n' "$1" "$2"
  lacking=1
}
# shellcheck disable=SC2317  # called by its name
could() { printf 'could   %-22s %s\n' "$1" "$2"; }

as_root() { if [ "$(id -u)" = 0 ]; then printf '%s' "$*"; else printf 'sudo %s' "$*"; fi; }

#   packages KIND WHAT COMMAND:PACKAGE…    KIND is lacks or could, for what is missing
packages() {
  local kind=$1 what=$2 missing
  shift 2
  missing=$(missing_packages "$@")
  if [ -z "$missing" ]; then
    has "$what" "$(printf '%s\n' "${@##*:}" | paste -sd ' ')"
  else
    "$kind" "$what" "$(as_root "scripts/packages.sh$missing")"
  fi
}

check_swift() {
  local problem
  problem=$(swift_problem)
  if [ -z "$problem" ]; then has Swift "$(swift_version)"; else lacks Swift "$problem"; fi
}

check_postgres() {
  local bin version
  if ! bin=$(postgres_bin); then return; fi # said by the packages already
  version=$("$bin/postgres" --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')
  if ((version >= postgres_major_min)); then
    has PostgreSQL "$version in $bin"
  else
    lacks PostgreSQL "$version is older than $postgres_major_min: $(as_root scripts/packages.sh postgresql) on Debian 12 or newer"
  fi
}

check_memory() {
  local mb
  mb=$(awk '$1 == "MemAvailable:" || $1 == "SwapFree:" { kb += $2 } END { printf "%d", kb / 1024 }' /proc/meminfo)
  if ((mb >= memory_mb_min)); then
    has memory "$((mb / 1024)) GB free, of $memory_mb_min MB for a build; $(nproc) processors"
  else
    lacks memory "$mb MB free of $memory_mb_min for a build: run a release, which needs none: make run BREATH_BIN=…/bin"
  fi
}

check_disk() {
  local mb built=0
  mb=$(df -Pm "$root" | awk 'NR == 2 { print $4 }')
  [ ! -d "$root/.build" ] || built=$(du -sm "$root/.build" | cut -f 1)
  if ((mb + built >= disk_mb_min)); then
    has 'disk space' "$mb MB free, of $disk_mb_min MB for everything ($built MB are built)"
  else
    lacks 'disk space' "$mb MB free of $((disk_mb_min - built)): rm -rf .build-* takes away what 'make bundle' and the like made"
  fi
}

check_port() {
  local port=${PORT:-8787}
  if is_listening "$port"; then
    could "port $port" "be free: something listens there, 'make run' perhaps; else make run PORT=$(free_port)"
  else
    has "port $port" "free; PostgreSQL takes one that is free, too"
  fi
}

check_dependencies() {
  local problem
  if problem=$(require_network 2>&1); then
    has dependencies "$([ -f "$root/.build/workspace-state.json" ] && echo "fetched" || echo "github.com can be reached")"
  else
    lacks dependencies "${problem#breath: }"
  fi
}

check_swift
packages lacks 'for building' "${build_packages[@]}"
packages lacks 'for running' "${run_packages[@]}"
check_postgres
packages lacks 'for make test' "${test_packages[@]}"
packages could 'for make lint' "${lint_packages[@]}"
packages could 'for its pictures' "${picture_packages[@]}"
check_memory
check_disk
check_port
check_dependencies
say "'make run', 'make test' and 'make lint' install Debian packages by themselves where they may."
exit "$lacking"
