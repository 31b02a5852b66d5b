import { judgeCertificate } from "../../lib/doctor/certificate";
import { judgeResolution } from "../../lib/doctor/domains";
import { type Finding, failed, unlessProduction } from "../../lib/doctor/finding";
import { judgePage, judgeRedirect } from "../../lib/doctor/pages";
import { judgePorts, portsToTry } from "../../lib/doctor/ports";
import { judgeHsts, judgeVersions, tlsVersions } from "../../lib/doctor/tls";
import { certificateOf, type Endpoint, isOpen, offers, page, weakCipher } from "./connections";
import { limited } from "./limited";
import { addressesOf, type Place, placeOf } from "./place";
import type { Subject } from "./subject";

/** What anybody sees of the stack who reaches this network, from where the command runs. */
export async function outside(subject: Subject): Promise<Finding[]> {
  const place = await placeOf(subject.machine);
  const domains = Object.entries(subject.urls).map(([name, url]) =>
    domainFindings(subject, place, name, url),
  );
  const findings = await Promise.all([limited("ports", 30, () => openPorts(subject, place)), ...domains]);
  return findings.flat();
}

async function openPorts({ settings, machine }: Subject, place: Place): Promise<Finding[]> {
  const { http, https } = settings.ports;
  const published = settings.tls.mode === "off" ? [http] : [http, https];
  const ssh = machine?.port ?? 22;
  const tried = portsToTry({ published, ssh });
  const open = await Promise.all(tried.map((port) => isOpen(place.scan, port)));
  return judgePorts({
    ...{ address: place.scan, published, ssh, fromItself: place.own },
    open: tried.filter((_, index) => open[index]),
  });
}

async function domainFindings(subject: Subject, place: Place, name: string, url: string): Promise<Finding[]> {
  const { hostname: domain } = new URL(url);
  const { ports, tls } = subject.settings;
  const plain = { address: place.connect, port: ports.http, domain };
  const looks = [
    limited(`name of ${name}`, 15, async () =>
      judgeResolution({ name, domain, found: await addressesOf(domain), expected: place.addresses }),
    ),
    ...(tls.mode === "off"
      ? [limited(`page of ${name}`, 15, () => unencrypted(subject, name, url, plain))]
      : [
          limited(`redirect of ${name}`, 15, async () => judgeRedirect(name, url, await page(plain, false))),
          limited(`TLS of ${name}`, 30, () => encrypted(subject, name, url, { ...plain, port: ports.https })),
        ]),
  ];
  return (await Promise.all(looks)).flat();
}

async function unencrypted(
  subject: Subject,
  name: string,
  url: string,
  endpoint: Endpoint,
): Promise<Finding[]> {
  const { production } = subject;
  const value = "slipway:tls.mode is off: everybody on the way reads along";
  return [
    unlessProduction(
      production,
      `TLS of ${name}`,
      value,
      "set it to acme, unless something before it encrypts",
    ),
    judgePage(name, url, await page(endpoint, false)),
  ];
}

/** Without a connection there is one finding, not one for each thing that can't be seen. */
async function encrypted(
  subject: Subject,
  name: string,
  url: string,
  endpoint: Endpoint,
): Promise<Finding[]> {
  const { production, settings } = subject;
  const certificate = await certificateOf(endpoint).catch((error: Error) => error);
  if (certificate instanceof Error) {
    const advice = "`docker logs` of the proxy says whether it has a certificate";
    return [failed(`TLS of ${name}`, certificate.message, advice)];
  }
  const [versions, weak, answer] = await Promise.all([
    Promise.all(tlsVersions.map(async (version) => ((await offers(endpoint, version)) ? [version] : []))),
    weakCipher(endpoint),
    page(endpoint, true).catch((error: Error) => error),
  ]);
  const terms = {
    ...{ tls: settings.tls, production, now: new Date() },
    days: settings.observability.thresholds.certificateDays,
  };
  const offered = { versions: versions.flat(), weakCipher: weak };
  const secure = judgeCertificate(name, certificate, terms);
  if (answer instanceof Error) {
    const advice = "`docker logs` of the service and of the proxy say why";
    return [judgeVersions(name, offered), secure, failed(`page of ${name}`, answer.message, advice)];
  }
  return [
    judgeVersions(name, { ...offered, hsts: answer.hsts }),
    judgeHsts(name, answer.hsts),
    secure,
    judgePage(name, url, answer),
  ];
}
