#!/bin/bash
# Asks the server in this container whether it answers; exit 0 or 1. The image has no curl, and bash speaks TCP.
set -euo pipefail

exec 3<>"/dev/tcp/127.0.0.1/${PORT:-8787}"
printf 'GET /v1/admin/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r -t 5 _ code _ <&3
[ "$code" = 200 ]
