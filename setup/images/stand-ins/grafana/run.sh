#!/bin/sh
# As in the original, the value of any setting may be in a file: GF_SECURITY_ADMIN_PASSWORD__FILE names it.
set -e
for name in $(env | sed -n 's/^\(GF_[A-Za-z0-9_]*\)__FILE=..*/\1/p'); do
  if [ -n "$(printenv "$name")" ]; then
    echo "ERROR: Both $name and ${name}__FILE are set (but are exclusive)" >&2
    exit 1
  fi
  value=$(cat "$(printenv "${name}__FILE")")
  export "$name=$value"
  unset "${name}__FILE"
done
cat /etc/stand-in >&2
exec /usr/lib/stand-in/grafana
