import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import type { PreparationArgs } from "../../../../../lib/host/machine/arguments";
import { preparation, preparationDigest } from "../../../../../lib/host/machine/preparation";

const args: PreparationArgs = {
  publicKeys: [
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF5v2v0x8uQzMbMYfCk8Yq2b6cJQ2sU7m3rA1uXh0zqT ada@example.com",
  ],
  sshFrom: ["203.0.113.7/32"],
  swap: 2048,
  ports: { http: 80, https: 443 },
};
const dataDevice = "/dev/disk/by-id/scsi-0DO_Volume_shop";

function content(path: string, changes: Partial<PreparationArgs> = {}): string {
  const file = preparation({ ...args, ...changes }).files.find(
    (one) => one.path === `/var/lib/slipway/files${path}`,
  );
  if (file === undefined) throw new Error(`There is no ${path}.`);
  return file.content;
}

function lines(path: string, changes: Partial<PreparationArgs> = {}): string[] {
  return content(path, changes).split("\n");
}

it.each([
  ["with all", { dataDevice }],
  ["without a data volume, swap and keys", { swap: 0, publicKeys: [] }],
])("is a script that bash reads, %s", (_, changes) => {
  const { script } = preparation({ ...args, ...changes });
  expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" })).toMatchObject({
    status: 0,
    stderr: "",
  });
});

it("takes the steps in an order in which the firewall is before the engine, and sshd last", () => {
  const steps = [...preparation({ ...args, dataDevice }).script.matchAll(/^prepare_(\w+)$/gm)].map(
    ([, name]) => name,
  );
  expect(steps).toEqual([
    ...[
      "host_keys",
      "user",
      "packages",
      "superuser",
      "journal",
      "kernel",
      "firewall",
      "data_volume",
      "docker",
    ],
    ...["swap", "time", "fail2ban", "upgrades", "hardening", "sshd"],
  ]);
});

it("stages every file that the script puts in its place, and no other", () => {
  const { files, script } = preparation({ ...args, dataDevice });
  const placed = [...script.matchAll(/^place \d{4} (\S+)/gm)].map(
    ([, path]) => `/var/lib/slipway/files${path}`,
  );
  expect(files.map(({ path }) => path)).toEqual([...placed, "/var/lib/slipway/preparation"]);
  expect(files.filter((file) => !file.content.endsWith("\n"))).toEqual([]);
});

it("has sshd as the reference asks", () => {
  const settings = lines("/etc/ssh/sshd_config.d/00-slipway.conf");
  expect(settings).toEqual(
    expect.arrayContaining([
      ...[
        "PermitRootLogin no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "MaxAuthTries 3",
      ],
      ...["LoginGraceTime 30", "X11Forwarding no", "AllowAgentForwarding no", "MaxSessions 64"],
      ...[
        "MaxStartups 100:30:200",
        "PermitOpen [/var/run/docker.sock]:*",
        "AllowStreamLocalForwarding local",
      ],
    ]),
  );
});

it("has the engine as the reference asks", () => {
  expect(JSON.parse(content("/etc/slipway/daemon.json"))).toEqual({
    "default-ulimits": { nofile: { Hard: 65536, Name: "nofile", Soft: 65536 } },
    icc: false,
    ip: "127.0.0.1",
    "live-restore": true,
    "log-driver": "json-file",
    "log-opts": { "max-file": "3", "max-size": "10m" },
    "no-new-privileges": true,
    "userland-proxy": false,
  });
});

it("keeps all of the engine's data on the data volume, and the engine waits for it", () => {
  expect(JSON.parse(content("/etc/slipway/daemon.json", { dataDevice }))).toMatchObject({
    features: { "containerd-snapshotter": false },
  });
  expect(lines("/etc/systemd/system/docker.service.d/10-slipway-data.conf", { dataDevice })).toContain(
    "RequiresMountsFor=/var/lib/docker",
  );
  expect(preparation(args).script).not.toContain("mkfs");
});

it("sets the kernel as the reference asks", () => {
  expect(lines("/etc/sysctl.d/99-zz-slipway.conf")).toEqual(
    expect.arrayContaining([
      ...["net.ipv4.ip_forward = 1", "vm.overcommit_memory = 1", "vm.swappiness = 10"],
      ...["net.core.rmem_max = 7500000", "net.core.wmem_max = 7500000", "net.ipv4.tcp_syncookies = 1"],
    ]),
  );
});

it("leaves USB storage on where the data are on it", () => {
  const path = "/etc/modprobe.d/slipway.conf";
  expect(lines(path)).toContain("install usb-storage /bin/true");
  expect(lines(path)).toContain("install dccp /bin/true");
  expect(content(path, { dataDevice: "/dev/disk/by-id/usb-WD_Elements" })).not.toContain("usb-storage");
});

it("bans none of those whom SSH is open to, but doesn't trust the whole world", () => {
  const trusted = (sshFrom: string[]) =>
    lines("/etc/fail2ban/jail.d/slipway.local", { sshFrom }).find((line) => line.startsWith("ignoreip"));
  expect(trusted(["203.0.113.7/32", "2001:db8::/48"])).toBe(
    "ignoreip = 127.0.0.1/8 ::1 203.0.113.7/32 2001:db8::/48",
  );
  expect(trusted(["0.0.0.0/0", "::/0"])).toBe("ignoreip = 127.0.0.1/8 ::1");
});

it("installs security updates by itself, but none of the engine", () => {
  const settings = content("/etc/apt/apt.conf.d/52slipway");
  const [, list = ""] = /Package-Blacklist \{ (.*) \};/.exec(settings) ?? [];
  const held = [...list.matchAll(/"([^"]+)";/g)].map(([, pattern = ""]) => new RegExp(`^(?:${pattern})`));
  const isHeld = (name: string) => held.some((pattern) => pattern.test(name));
  expect(
    ["docker.io", "docker-ce", "docker-ce-cli", "docker-cli", "containerd", "containerd.io", "runc"].filter(
      isHeld,
    ),
  ).toHaveLength(7);
  expect(["openssh-server", "libc6", "runcorn"].filter(isHeld)).toEqual([]);
  expect(settings).not.toMatch(/-updates|\$\{distro_codename\}"/);
});

it("quotes a device", () => {
  expect(preparation({ ...args, dataDevice: "/dev/it's" }).script).toContain(`local device='/dev/it'\\''s' `);
});

it("has a digest that changes with each argument, and that the machine is told", () => {
  const digest = (changes: Partial<PreparationArgs>) =>
    preparationDigest(preparation({ ...args, ...changes }));
  const all = [
    ...[
      {},
      { swap: 1024 },
      { sshFrom: ["203.0.113.8/32"] },
      { ports: { http: 80, https: 8443 } },
      { dataDevice },
    ],
    { publicKeys: [`${args.publicKeys[0]}2`] },
  ].map(digest);
  expect(new Set(all).size).toBe(all.length);
  expect(digest({})).toBe(all[0]);
  expect(digest({})).toMatch(/^[0-9a-f]{64}$/);
  const { files, script } = preparation(args);
  expect(files.at(-1)).toEqual({
    path: "/var/lib/slipway/preparation",
    mode: "0644",
    content: `${all[0]}\n`,
  });
  expect(script).toMatch(
    /\nwrite 0644 \/var\/lib\/slipway\/prepared "" < \/var\/lib\/slipway\/preparation\nsay 'prepared'\n$/,
  );
});
