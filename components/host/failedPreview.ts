import * as pulumi from "@pulumi/pulumi";

/**
 * Lets the preview go on, and fail at its end with this message alone. An error in an output would be told again by each
 * resource and each question that the output goes into.
 */
export function failPreview(message: string): void {
  void Promise.reject(new pulumi.RunError(message));
}
