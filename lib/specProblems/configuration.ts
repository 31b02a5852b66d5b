import type { AppSpec, DefaultsSpec, SecretSpec, SettingSpec } from "../../apps/spec";
import { backupSettings } from "../backup/settings";
import { describeIssues } from "../configurationErrors";
import { observabilitySettings } from "../observability/settings";
import { section } from "../schemaForms";
import { readySeconds } from "../stackSchema";
import { settingForm } from "../valueForms";

/** Secrets, settings and defaults that no stack could be right with. */
export function configurationProblems({ secrets, settings = {}, defaults = {} }: AppSpec): string[] {
  return [
    ...Object.entries(secrets).flatMap(([name, secret]) => [
      ...secretProblems(`secrets.${name}`, secret),
      ...(secret.together ?? [])
        .filter((other) => secrets[other] === undefined && settings[other] === undefined)
        .map(
          (other) =>
            `secrets.${name}.together refers to "${other}", which is in neither secrets nor settings`,
        ),
    ]),
    ...Object.entries(settings).flatMap(([name, setting]) => [
      ...(secrets[name] === undefined
        ? []
        : [`settings.${name} has the name of a secret: who refers to it must know which`]),
      ...settingProblems(`settings.${name}`, setting),
    ]),
    ...defaultProblems(defaults),
  ];
}

function secretProblems(key: string, { origin, form, prefix }: SecretSpec): string[] {
  if (origin !== "generate") return [];
  return [
    ...(form === "url"
      ? [`${key} is an address, which can't be generated: its origin is optional or required`]
      : []),
    ...(prefix === undefined
      ? []
      : [`${key} is generated, and then doesn't begin with "${prefix}": leave prefix out`]),
  ];
}

function settingProblems(key: string, { default: value, ...setting }: SettingSpec): string[] {
  const { form, required } = setting;
  if (typeof form !== "string" && form.length === 0) return [`${key}.form is a list of nothing`];
  if (value === undefined) return [];
  const { success, error } = settingForm(setting).safeParse(value);
  return [
    ...(success ? [] : [`${key}.default is "${value}": it must be ${error.issues[0]?.message}`]),
    ...(required === true ? [`${key} is required, and has a default: take one of both out`] : []),
  ];
}

/** What a stack could not set is no default either. */
function defaultProblems(defaults: DefaultsSpec): string[] {
  const { keep, thresholds } = {
    ...backupSettings.unwrap().shape,
    ...observabilitySettings.unwrap().shape,
  };
  const schema = section({ ready: readySeconds(), keep, thresholds });
  const result = schema.safeParse(defaults);
  if (result.success) return [];
  return describeIssues(result.error.issues, defaults, schema).map((problem) =>
    problem.replace("slipway:", "defaults."),
  );
}
