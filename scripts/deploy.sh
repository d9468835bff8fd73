#!/bin/bash
# Deploys package v1 with doctl, tries it, and switches the public address to it.
#
#   scripts/deploy.sh NAMESPACE=URL                       in place, then a smoke test
#   scripts/deploy.sh NAMESPACE=URL NAMESPACE=URL         to the one that is not in use; a smoke test there; then the switch,
#                                                         a smoke test at PUBLIC_URL, and back again if that one fails
#   scripts/deploy.sh --back NAMESPACE=URL NAMESPACE=URL  only switches to the other one
#
# URL is the namespace's own, https://faas-…/api/v1/web/fn-…. With two, SWITCH_URL holds the URL that is in use: GET answers
# it, PUT with the bearer token SWITCH_TOKEN replaces it. PUBLIC_URL is the address that people know; without it the new
# namespace's own is tried once more. Variables of project.yml come from the environment.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
cd "$root"

back=''
if [ "${1:-}" = --back ]; then back=yes && shift; fi
(($# == 1 || $# == 2)) || fail "usage: scripts/deploy.sh [--back] NAMESPACE=URL [NAMESPACE=URL]"
for pair in "$@"; do [[ $pair == ?*=https://?* || $pair == ?*=http://?* ]] || fail "not NAMESPACE=URL: $pair"; done

# The token goes by standard input: arguments are there for everyone to see.
switch() {
  printf 'header = "Authorization: Bearer %s"\n' "${SWITCH_TOKEN:?is not set}" |
    curl --silent --show-error --fail --max-time 30 --config - "$@" "${SWITCH_URL:?is not set}"
}

deploy() {
  local namespace=$1 url=$2
  say "Deploying package v1 to $namespace …"
  doctl serverless connect "$namespace" || fail "doctl cannot connect to the namespace $namespace"
  doctl serverless deploy . || fail "the deployment to $namespace failed; nothing was switched"
  scripts/smoke.sh "$url" || fail "the new version in $namespace does not work; nothing was switched"
}

if (($# == 1)); then
  [ -z "$back" ] || fail "there is only one namespace: deploy the older version again"
  deploy "${1%%=*}" "${1#*=}"
  exit
fi

current=$(switch) || fail "cannot read $SWITCH_URL"
case $current in
"${1#*=}") next=$2 ;;
"${2#*=}") next=$1 ;;
*) fail "what SWITCH_URL holds is neither namespace's URL: set it by hand first" ;;
esac
[ -n "$back" ] || deploy "${next%%=*}" "${next#*=}"
switch --output /dev/null --request PUT --data-binary "${next#*=}" || fail "cannot write $SWITCH_URL; nothing was switched"
say "Switched to ${next%%=*}."
# The switch may be cached on its way for a minute; both versions work meanwhile.
sleep "${SWITCH_SECONDS:-60}"
if ! scripts/smoke.sh "${PUBLIC_URL:-${next#*=}}"; then
  switch --output /dev/null --request PUT --data-binary "$current" || fail "the new version fails and the switch too: act by hand"
  fail "the new version fails at the public address; switched back"
fi
