#!/bin/sh
# By itself the image migrates and then serves, both as the role in POSTGRES_USER.
set -e
PGHOST="$POSTGRES_HOST" PGPORT="${POSTGRES_PORT:-5432}" PGDATABASE="$POSTGRES_DB" \
  PGUSER="$POSTGRES_USER" PGPASSWORD="$POSTGRES_PASSWORD" PGSSLMODE="${POSTGRES_SSLMODE:-disable}" \
  migrate -path /app/migrations -database postgres:/// up
exec ./clubhouse-server
