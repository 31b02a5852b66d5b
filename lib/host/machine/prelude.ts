import { engineFunctions } from "./dataVolume";
import { packageFunctions } from "./packages";

/** Where the machine keeps what it knows of its preparation. */
export const stateFolder = "/var/lib/slipway";
/** The files of the preparation as they came. The script puts them in their places, so that it sees what changed. */
export const stagedFolder = `${stateFolder}/files`;
/** The digest of the preparation that the staged files are of. */
export const stagedMarker = `${stateFolder}/preparation`;

/** The script's start: what all of its steps use. */
export const prelude = `#!/bin/bash
# Prepares the machine. It can run as often as one likes and be cut off anywhere: the next run goes on.
set -Eeuo pipefail
umask 022
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
state=${stateFolder}
part=start
code=0
lists_updated=

say() {
  printf '%s\\n' "$*"
}

fail() {
  printf 'slipway: %s: %s\\n' "$part" "$*" >&2
  trap - ERR
  exit 1
}

trap 'code=$?; printf "slipway: %s: line %s failed with exit code %s: %s\\n" "$part" "$LINENO" "$code" "$BASH_COMMAND" >&2' ERR

# What has changed and is not in effect yet outlives a run that is cut off.
pending() {
  mkdir -p "$state/pending"
  : > "$state/pending/$1"
}

# Runs a command if something that it brings into effect has changed.
settle() {
  local concern=$1
  shift
  [ -e "$state/pending/$concern" ] || return 0
  "$@"
  rm -f "$state/pending/$concern"
}

# Puts text in a file in one move, unless it is there already; true if it changed.
write() {
  local mode=$1 path=$2 concern=$3 temporary
  mkdir -p "$(dirname "$path")"
  temporary="$path.slipway-new"
  cat > "$temporary"
  chmod "$mode" "$temporary"
  if [ -f "$path" ] && [ ! -L "$path" ] && cmp -s "$temporary" "$path"; then
    rm -f "$temporary"
    chmod "$mode" "$path"
    return 0
  fi
  [ -z "$concern" ] || pending "$concern"
  mv -f "$temporary" "$path"
}

# Puts a staged file in its place.
place() {
  write "$1" "$2" "\${3:-}" < "$state/files$2"
}

# Sets "key value" in a file of such lines.
set_value() {
  local path=$1 key=$2 value=$3
  [ -f "$path" ] || return 0
  awk -v key="$key" -v value="$value" '
    $1 == key { if (!done) print key "\\t" value; done = 1; next }
    { print }
    END { if (!done) print key "\\t" value }
  ' "$path" | write 0644 "$path" ""
}

# A service that can't start in a container is no reason to stop; the doctor tells of it.
enable() {
  systemctl enable --quiet "$1" 2> /dev/null || say "  $1 can't be enabled"
  systemctl is-active --quiet "$1" || systemctl start "$1" || say "  $1 doesn't start here"
}

restart() {
  systemctl restart "$1" || say "  $1 doesn't start here"
}

# Address of whoever is logged in by SSH and runs this; nothing when cloud-init does.
client_address() {
  local process=$$ connection
  while [ "$process" -gt 1 ]; do
    connection=$(tr '\\0' '\\n' < "/proc/$process/environ" 2> /dev/null | sed -n 's/^SSH_CONNECTION=//p') || true
    if [ -n "$connection" ]; then
      printf '%s\\n' "\${connection%% *}"
      return 0
    fi
    process=$(awk '/^PPid:/ { print $2 }' "/proc/$process/status")
  done
}

[ "$(id -u)" = 0 ] || fail "only root can prepare the machine"
# shellcheck disable=SC1091
. /etc/os-release
case "$ID-\${VERSION_ID:-}" in
  debian-1[2-9] | ubuntu-22.04 | ubuntu-2[4-9].*) ;;
  *) fail "\${PRETTY_NAME:-$ID} is not supported: use Debian 12 or newer, Ubuntu 22.04, 24.04 or newer" ;;
esac
mkdir -p "$state"
chmod 0755 "$state"
exec 9> /run/slipway-preparation.lock
flock --nonblock 9 || { say "another run prepares the machine: waiting for it to end"; flock 9; }
${packageFunctions}${engineFunctions}`;
