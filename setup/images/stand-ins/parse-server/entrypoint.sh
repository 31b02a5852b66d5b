#!/bin/sh
cat /etc/stand-in >&2
exec node ./bin/parse-server "$@"
