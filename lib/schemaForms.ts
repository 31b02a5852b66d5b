import { z } from "zod";
import { isPinned, isRegistry, pinForm, registryForm } from "./image";

// In the schemas a message says what is allowed; `configurationErrors` puts key and value before it. Nothing here aborts
// (`abort`, `int()`): zod then leaves out the checks of the whole stack, and not all problems would be told at once.

export const registry = z.string(allowed(registryForm)).refine(isRegistry, allowed(registryForm));

/**
 * A pin that must be more than one, which is told of good ones alone.
 *
 * @param missing what is told where there is none.
 */
export function pinThat(accepts: (pin: string) => boolean, form: string, missing = pinForm) {
  const error = ({ input }: { readonly input?: unknown }) => (input === undefined ? missing : pinForm);
  return z.string({ error }).superRefine((text, context) => {
    const pinned = isPinned(text);
    if (!pinned || !accepts(text)) context.addIssue({ code: "custom", message: pinned ? form : pinForm });
  });
}

const cores = allowed("a number of cores from 0.05 to 256");

/** Of a container: what the stack sets instead of the spec's. */
export const resources = group({
  /** MiB. */
  memory: whole(16, 1024 * 1024).optional(),
  cpus: number(cores).pipe(z.number(cores).min(0.05, cores).max(256, cores)).optional(),
});

export const flag = z.boolean(allowed("true or false"));

export function text(pattern: RegExp, form: string) {
  return z.string(allowed(form)).regex(pattern, allowed(form));
}

export function whole(least: number, most: number) {
  const form = allowed(`a whole number from ${least} to ${most}`);
  const fits = (value: number) => Number.isInteger(value) && value >= least && value <= most;
  return number(form).pipe(z.number(form).refine(fits, form));
}

/** Pulumi keeps whole numbers that are set with `--path` as numbers, others as text; both are taken. */
export function number(form: ReturnType<typeof allowed>) {
  const digits = z.string().regex(/^[0-9]{1,12}(?:\.[0-9]{1,6})?$/);
  return z.union([z.number(), digits.transform(Number)], form);
}

export function group<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, allowed("a group of keys with values"));
}

/** A group that may be left out: its keys then have their defaults, and those without one are missing. */
export function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return group(shape).prefault({} as z.input<ReturnType<typeof group<Shape>>>);
}

export function allowed(form: string) {
  return { error: () => form };
}
