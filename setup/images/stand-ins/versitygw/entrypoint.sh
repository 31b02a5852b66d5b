#!/bin/sh
cat /etc/stand-in >&2
exec /usr/local/bin/versitygw "$@"
