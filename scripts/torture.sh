#!/bin/bash
# Plays fault histories of the sync protocol for so many seconds: against the model, against the executables, and against
# processes that are killed. Adds the totals to docs/reliability-ledger.tsv.
#
#   scripts/torture.sh SECONDS [OPTION…]     options go to 'torture', such as --seed 7 --level database
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"

require_swift
require_packages openssl:openssl
seconds=${1:-60}
shift || true
say "Building (the first time takes some minutes) …"
# shellcheck disable=SC2119  # its arguments are not ours
build_all >/dev/null
exec scripts/with-database.sh .build/release/torture \
  --seconds "$seconds" --ledger docs/reliability-ledger.tsv --workers "$(nproc)" "$@"
