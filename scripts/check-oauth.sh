#!/bin/bash
# Serves everything as `make run` does, with a stand-in for GitHub, and walks through sign-in with OAuth libraries that others
# wrote (Tests/OAuth/check.py): the device grant, refresh, GitHub, and our tokens by our JWKS.
#
#   PYTHON_PACKAGES   a folder with the packages of Tests/OAuth/requirements.txt; otherwise they are installed from PyPI
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/tools.sh
. "$root/scripts/tools.sh"
cd "$root"

require_packages python3:python3
dir=$(mktemp -d)
chmod 0711 "$dir"
server='' git_hub=''
finish() {
  local code=$?
  trap - EXIT
  if [ -n "$server" ] && kill "$server" 2>/dev/null; then wait "$server" || true; fi
  [ -z "$git_hub" ] || kill "$git_hub" 2>/dev/null || true
  rm -rf "$dir"
  exit $code
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

install_libraries() {
  if [ -n "${PYTHON_PACKAGES:-}" ]; then
    export PYTHONPATH=$PYTHON_PACKAGES
    return
  fi
  say "Installing Authlib and PyJWT …"
  if ! { python3 -m venv "$dir/venv" && "$dir/venv/bin/pip" install -q -r Tests/OAuth/requirements.txt; } \
    >"$dir/pip.log" 2>&1; then
    explain_failure "installing from PyPI" "$dir/pip.log" "$dir"
  fi
  PATH=$dir/venv/bin:$PATH
}

# It lives as long as its standard input, and says where it listens.
start_git_hub() {
  mkfifo "$dir/keep"
  python3 Tests/OAuth/github.py <"$dir/keep" >"$dir/github" 2>"$dir/github.log" &
  git_hub=$!
  exec 8>"$dir/keep"
  for _ in {1..100}; do
    [ ! -s "$dir/github" ] || break
    sleep 0.1
  done
  [ -s "$dir/github" ] || explain_failure "starting GitHub's stand-in" "$dir/github.log" "$dir"
  BREATH_GITHUB_URL=http://127.0.0.1:$(<"$dir/github")
  export BREATH_GITHUB_URL
  export BREATH_GITHUB_API_URL=$BREATH_GITHUB_URL BREATH_GITHUB_CLIENT_ID=breath-test-client
  export BREATH_GITHUB_CLIENT_SECRET=breath-test-secret BREATH_GITHUB_REDIRECT_URIS=https://app.example/signed-in
}

start_server() {
  local port
  port=$(free_port)
  export PORT=$port BREATH_DATA=$dir/data url=http://127.0.0.1:$port
  # So that the issuer is the address at which clients find the metadata.
  export BREATH_ISSUER=$url/v1/auth
  scripts/run.sh >"$dir/run.log" 2>&1 8>&- &
  server=$!
  for _ in {1..9000}; do
    grep -q 'is ready at' "$dir/run.log" && return
    kill -0 "$server" 2>/dev/null || explain_failure "starting the server" "$dir/run.log" "$dir"
    sleep 0.1
  done
  explain_failure "starting the server within 15 minutes" "$dir/run.log" "$dir"
}

install_libraries
start_git_hub
start_server
python3 Tests/OAuth/check.py "$url"
