import { Instance } from "@pulumi/aws/ec2/instance";
import { KeyPair } from "@pulumi/aws/ec2/keyPair";
import { getParameterOutput } from "@pulumi/aws/ssm/getParameter";
import * as pulumi from "@pulumi/pulumi";
import { importableKey } from "../../../lib/host/aws/machine";
import { type Architecture, imageParameter } from "../../../lib/host/aws/size";

export interface AwsMachineArgs {
  /** Instance type, such as `t3.large`. Another one stops the machine, changes it and starts it again. */
  readonly size: pulumi.Input<string>;
  /** Of the size. Another one would replace the machine, which its protection refuses. */
  readonly architecture: pulumi.Input<Architecture>;
  /** An AMI. @default the newest of Ubuntu 24.04 when the machine is created */
  readonly image?: string | undefined;
  /** With the machine's addresses. */
  readonly interfaceId: pulumi.Input<string>;
  /** Who may log in. */
  readonly publicKeys: readonly string[];
  readonly userData: pulumi.Input<string>;
}

/** GiB of the machine's own disk: the system and its logs. The data, and all of Docker's, are on the volume. */
const systemDisk = 30;

/**
 * The machine. Nothing on it is worth keeping: data and addresses are beside it, so that it can be replaced.
 *
 * @example new AwsMachine("host-machine", { size: "t3.large", architecture: "amd64", interfaceId, publicKeys, userData }, { providers: [provider] })
 */
export class AwsMachine extends pulumi.ComponentResource {
  /** EC2's id: another machine has another one. */
  readonly machineId: pulumi.Output<string>;
  /** Known once the machine has it, and so after it was started again for it. */
  readonly size: pulumi.Output<string>;

  constructor(name: string, args: AwsMachineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:AwsMachine", name, {}, opts);
    const { image, size, architecture, interfaceId, publicKeys, userData } = args;
    const importable = importableKey(publicKeys);
    const keyPair =
      importable === undefined
        ? undefined
        : new KeyPair(`${name}-key`, { publicKey: importable }, { parent: this });
    const instance = new Instance(
      `${name}-instance`,
      {
        instanceType: size,
        ami: image ?? newestImage(architecture, { parent: this }),
        primaryNetworkInterface: { networkInterfaceId: interfaceId },
        userDataBase64: userData,
        ...(keyPair === undefined ? {} : { keyName: keyPair.keyName }),
        rootBlockDevice: { volumeType: "gp3", volumeSize: systemDisk, encrypted: true },
        // Containers are one hop farther away than the machine itself, and find no one there even without its firewall.
        metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
        monitoring: true,
        // For the console, which knows nothing of Pulumi's own protection. Pulumi takes it off where that one is off.
        disableApiTermination: true,
        forceDestroy: true,
      },
      {
        parent: this,
        protect: true,
        // Volume and addresses are on one machine at a time.
        deleteBeforeReplace: true,
        // EC2 would only tell once the machine has been stopped that the new size can't run what is on its disk.
        replacementTrigger: architecture,
        ignoreChanges: [
          // What is in it comes by SSH to a machine that is there; EC2 would stop the machine to change it.
          "userDataBase64",
          // EC2 gives a key pair to new machines only, and would replace this one for it. The keys come by SSH too.
          "keyName",
          // Canonical has a newer one every few weeks; the machine updates itself. One that was chosen is meant.
          ...(image === undefined ? ["ami"] : []),
        ],
      },
    );
    this.machineId = instance.id;
    this.size = instance.instanceType;
    this.registerOutputs({ machineId: this.machineId, size: this.size });
  }
}

function newestImage(
  architecture: pulumi.Input<Architecture>,
  opts: pulumi.InvokeOutputOptions,
): pulumi.Output<string> {
  const parameter = getParameterOutput({ name: pulumi.output(architecture).apply(imageParameter) }, opts);
  // The value that isn't marked as a secret: what image a machine has is none.
  return parameter.insecureValue;
}
