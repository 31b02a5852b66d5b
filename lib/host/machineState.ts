/** What a machine says of itself while it is being prepared. */
export interface MachineState {
  readonly user: string;
  /** Whether the user may do what root may, without a password. */
  readonly root: boolean;
  /** Of the preparation that was done last; empty before the first. */
  readonly digest: string;
  /** Its own ed25519 host key; empty where it has none. */
  readonly hostKey: string;
  /** Version of the Docker engine that the user reaches; empty where there is none. */
  readonly engine: string;
  readonly cloudInit: CloudInit;
}

export interface CloudInit {
  /** `absent` where it isn't installed or is switched off. */
  readonly status: "absent" | "waiting" | "running" | "done" | "error";
  /** What it is at: `modules:final`. */
  readonly detail: string;
}

/** Where a preparation notes that it is done. */
export const preparedMarker = "/var/lib/slipway/prepared";

/** For any POSIX shell: prints what {@link readMachineState} reads. */
export const machineStateScript = `
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
echo "user=$(id -un)"
if as_root true 2>/dev/null; then echo root=yes; else echo root=no; fi
echo "digest=$(cat ${preparedMarker} 2>/dev/null)"
echo "hostKey=$(cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub 2>/dev/null)"
echo "engine=$(docker version --format '{{.Server.Version}}' 2>/dev/null)"
if command -v cloud-init >/dev/null 2>&1; then
  # Its exit code tells of errors, which its words tell too.
  { as_root cloud-init status --long 2>/dev/null || true; } | sed 's/^/cloud-init: /'
fi
`;

export function readMachineState(printed: string): MachineState {
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(printed)?.[1]?.trim() ?? "";
  return {
    user: value("user"),
    root: value("root") === "yes",
    digest: value("digest"),
    hostKey: value("hostKey"),
    engine: value("engine"),
    cloudInit: readCloudInit(printed),
  };
}

/** From `cloud-init status --long`, whose words differ a little between releases. */
function readCloudInit(printed: string): CloudInit {
  const lines = printed.split("\n").flatMap((line) => /^cloud-init: ?(.*)$/.exec(line)?.[1] ?? []);
  const word = lines.flatMap((line) => /^status: (.*)$/.exec(line)?.[1]?.trim() ?? [])[0];
  const stage = /Running in stage: *(\S+)/.exec(lines.join("\n"))?.[1] ?? "";
  const detail = stage || (/^detail:\s*(.*)$/m.exec(lines.join("\n"))?.[1]?.trim() ?? "");
  switch (word) {
    case undefined:
    case "disabled":
      return { status: "absent", detail: "" };
    case "not run":
    case "not started":
      return { status: "waiting", detail };
    case "running":
      return { status: "running", detail };
    case "error":
      return { status: "error", detail };
    default:
      return { status: "done", detail };
  }
}
