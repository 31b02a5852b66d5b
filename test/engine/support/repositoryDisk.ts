import { backupImages } from "../../../lib/backup/images";
import { resolveImage } from "../../../lib/image";
import { docker } from "../harness/engine";
import { imageMirror } from "../harness/images";
import type { TestStack } from "../harness/stack";

/**
 * A disk of its own for the local repository of a stack, small enough to be filled. It is in memory, made before the stack
 * is, and goes when the last container that has it goes: one that only keeps it is where its files are looked at and
 * spoiled, too. All of it belongs to the stack, and is removed with it.
 *
 * @example const disk = await RepositoryDisk.create(stack, 192);
 */
export class RepositoryDisk {
  private constructor(private readonly keeper: string) {}

  /** @param size MiB. */
  static async create({ name }: TestStack, size: number): Promise<RepositoryDisk> {
    const disk = new RepositoryDisk(`clubhouse-${name}-repository-keeper`);
    const volume = `clubhouse-${name}-backup-repository`;
    const label = ["--label", `slipway.stack=${name}`];
    // Owner and mode are those of the folder in the image, which are taken over by disks of the usual kind alone.
    const options = ["type=tmpfs", "device=tmpfs", `o=size=${size}m,uid=0,gid=999,mode=2750`];
    await docker("volume", "create", ...label, ...options.flatMap((option) => ["--opt", option]), volume);
    const image = resolveImage(backupImages.node.default ?? "", { mirror: await imageMirror() });
    await docker(
      ...["container", "run", "--detach", "--init", "--name", disk.keeper, ...label, "--network", "none"],
      ...["--user", "0:0", "--volume", `${volume}:/repository`, "--entrypoint", "sleep", image, "infinity"],
    );
    return disk;
  }

  /** Leaves only so many bytes free. */
  async fill(left: number): Promise<void> {
    const free = Number(await this.shell("df --output=avail -B1 /repository | tail -1"));
    await this.shell(`head -c ${free - left} /dev/zero > /repository/filler`);
  }

  async empty(): Promise<void> {
    await this.shell("rm -f /repository/filler");
  }

  /** Cuts the largest file of data in half. */
  async truncateLargestPack(): Promise<void> {
    await this.shell(
      `set -- $(find /repository/data -type f -printf '%s %p\\n' | sort -n | tail -1); truncate -s $(($1 / 2)) "$2"`,
    );
  }

  /** Sizes and names of all files but locks. */
  async files(): Promise<string[]> {
    const files = await this.shell(
      "cd /repository && find . -type f -not -path './locks/*' -printf '%s %p\\n'",
    );
    return files.split("\n").sort();
  }

  private shell(script: string): Promise<string> {
    return docker("exec", this.keeper, "sh", "-c", script);
  }
}
