#!/bin/bash
# Lines of shell as people have them in i3blocks, polybar, tmux and waybar, with this server for the address of WakaTime's API.
#
#   status-bars.sh URL
set -euo pipefail
api=$1/v1 json='Content-Type: application/json'
waka=$api/stats/wakatime/users/current

member() { sed 's/.*"'"$1"'":"\([^"]*\)".*/\1/'; }
shown() { printf 'ok  %s\n' "$1"; }
expect() {
  if [ "$2" != "$3" ]; then
    printf 'not so: %s: "%s" is not "%s"\n' "$1" "$2" "$3" >&2
    exit 1
  fi
  shown "$1"
}

secret=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')
token=$(curl -sf "$api/auth/anonymous" -H "$json" \
  -d '{"device":{"id":"'"$(cat /proc/sys/kernel/random/uuid)"'","name":"bar","timeZone":"UTC"},"secret":"'"$secret"'"}' | member accessToken)
key() {
  curl -sf "$api/auth/keys" -H "Authorization: Bearer $token" -H "$json" \
    -d '{"name":"bar","scopes":["stats:read"],"spelling":"'"$1"'"}' | member key
}

for spelling in wakatime breath-master; do
  KEY=$(key "$spelling")
  # Each as it stands in somebody's status bar; that base64 may break lines is part of it.
  for TOKEN in "$(echo "$KEY" | base64)" "$(echo -n "$KEY" | base64)" "$(printf '%s:' "$KEY" | base64)" "$(base64 <<<"$KEY")"; do
    text=$(curl -s --header "Authorization: Basic ${TOKEN}" "$waka/status_bar/today" |
      python3 -c 'import json, sys; print(json.load(sys.stdin)["data"]["grand_total"]["text"])')
    expect "$spelling: a bar reads status_bar/today with $TOKEN" "$text" "0 secs"
  done
  for path in 'statusbar/today' 'summaries?start=today&end=today' 'summaries?start=yesterday&end=today&range=Last%20Month' \
    'summaries?range=last%207%20days' 'stats/last_7_days' 'all_time_since_today'; do
    status=$(curl -s -o /dev/null -w '%{http_code}' -H "Authorization: Basic $(echo "$KEY" | base64)" "$waka/$path")
    expect "$spelling: $path" "$status" 200
  done
  status=$(curl -s -o /dev/null -w '%{http_code}' -u "$KEY:" "$waka/status_bar/today")
  expect "$spelling: curl -u" "$status" 200
  status=$(curl -s -o /dev/null -w '%{http_code}' "$waka/status_bar/today?api_key=$KEY")
  expect "$spelling: a key in the address is none" "$status" 401
done

# As wakatime-cli and the editors' plugins look at a key before they send it.
form='^(waka_)?[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$'
expect "the key has the form that WakaTime's own clients take" "$(key wakatime | grep -icE "$form")" 1
echo "All of it works with bash, base64 and curl."
