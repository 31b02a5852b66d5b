import type { AppSpec } from "../apps/spec";
import { companionsOf } from "./companions";
import { servicesWithEgress } from "./egress";
import { ipv4Address, releaseTag } from "./forms";
import { dnsProviders, hostKinds } from "./host/settings";
import { isPinned, releaseOf } from "./image";
import { partDomains } from "./observability/partDomains";
import { partHost } from "./observability/parts";
import { type PartialObservability, receiverSecrets } from "./observability/settings";
import { isGroup } from "./rawSettings";

/** What one key needs of another. */
export interface Requirement {
  /** The key that is missing when it isn't met. */
  readonly path: readonly string[];
  readonly form: string | ((settings: PartialSettings) => string);
  /** Of what may be no good in other ways. */
  readonly met: (settings: PartialSettings) => boolean;
}

export interface PartialSettings {
  readonly version?: unknown;
  readonly images?: unknown;
  readonly settings?: unknown;
  readonly postgres?: unknown;
  readonly domains?: unknown;
  readonly secrets?: unknown;
  readonly observability?: PartialObservability | undefined;
  readonly backups?: { readonly enabled?: unknown; readonly s3?: unknown } | undefined;
  readonly host?: unknown;
  readonly machine?: unknown;
  readonly ports?: unknown;
  readonly ssh?: { readonly address?: unknown } | undefined;
  readonly digitalocean?: { readonly bucket?: unknown } | undefined;
  readonly aws?: { readonly bucket?: unknown } | undefined;
  readonly dns?: { readonly provider?: unknown; readonly zone?: unknown } | undefined;
}

/** Of a stack of this system. */
export function requirements(app: AppSpec): Requirement[] {
  return [
    {
      path: ["secrets", "databaseAppPassword"],
      form: "the password of the role postgres.user, which can't be generated here",
      met: ({ postgres, secrets }) => postgres === undefined || has(secrets, "databaseAppPassword"),
    },
    ...Object.entries(partDomains(app)).map(
      ([domain, { part, title }]): Requirement => ({
        path: ["domains", domain],
        form: `the host name of ${title}, such as ${partHost(part)}.example.com, or set slipway:observability.profile to off`,
        met: ({ domains, observability }) => observability?.profile === "off" || has(domains, domain),
      }),
    ),
    ...["backupS3AccessKeyId", "backupS3SecretAccessKey"].map(
      (secret): Requirement => ({
        path: ["secrets", secret],
        form: "the key to the store that slipway:backups.s3 names",
        met: ({ postgres, secrets, backups }) =>
          backups?.s3 === undefined ||
          backups.enabled === false ||
          postgres !== undefined ||
          has(secrets, secret),
      }),
    ),
    ...servicesWithEgress(app)
      .filter((service) => app.services[service]?.usesData === true)
      .map(
        (service): Requirement => ({
          path: ["postgres"],
          form: `left out: service ${service} reaches the hosts of its egress and no server elsewhere`,
          met: ({ postgres }) => postgres === undefined,
        }),
      ),
    ...companions(app),
    ...ofVersion(app),
    ...sameRelease(app),
    ...hostRequirements,
    ...Object.keys(app.domains).map(
      (domain): Requirement => ({
        path: ["domains", domain],
        form: "a name in the zone that slipway:dns.zone names, or set slipway:dns.provider to none",
        met: ({ domains, dns }) => {
          const name = isGroup(domains) ? domains[domain] : undefined;
          if (!keepsRecords(dns) || typeof dns?.zone !== "string" || typeof name !== "string") return true;
          return name === dns.zone || name.endsWith(`.${dns.zone}`);
        },
      }),
    ),
    ...receiverSecrets.map(
      ({ secret, form, needed }): Requirement => ({
        path: ["secrets", secret],
        form,
        met: ({ secrets, observability }) => has(secrets, secret) || !needed(observability?.receivers ?? {}),
      }),
    ),
  ];
}

/** Of what is of use only together, all is set or nothing. */
function companions(app: AppSpec): Requirement[] {
  return companionsOf(app).map(({ one, other }) => ({
    path: other,
    form: `something too, or take out slipway:${one.join(".")}: all of what goes together is set, or nothing`,
    met: (settings) => !isSet(settings, one) || has(settings[other[0]], other[1]),
  }));
}

function isSet(settings: PartialSettings, [group, name]: readonly ["secrets" | "settings", string]): boolean {
  const values = settings[group];
  return isGroup(values) && values[name] !== undefined;
}

/** A pin with a digest, say, outlives its version: the next one would change nothing. */
function ofVersion(app: AppSpec): Requirement[] {
  return Object.entries(app.images).flatMap(([image, { repository }]): Requirement[] => {
    if (repository === undefined) return [];
    return [
      {
        path: ["images", image],
        form: ({ version }) =>
          `a pin of release ${version}, which slipway:version names, or left out for ${repository}:${version}`,
        met: (settings) => {
          const pin = pinIn(settings, image);
          const { version } = settings;
          if (pin === undefined || typeof version !== "string" || !releaseTag.test(version)) return true;
          return releaseOf(pin) === version;
        },
      },
    ];
  });
}

/** Of images that must be of the same release, each is compared with the first. */
function sameRelease({ lockstep = [] }: AppSpec): Requirement[] {
  const [first, ...others] = lockstep;
  if (first === undefined) return [];
  return others.map((image) => ({
    path: ["images", image],
    form: (settings) => {
      const [pin, other] = [pinIn(settings, image), pinIn(settings, first)];
      return `a pin of the same release as slipway:images.${first}, which is ${other}; it is ${pin} now`;
    },
    met: (settings) => {
      const [pin, other] = [pinIn(settings, image), pinIn(settings, first)];
      return pin === undefined || other === undefined || releaseOf(pin) === releaseOf(other);
    },
  }));
}

function pinIn({ images }: PartialSettings, image: string): string | undefined {
  const pin = isGroup(images) ? images[image] : undefined;
  return typeof pin === "string" && isPinned(pin) ? pin : undefined;
}

/** Of what is no group, that alone is told: nobody knows what would be in it. */
function has(group: unknown, key: string): boolean {
  return group !== undefined && (!isGroup(group) || group[key] !== undefined);
}

const hostRequirements: readonly Requirement[] = [
  {
    path: ["machine"],
    form: "a group with sshFrom, the networks that SSH is open to, which every host but local needs",
    met: ({ host, machine }) => !isRemote(host) || machine !== undefined,
  },
  ...["http", "https"].map(
    (name): Requirement => ({
      path: ["ports", name],
      form: "a port other than 22, which SSH has on the machine",
      met: ({ host, ports }) => !isRemote(host) || !isGroup(ports) || Number(ports[name]) !== 22,
    }),
  ),
  {
    path: ["machine", "publicKeys"],
    form: "the keys of those who may log in, such as [the content of ~/.ssh/id_ed25519.pub]: nobody else can on a new machine",
    met: ({ host, machine }) =>
      (host !== "digitalocean" && host !== "aws") ||
      machine === undefined ||
      !isGroup(machine) ||
      (Array.isArray(machine.publicKeys) && machine.publicKeys.length > 0),
  },
  {
    path: ["ssh"],
    form: "a group with address and hostKey of the machine, as slipway:host is ssh",
    met: ({ host, ssh }) => host !== "ssh" || ssh !== undefined,
  },
  {
    path: ["ssh", "address"],
    form: "the public IPv4 address of the machine, which the records of the domains get, or set slipway:dns.provider to none",
    met: ({ host, ssh, dns }) =>
      host !== "ssh" ||
      !keepsRecords(dns) ||
      typeof ssh?.address !== "string" ||
      ipv4Address.test(ssh.address),
  },
  ...(["digitalocean", "aws"] as const).map(
    (cloud): Requirement => ({
      path: [cloud, "bucket"],
      form: "left out where slipway:backups.s3 names a store: backups go to one",
      met: (settings) =>
        settings.host !== cloud ||
        settings[cloud]?.bucket === undefined ||
        settings.backups?.s3 === undefined,
    }),
  ),
  {
    path: ["dns", "zone"],
    form: "the zone that the domains are in, such as example.com, or set slipway:dns.provider to none",
    met: ({ dns }) => !keepsRecords(dns) || dns?.zone !== undefined,
  },
  {
    path: ["dns", "provider"],
    form: "none where slipway:host is local: nothing is known there of the public address of the machine",
    met: ({ host, dns }) => !keepsRecords(dns) || (host !== undefined && host !== "local"),
  },
];

function isRemote(host: unknown): boolean {
  return host !== "local" && hostKinds.some((kind) => kind === host);
}

function keepsRecords(dns: PartialSettings["dns"]): boolean {
  return dns?.provider !== "none" && dnsProviders.some((provider) => provider === dns?.provider);
}
