#!/bin/sh
cat /etc/stand-in >&2
exec /usr/sbin/squid "$@"
