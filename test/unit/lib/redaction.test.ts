import { describe, expect, it } from "vitest";
import { redacted } from "../../../lib/redaction";

describe("takes out", () => {
  it.each([
    ["DATABASE_URL=postgres://app:s,e&cret@db:5432/x?sslmode=disable", "DATABASE_URL=[redacted]"],
    ["PGRST_DB_URI='postgres://u:p@h/d'; next", "PGRST_DB_URI='[redacted]'; next"],
    ['{"database_url":"postgres://h/d","level":"info"}', '{"database_url":"[redacted]","level":"info"}'],
    ["JWT_SECRET=ab,cd&ef== started", "JWT_SECRET=[redacted] started"],
    ["ADMIN_API_KEY: 0123", "ADMIN_API_KEY: [redacted]"],
    ['STRIPE_KEY="sk live"', 'STRIPE_KEY="[redacted]"'],
    ["BOT_TOKEN=1:a", "BOT_TOKEN=[redacted]"],
    ['{"bot_token":"1:a"}', '{"bot_token":"[redacted]"}'],
    ["login with password=abc, user=b", "login with password=[redacted], user=b"],
    ["Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"],
    ["map[Authorization:[Basic abc] Accept:[*/*]]", "map[Authorization:[Basic [redacted]] Accept:[*/*]]"],
    ['{"authorization":["abc"]}', '{"authorization":["[redacted]"]}'],
    ["cannot reach redis://:p@redis:6379/0", "cannot reach redis://:[redacted]@redis:6379/0"],
    ["GET /hook?key=abc&a=b", "GET /hook?key=[redacted]&a=b"],
  ])("%s", (line, left) => {
    expect(redacted(line)).toBe(left);
    expect(redacted(left)).toBe(left);
  });
});

it.each([
  "primary_key=id, cache_key: users:1",
  "duplicate key value violates unique constraint",
  "unexpected token: }",
  "max_tokens=100",
  "the password:",
  "GET http://backend:8080/health",
])("leaves %s", (line) => {
  expect(redacted(line)).toBe(line);
});

it("does not take a line for what the one before it names", () => {
  expect(redacted("enter the password:\nready\nJWT_SECRET=abc\nDONE")).toBe(
    "enter the password:\nready\nJWT_SECRET=[redacted]\nDONE",
  );
});
