import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createPlainServer } from "node:http";
import { createServer as createEncryptedServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsOptions } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { tlsVersions } from "../../../lib/doctor/tls";
import {
  certificateOf,
  type Endpoint,
  isOpen,
  offers,
  page,
  weakCipher,
} from "../../../operations/doctor/connections";
import { limited } from "../../../operations/doctor/limited";
import { placeOf } from "../../../operations/doctor/place";

const domain = "app.example.com";
const servers: Server[] = [];
let folder: string;
let credentials: { readonly key: Buffer; readonly cert: Buffer };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-doctor-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "30"],
      ...["-subj", "/O=Example/CN=Test authority", "-addext", `subjectAltName=DNS:${domain}`],
    ],
    { stdio: "ignore" },
  );
  credentials = { key: readFileSync(key), cert: readFileSync(cert) };
});

afterAll(() => rmSync(folder, { recursive: true }));

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<Endpoint> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: "127.0.0.1", port: (server.address() as AddressInfo).port, domain };
}

function encrypted(options: TlsOptions): Promise<Endpoint> {
  const headers = { "strict-transport-security": "max-age=300", connection: "close" };
  return listening(
    createEncryptedServer({ ...credentials, ...options }, ({ headers: { host } }, response) =>
      response.writeHead(200, headers).end(host),
    ),
  );
}

async function offered(endpoint: Endpoint) {
  const each = await Promise.all(tlsVersions.map((version) => offers(endpoint, version)));
  return tlsVersions.filter((_, index) => each[index]);
}

describe("a server's TLS", () => {
  it("is seen with its old versions and its weak ciphers", async () => {
    const endpoint = await encrypted({ minVersion: "TLSv1", ciphers: "ALL:@SECLEVEL=0" });
    expect(await offered(endpoint)).toEqual(["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"]);
    expect(await weakCipher(endpoint)).toMatch(/^AES/);
  });

  it("is seen with none of them where it has none", async () => {
    const endpoint = await encrypted({ minVersion: "TLSv1.2", ciphers: "ECDHE+AESGCM:@SECLEVEL=2" });
    expect(await offered(endpoint)).toEqual(["TLSv1.2", "TLSv1.3"]);
    expect(await weakCipher(endpoint)).toBeUndefined();
  });

  it("comes with a certificate, whoever has issued it", async () => {
    const endpoint = await encrypted({});
    const certificate = await certificateOf(endpoint);
    expect(certificate).toMatchObject({ issuer: "Example Test authority", mismatch: undefined });
    expect(certificate.distrust).toMatch(/SELF_SIGNED/);
    expect((Date.parse(certificate.to) - Date.parse(certificate.from)) / 86_400_000).toBe(30);
    const other = await certificateOf({ ...endpoint, domain: "other.example.com" });
    expect(other.mismatch).toContain("other.example.com");
  });

  it("comes with headers", async () => {
    expect(await page(await encrypted({}), true)).toEqual({
      status: 200,
      location: undefined,
      hsts: "max-age=300",
    });
  });
});

it("a page is asked for by the public name, and a redirection is not followed", async () => {
  const endpoint = await listening(
    createPlainServer(({ headers: { host } }, response) =>
      response.writeHead(308, { location: `https://${host}/` }).end(),
    ),
  );
  expect(await page(endpoint, false)).toEqual({
    ...{ status: 308, hsts: undefined },
    location: `https://${domain}:${endpoint.port}/`,
  });
});

it("a port is open that accepts connections", async () => {
  const { address, port } = await listening(createPlainServer());
  expect(await isOpen(address, port)).toBe(true);
  const [server] = servers.splice(0);
  await new Promise((resolve) => server?.close(resolve));
  expect(await isOpen(address, port)).toBe(false);
});

describe("a look", () => {
  it("that takes too long has failed", async () => {
    const never = () => new Promise<never>(() => undefined);
    expect(await limited("engine", 0.05, never)).toMatchObject([
      { what: "engine", verdict: "failed", value: "no answer within 0.05 s" },
    ]);
  });

  it("that goes wrong has failed with what was said, in one line", async () => {
    const error = Object.assign(new Error("Command failed: docker ps"), {
      stderr: "no engine\n  is it up?\n",
    });
    expect(await limited("engine", 5, () => Promise.reject(error))).toMatchObject([
      { what: "engine", verdict: "failed", value: "no engine; is it up?" },
    ]);
    const { value } = (await limited("engine", 5, () => Promise.reject(new Error("gone"))))[0] ?? {};
    expect(value).toBe("gone");
  });
});

describe("the place", () => {
  const machine = { address: "203.0.113.7", port: 22, user: "deploy", hostKey: "ssh-ed25519 AAAA" };
  const remote = { connect: "203.0.113.7", scan: "203.0.113.7", addresses: ["203.0.113.7"], own: false };

  it.each([
    ["a machine of the stack's own", machine, "unix:///tmp/docker.sock", remote],
    ["an engine elsewhere", undefined, "ssh://deploy@203.0.113.7:2222", remote],
    ["an engine elsewhere by TCP", undefined, "tcp://203.0.113.7:2376", remote],
  ])("is that of %s", async (_, connection, engine, place) => {
    expect(await placeOf(connection, engine)).toEqual(place);
  });

  it("is this machine where its engine is, and what is open is looked for at an address that others reach", async () => {
    const place = await placeOf(undefined, "unix:///var/run/docker.sock");
    expect(place).toMatchObject({ connect: "127.0.0.1", addresses: [], own: true });
    expect(place.scan).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
  });
});
