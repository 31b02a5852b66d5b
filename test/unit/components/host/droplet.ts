import type { z } from "zod";
import { DigitalOceanHost } from "../../../../components/host/digitalOceanHost";
import type { StackConfig } from "../../../../config";
import { digitalOceanSettings, machineSettings } from "../../../../lib/host/settings";
import { type Recording, record } from "../../mocks";
import { shopConfig } from "../../shopConfig";

export const publicKey =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB812Aexh0IeKTBDVSIE5plmUIAU1+7FsiuDk+l0RC/v ada@example.com";
/** MD5 of the key. */
export const print = "4b:9e:01:75:30:96:ec:fe:3e:de:24:fc:68:01:78:20";
/** Of the machine itself, as it is read at the first contact. */
export const ownHostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMachine";

export type DropletSettings = z.input<typeof digitalOceanSettings>;

/** A stack on a Droplet. */
export function dropletConfig(
  settings: DropletSettings = {},
  change: Partial<StackConfig> = {},
): StackConfig {
  return shopConfig({
    host: "digitalocean",
    digitalocean: digitalOceanSettings.parse(settings),
    machine: machineSettings.parse({ sshFrom: ["203.0.113.0/24", "2001:db8::/48"], publicKeys: [publicKey] }),
    ...change,
  });
}

/** What a machine is known by. Another one has others. */
const first = { id: "12345", hostKey: ownHostKey };

/** The host of such a stack, on an engine that gives the machine an id. */
export function droplet(
  settings: DropletSettings = {},
  change: Partial<StackConfig> = {},
  machine = first,
): Promise<Recording<DigitalOceanHost>> {
  return record(() => new DigitalOceanHost("host", { config: dropletConfig(settings, change) }), {
    calls: { "digitalocean:index/getSizes:getSizes": ({ filters }) => ({ sizes: sizesOf(filters) }) },
    ids: { "host-machine": machine.id, "host-data": "volume-uuid" },
    computed: {
      "host-machine": { dropletUrn: `do:droplet:${machine.id}`, ipv6Address: "2001:db8::7" },
      "host-data": { volumeUrn: "do:volume:volume-uuid" },
      "host-address": { ipAddress: "192.0.2.7" },
      "host-key-4b9e0175": { fingerprint: print },
      "host-backups-bucket": { bucketUrn: "do:space:shop-backups" },
      "host-backups-key": { accessKey: "DO00KEY", secretKey: "key's secret" },
    },
    printed: {
      "host-bootstrap-key": JSON.stringify({
        privateKey: "bootstrap private key",
        publicKey: "ecdsa-sha2-nistp256 AAAABootstrap",
      }),
      "host-engine-identity": JSON.stringify({ hostKey: machine.hostKey }),
    },
  });
}

/** All that are asked for are there, in these regions. */
function sizesOf(filters: unknown) {
  const [{ values }] = filters as [{ values: string[] }];
  return values
    .filter((slug) => slug.startsWith("s-"))
    .map((slug) => ({ slug, available: true, regions: ["fra1", "nyc3"] }));
}
