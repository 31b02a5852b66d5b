/**
 * Loads what needs the SDK of a cloud, which only stacks on that cloud have.
 *
 * @throws {Error} with what to do where the SDK isn't installed.
 */
export function withSdk<Module>(load: () => Module): Module {
  try {
    return load();
  } catch (error) {
    const sdk = /^Cannot find module '(@pulumi\/(?:aws|digitalocean))\//.exec((error as Error).message)?.[1];
    if (sdk === undefined) throw error;
    throw new Error(
      `${sdk} is not installed, which slipway:host and slipway:dns.provider of this stack need: run \`npm ci\``,
    );
  }
}
