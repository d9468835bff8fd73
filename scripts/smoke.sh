#!/bin/bash
# Tries a deployment the way an editor uses it: a new anonymous device signs in, pushes one session, reads its progress.
# Prints the latencies; ends with 1 and one line at the first wrong answer.
#
#   scripts/smoke.sh URL [REPEATS]     URL is what comes before /v1/…, as http://127.0.0.1:8787
#
# Each run makes an account of its own with one session, which the nightly maintenance removes when nobody comes back.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

url=${1:-} repeats=${2:-5}
url=${url%/}
case $url in http://?* | https://?*) ;; *) fail "usage: make smoke URL=http://127.0.0.1:8787 [REPEATS=5]" ;; esac
[[ $repeats =~ ^[1-9][0-9]?$ ]] || fail "REPEATS must be a number from 1 to 99"
command -v curl >/dev/null || fail "curl is missing: install it"

dir=$(mktemp -d)
chmod 0700 "$dir"
trap 'rm -rf "$dir"' EXIT
: >"$dir/headers"

base64url() { base64 -w 0 | tr '+/' '-_' | tr -d '='; }

# The text of a member of the last answer.
member() { sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p" "$dir/answer" | head -n 1; }

# What the server itself says of a failure (RFC 9457).
complaint() {
  local code detail
  code=$(member code) detail=$(member detail)
  [ -z "$code$detail" ] || printf ': %s %s' "$code" "$detail"
}

# Headers go through a file and the body too: a token in the arguments is there for everyone to see.
#   call STEP EXPECTED_STATUS METHOD PATH [BODY]
call() {
  local step=$1 expected=$2 method=$3 path=$4 body=${5:-} status seconds result code=0
  local arguments=(--silent --show-error --max-time 60 --request "$method" --header "@$dir/headers"
    --output "$dir/answer" --dump-header "$dir/answer-headers" --write-out '%{http_code} %{time_total}')
  : >"$dir/answer"
  if [ -n "$body" ]; then
    printf '%s' "$body" >"$dir/body"
    arguments+=(--header 'Content-Type: application/json' --data-binary "@$dir/body")
  fi
  result=$(curl "${arguments[@]}" "$url$path" 2>"$dir/error") || code=$?
  ((code == 0)) || fail "smoke: $step: no answer from $url$path ($(head -n 1 "$dir/error"))"
  read -r status seconds <<<"$result"
  [ "$status" = "$expected" ] ||
    fail "smoke: $step: $method $path answered $status instead of $expected$(complaint)"
  printf '%s %s\n' "$seconds" "$step" >>"$dir/times"
}

#   expect STEP TEXT: the last answer holds TEXT.
expect() { grep -qF -- "$2" "$dir/answer" || fail "smoke: $1: the answer has no $2: is $url really Breath Master Sync?"; }

device=$(cat /proc/sys/kernel/random/uuid)
secret=$(head -c 32 /dev/urandom | base64url)
enrolment="{\"device\":{\"id\":\"$device\",\"name\":\"smoke test\",\"timeZone\":\"UTC\"},\"secret\":\"$secret\"}"

call 'health' 200 GET /v1/admin/healthz
call 'readiness' 200 GET /v1/admin/readyz
call 'refusal without token' 401 GET /v1/stats/summary
call 'sign-up' 201 POST /v1/auth/anonymous "$enrolment"
account=$(member account)
for ((round = 1; round <= repeats; round++)); do
  call 'sign-in' 200 POST /v1/auth/anonymous "$enrolment"
  [ "$(member account)" = "$account" ] || fail "smoke: sign-in: the same device got another account"
  token=$(member accessToken)
  [ -n "$token" ] || fail "smoke: sign-in: the answer has no accessToken"
  printf 'Authorization: Bearer %s\n' "$token" >"$dir/headers"

  started=$(($(date +%s%3N) - 300000 - round))
  at() { date -u -d "@$((($1) / 1000))" "+%Y-%m-%dT%H:%M:%S.$(printf %03d $((($1) % 1000)))Z"; }
  push="{\"device\":{\"name\":\"smoke test\",\"timeZone\":\"UTC\"},\"detail\":\"sessions\",\"push\":{\"sessions\":[{\"id\":\"sess-$started\",
    \"startedAt\":\"$(at $started)\",\"endedAt\":\"$(at $((started + 60000)))\",\"activeMs\":60000,\"cycles\":4}]}}"
  call 'sync of one session' 200 POST /v1/sync "$push"
  expect 'sync of one session' '"stored":1'
  call 'the same again' 200 POST /v1/sync "$push"
  expect 'the same again' '"duplicate":1'
  call 'stats read' 200 GET /v1/stats/summary
  expect 'stats read' '"level"'
  : >"$dir/headers"
done

printf '%-24s %5s %10s %10s\n' step calls 'p50 ms' 'max ms'
sort -n "$dir/times" | awk '
  { seconds = $1; $1 = ""; step = substr($0, 2) }
  NR == FNR { if (!(step in seen)) { seen[step]; order[++steps] = step }; next }
  { times[step, ++count[step]] = seconds }
  END {
    for (i = 1; i <= steps; i++) {
      step = order[i]
      printf "%-24s %5d %10.1f %10.1f\n", step, count[step], 1000 * times[step, int((count[step] + 1) / 2)], 1000 * times[step, count[step]]
    }
  }' "$dir/times" -
say "smoke: $url works."
