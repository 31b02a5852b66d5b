import { z } from "zod";
import { catalog } from "../apps/catalog";
import { ConfigurationError, describeIssues } from "../lib/configurationErrors";
import { effectiveApp, servicesIn } from "../lib/effectiveApp";
import { resolveImage } from "../lib/image";
import { type AskRegistry, checkPin, type PinVerdict } from "../lib/pinCheck";
import { stackSchema } from "../lib/stackSchema";
import { usedPins } from "../lib/usedPins";
import { confirm, readOptions } from "./options";
import { OperationError, operationMain } from "./pulumi";
import { registryDigest } from "./registryDigest";
import { stackSettings, writePins } from "./stackFile";

const usage = "npm run pin -- --stack S [--dry-run] [--yes]";

interface CheckedPin {
  readonly image: string;
  readonly verdict: PinVerdict;
}

/** Writes the digest of each image that a stack runs into its file, behind the tag: a tag can be moved to another image. */
async function pin(): Promise<void> {
  const given = readOptions(usage, {
    stack: { type: "string" },
    "dry-run": { type: "boolean", default: false },
    yes: { type: "boolean" },
  });
  const { stack, "dry-run": dryRun, yes } = given;
  if (stack === undefined) throw new OperationError(`--stack is missing\nusage: ${usage}`);
  const file = `Pulumi.${stack}.yaml`;
  const { images, named } = await imagesOf(stack, file);
  console.log(`Asking the registries for ${Object.keys(images).length} images`);
  const checked = await checkedPins(images);
  refuseMissing(checked, file);

  for (const { image, verdict } of checked) {
    if (verdict.kind === "kept" && verdict.warning !== undefined) {
      console.log(`warning: images.${image}: ${verdict.warning}`);
    }
  }
  const pins = Object.fromEntries(
    checked.flatMap(({ image, verdict }) => (verdict.kind === "new" ? [[image, verdict.pin] as const] : [])),
  );
  const count = Object.keys(pins).length;
  if (count === 0) return console.log(`All pins of stack ${stack} have digests; nothing was changed`);
  console.log(`${file}, ${count} of ${checked.length} pins:`);
  for (const [image, to] of Object.entries(pins)) {
    console.log(`  images.${image}: ${to}${named.has(image) ? "" : " (a default until now)"}`);
  }
  if (dryRun) return;
  await confirm("Write this?", yes);
  await writePins(stack, pins);
  console.log(
    `Written. The next \`pulumi up --stack ${stack}\` replaces containers whose pin has changed, Postgres' and Redis' too, ` +
      "if they run already.",
  );
}

interface StackImages {
  /** Pin of each image that runs, and the name that it is pulled by. */
  readonly images: Readonly<Record<string, { readonly pin: string; readonly reference: string }>>;
  /** Those that the file has a pin of. */
  readonly named: ReadonlySet<string>;
}

/** From the stack's file alone: the stack needn't have been made yet, nor its secrets be set. */
async function imagesOf(stack: string, file: string): Promise<StackImages> {
  const settings = await stackSettings(stack).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    throw new OperationError(`there is no ${file}: --stack is the name of a stack that has a file`);
  });
  const app = Object.entries(catalog).find(([name]) => name === settings.app)?.[1];
  if (app === undefined) {
    throw new OperationError(
      `slipway:app in ${file} is ${JSON.stringify(settings.app)}: it must be one of ${Object.keys(catalog).join(", ")}`,
    );
  }
  const { images, registries, imageMirror, observability, postgres, backups } = stackSchema(
    app,
    settings,
  ).shape;
  const schema = z.object({ images, registries, imageMirror, observability, postgres, backups });
  const result = schema.safeParse(settings);
  if (!result.success) {
    const problems = describeIssues(result.error.issues, settings, schema);
    throw new OperationError(new ConfigurationError(stack, problems).message);
  }
  const { registries: registry, imageMirror: mirror } = result.data;
  const used = Object.entries(
    usedPins({
      app: effectiveApp(app, servicesIn(settings)),
      ...result.data,
    }),
  ).map(([image, text]) => {
    const reference = resolveImage(text, { registry: registry[image], mirror });
    return [image, { pin: text, reference }] as const;
  });
  return { images: Object.fromEntries(used), named: new Set(Object.keys(Object(settings.images))) };
}

function checkedPins(images: StackImages["images"]): Promise<CheckedPin[]> {
  const answers = new Map<string, ReturnType<AskRegistry>>();
  // Two parts may run the same image.
  const once: AskRegistry = (reference) => {
    const answer = answers.get(reference) ?? registryDigest(reference);
    answers.set(reference, answer);
    return answer;
  };
  return Promise.all(
    Object.entries(images).map(async ([image, { pin: text, reference }]) => ({
      image,
      verdict: await checkPin(text, reference, once),
    })),
  );
}

function refuseMissing(checked: readonly CheckedPin[], file: string): void {
  const lines = checked.flatMap(({ image, verdict }) =>
    verdict.kind === "missing" ? [`  images.${image}: ${verdict.reference}: ${verdict.reason}`] : [],
  );
  if (lines.length === 0) return;
  throw new OperationError(
    `${lines.length} of ${checked.length} images can't be found, and nothing was changed:\n${lines.join("\n")}\n` +
      `Mend the pin in ${file}, or the log-in: \`docker login\`, to the registry that is named here.`,
  );
}

void operationMain(pin);
