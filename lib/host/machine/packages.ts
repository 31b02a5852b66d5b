import { type Part, quoted } from "./part";

/**
 * The distribution's packages. One that fails to start, as auditd does in a container, doesn't stop the others.
 *
 * needrestart would restart the engine in the middle of an installation; its own rules for later are in upgrades.ts.
 */
export function packages(names: readonly string[]): Part {
  return {
    name: "packages",
    summary: `packages: ${names.join(", ")}`,
    script: `install_packages ${names.map(quoted).join(" ")}`,
  };
}

/** Functions that the other steps install with. */
export const packageFunctions = `
apt() {
  local attempt
  for attempt in 1 2 3 4 5; do
    if DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 UCF_FORCE_CONFFOLD=1 apt-get -q -y \\
      -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 -o APT::Install-Recommends=false \\
      -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@" > "$state/apt.log" 2>&1 < /dev/null; then
      return 0
    fi
    say "  apt-get $1 failed (attempt $attempt of 5): $(grep -m 1 '^E:' "$state/apt.log" || tail -n 1 "$state/apt.log")"
    [ "$attempt" = 5 ] || sleep $((attempt * 5))
  done
  tail -n 20 "$state/apt.log" >&2
  fail "the packages can't be installed. Does the machine reach its package archive? (apt-get update)"
}

installed() {
  [ "$(dpkg-query -W -f '\${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

install_packages() {
  local name
  local missing=()
  for name in "$@"; do
    installed "$name" || missing+=("$name")
  done
  [ "\${#missing[@]}" -gt 0 ] || return 0
  # What an installation that was cut off left behind.
  DEBIAN_FRONTEND=noninteractive dpkg --configure -a --force-confdef --force-confold > "$state/apt.log" 2>&1 < /dev/null || true
  if [ -z "$lists_updated" ]; then
    apt update
    lists_updated=yes
  fi
  apt install "\${missing[@]}"
}
`;
