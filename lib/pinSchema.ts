import type { AppSpec } from "../apps/spec";
import { pinForm } from "./image";
import { imageSpecs } from "./imageSpecs";
import { isSupported, supportedForm } from "./observability/versions";
import { managesRoles, managingPostgresPinForm, postgresPinForm, tellsMajorVersion } from "./postgresVersion";
import { drains, proxyPinForm } from "./proxyVersion";
import { pinThat } from "./schemaForms";

/** What the pin of an image of the system may be, and what it is unless the stack sets one. */
export function pinSchema(app: AppSpec, image: string, version: string | undefined) {
  const { default: fallback, repository } = imageSpecs(app)[image] ?? {};
  const { accepts, form } = needOf(app, image);
  const missing = repository === undefined ? pinForm : `${pinForm}; or set slipway:version, its release`;
  const schema = pinThat(accepts, form, missing);
  // Of a version nobody knows yet whether it is one that this image may have.
  if (repository !== undefined && version !== undefined) return schema.prefault(`${repository}:${version}`);
  return fallback === undefined ? schema : schema.default(fallback);
}

interface PinNeed {
  readonly accepts: (pin: string) => boolean;
  readonly form: string;
}

/** What a pin of this image must be besides a pin. */
export function needOf(app: AppSpec, image: string): PinNeed {
  if (image === app.proxy.image) return { accepts: drains, form: proxyPinForm };
  if (image === app.postgres.image && app.postgres.ownerManagesRoles === true)
    return { accepts: managesRoles, form: managingPostgresPinForm };
  if (image === app.postgres.image) return { accepts: tellsMajorVersion, form: postgresPinForm };
  return { accepts: (pin) => isSupported(image, pin), form: supportedForm(image) ?? pinForm };
}
