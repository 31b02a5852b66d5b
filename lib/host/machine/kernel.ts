import { file, type MachineFile, type Part } from "./part";

/** dev-sec's baseline for Linux, but for forwarding, which containers need. */
const hardening: readonly string[] = [
  "kernel.randomize_va_space = 2",
  "kernel.kptr_restrict = 2",
  "kernel.dmesg_restrict = 1",
  "kernel.perf_event_paranoid = 3",
  "kernel.unprivileged_bpf_disabled = 1",
  "kernel.sysrq = 0",
  "kernel.core_uses_pid = 1",
  "kernel.yama.ptrace_scope = 1",
  "net.core.bpf_jit_harden = 2",
  "dev.tty.ldisc_autoload = 0",
  "fs.suid_dumpable = 0",
  "fs.protected_hardlinks = 1",
  "fs.protected_symlinks = 1",
  "fs.protected_fifos = 2",
  "fs.protected_regular = 2",
  ...["all", "default"].flatMap((interfaces) => [
    `net.ipv4.conf.${interfaces}.rp_filter = 1`,
    `net.ipv4.conf.${interfaces}.accept_redirects = 0`,
    `net.ipv4.conf.${interfaces}.secure_redirects = 0`,
    `net.ipv4.conf.${interfaces}.send_redirects = 0`,
    `net.ipv4.conf.${interfaces}.accept_source_route = 0`,
    `net.ipv4.conf.${interfaces}.log_martians = 1`,
    `net.ipv6.conf.${interfaces}.accept_redirects = 0`,
    `net.ipv6.conf.${interfaces}.accept_source_route = 0`,
  ]),
  "net.ipv4.icmp_echo_ignore_broadcasts = 1",
  "net.ipv4.icmp_ignore_bogus_error_responses = 1",
  "net.ipv4.tcp_syncookies = 1",
  "net.ipv4.tcp_rfc1337 = 1",
  "net.ipv4.ip_forward = 1",
];

const forServices: readonly string[] = [
  "# Redis forks for its snapshots.",
  "vm.overcommit_memory = 1",
  "vm.swappiness = 10",
  "# 7.5 MB for HTTP/3, as the QUIC library asks.",
  "net.core.rmem_max = 7500000",
  "net.core.wmem_max = 7500000",
];

/** Later in the order than /etc/sysctl.conf, which counts as 99-sysctl.conf. */
const sysctlFile = "/etc/sysctl.d/99-zz-slipway.conf";

/** Protocols that no service speaks, and storage that a server in a data centre doesn't see. */
function unneededModules(dataDevice: string | undefined): MachineFile {
  const protocols = ["dccp", "sctp", "rds", "tipc"];
  const buses = ["firewire-ohci", "firewire-sbp2", ...(dataDevice?.includes("usb") ? [] : ["usb-storage"])];
  const lines = [...protocols, ...buses].flatMap((module) => [
    `blacklist ${module}`,
    `install ${module} /bin/true`,
  ]);
  return file("/etc/modprobe.d/slipway.conf", lines);
}

/** Parameters and modules of the kernel. A container has some of them from the machine that it runs on. */
export function kernel(dataDevice: string | undefined): Part {
  return {
    name: "kernel",
    summary: "kernel: hardened parameters, buffers for HTTP/3, unneeded modules off",
    files: [file(sysctlFile, [...hardening, ...forServices], "sysctl"), unneededModules(dataDevice)],
    script: `
apply_parameters() {
  local key value
  # One by one: those that this kernel doesn't have or doesn't let anybody set don't stop the others.
  while IFS='= ' read -r key value; do
    sysctl -q -w "$key=$value" 2> /dev/null || say "  $key can't be set here"
  done < <(grep -v '^#' ${sysctlFile})
}
settle sysctl apply_parameters`,
  };
}
