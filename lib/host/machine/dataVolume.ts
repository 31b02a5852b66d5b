import { file, type Part, quoted } from "./part";

/** All that the engine keeps: images, containers, networks, volumes. A new machine with this disk finds them again. */
const folder = "/var/lib/docker";
/** systemd wants the path in the name. */
const unit = "var-lib-docker.mount";
/** Where the disk is looked at before. */
const staging = "/run/slipway-data";

/**
 * The disk that the engine's data are on, mounted by its UUID.
 *
 * It is formatted if nothing at all is found on it, and never else. Data that the engine has on the machine's own disk
 * move to it once.
 */
export function dataVolume(device: string): Part {
  return {
    name: "data_volume",
    summary: `data volume: ${device} on ${folder}`,
    check: `local device=${quoted(device)} disk found mounted\n${refuseContainerdStore}${findDisk}\n${identify}`,
    files: [
      file(
        "/etc/systemd/system/docker.service.d/10-slipway-data.conf",
        [
          "[Unit]",
          "# Without its disk the engine would start empty.",
          `RequiresMountsFor=${folder}`,
          "",
          "[Service]",
          `ExecStartPre=/usr/bin/mountpoint -q ${folder}`,
        ],
        "units",
      ),
    ],
    script: `settle units systemctl daemon-reload\n${mount}`,
  };
}

const refuseContainerdStore = `
if systemctl is-active --quiet docker && [[ "$(docker info --format '{{.DriverStatus}}')" == *io.containerd.snapshotter* ]] && [ -n "$(docker ps --all --quiet)" ]; then
  fail "the engine has containers in containerd's store, which can't be on a data volume: remove them, or leave slipway:ssh.dataDevice out"
fi`;

const findDisk = `
local waited=0
until [ -b "$device" ]; do
  [ "$waited" -lt 120 ] || fail "$device isn't there: is the volume attached to this machine?"
  [ $((waited % 10)) != 0 ] || say "  waiting for $device, $waited s"
  sleep 2
  waited=$((waited + 2))
done
disk=$(readlink -f "$device")
# blkid says of a disk that it can't read the same as of an empty one.
dd if="$disk" of=/dev/null bs=4096 count=16 status=none || fail "$device can't be read"`;

const identify = `
# From a run that was cut off.
! mountpoint -q ${staging} || umount ${staging}
udevadm settle --timeout=30 2> /dev/null || true
local status=0 signatures
found=$(blkid --probe --output value --match-tag TYPE --match-tag PTTYPE "$disk") || status=$?
mounted=$(findmnt --noheadings --first-only --output TARGET --source "$disk") || true
if [ -n "$mounted" ] && [ "$mounted" != ${folder} ]; then
  fail "$device is mounted at $mounted: unmount it and remove it from /etc/fstab, or name another device"
fi
signatures=$(wipefs --no-act "$disk")
if [ "$status" = 2 ] && [ -z "$signatures" ]; then
  say "  $device is empty: formatting it"
  mkfs.ext4 -q -L slipway-data "$disk"
elif [ "$found" != ext4 ]; then
  fail "$device holds something else (\${found:-unknown}): it is never formatted then. Give an empty device or one with ext4; if nothing on it is needed: wipefs --all $device"
fi`;

/** A copy that is cut off starts again: the note on the disk goes last. */
const mount = `
local uuid note=.slipway-copying
uuid=$(blkid --probe --output value --match-tag UUID "$disk")
if [ "$mounted" != ${folder} ]; then
  local verdict
  # 1 is: mended.
  verdict=$(e2fsck -p "$disk" 2>&1) || [ "$?" = 1 ] || fail "$device can't be mounted as it is; e2fsck says: $verdict"
  mkdir -p ${staging} ${folder}
  mount "$disk" ${staging}
  if [ -e "${staging}/$note" ] || [ -z "$(find ${staging} -mindepth 1 -maxdepth 1 ! -name lost+found)" ]; then
    if [ -n "$(ls -A ${folder})" ]; then
      say "  the engine stops while its data move to $device"
      stop_engine
      : > "${staging}/$note"
      find ${staging} -mindepth 1 -maxdepth 1 ! -name "$note" ! -name lost+found -exec rm -rf {} +
      cp --archive ${folder}/. ${staging}/
      sync --file-system ${staging}
      rm -f "${staging}/$note"
      sync --file-system ${staging}
    fi
  else
    say "  $device has the engine's data already"
    stop_engine
  fi
  umount ${staging}
  rmdir ${staging}
  if [ -n "$(ls -A ${folder})" ]; then
    say "  what was in ${folder} is kept in ${folder}.before-slipway"
    [ ! -e ${folder}.before-slipway ] || fail "${folder}.before-slipway is there from an earlier run: remove it if nothing in it is needed"
    mv ${folder} ${folder}.before-slipway
    mkdir -m 0710 ${folder}
  fi
fi
# The machine starts without the disk, so that somebody can log in and look; the engine doesn't.
local by_uuid=/dev/disk/by-uuid/$uuid check
check="systemd-fsck@$(systemd-escape --path "$by_uuid").service"
write 0644 /etc/systemd/system/${unit} units << END
[Unit]
Description=Data of the engine
Requires=$check
After=$check

[Mount]
What=$by_uuid
Where=${folder}
Type=ext4
Options=noatime,nofail

[Install]
WantedBy=local-fs.target
END
settle units systemctl daemon-reload
systemctl enable --quiet ${unit}
[ "$mounted" = ${folder} ] || systemctl start ${unit} || fail "$device can't be mounted: journalctl --unit ${unit}"`;

/** Containers that the engine is told to stop stay so after its next start: which ones ran is kept until they run again. */
export const engineFunctions = `
stop_engine() {
  systemctl is-active --quiet docker || return 0
  if [ ! -e "$state/running_containers" ]; then
    docker ps --quiet --no-trunc | write 0600 "$state/running_containers" ""
  fi
  docker ps --quiet --no-trunc | xargs --no-run-if-empty docker stop > /dev/null
  systemctl stop docker.socket docker.service
}

start_stopped_containers() {
  [ -e "$state/running_containers" ] || return 0
  xargs --no-run-if-empty docker start < "$state/running_containers" > /dev/null || say "  not all containers that ran before run again: docker ps --all"
  rm -f "$state/running_containers"
}
`;
