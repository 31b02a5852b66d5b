#!/bin/sh
set -eu
cat /etc/stand-in >&2
case "${PGRST_DB_URI:-}" in
  postgres://* | postgresql://*) ;;
  *) echo "PGRST_DB_URI must be an address that begins with postgres:// or postgresql://" >&2; exit 1 ;;
esac
case "${CIVIC_OS_VERIFY_FULL:-false}" in
  true | false) ;;
  *) echo "CIVIC_OS_VERIFY_FULL must be true or false" >&2; exit 1 ;;
esac

target="db:pg://${PGRST_DB_URI#*://}"
command="${1:-deploy}"
[ "$#" -eq 0 ] || shift
if [ "$command" != deploy ]; then exec sqitch "$command" "$@" "$target"; fi
sqitch deploy --verify "$@" "$target"
if [ "${CIVIC_OS_VERIFY_FULL:-false}" = true ]; then sqitch verify "$target"; fi
