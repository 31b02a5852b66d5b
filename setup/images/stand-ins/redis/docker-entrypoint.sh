#!/bin/bash
# Gives Debian's redis-server the behaviour of the original image: arguments without a program belong to redis-server,
# root steps down to redis, protected mode is off unless asked for.
set -euo pipefail

case "${1-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac

if [[ ${1-} == redis-server && $(id -u) == 0 ]]; then
  find . \! -user redis -exec chown redis:redis {} +
  exec setpriv --reuid=redis --regid=redis --clear-groups "$0" "$@"
fi

# Whether the configuration says something about protected mode: a file named as first argument, or an option.
sets_protected_mode() {
  local argument
  for argument in "$@"; do
    [[ $argument == --protected-mode ]] && return 0
  done
  [[ -f ${2-} ]] && grep --quiet --extended-regexp --ignore-case '^[[:space:]]*protected-mode[[:space:]]' "$2"
}

if [[ ${1-} == redis-server ]]; then
  cat /etc/stand-in >&2
  # Files of the data folder are for redis alone, unless the caller chose another mask.
  if [[ $(umask) == 0022 ]]; then umask 0077; fi
  # The original is compiled with protected mode off; Debian's build refuses every client from another container.
  if ! sets_protected_mode "$@"; then set -- "$@" --protected-mode no; fi
fi

exec "$@"
