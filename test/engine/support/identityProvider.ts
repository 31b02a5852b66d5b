import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { docker } from "../harness/engine";

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const keyId = "only-for-tests";

/** A Keycloak elsewhere, as far as services ask it: the keys of one realm. Containers reach it as they do other machines. */
export class IdentityProvider {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(realm: string): Promise<IdentityProvider> {
    const keys = [{ ...pair.publicKey.export({ format: "jwk" }), kid: keyId, alg: "RS256", use: "sig" }];
    const server = createServer(({ url }, answer) => {
      if (url === `/realms/${realm}/protocol/openid-connect/certs`) answer.end(JSON.stringify({ keys }));
      else answer.writeHead(404).end();
    });
    const format = "{{(index .IPAM.Config 0).Gateway}}";
    const gateway = await docker("network", "inspect", "bridge", "--format", format);
    server.listen(0, gateway);
    await once(server, "listening");
    return new IdentityProvider(server, `http://${gateway}:${(server.address() as AddressInfo).port}`);
  }

  /** A token that somebody got who has logged in. */
  token(claims: Readonly<Record<string, unknown>> = {}): string {
    const now = Math.floor(Date.now() / 1000);
    const body = { sub: "ada", aud: "account", iat: now, exp: now + 300, ...claims };
    const signed = [{ alg: "RS256", kid: keyId }, body].map(encoded).join(".");
    return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), pair.privateKey).toString("base64url")}`;
  }

  async close(): Promise<void> {
    this.server.close();
    await once(this.server, "close");
  }
}

function encoded(part: unknown): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
