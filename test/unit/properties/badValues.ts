import fc from "fast-check";

export const word = fc.stringMatching(/^[a-z][A-Za-z0-9_-]{0,11}$/);
export const junk = fc.oneof(
  fc.boolean(),
  fc.integer(),
  fc.constant(null),
  fc.array(fc.string({ maxLength: 3 }), { maxLength: 2 }),
  fc.string({ minLength: 1, maxLength: 6 }).filter((text) => text !== "{}"),
);
export const noText = fc.oneof(
  fc.boolean(),
  fc.integer(),
  fc.constant(null),
  fc.constant([]),
  fc.constant({ a: 1 }),
);
const noNumber = fc.oneof(
  fc.boolean(),
  fc.constant(null),
  fc.constant([]),
  fc.constantFrom("", "x", "1.5", "-1", " 1", "1e3", "0x10", "1".repeat(16)),
);
export const outside = (least: number, most: number) =>
  fc.oneof(
    fc.integer({ max: least - 1 }),
    fc.integer({ min: most + 1 }),
    fc.integer({ min: most + 1, max: 999_999_999 }).map(String),
    fc.double({ min: least, max: most, noNaN: true }).filter((number) => !Number.isInteger(number)),
    noNumber,
  );
export const badHost = fc.oneof(
  noText,
  fc.constantFrom("", "-a", "a-", "a..b", ".a", "a.", "A.b", "a b", "a:80", "http://a", "a/b", "a_b", "*.a"),
  fc.constant(`${"a".repeat(64)}.b`),
  fc.constant("a.".repeat(126).concat("ab")),
);
export const badPin = fc.oneof(
  noText,
  fc.constantFrom(
    "",
    "app",
    "app:latest",
    "app:",
    ":1",
    "App:1",
    "a b:1",
    "app:1:2",
    "app@sha256:12",
    "/app:1",
  ),
);
// "" and "{}" at the top are what Pulumi.yaml has for "not set", so they are no mistake there.
export const badRegistry = fc.constantFrom(
  "https://a.b",
  "a.b/",
  "a b",
  "-a.b",
  "a.b:port",
  "a.b:123456",
  "a.b/C",
);
export const badUrl = fc.oneof(noText, fc.constantFrom("", "a.b", "ftp://a.b", "https://", "https://a b"));
export const badMail = fc.oneof(
  noText,
  fc.constantFrom("", "a", "a@b", "@b.c", "a@", "a b@c.d", "a@b@c.d", "a@.c"),
);

export const badFlag = fc.oneof(
  fc.constantFrom("true", "", 1, 0),
  fc.constant(null),
  fc.constant([]),
  fc.constant({}),
);
export const badNumber = (least: number, most: number) =>
  fc.oneof(
    fc.constantFrom(null, true, "half", "", "-1", " 1", "1e1", [], {}),
    fc.double({ max: least - 0.001, noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: most + 0.001, noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: Math.ceil(most) + 1, max: 999_999_999 }).map(String),
  );
export const badExpression = fc.oneof(
  noText,
  fc.constantFrom("", "up ==", "up down", "rate(up)", "up[5m]", "sum(", "a{b=}", "# nothing", '"text"'),
);
