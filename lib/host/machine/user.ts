import { machineUser } from "../connection";
import { file, type Part } from "./part";

export const publicKeysFile = "/etc/slipway/public_keys";

/**
 * Who logs in and runs containers.
 *
 * The keys of whoever prepares a machine that was there before stay valid besides: they are copied once. On a new machine
 * cloud-init runs this, and nobody's are.
 */
export function user(publicKeys: readonly string[]): Part {
  return {
    name: "user",
    summary: `user: ${machineUser}, ${publicKeys.length} public ${publicKeys.length === 1 ? "key" : "keys"}`,
    files: [file(publicKeysFile, publicKeys)],
    script: `
getent group docker > /dev/null || groupadd --system docker
getent passwd ${machineUser} > /dev/null || useradd --create-home --shell /bin/bash --user-group ${machineUser}
# Without a password, but not locked: sshd refuses locked ones where PAM is off.
[ "$(getent shadow ${machineUser} | cut -d : -f 2)" = '*' ] || usermod --password '*' ${machineUser}
# A password that ages would close the door to keys as well.
chage --mindays 0 --maxdays -1 --inactive -1 --expiredate -1 ${machineUser}
usermod --append --groups docker ${machineUser}

local inherited=$state/inherited_keys login=\${SUDO_USER:-} home theirs
[ -n "$login" ] || [ -z "$(client_address)" ] || login=root
if [ ! -e "$inherited" ]; then
  theirs=/dev/null
  if [ -n "$login" ] && [ "$login" != ${machineUser} ]; then
    theirs=$(getent passwd "$login" | cut -d : -f 6)/.ssh/authorized_keys
    [ -f "$theirs" ] || theirs=/dev/null
  fi
  # A key that may only do one thing stays where it is.
  awk '/^(ssh|ecdsa|sk)-/' "$theirs" | write 0600 "$inherited" ""
fi
home=$(getent passwd ${machineUser} | cut -d : -f 6)
chmod 0750 "$home"
install -d -m 0700 -o ${machineUser} -g ${machineUser} "$home/.ssh"
awk 'NF && !seen[$1 " " $2]++' ${publicKeysFile} "$inherited" > "$state/authorized_keys"
[ -s "$state/authorized_keys" ] || fail "nobody could log in: set slipway:machine.publicKeys"
install -m 0600 -o ${machineUser} -g ${machineUser} "$state/authorized_keys" "$home/.ssh/authorized_keys.slipway-new"
mv -f "$home/.ssh/authorized_keys.slipway-new" "$home/.ssh/authorized_keys"
rm -f "$state/authorized_keys"`,
  };
}

/** Once sudo is there. */
export function superuser(): Part {
  return {
    name: "superuser",
    summary: `sudo: ${machineUser} without a password`,
    check: `
visudo -c -q -f "$state/files/etc/sudoers.d/90-slipway" || fail "sudo doesn't accept /etc/sudoers.d/90-slipway"`,
    files: [
      {
        ...file("/etc/sudoers.d/90-slipway", [
          `${machineUser} ALL=(ALL:ALL) NOPASSWD: ALL`,
          // Nothing of a program that waits for input can be typed by another one.
          "Defaults use_pty",
          'Defaults logfile="/var/log/sudo.log"',
        ]),
        mode: "0440",
      },
    ],
  };
}
