import { machineUser } from "../connection";
import { file, type Part } from "./part";

const path = "/etc/docker/daemon.json";
/** As it should be. On a machine that is a container itself, not all of it can be. */
const settingsFile = "/etc/slipway/daemon.json";
/** Open files of a container. */
const openFiles = 65_536;

/** Settings of the engine: CIS, and what the guides ask of logs. The collector reads logs of the kind json-file. */
export function daemonSettings(dataVolume: boolean): Readonly<Record<string, unknown>> {
  return {
    "default-ulimits": { nofile: { Hard: openFiles, Name: "nofile", Soft: openFiles } },
    // Otherwise newer engines keep images and containers' files elsewhere than on the data volume.
    ...(dataVolume ? { features: { "containerd-snapshotter": false } } : {}),
    icc: false,
    ip: "127.0.0.1",
    "live-restore": true,
    "log-driver": "json-file",
    "log-opts": { "max-file": "3", "max-size": "10m" },
    "no-new-privileges": true,
    "userland-proxy": false,
  };
}

/** The distribution's engine, unless there is one already. Its settings are there before its first start. */
export function docker(dataVolume: boolean): Part {
  return {
    name: "docker",
    summary: "docker: the engine and its settings",
    check: `${refuseSwarm}
# An engine of somebody else's making has settings that somebody may miss.
if [ -f ${path} ] && [ ! -e ${path}.before-slipway ] && [ ! -e "$state/prepared" ] && ! cmp -s ${settingsFile} ${path}; then
  cp -p ${path} ${path}.before-slipway
fi`,
    files: [file(settingsFile, [JSON.stringify(daemonSettings(dataVolume), null, 2)])],
    script,
  };
}

const refuseSwarm = `
if systemctl is-active --quiet docker && [ "$(docker info --format '{{.Swarm.LocalNodeState}}')" = active ]; then
  fail "the engine is part of a swarm, which excludes live-restore: docker swarm leave"
fi`;

const script = `
local limit=${openFiles}
if ! prlimit --nofile=$limit:$limit true 2> /dev/null; then
  limit=$(ulimit -H -n)
  say "  no more than $limit open files are allowed here"
fi
sed "s/\\b${openFiles}\\b/$limit/" ${settingsFile} | write 0644 ${path} docker
settle units systemctl daemon-reload
if ! command -v dockerd > /dev/null; then
  local names=(docker.io apparmor iptables)
  # Newer distributions have the client apart.
  if apt-cache show docker-cli > /dev/null 2>&1; then names+=(docker-cli); fi
  rm -f "$state/pending/docker"
  install_packages "\${names[@]}"
fi
systemctl enable --quiet docker.service
systemctl is-active --quiet docker || pending docker
restart_engine() {
  systemctl reset-failed docker.service 2> /dev/null || true
  if ! systemctl restart docker.service; then
    journalctl --unit docker --no-pager --lines 20 --output cat >&2
    fail "the engine doesn't start with ${path}"
  fi
}
settle docker restart_engine
start_stopped_containers

# A new version is a person's decision: it restarts the engine.
local name
for name in docker.io docker-ce docker-ce-cli docker-cli containerd containerd.io runc; do
  if installed "$name"; then apt-mark hold "$name" > /dev/null; fi
done
runuser -u ${machineUser} -- docker version --format '  engine {{.Server.Version}}'`;
