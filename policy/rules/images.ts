import { Container } from "@pulumi/docker/container";
import { RemoteImage } from "@pulumi/docker/remoteImage";
import { type Policies, validateResourceOfType } from "@pulumi/policy";
import { isPinned, parseImage, pinForm } from "../../lib/image";
import { inProduction, productionSchema, stackOf } from "../stack";

const advice = "`npm run pin` writes it behind the tag in the stack file.";

export const imagePolicies: Policies = [
  {
    name: "images-pinned",
    description: "An image has a fixed tag or a digest, so that a second update runs the same.",
    enforcementLevel: "mandatory",
    validateResource: validateResourceOfType(RemoteImage, ({ name }, _, report) => {
      if (!isPinned(name)) report(`The image is ${name}: it must be ${pinForm}.`);
    }),
  },
  {
    name: "images-by-digest",
    description: "In production an image has a digest: a tag can be moved to another image.",
    enforcementLevel: "mandatory",
    configSchema: productionSchema,
    validateResource: validateResourceOfType(RemoteImage, ({ name }, args, report) => {
      if (!inProduction(args, stackOf(args.urn)))
        return args.notApplicable("The stack is not in production.");
      if (lacksDigest(name)) report(`The image is ${name}, which has no digest. ${advice}`);
    }),
  },
  {
    name: "images-by-digest-advised",
    description: "Images with a digest are the same ones everywhere; in production it is required.",
    enforcementLevel: "advisory",
    configSchema: productionSchema,
    validateStack: (args, report) => {
      const [first] = args.resources;
      if (first === undefined || inProduction(args, stackOf(first.urn))) return;
      const names = args.resources.flatMap((resource) => resource.asType(RemoteImage)?.name ?? []);
      const images = [...new Set(names)].filter(lacksDigest).sort();
      if (images.length > 0) report(`Without a digest: ${images.join(", ")}. ${advice}`);
    },
  },
  {
    name: "images-of-stack",
    description: "A container runs an image that the stack has brought to the host, whose pin is checked.",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, report) => {
      for (const resource of resources) {
        if (!resource.isType(Container)) continue;
        const sources = resource.propertyDependencies.image ?? [];
        if (sources.some((source) => source.isType(RemoteImage))) continue;
        report(`${resource.name} names one itself. Give it the name of one of Images.`, resource.urn);
      }
    },
  },
];

/**
 * Put together on the host, from images that have pins of their own: no registry has it, so it has no digest. Its tag is
 * made of its contents (lib/builtImage.ts).
 */
const builtOnHost = /^slipway\/(?:backup|proxy):[0-9a-f]{16}$/;

function lacksDigest(image: string): boolean {
  return !builtOnHost.test(image) && parseImage(image)?.digest === undefined;
}
