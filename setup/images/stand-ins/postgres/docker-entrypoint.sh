#!/bin/bash
# The documented contract of the original image, written anew: environment variables and their _FILE forms, the
# initialisation of an empty data directory, /docker-entrypoint-initdb.d, the step down from root.
set -Eeuo pipefail

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

# setting NAME DEFAULT: sets NAME from the environment, from the file that NAME_FILE names, or to the default.
setting() {
  local name=$1 file=${1}_FILE value=${2-}
  if [[ -n ${!name-} && -n ${!file-} ]]; then fail "error: both $name and $file are set (but are exclusive)"; fi
  if [[ -n ${!name-} ]]; then
    value=${!name}
  elif [[ -n ${!file-} ]]; then
    value=$(< "${!file}")
  fi
  export "$name"="$value"
  unset "$file"
}

read_settings() {
  setting POSTGRES_PASSWORD
  setting POSTGRES_USER postgres
  setting POSTGRES_DB "$POSTGRES_USER"
  setting POSTGRES_INITDB_ARGS
  setting POSTGRES_HOST_AUTH_METHOD
}

require_password() {
  if [[ -n $POSTGRES_PASSWORD ]]; then return; fi
  if [[ $POSTGRES_HOST_AUTH_METHOD == trust ]]; then
    echo 'WARNING: POSTGRES_HOST_AUTH_METHOD is "trust": anyone who reaches the port gets in without a password.' >&2
    return
  fi
  fail 'Error: Database is uninitialized and superuser password is not specified.' \
    '       Set POSTGRES_PASSWORD, or POSTGRES_PASSWORD_FILE with the path of a file that holds it.' \
    '       (POSTGRES_HOST_AUTH_METHOD=trust lets everyone in without a password: not for anything that matters.)'
}

create_directories() {
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA" 2> /dev/null || true
  mkdir -p /var/run/postgresql 2> /dev/null || true
  chmod 3775 /var/run/postgresql 2> /dev/null || true
  if [[ -n ${POSTGRES_INITDB_WALDIR-} ]]; then mkdir -p "$POSTGRES_INITDB_WALDIR" && chmod 0700 "$POSTGRES_INITDB_WALDIR"; fi
  if [[ $(id -u) == 0 ]]; then
    find "$PGDATA" /var/run/postgresql ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"} \
      \! -user postgres -exec chown postgres:postgres {} +
  fi
}

initialise_directory() {
  local arguments=()
  # The variable holds a command line, quotes included.
  eval "arguments=($POSTGRES_INITDB_ARGS)"
  if [[ -n ${POSTGRES_INITDB_WALDIR-} ]]; then arguments+=(--waldir "$POSTGRES_INITDB_WALDIR"); fi
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${arguments[@]}"
}

allow_hosts() {
  local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption "${@:2}")}
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
}

# The server of the initialisation listens on the unix socket only: nothing gets in before it is complete.
temporary_server() {
  case $1 in
    start) shift 2 && pg_ctl -w -D "$PGDATA" -o "$(printf '%q ' "$@" -c listen_addresses= -p "${PGPORT:-5432}")" start ;;
    stop) pg_ctl -w -D "$PGDATA" -m fast stop ;;
  esac
}

sql() {
  psql --set ON_ERROR_STOP=1 --no-psqlrc --no-password --username "$POSTGRES_USER" --host '' "$@"
}

create_database() {
  local exists
  exists=$(sql --dbname postgres --tuples-only --set name="$POSTGRES_DB" \
    <<< "SELECT 1 FROM pg_database WHERE datname = :'name';")
  if [[ -z $exists ]]; then sql --dbname postgres --set name="$POSTGRES_DB" <<< 'CREATE DATABASE :"name";'; fi
}

run_initialisation_files() {
  local file
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh)
        echo "$0: running $file"
        # A script without the executable bit shares this shell, as in the original.
        if [[ -x $file ]]; then "$file"; else . "$file"; fi
        ;;
      *.sql) echo "$0: running $file" && sql --dbname "$POSTGRES_DB" --file "$file" ;;
      *.sql.gz) echo "$0: running $file" && gunzip -c "$file" | sql --dbname "$POSTGRES_DB" ;;
      */'*') ;;
      *) echo "$0: ignoring $file" ;;
    esac
  done
}

initialise() {
  require_password
  initialise_directory
  allow_hosts "$@"
  export PGPASSWORD=$POSTGRES_PASSWORD
  temporary_server start "$@"
  create_database
  run_initialisation_files
  temporary_server stop
  unset PGPASSWORD
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

# Whether the server only answers a question and exits: no data directory is needed.
only_tells() {
  local argument
  for argument in "$@"; do
    case $argument in
      -'?' | --help | --describe-config | -V | --version | -C) return 0 ;;
    esac
  done
  return 1
}

if [[ ${1-} == -* ]]; then set -- postgres "$@"; fi

if [[ ${1-} == postgres ]] && ! only_tells "$@"; then
  read_settings
  create_directories
  if [[ $(id -u) == 0 ]]; then exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"; fi
  cat /etc/stand-in >&2
  if [[ -s $PGDATA/PG_VERSION ]]; then
    printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
  else
    initialise "$@"
  fi
fi

exec "$@"
