import type { Part } from "./part";

/** Cloud-init makes no key of the machine's own when it is given one: the key that is pinned afterwards is made here. */
export function hostKeys(): Part {
  return {
    name: "host_keys",
    summary: "ssh: host keys of the machine's own",
    script: `
command -v sshd > /dev/null || install_packages openssh-server
if [ ! -s /etc/ssh/ssh_host_ed25519_key ]; then
  rm -f /etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_ed25519_key.pub
  ssh-keygen -q -t ed25519 -N '' -C '' -f /etc/ssh/ssh_host_ed25519_key
  pending ssh
fi
# At once: who waits for the machine reads it from there.
settle ssh systemctl try-reload-or-restart ssh.service`,
  };
}

/** Where user data leave a note that the ECDSA host key came with them. */
export const bootstrapMarker = "/var/lib/slipway/bootstrap_host_key";

/**
 * Drops the host key that came with the user data, as root with bash and as often as one likes. To be run once the
 * machine's own key is pinned, over a connection that it authenticates: before, nothing else would authenticate the
 * machine. That is why the preparation doesn't do it.
 */
export const dropBootstrapHostKey = `set -eu
[ -e ${bootstrapMarker} ] || exit 0
rm -f /etc/ssh/ssh_host_ecdsa_key /etc/ssh/ssh_host_ecdsa_key.pub
systemctl try-reload-or-restart ssh.service
rm -f ${bootstrapMarker}
`;
