#!/bin/bash
# Prints the functions that project.yml deploys, before anything is built: their names, one a line, which are those of
# their executables too. With `roles` the database roles they log in as, without breath_ and each once.
#
#   scripts/functions.sh [roles]
set -euo pipefail
project=$(dirname "$0")/../project.yml

# shellcheck disable=SC2016  # what stands in the file
case ${1:-names} in
names) awk '/^      - name: [a-z]+$/ { print $3; found = 1 } END { exit !found }' "$project" ;;
roles)
  sed -n 's/^ *DATABASE_URL: "${DATABASE_URL_\([A-Z]*\)}"$/\1/p' "$project" |
    awk '!seen[$1]++ { print tolower($1); found = 1 } END { exit !found }'
  ;;
*) exit 64 ;;
esac || {
  printf 'breath: no %s can be read in %s: see scripts/functions.sh\n' "${1:-names}" "$project" >&2
  exit 1
}
