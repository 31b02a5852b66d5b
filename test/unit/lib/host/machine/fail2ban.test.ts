import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { fail2ban } from "../../../../../lib/host/machine/fail2ban";
import { refusalExpression } from "../../../../../lib/host/machine/refusals";

function content(path: string): string {
  const file = fail2ban(["203.0.113.7/32"]).files?.find((one) => one.path === path);
  if (file === undefined) throw new Error(`There is no ${path}.`);
  return file.content;
}

interface Request {
  readonly status: number;
  readonly address?: string;
  readonly uri?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
}

/** A line as Caddy 2.11 writes it. */
function accessLine({ status, address = "198.51.100.7", uri = "/api/login", headers = {} }: Request): string {
  return JSON.stringify({
    level: status >= 500 ? "error" : "info",
    ts: 1795313854.7021875,
    logger: "http.log.access",
    msg: "handled request",
    request: {
      remote_ip: address,
      remote_port: "55336",
      client_ip: address,
      proto: "HTTP/2.0",
      method: "POST",
      host: "shop.example.com",
      uri,
      headers,
      tls: { resumed: false, version: 772, server_name: "shop.example.com" },
    },
    bytes_read: 0,
    user_id: "",
    duration: 0.002282333,
    size: 4,
    status,
    resp_headers: { Via: ["1.1 Caddy"], Status: ["401"] },
  });
}

function refused(...lines: readonly string[]): string[] {
  const { stdout, stderr } = spawnSync("sed", ["-nE", refusalExpression], {
    input: lines.map((line) => `${line}\n`).join(""),
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

describe("what the proxy logs", () => {
  it.each([401, 403, 429])("names who is answered with %d", (status) => {
    expect(refused(accessLine({ status }))).toEqual([`refused ${status} to 198.51.100.7`]);
    expect(refused(accessLine({ status, address: "2001:db8::7" }))).toEqual([
      `refused ${status} to 2001:db8::7`,
    ]);
  });

  it.each([200, 302, 400, 404, 413, 502])("names nobody who is answered with %d", (status) => {
    expect(refused(accessLine({ status }))).toEqual([]);
  });

  it("can't be made to name somebody else, or who isn't refused, by what a client sends", () => {
    const forged = '","remote_ip":"203.0.113.9","status":403,"resp_headers":{';
    const request = { uri: `/?${forged}`, headers: { "User-Agent": [forged], [forged]: ["a"] } };
    expect(refused(accessLine({ status: 200, ...request }))).toEqual([]);
    expect(refused(accessLine({ status: 401, ...request }))).toEqual(["refused 401 to 198.51.100.7"]);
    expect(refused("refused 401 to 203.0.113.9", `x${accessLine({ status: 401 })}`)).toEqual([]);
  });
});

describe("the jails", () => {
  const jails = content("/etc/fail2ban/jail.d/slipway.local");

  /** As fail2ban makes it of the filter. */
  function failure(statuses: string): RegExp {
    const [, pattern = ""] =
      /^failregex = (.*)$/m.exec(content("/etc/fail2ban/filter.d/slipway-proxy.conf")) ?? [];
    return new RegExp(pattern.replace("<statuses>", statuses).replace("<ADDR>", "(?<address>[0-9a-f.:]+)"));
  }

  it("find the lines of the journal that are of them", () => {
    const line = (status: number) => `host slipway-refusals[123]: refused ${status} to 2001:db8::7`;
    expect(failure("401|403").exec(line(401))?.groups).toEqual({ address: "2001:db8::7" });
    expect(failure("401|403").test(line(403))).toBe(true);
    expect(failure("401|403").test(line(429))).toBe(false);
    expect(failure("429").test(line(429))).toBe(true);
    expect(failure("401|403").test(line(401).replace("slipway-refusals", "other"))).toBe(false);
  });

  it("close what is published to who is banned, where it is forwarded, and SSH to who fails there", () => {
    const sections = jails.split(/^(?=\[)/m);
    const proxy = sections.filter((section) => section.startsWith("[slipway-proxy"));
    expect(proxy).toHaveLength(2);
    for (const section of proxy) {
      expect(section).toContain("journalmatch = _SYSTEMD_UNIT=slipway-refusals.service\n");
      expect(section).toMatch(
        /^action = nftables\[type=allports, .*protocol="tcp,udp", .*chain_hook=forward\]$/m,
      );
    }
    expect(sections.find((section) => section.startsWith("[sshd]"))).not.toContain("action");
  });

  it("never ban those that SSH is open to, nor the system's own containers", () => {
    expect(jails.match(/^ignoreip = .*$/gm)).toEqual([
      "ignoreip = 127.0.0.1/8 ::1 203.0.113.7/32",
      "ignoreip = 127.0.0.1/8 ::1 203.0.113.7/32 172.16.0.0/12 192.168.0.0/16",
      "ignoreip = 127.0.0.1/8 ::1 203.0.113.7/32 172.16.0.0/12 192.168.0.0/16",
    ]);
  });
});

it("tells the journal by a script that bash reads, with the expression in it", () => {
  const script = content("/etc/slipway/refusals.sh");
  expect(spawnSync("bash", ["-n"], { input: script, encoding: "utf8" })).toMatchObject({
    status: 0,
    stderr: "",
  });
  expect(script).toContain(`sed --unbuffered -nE '${refusalExpression}'`);
  expect(content("/etc/systemd/system/slipway-refusals.service")).toContain(
    "ExecStart=/bin/bash /etc/slipway/refusals.sh\nSyslogIdentifier=slipway-refusals\n",
  );
});
