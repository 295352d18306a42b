import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Compiled by `npm run test:crash` from test/crash/programs/. */
const programs = fileURLToPath(new URL('../../build/test/crash/programs/', import.meta.url));

/** How a child process ended. */
export interface Ended {
  /** The signal that ended it, or its exit code. */
  readonly by: NodeJS.Signals | number | null;
  /** The last line that it printed, which is JSON. */
  readonly report: { readonly how?: string; readonly [name: string]: unknown };
  readonly printed: string;
  readonly errors: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts a program; whoever starts it waits for its end, or kills it. */
export function start(program: string, ...given: readonly string[]): Running {
  const child = spawn(process.execPath, [`${programs}${program}.js`, ...given], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [printed, errors] = ['', ''];
  child.stdout.on('data', (text) => (printed += String(text)));
  child.stderr.on('data', (text) => (errors += String(text)));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ by: signal ?? code, report: lastLine(printed), printed, errors }));
  });
  return { child, ended };
}

export function run(program: string, ...given: readonly string[]): Promise<Ended> {
  return start(program, ...given).ended;
}

/** Runs a program and kills it after so many ms, unless it has ended by then. */
export async function runAndKill(afterMs: number, program: string, ...given: readonly string[]): Promise<Ended> {
  const { child, ended } = start(program, ...given);
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  const how = await ended;
  clearTimeout(timer);
  return how;
}

function lastLine(printed: string): Ended['report'] {
  const line = printed.trimEnd().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line) as Ended['report'];
  } catch {
    return {};
  }
}
