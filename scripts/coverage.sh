#!/bin/bash
# Line coverage of the modules that everything rests on; fails below the limit.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"
percent_min=95
modules=(BreathDomain FunctionRuntime Pictures Postgres StrictJSON)

require_swift
require_packages "${test_packages[@]}"
# shellcheck disable=SC2119  # its arguments are not ours
build_all
# A folder of its own: counting is a flag.
swift build "${any_swift_flags[@]}" --build-path .build-coverage --build-tests --enable-code-coverage
scripts/with-database.sh swift test --build-path .build-coverage --skip-build --enable-code-coverage

profile=.build-coverage/debug/codecov/default.profdata
tests=$(echo .build-coverage/debug/*PackageTests.xctest)
llvm_cov=$(command -v llvm-cov || echo "$(dirname "$(readlink -f "$(command -v swift)")")/llvm-cov")
result=0
for module in "${modules[@]}"; do
  percent=$("$llvm_cov" report "$tests" -instr-profile "$profile" "Sources/$module" |
    awk '$1 == "TOTAL" { sub("%", "", $10); print $10 }')
  printf '%-16s %6s %% of lines\n' "$module" "$percent"
  if awk -v percent="$percent" -v min=$percent_min 'BEGIN { exit !(percent < min) }'; then result=1; fi
done
[ $result = 0 ] || fail "a module is covered by less than $percent_min %"
