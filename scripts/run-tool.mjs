import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Runs a program of node_modules/.bin in the root folder and shows what it prints. Ends this process if it fails.
 *
 * @param {string} name
 * @param {string[]} args
 */
export function runTool(name, args) {
  const { status, error } = spawnSync(`${root}node_modules/.bin/${name}`, args, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
