/** Asks an HTTP address of the container itself, with what busybox brings. */
export function httpHealth(port: number, path: string): string[] {
  return ["wget", "-q", "-O", "/dev/null", `http://127.0.0.1:${port}${path}`];
}
