import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Compiled by `npm run test:kafka` from test/kafka/programs/. */
const programs = fileURLToPath(new URL('../../../build/test/kafka/programs/', import.meta.url));

/** How a child process ended. */
export interface Ended {
  /** The signal that ended it, or its exit code. */
  readonly by: NodeJS.Signals | number | null;
  /** The last line that it printed, which is JSON. */
  readonly report: { readonly how?: string; readonly [name: string]: unknown };
  readonly errors: string;
}

/** Starts a program; whoever starts it waits for its end, or kills it. */
export function start(
  program: string,
  options: object,
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const given = [`${programs}${program}.js`, JSON.stringify(options)];
  const child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [printed, errors] = ['', ''];
  child.stdout.on('data', (text) => (printed += String(text)));
  child.stderr.on('data', (text) => (errors += String(text)));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ by: signal ?? code, report: lastLine(printed), errors }));
  });
  return { child, ended };
}

/** Runs a program and kills it after so many ms, unless it has ended by then. */
export async function runAndKill(afterMs: number, program: string, options: object): Promise<Ended> {
  const { child, ended } = start(program, options);
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  const how = await ended;
  clearTimeout(timer);
  return how;
}

/** Asks a program to stop; what does not stop in time is killed, and has ended by that. */
export async function stop({ child, ended }: ReturnType<typeof start>, withinMs = 15_000): Promise<Ended> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs);
  const how = await ended;
  clearTimeout(timer);
  return how;
}

function lastLine(printed: string): Ended['report'] {
  try {
    return JSON.parse(printed.trimEnd().split('\n').at(-1) ?? '') as Ended['report'];
  } catch {
    return {};
  }
}
