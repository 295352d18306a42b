import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Compiles a program of `test/support/programs` into a folder, and answers its path: this Node may not run TypeScript. */
export async function compiled(name: string, folder: string): Promise<string> {
  const outfile = `${folder}/${name}.mjs`;
  const entry = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'silent' });
  return outfile;
}

export interface Ended {
  readonly lines: readonly string[];
  /** Nothing where it was killed. */
  readonly code: number | undefined;
  readonly errors: string;
}

/** Runs a program; kills it a little after it has said so many lines. */
export function runAndKill(program: string, args: readonly string[], after: number, delayMs: number): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    let errors = '';
    let isToBeKilled = false;
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      if (isToBeKilled || said.split('\n').length <= after) return;
      isToBeKilled = true;
      setTimeout(() => child.kill('SIGKILL'), delayMs);
    });
    child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
    child.once('close', (code, signal) => {
      const lines = said.split('\n').filter((line) => line !== '');
      resolve({ lines, code: signal === null ? (code ?? undefined) : undefined, errors });
    });
  });
}
