/** execa is an ES module, which CommonJS can only import this way. */
export function loadExeca() {
  return import("execa");
}
