import { describe, expect, it } from "vitest";
import { z } from "zod";
import { ConfigurationError, describeIssues } from "../../../lib/configurationErrors";

const schema = z.strictObject({
  size: z.number({ error: () => "a number" }),
  deep: z
    .strictObject({ inner: z.strictObject({ text: z.string({ error: () => "a text" }) }) })
    .optional()
    .default({ inner: { text: "" } }),
  named: z
    .record(z.string().regex(/^[A-Z]/), z.strictObject({ text: z.string() }), { error: () => "a good name" })
    .default({}),
  quoted: z
    .string()
    .superRefine((_, context) => {
      context.addIssue({ code: "custom", message: "a quotation", params: { detail: "its end is wrong" } });
    })
    .optional(),
  secrets: z.strictObject({ key: z.string({ error: () => "a secret" }) }).optional(),
});

function problems(settings: unknown, encrypted?: ReadonlySet<string>): readonly string[] {
  const result = schema.safeParse(settings);
  return result.success
    ? []
    : describeIssues(result.error.issues, settings, schema, {
        ...(encrypted === undefined ? {} : { encrypted }),
      });
}

describe("ConfigurationError", () => {
  it("counts its problems and names the stack's file", () => {
    const one = new ConfigurationError("staging", ["slipway:app is missing"]);
    expect(one).toBeInstanceOf(Error);
    expect(one.name).toBe("ConfigurationError");
    expect(one.problems).toEqual(["slipway:app is missing"]);
    expect(one.message).toBe(
      "1 problem in the configuration of stack staging (Pulumi.staging.yaml); nothing was changed:\n  - slipway:app is missing",
    );
    expect(new ConfigurationError("staging", ["a", "b"]).message).toMatch(/^2 problems in /);
  });
});

describe("describeIssues", () => {
  it("shows a wrong value as JSON", () => {
    expect(problems({ size: { a: [1] } })).toEqual(['slipway:size is {"a":[1]}: it must be a number']);
    expect(problems({ size: null })).toEqual(["slipway:size is null: it must be a number"]);
  });

  it("tells how to set what is missing, by a path where it is nested", () => {
    expect(problems({})).toEqual([
      "slipway:size is missing: set it to a number (pulumi config set size <value>)",
    ]);
    expect(problems({ size: 1, deep: { inner: {} } })).toEqual([
      "slipway:deep.inner.text is missing: set it to a text (pulumi config set --path 'deep.inner.text' <value>)",
    ]);
  });

  it("encrypts in the command, and hides in the message, what is under secrets", () => {
    expect(problems({ size: 1, secrets: {} })).toEqual([
      "slipway:secrets.key is missing: set it to a secret (pulumi config set --secret --path 'secrets.key' <value>)",
    ]);
    expect(problems({ size: 1, secrets: { key: 12345 } })).toEqual([
      "slipway:secrets.key is [secret]: it must be a secret",
    ]);
  });

  it("sees the keys of a group through defaults and optionals", () => {
    expect(problems({ size: 1, deep: { iner: 1, inner: { text: "" } } })).toEqual([
      "slipway:deep.iner is not a known key. Did you mean inner? Otherwise allowed are inner.",
    ]);
    expect(problems({ size: 1, deep: { inner: { text: "", txt: 1 } } })).toEqual([
      "slipway:deep.inner.txt is not a known key. Did you mean text? Otherwise allowed are text.",
    ]);
  });

  it("sees the keys of a group whose name is free", () => {
    expect(problems({ size: 1, named: { Any: { text: "", txt: 1 } } })).toEqual([
      "slipway:named.Any.txt is not a known key. Did you mean text? Otherwise allowed are text.",
    ]);
  });

  it("says of a bad name that it is the name, and shows nothing of what is in it", () => {
    expect(problems({ size: 1, named: { any: { text: "canary" } } })).toEqual([
      "slipway:named.any has a bad name: it must be a good name",
    ]);
  });

  it("says what is wrong in a value, unless that is encrypted", () => {
    expect(problems({ size: 1, quoted: "text" })).toEqual([
      'slipway:quoted is "text": it must be a quotation; its end is wrong',
    ]);
    expect(problems({ size: 1, quoted: "text" }, new Set(["quoted"]))).toEqual([
      "slipway:quoted is [secret]: it must be a quotation",
    ]);
  });

  it("makes one line of each unknown key", () => {
    expect(problems({ size: 1, first: 1, second: 2 })).toEqual([
      "slipway:first is not a known key. Allowed are deep, named, quoted, secrets, size.",
      "slipway:second is not a known key. Allowed are deep, named, quoted, secrets, size.",
    ]);
  });
});
