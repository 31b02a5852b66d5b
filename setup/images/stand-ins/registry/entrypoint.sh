#!/bin/sh
set -e
cat /etc/stand-in >&2
exec docker-registry serve "$@"
