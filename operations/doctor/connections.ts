import { request as plainRequest } from "node:http";
import { request as encryptedRequest } from "node:https";
import { connect as connectPlain } from "node:net";
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect,
  type PeerCertificate,
  type TLSSocket,
} from "node:tls";
import type { Certificate } from "../../lib/doctor/certificate";
import type { Answer } from "../../lib/doctor/pages";
import type { TlsVersion } from "../../lib/doctor/tls";

/** Milliseconds for each connection. */
const patience = 5_000;
/** The proxy looks for a container that serves for five seconds before it answers 502. */
const pagePatience = 12_000;

export interface Endpoint {
  /** To connect with. */
  readonly address: string;
  readonly port: number;
  /** To ask for: it is in SNI and in the header Host. */
  readonly domain: string;
}

/** Whether anything accepts connections. No answer is a no. */
export function isOpen(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectPlain({ host: address, port, timeout: patience });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}

/** Whether a server takes a connection of this version and no other. */
export async function offers(endpoint: Endpoint, version: TlsVersion): Promise<boolean> {
  // The library's own minimum would refuse the old versions before the server is asked.
  const only = { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" };
  return (await handshake(endpoint, only, () => true)) ?? false;
}

/** Those without forward secrecy, or broken. */
const weakCiphers =
  "AES128-SHA:AES256-SHA:AES128-GCM-SHA256:AES256-GCM-SHA384:DES-CBC3-SHA:ECDHE-ECDSA-DES-CBC3-SHA";

/** The weak cipher that a server takes; undefined when it takes none. */
export function weakCipher(endpoint: Endpoint): Promise<string | undefined> {
  const only = { maxVersion: "TLSv1.2", ciphers: `${weakCiphers}:@SECLEVEL=0` } as const;
  return handshake(endpoint, only, (socket) => socket.getCipher().name);
}

/** @throws {Error} when the server shows none. */
export async function certificateOf(endpoint: Endpoint): Promise<Certificate> {
  const found = await handshake(endpoint, {}, (socket) => {
    const shown = socket.getPeerCertificate();
    return {
      issuer: issuerOf(shown),
      from: new Date(shown.valid_from).toISOString(),
      to: new Date(shown.valid_to).toISOString(),
      mismatch: checkServerIdentity(endpoint.domain, shown)?.message,
      distrust: socket.authorized ? undefined : String(socket.authorizationError),
    };
  });
  if (found === undefined)
    throw new Error(`${endpoint.domain} ends the connection before it shows a certificate`);
  return found;
}

function issuerOf({ issuer }: PeerCertificate): string {
  const { O: organisation, CN: name } = issuer;
  return [organisation, name].filter((part) => part !== undefined).join(" ") || "nobody";
}

/**
 * What a handshake gives; undefined when the server refuses it.
 *
 * @throws {Error} when no server answers.
 */
function handshake<Result>(
  { address, port, domain }: Endpoint,
  options: ConnectionOptions,
  read: (socket: TLSSocket) => Result,
): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...{ host: address, port, servername: domain, ALPNProtocols: ["http/1.1"] },
      // Whom it trusts is judged, not taken for granted.
      rejectUnauthorized: false,
      ...options,
    });
    socket.setTimeout(patience, () => socket.destroy(new Error(`${address}:${port} doesn't answer`)));
    socket.once("secureConnect", () => {
      resolve(read(socket));
      socket.destroy();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      const refused = error.code?.startsWith("ERR_SSL_") === true || error.code === "ECONNRESET";
      if (refused) resolve(undefined);
      else reject(error);
    });
  });
}

/** Answer to a GET of `/`, and a header of it. */
export function page(
  { address, port, domain }: Endpoint,
  encrypted: boolean,
): Promise<Answer & { readonly hsts: string | undefined }> {
  return new Promise((resolve, reject) => {
    const usual = port === (encrypted ? 443 : 80);
    const request = (encrypted ? encryptedRequest : plainRequest)({
      ...{ host: address, port, path: "/", agent: false, timeout: pagePatience },
      headers: { host: usual ? domain : `${domain}:${port}`, "user-agent": "slipway-doctor" },
      ...(encrypted && { servername: domain, rejectUnauthorized: false }),
    });
    request.once("timeout", () =>
      request.destroy(new Error(`${domain} doesn't answer within ${pagePatience / 1000} s`)),
    );
    request.once("error", reject);
    request.once("response", (response) => {
      const { statusCode: status = 0, headers } = response;
      response.destroy();
      resolve({ status, location: headers.location, hsts: headers["strict-transport-security"] });
    });
    request.end();
  });
}
