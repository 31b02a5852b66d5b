import { file, type Part } from "./part";

const path = "/swapfile";
/** systemd wants the path in the name. */
const unit = "swapfile.swap";

/** A swap file of some MiB, for a moment of need. Swap of another kind that is there already is kept, and none added. */
export function swap(size: number): Part {
  if (size === 0) return { name: "swap", summary: "swap: none", script: remove };
  return {
    name: "swap",
    summary: `swap: ${size} MiB`,
    files: [file(`/etc/systemd/system/${unit}`, swapUnit, "units")],
    script: make(size),
  };
}

const swapUnit: readonly string[] = [
  "[Unit]",
  "Description=Swap for a moment of need",
  "",
  "[Swap]",
  `What=${path}`,
  "",
  "[Install]",
  "WantedBy=swap.target",
];

const remove = `
systemctl disable --now --quiet ${unit} 2> /dev/null || true
rm -f ${path} /etc/systemd/system/${unit}`;

function make(size: number): string {
  return `
local others
others=$(swapon --show=NAME --noheadings | grep -vx ${path}) || true
if [ -n "$others" ]; then
  say "  there is swap already: $others"
  return 0
fi
settle units systemctl daemon-reload
if [ "$(stat -c %s ${path} 2> /dev/null || echo 0)" != ${size * 1024 * 1024} ]; then
  systemctl stop ${unit} 2> /dev/null || true
  rm -f ${path} ${path}.slipway-new
  : > ${path}.slipway-new
  chmod 0600 ${path}.slipway-new
  # Where files are copied on write, swap can't be.
  chattr +C ${path}.slipway-new 2> /dev/null || true
  fallocate -l ${size}M ${path}.slipway-new || fail "there is no room for ${size} MiB of swap: lower slipway:machine.swap"
  mkswap ${path}.slipway-new > /dev/null
  mv -f ${path}.slipway-new ${path}
fi
enable ${unit}`;
}
