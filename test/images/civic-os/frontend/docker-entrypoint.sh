#!/bin/bash
# Writes the settings into the pages and their addresses into the headers, in the places that the original does.
set -eu
cat /etc/stand-in >&2
config=/usr/share/nginx/html/assets/config.js
cp "${config%.js}.template.js" "$config"
for name in POSTGREST_URL KEYCLOAK_{URL,REALM,CLIENT_ID} MAP_DEFAULT_{LAT,LNG,ZOOM} S3_{ENDPOINT,BUCKET}; do
  if [ -z "${!name:-}" ]; then echo "$name is required" >&2; exit 1; fi
  sed -i "s|\\\$$name|${!name}|g" "$config"
  sed -i "s|${name}_PLACEHOLDER|${!name}|g" /etc/nginx/conf.d/default.conf
done
exec "$@"
