import { AwsHost } from "../../../../components/host/awsHost";
import type { StackConfig } from "../../../../config";
import { awsSettings, machineSettings } from "../../../../lib/host/settings";
import { backupsOfHost } from "../../../../lib/host/store";
import { type Recording, type RecordOptions, record } from "../../mocks";
import { shopConfig } from "../../shopConfig";

type AwsInput = Parameters<typeof awsSettings.parse>[0];
type MachineInput = Partial<Record<"publicKeys" | "sshFrom", readonly string[]>>;

export const ada = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFadaadaadaadaadaadaadaadaadaadaada ada@example.com";
export const eve = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFeveeveeveeveeveeveeveeveeveeveeve eve@example.com";
export const bootstrapKey = {
  privateKey: "-----BEGIN KEY-----\n",
  publicKey: "ecdsa-sha2-nistp256 AAAAboot",
};
export const machineKey = "ssh-ed25519 AAAAmachine";
/** Of the data volume. */
export const volumeId = "vol-0123456789abcdef0";
export const device = "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0";

/** The shop on a machine at Amazon. */
export function awsShop(
  aws: AwsInput = {},
  { publicKeys = [ada], sshFrom = ["203.0.113.7/32"] }: MachineInput = {},
  change: Partial<StackConfig> = {},
): StackConfig {
  const config = shopConfig({
    host: "aws",
    aws: awsSettings.parse(aws),
    machine: machineSettings.parse({ publicKeys, sshFrom }),
    ...change,
  });
  return { ...config, backups: backupsOfHost(config) };
}

/** What EC2 answers, unless a test has it otherwise. */
const calls: NonNullable<RecordOptions["calls"]> = {
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": () => ({
    locations: ["us-east-1c", "us-east-1a", "us-east-1b"],
  }),
  "aws:ec2/getInstanceType:getInstanceType": ({ instanceType }) => ({
    supportedArchitectures: [/^[a-z]+[0-9]g/.test(String(instanceType)) ? "arm64" : "x86_64"],
    hypervisor: "nitro",
  }),
  "aws:ssm/getParameter:getParameter": ({ name }) => ({
    insecureValue: String(name).includes("arm64") ? "ami-0aaaaaaaaaaaaaa64" : "ami-0bbbbbbbbbbbbbb64",
  }),
};

/** The host of a stack, made in an account that creates nothing. */
export function recordAws(config: StackConfig, options: RecordOptions = {}): Promise<Recording<AwsHost>> {
  return record(() => new AwsHost("host", { config }), {
    ...options,
    calls: { ...calls, ...options.calls },
    ids: { "host-data": volumeId, "host-machine-instance": "i-0aaaaaaaaaaaaaaaa", ...options.ids },
    computed: {
      "host-network-vpc": { ipv6CidrBlock: "2600:1f18:abcd:ef00::/56" },
      "host-address-ipv4": { publicIp: "198.51.100.20", allocationId: "eipalloc-1" },
      "host-address-interface": { ipv6Addresses: ["2600:1f18:abcd:ef00::7"] },
      "host-machine-key": { keyName: "host-machine-key-1a2b3c4" },
      "host-backups-bucket": { arn: "arn:aws:s3:::shop-backups" },
      "host-backup-user-user": { name: "host-backup-user-user-1a2b3c4" },
      "host-backup-user-key": { secret: "the secret half" },
      ...options.computed,
    },
    printed: {
      "host-bootstrap-key": JSON.stringify(bootstrapKey),
      "host-engine-identity": JSON.stringify({ hostKey: machineKey, machine: "i-0aaaaaaaaaaaaaaaa" }),
      ...options.printed,
    },
  });
}

/** What an edit of the stack changes: the changed inputs of each resource by its name, and what comes and goes. */
export function difference(before: Recording<unknown>, after: Recording<unknown>): Record<string, unknown> {
  const names = new Set([...before.all, ...after.all].map(({ name }) => name));
  const found: Record<string, unknown> = {};
  for (const name of [...names].sort()) {
    const [old, now] = [before, after].map(({ all }) => all.find((one) => one.name === name)?.inputs);
    if (old === undefined || now === undefined) found[name] = old === undefined ? "created" : "deleted";
    else {
      const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
      const changed = keys.filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]));
      if (changed.length > 0) found[name] = changed;
    }
  }
  return found;
}
