#!/bin/bash
# Looks for input that breaks a promise (Tests/Fuzz/FuzzTargets says which), with libFuzzer and AddressSanitizer of the
# Swift toolchain, and adds what it did to docs/fuzz-ledger.tsv.
#
#   scripts/fuzz.sh SECONDS [TARGET…]      SECONDS are shared by the targets; without names all of them
#
# An input that fails is made as small as it goes and kept in Tests/Fuzz/FuzzTests/Regressions/<target>, where every
# run of the tests tries it again; the command then ends with 1. What was learned stays in .build-fuzz/corpus for the next time.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"

build=.build-fuzz
ledger=docs/fuzz-ledger.tsv
all=(event query json cursor access-token refresh-token export sync)
seconds=${1:-240}
[[ $seconds =~ ^[0-9]+$ ]] || fail "say for how many seconds, like 'make fuzz SECONDS=240'"
shift || true
targets=("$@")
((${#targets[@]} > 0)) || targets=("${all[@]}")
each=$((seconds / ${#targets[@]}))
((each > 0)) || fail "$seconds seconds are too few for ${#targets[@]} targets"

# A crash is reported by libFuzzer; Swift's own report would wait for a debugger's answers.
export SWIFT_BACKTRACE=enable=no
# What a process keeps until its end is no leak of the code under test.
export ASAN_OPTIONS=detect_leaks=0:malloc_context_size=4

lib_fuzzer() {
  local resources
  resources=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath" *: *"\(.*\)".*/\1/p')
  find -L "$resources/clang/lib/linux" -name "libclang_rt.fuzzer_no_main-$(uname -m).a" 2>/dev/null | head -n 1
}

# The numbers libFuzzer ends with.
#   figure NAME LOG
figure() { sed -n "s/^stat::$1: *//p" "$2" | tail -n 1; }
coverage_of() { sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$1" | tail -n 1; }

# Makes the input in $2 smaller and keeps it under the name of its contents.
keep_crash() {
  local target=$1 crash=$2 small=$build/smaller-input folder=Tests/Fuzz/FuzzTests/Regressions/$1 kept
  cp "$crash" "$small"
  "$fuzz" -minimize_crash=1 -max_total_time=30 -exact_artifact_path="$small" "$crash" >/dev/null 2>&1 || true
  mkdir -p "$folder"
  kept=$folder/$(sha256sum "$small" | cut -c 1-16)
  mv "$small" "$kept"
  say "Kept as $kept: the test 'what once failed passes' fails until it is repaired."
}

run_target() {
  local target=$1 corpus=$build/corpus/$1 crashes=$build/crashes/$1 log=$build/$1.log crashed=0 inputs
  mkdir -p "$corpus"
  rm -rf "$crashes"
  mkdir -p "$crashes"
  export BREATH_FUZZ_TARGET=$target
  "$fuzz" --seeds "$corpus"
  "$fuzz" "$corpus" "Tests/Fuzz/FuzzTests/Regressions" -max_total_time="$each" -print_final_stats=1 \
    -rss_limit_mb=4096 -timeout=20 -max_len=16384 -artifact_prefix="$crashes/" >"$log" 2>&1 </dev/null || true
  for crash in "$crashes"/*; do
    [ -e "$crash" ] || continue
    crashed=$((crashed + 1))
    grep -m 3 -E 'Fatal error|ERROR:|SUMMARY' "$log" || true
    keep_crash "$target" "$crash"
  done
  inputs=$(find "$corpus" -type f | wc -l)
  [ -n "$(figure number_of_executed_units "$log")" ] || explain_failure "fuzzing $target" "$log" "$root"
  printf '%-14s %12s %8s/s %8s %7s %7s\n' "$target" "$(figure number_of_executed_units "$log")" \
    "$(figure average_exec_per_sec "$log")" "$(coverage_of "$log")" "$inputs" "$crashed"
  printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$(date -u +%F)" "$(git rev-parse --short HEAD 2>/dev/null || echo -)" \
    "$target" "$each" "$(figure number_of_executed_units "$log")" "$(figure average_exec_per_sec "$log")" \
    "$(coverage_of "$log")" "$inputs" "$crashed" >>"$ledger"
  failures=$((failures + crashed))
}

require_swift
require_packages git:git
BREATH_LIBFUZZER=$(lib_fuzzer)
[ -n "$BREATH_LIBFUZZER" ] || fail "this Swift has no libFuzzer: take a toolchain for Linux from https://www.swift.org/install"
export BREATH_LIBFUZZER
say "Building with libFuzzer and AddressSanitizer (the first time takes some minutes) …"
swift build "${swift_flags[@]}" --scratch-path "$build" --product fuzz \
  >"$build.log" 2>&1 || explain_failure "the build" "$build.log" "$root"
fuzz=$root/$build/release/fuzz
[ -e "$ledger" ] || printf 'date\tcommit\ttarget\tseconds\texecutions\tper_second\tcoverage\tcorpus\tcrashes\n' >"$ledger"

failures=0
printf '%-14s %12s %10s %8s %7s %7s\n' target executions rate coverage corpus crashes
for target in "${targets[@]}"; do run_target "$target"; done
say "All runs in $ledger together: $(awk -F '\t' 'NR > 1 { n += $5 } END { printf "%d", n }' "$ledger") executions."
((failures == 0)) || fail "$failures inputs broke a promise: see above"
