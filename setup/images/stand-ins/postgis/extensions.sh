#!/bin/bash
# As in the original, a new server has the extensions in its database and in a template for others.
set -e
psql=(psql --set ON_ERROR_STOP=1 --no-psqlrc --no-password --username "$POSTGRES_USER" --host '')
"${psql[@]}" --dbname postgres --command 'CREATE DATABASE template_postgis IS_TEMPLATE true'
for database in template_postgis "$POSTGRES_DB"; do
  for extension in postgis postgis_topology fuzzystrmatch postgis_tiger_geocoder; do
    "${psql[@]}" --dbname "$database" --command "CREATE EXTENSION IF NOT EXISTS $extension"
  done
done
