#!/bin/sh
# Gives the one program that it has, which is built already: `xcaddy build <version> --with <module> --output <file>`.
set -eu
cat /etc/stand-in >&2
program=/usr/lib/xcaddy/caddy
version=$("$program" version | cut -d ' ' -f 1)
module=$("$program" build-info | awk '$1 == "dep" && $2 ~ /caddy-ratelimit/ { print $2 "@" $3 }')
if [ "$#" != 6 ] || [ "$1 $2 $3 $4 $5" != "build $version --with $module --output" ]; then
  echo "This stand-in has only Caddy $version with $module, not: xcaddy $*" >&2
  exit 1
fi
cp "$program" "$6"
