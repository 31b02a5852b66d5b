#!/bin/sh
# Arguments that name no program belong to node, as in the original: `docker run image server.js`.
set -e

is_program() {
  case "$1" in -*) return 1 ;; esac
  [ -n "$(command -v "$1")" ] || return 1
  # dash's `command -v` also answers for a file that isn't executable.
  [ ! -f "$1" ] || [ -x "$1" ]
}

is_program "${1-}" || set -- node "$@"
if [ "$1" = node ]; then cat /etc/stand-in >&2; fi
exec "$@"
