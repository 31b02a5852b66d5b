import type { Part } from "./part";

/** The clock: certificates, backups and logs rely on it. Whatever keeps it already goes on. */
export function time(): Part {
  return {
    name: "time",
    summary: "time: by NTP",
    script: `
local keeper
for keeper in chrony ntpsec ntp openntpd; do
  if installed "$keeper"; then return 0; fi
done
install_packages systemd-timesyncd
enable systemd-timesyncd.service`,
  };
}
