import { Document, parse } from "yaml";
import { isGroup } from "../rawSettings";

/** What a machine needs besides the repositories and the stack's file to have the data back. */
export interface RecoveryKit {
  /** Where the backups are. */
  readonly repositories: { readonly local?: string; readonly s3?: string };
  /** Of the key, to tell whether the one that is in use has been exported. */
  readonly fingerprint: string;
  /** The repositories' key, and what the data were encrypted with. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The file in which the kit is kept: YAML, with what it is for. */
export function recoveryKitText(system: string, stack: string, kit: RecoveryKit): string {
  const document = new Document({ system, stack, ...kit });
  document.commentBefore = [
    ` Recovery kit of stack ${stack} of ${system}: with it, the backups can be read and what they hold is of use.`,
    " Whoever has this file and a repository has all data. Whoever has the repository without it has nothing.",
    " Keep it where it outlives the server and nobody else reads it: a password manager, a safe; never beside the backups.",
    ` On a bare machine: npm run key -- --stack ${stack} --from THIS_FILE, before the first \`pulumi up\`.`,
  ].join("\n");
  return document.toString({ lineWidth: 0 });
}

/**
 * The secrets in such a file.
 *
 * @throws {RangeError} when it is none.
 */
export function recoveryKitSecrets(text: string): Readonly<Record<string, string>> {
  let content: unknown;
  try {
    content = parse(text);
  } catch {
    // Without the parser's message, which quotes the line.
    throw new RangeError("it is not YAML");
  }
  const secrets = isGroup(content) ? content.secrets : undefined;
  if (!isGroup(secrets))
    throw new RangeError("it has no `secrets`: `npm run key -- --to FILE` writes one that has");
  if (!("backupRepositoryKey" in secrets)) throw new RangeError("its `secrets` have no backupRepositoryKey");
  const wrong = Object.keys(secrets).filter(
    (name) =>
      !/^[A-Za-z][A-Za-z0-9]*$/.test(name) || typeof secrets[name] !== "string" || secrets[name] === "",
  );
  if (wrong.length > 0) throw new RangeError(`secrets.${wrong[0]} is not a secret's name with a text`);
  return secrets as Record<string, string>;
}
