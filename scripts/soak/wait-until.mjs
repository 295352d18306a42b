export const pause = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function waitUntil(/** @type {() => boolean} */ isSo) {
  while (!isSo()) await pause(100);
}
