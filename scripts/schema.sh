#!/bin/bash
# Writes what follows from the files in sql/: sql/schema.sql, for reading, and what the code needs of a database
# (Sources/Backend/Schema.swift).
#
#   scripts/schema.sh             both
#   scripts/schema.sh dump FILE   only the schema of the database at BREATH_TEST_DATABASE_URL
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"

# Tables, constraints, indexes, triggers, policies, grants and the signatures of functions; their bodies are in their files.
dump() {
  local bin
  bin=$(postgres_bin)
  "$bin/pg_dump" --schema-only --schema breath --schema breath_meta "$BREATH_TEST_DATABASE_URL" | awk '
    /^(--|SET |SELECT pg_catalog|\\)/ { next }
    /^CREATE FUNCTION/ { print $0 ";"; inside = 1; next }
    inside { if (/\$;$/) inside = 0; next }
    /^$/ { if (!blank) print; blank = 1; next }
    { blank = 0; print }'
}

if [ "${1:-}" = dump ]; then
  dump >"$2"
  exit
fi

require_swift
require_packages openssl:openssl
# As `SchemaFiles.definitionsDigest`, which is not built yet; MigrationTests compare the two.
digest=$(cd sql && find access functions -name '*.sql' | LC_ALL=C sort | while read -r path; do
  printf '%s %s\n' "$path" "$(sha256sum <"$path" | cut -d ' ' -f 1)"
done | sha256sum | cut -d ' ' -f 1)
newest=$(find sql/migrations -name '*.sql' | LC_ALL=C sort | tail -n 1)
newest=$(basename "$newest")
sed -i -e "s/\(definitionsNeeded = \)\".*\"/\1\"$digest\"/" \
  -e "s/\(migrationNeeded: Int32 = \).*/\1$((10#${newest:0:4}))/" Sources/Backend/Schema.swift
say "Building …"
# shellcheck disable=SC2119  # its arguments are not ours
build_all >&2
scripts/with-database.sh scripts/schema.sh dump sql/schema.sql
say "sql/schema.sql and Schema.swift are written."
