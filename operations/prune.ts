import { Deployment } from "./deployment";
import { readOptions } from "./options";
import { OperationError, operationMain } from "./pulumi";
import { repositoryName } from "./restoreOptions";
import { callBackup } from "./steps/backupService";

const usage = "npm run prune -- --stack S --repository s3|local";

/**
 * Removes what is too old from a repository, by the stack's own policy. From one that the server's credentials can't
 * delete in with those of the caller, which the server keeps no longer than it takes.
 */
async function prune(): Promise<void> {
  const { stack, repository } = readOptions(usage, {
    stack: { type: "string" },
    repository: { type: "string" },
  });
  if (stack === undefined) throw new OperationError(`--stack is missing\nusage: ${usage}`);
  if (repository === undefined) throw new OperationError(`--repository is missing\nusage: ${usage}`);
  const name = repositoryName(repository);
  const input = { repository: name, ...(name === "s3" && givenCredentials()) };
  const container = await (await Deployment.find(stack)).backupService();
  const onLog = (line: string) => console.log(line);
  const { removed } = await callBackup(container, "prune", input, { onLog });
  console.log(`Removed ${removed} backups from repository ${repository}.`);
}

function givenCredentials() {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  if (accessKeyId === undefined && secretAccessKey === undefined) return {};
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new OperationError(
      "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set: set both, to credentials that may delete in the store",
    );
  }
  return { credentials: { accessKeyId, secretAccessKey } };
}

void operationMain(prune);
