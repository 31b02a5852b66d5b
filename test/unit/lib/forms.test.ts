import { describe, expect, it } from "vitest";
import { directoryUrl, emailAddress, hostName } from "../../../lib/forms";

describe.each<[string, RegExp, readonly string[], readonly string[]]>([
  [
    "a host name",
    hostName,
    ["a", "shop.example.com", "10.0.0.5", "xn--bcher-kva.example", "a-b.c", "a".repeat(63), "localhost"],
    [
      "",
      "A.b",
      "-a",
      "a-",
      "a..b",
      ".a",
      "a.",
      "a_b",
      "a b",
      "a:1",
      "a/b",
      "*.a",
      "a".repeat(64),
      "a\n",
      "[::1]",
    ],
  ],
  [
    "an e-mail address",
    emailAddress,
    ["ops@example.com", "first.last+tag@mail.example.co", "a_b%c@x-y.z"],
    [
      "",
      "ops",
      "ops@",
      "@b.c",
      "ops@localhost",
      "o ps@b.c",
      "a@b@c.d",
      '"a"@b.c',
      "#a@b.c",
      "a@{b}.c",
      "a@b.c\n",
      "a@b..c",
    ],
  ],
  [
    "a directory's URL",
    directoryUrl,
    ["https://ca.example.com", "https://ca.example.com:8443/acme/directory", "https://10.0.0.5/d/"],
    [
      "",
      "http://a.b",
      "ca.example.com",
      "https://",
      "https://a.b/ {",
      "https://a.b/{x}",
      'https://a.b/"',
      "https://a.b/\n",
    ],
  ],
])("%s", (_, form, good, bad) => {
  it.each(good)("may be %j", (text) => {
    expect(form.test(text)).toBe(true);
  });

  it.each(bad)("may not be %j", (text) => {
    expect(form.test(text)).toBe(false);
  });
});

it("a host name may be as long as DNS takes it, and no longer", () => {
  const label = "a".repeat(61);
  expect(hostName.test([label, label, label, label, "abcde"].join("."))).toBe(true);
  expect(hostName.test([label, label, label, label, "abcdef"].join("."))).toBe(false);
});
