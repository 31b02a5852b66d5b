import { describe, expect, test } from "vitest";
import { type CredentialsArgs, missingCredentials } from "../../../../lib/host/credentials";

type Given = Partial<Omit<CredentialsArgs, "config">> & Partial<CredentialsArgs["config"]>;

function problems({ environment = {}, settings = {}, awsFiles = false, ...config }: Given): string[] {
  const defaults = { host: "local", digitalocean: {}, dns: { provider: "none" } } as const;
  return missingCredentials({ config: { ...defaults, ...config }, environment, settings, awsFiles });
}

const bucket = { bucket: "shop-backups" };
const noToken =
  "digitalocean:token is missing: set it to an API token of DigitalOcean (pulumi config set --secret digitalocean:token <value>, or DIGITALOCEAN_TOKEN in the environment)";

describe("missingCredentials", () => {
  test.each(["local", "ssh"] as const)("%s needs none, whatever is set for clouds", (host) => {
    expect(problems({ host, digitalocean: bucket })).toEqual([]);
  });

  test.each([{ host: "digitalocean" }, { host: "ssh", dns: { provider: "digitalocean" } }] as const)(
    "a token for DigitalOcean: $host $dns.provider",
    (config) => {
      expect(problems(config)).toEqual([noToken]);
      expect(problems({ ...config, environment: { DIGITALOCEAN_TOKEN: "" } })).toEqual([noToken]);
      expect(problems({ ...config, environment: { DIGITALOCEAN_TOKEN: "dop_v1_1" } })).toEqual([]);
      expect(problems({ ...config, environment: { DIGITALOCEAN_ACCESS_TOKEN: "dop_v1_1" } })).toEqual([]);
      expect(problems({ ...config, settings: { "digitalocean:token": "dop_v1_1" } })).toEqual([]);
    },
  );

  test("a key of Spaces besides for a bucket, both halves of it", () => {
    const host = "digitalocean";
    const environment = { DIGITALOCEAN_TOKEN: "dop_v1_1", SPACES_ACCESS_KEY_ID: "DO00" };

    expect(problems({ host, digitalocean: bucket, environment })).toEqual([
      "digitalocean:spacesSecretKey is missing: set it to the secret of that Spaces key (pulumi config set --secret digitalocean:spacesSecretKey <value>, or SPACES_SECRET_ACCESS_KEY in the environment)",
    ]);
    expect(problems({ host, digitalocean: bucket })).toHaveLength(3);
    expect(
      problems({
        host,
        digitalocean: bucket,
        environment: { ...environment, SPACES_SECRET_ACCESS_KEY: "s" },
      }),
    ).toEqual([]);
  });

  test.each([{ host: "aws" }, { host: "digitalocean", dns: { provider: "route53" } }] as const)(
    "somebody who asks AWS: $host $dns.provider",
    (config) => {
      const environment = { DIGITALOCEAN_TOKEN: "dop_v1_1" };
      const found = problems({ ...config, environment });

      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(/^aws:profile is missing: nothing here tells who asks AWS\. Sign in/);
    },
  );

  test.each<Given>([
    { awsFiles: true },
    { environment: { AWS_ACCESS_KEY_ID: "AKIA" } },
    { environment: { AWS_PROFILE: "ops" } },
    { environment: { AWS_WEB_IDENTITY_TOKEN_FILE: "/token" } },
    { settings: { "aws:profile": "ops" } },
    { settings: { "aws:skipMetadataApiCheck": "false" } },
  ])("AWS is asked with %j", (given) => {
    expect(problems({ host: "aws", ...given })).toEqual([]);
  });
});
