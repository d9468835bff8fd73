# shellcheck shell=bash
# A server as `make run` starts it, with a stand-in for GitHub, for scripts that call it. Sourced, not run; after common.sh
# and tools.sh. All of it is in the folder $dir and ends with the script.

dir=$(mktemp -d)
chmod 0711 "$dir"
server='' helpers=()
finish() {
  local code=$? helper
  trap - EXIT
  if [ -n "$server" ] && kill "$server" 2>/dev/null; then wait "$server" || true; fi
  for helper in "${helpers[@]}"; do kill "$helper" 2>/dev/null || true; done
  rm -rf "$dir"
  exit $code
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Makes the packages that a file lists available to python3, and their programs.
#   install_libraries REQUIREMENTS WHAT
install_libraries() {
  if [ -n "${PYTHON_PACKAGES:-}" ]; then
    export PYTHONPATH=$PYTHON_PACKAGES PATH=$PYTHON_PACKAGES/bin:$PATH
    return
  fi
  say "Installing $2 …"
  make_venv "$dir/venv" "$1" "$dir/pip.log"
  PATH=$dir/venv/bin:$PATH
}

# It lives as long as its standard input, and says where it listens.
start_git_hub() {
  mkfifo "$dir/keep"
  python3 Tests/Clients/OAuth/github.py <"$dir/keep" >"$dir/github" 2>"$dir/github.log" &
  helpers+=($!)
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

# Sets url.
start_server() {
  local port
  port=$(free_port)
  export PORT=$port BREATH_DATA=$dir/data url=http://127.0.0.1:$port
  # So that the issuer is the address at which clients find the metadata.
  export BREATH_ISSUER=$url/v1/auth
  scripts/run.sh >"$dir/run.log" 2>&1 8>&- &
  server=$!
  for _ in {1..18000}; do
    grep -q 'is ready at' "$dir/run.log" && return
    kill -0 "$server" 2>/dev/null || explain_failure "starting the server" "$dir/run.log" "$dir"
    sleep 0.1
  done
  explain_failure "starting the server within 30 minutes" "$dir/run.log" "$dir"
}
