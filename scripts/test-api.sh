#!/bin/bash
# Serves everything as `make run` does, and lets Schemathesis look for an answer that functions/openapi.yaml does not describe,
# or a request that it describes and the server does not take (Tests/Clients/API). Ends with 1 when there is one.
#
#   scripts/test-api.sh [SECONDS [SEED]]   how long to look (240), and which requests to make (1: the same every time)
#
#   PYTHON_PACKAGES   a folder with the packages of Tests/Clients/API/requirements.txt;
#                     otherwise they are installed from PyPI
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"

seconds=${1:-240} seed=${2:-1}
[[ $seconds =~ ^[1-9][0-9]*$ && $seed =~ ^[0-9]+$ ]] || fail "usage: scripts/test-api.sh [SECONDS [SEED]]"
require_packages python3:python3
# shellcheck source=scripts/served.sh
. "$root/scripts/served.sh"
install_libraries Tests/Clients/API/requirements.txt Schemathesis
start_mail_server() {
  python3 Tests/Functions/Auth/smtp-server.py >"$dir/mails" 2>"$dir/mail.log" &
  helpers+=($!)
  for _ in {1..100}; do
    [ ! -s "$dir/mails" ] || break
    sleep 0.1
  done
  [ -s "$dir/mails" ] || explain_failure "starting the mail server" "$dir/mail.log" "$dir"
  BREATH_SMTP_URL=smtp://127.0.0.1:$(head -n 1 "$dir/mails")
  export BREATH_SMTP_URL BREATH_MAILS=$dir/mails BREATH_TOOL=$root/.build/release/breath
}

say "Validating functions/openapi.yaml as OpenAPI 3.1 …"
python3 -m openapi_spec_validator --schema 3.1 functions/openapi.yaml || fail "functions/openapi.yaml is no OpenAPI: see above"
start_git_hub
# Limits are there to be reached by somebody who tries everything; they have tests of their own.
export BREATH_RATE_LIMIT_FACTOR=100000
start_server
start_mail_server
# For the outbox, which is not one of the functions.
# shellcheck source=/dev/null
. "$BREATH_DATA/env"
export BREATH_API=${url:?} PYTHONPATH=$root/Tests/Clients/API${PYTHONPATH:+:$PYTHONPATH} PYTHONDONTWRITEBYTECODE=1
export BREATH_UNREACHED=$dir/unreached
say "Looking for $seconds s at $BREATH_API …"
cd "$dir"
# Its warnings guess at what our own list of what was reached tells.
st --config-file "$root/Tests/Clients/API/schemathesis.toml" run "$root/functions/openapi.yaml" --url "$BREATH_API" \
  --phases examples,coverage,fuzzing,stateful --checks all --seed "$seed" --max-time "$seconds" \
  --generation-database none --warnings off
[ ! -s "$dir/unreached" ] || fail "never done with success, so not really tested:$(tr '\n' ' ' <"$dir/unreached" | sed 's/^/ /')"
say "Every operation did what it is for, and nothing was found."
