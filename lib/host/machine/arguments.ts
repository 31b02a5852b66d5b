/** What differs between the machines of two stacks. */
export interface PreparationArgs {
  /** Who may log in as the machine's user, as in a file `id_ed25519.pub`. */
  readonly publicKeys: readonly string[];
  /** Networks in CIDR form that SSH is open to. */
  readonly sshFrom: readonly string[];
  /** MiB; 0 for none. */
  readonly swap: number;
  /** The only ones that the proxy publishes; https also as UDP, for HTTP/3. */
  readonly ports: { readonly http: number; readonly https: number };
  /** The disk that the engine's data are on, formatted if it is empty. Without it they stay on the machine's own. */
  readonly dataDevice?: string | undefined;
}
