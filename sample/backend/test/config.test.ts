import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { run, serverEnvironment } from "./support/programs.js";

const complete = serverEnvironment({
  POSTGRES_HOST: "database",
  POSTGRES_USER: "app",
  POSTGRES_PASSWORD: "canary-password",
  POSTGRES_DB: "clubhouse",
  MISBEHAVE: "exit-at-start", // ends the server as soon as the environment is accepted
});

test("every problem is told at once, with the value and what is allowed, and no secret", async () => {
  const { code, output } = await run("server", {
    POSTGRES_PORT: "70000",
    POSTGRES_PASSWORD: "canary-password",
    LOG_LEVEL: "loud",
    WS_ORIGIN_ALLOWLIST: "clubhouse.example.com",
    CLUBHOUSE_TOTP_ENCRYPTION_KEY: "canary-key",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://tempo:4317/v1/traces",
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "loki:3100",
  });
  assert.equal(code, 1);
  assert.match(output, /POSTGRES_HOST is required/);
  assert.match(output, /POSTGRES_PORT must be a whole number from 1 to 65535; it is "70000"/);
  assert.match(output, /LOG_LEVEL must be one of trace, .*; it is "loud"/);
  assert.match(output, /WS_ORIGIN_ALLOWLIST must be origins like https:/);
  assert.match(output, /CLUBHOUSE_TOTP_ENCRYPTION_KEY must be the base64 form of exactly 32 bytes/);
  assert.match(output, /REDIS_PASSWORD is required/);
  assert.match(
    output,
    /OTEL_EXPORTER_OTLP_ENDPOINT must be host:port or http:\/\/host:port; it is "http:\/\/tempo:4317\/v1\/traces"/,
  );
  assert.match(output, /OTEL_EXPORTER_OTLP_LOGS_ENDPOINT must be a URL like http:.*; it is "loki:3100"/);
  assert.doesNotMatch(output, /canary/);
});

test("each variable may come from a file", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "sample-config-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "key");
  writeFileSync(file, `${randomBytes(32).toString("base64")}\n`);

  const fromFile = await run("server", { ...complete, CLUBHOUSE_TOTP_ENCRYPTION_KEY_FILE: file });
  assert.match(fromFile.output, /misbehaving on purpose/);

  const missing = await run("server", {
    ...complete,
    POSTGRES_PASSWORD: "",
    POSTGRES_PASSWORD_FILE: `${file}.none`,
  });
  assert.equal(missing.code, 1);
  assert.match(missing.output, /POSTGRES_PASSWORD_FILE can't be read: ENOENT/);

  const both = await run("server", { ...complete, POSTGRES_PASSWORD_FILE: file });
  assert.equal(both.code, 1);
  assert.match(both.output, /POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE are both set/);
});
