import type { AppSpec } from "../../apps/spec";
import { imageSpecs } from "../imageSpecs";
import { secretSpecs } from "../secretSpecs";
import { type Use, type UseKind, usesOf } from "../specUses";
import { closest } from "../suggestion";

/** What the spec refers to and doesn't have, and what it has and nothing refers to: most likely both are one misspelt name. */
export function referenceProblems(app: AppSpec): string[] {
  const uses = usesOf(app);
  const has = namesOf(app);
  return [
    ...uses.filter(({ kind, name }) => !has[kind].includes(name)).map((use) => unknown(use, has[use.kind])),
    ...unused(app, uses),
  ];
}

const groups: Readonly<Record<UseKind, string>> = {
  images: "images",
  secrets: "secrets",
  settings: "settings",
  domains: "domains",
  origins: "domains",
  volumes: "volumes",
  roles: "postgres.roles",
  services: "services",
};

function namesOf(app: AppSpec): Readonly<Record<UseKind, readonly string[]>> {
  const domains = Object.keys(app.domains);
  return {
    images: Object.keys(app.images),
    secrets: Object.keys(secretSpecs(app)),
    settings: Object.keys(app.settings ?? {}),
    domains,
    origins: domains,
    volumes: Object.keys(app.volumes ?? {}),
    roles: Object.keys(app.postgres.roles ?? {}),
    services: Object.keys(app.services),
  };
}

function unknown({ kind, name, key }: Use, names: readonly string[]): string {
  const guess = closest(name, names);
  const group = groups[kind];
  const choice = names.length === 0 ? `${group} has none` : `${group} has ${[...names].sort().join(", ")}`;
  return `${key} refers to "${name}", which is not in ${group}: ${guess === undefined ? choice : `did you mean ${guess}? ${choice}`}`;
}

function unused(app: AppSpec, uses: readonly Use[]): string[] {
  // Images of what runs beside every system, which the spec may pin too.
  const beside = Object.keys(imageSpecs({ ...app, images: {} }));
  const has: Partial<Record<UseKind, readonly string[]>> = {
    images: Object.keys(app.images).filter((image) => !beside.includes(image)),
    secrets: Object.keys(app.secrets),
    settings: Object.keys(app.settings ?? {}),
    domains: Object.keys(app.domains),
    volumes: Object.keys(app.volumes ?? {}),
  };
  return (Object.keys(has) as UseKind[]).flatMap((kind) =>
    (has[kind] ?? [])
      .filter((name) => !uses.some((use) => use.kind === kind && use.name === name))
      .map((name) =>
        kind === "domains"
          ? `domains.${name} has no route, and nothing else is served there: add one, or take it out`
          : `${groups[kind]}.${name} is used by nothing: take it out, or say where it is used`,
      ),
  );
}
