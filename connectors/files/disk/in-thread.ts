import type { DiskStep } from './disk.ts';

/** What the thread is asked. */
export interface Task {
  readonly number: number;
  readonly steps: readonly DiskStep[];
}

/** What it answers, and once with the number 0 that it is there. */
export interface Answer {
  readonly number: number;
  readonly failure?: { readonly message: string; readonly code: string | undefined };
}

/** What the thread runs: its text is all that the thread has of this file, so it takes nothing from outside. */
export function inThread(): void {
  const { closeSync, fsyncSync, openSync, renameSync, statSync, unlinkSync, writeSync } =
    process.getBuiltinModule('node:fs');
  const { parentPort: port, workerData } = process.getBuiltinModule('node:worker_threads');
  const mayFailWith = (codes: readonly string[], act: () => void): void => {
    try {
      act();
    } catch (cause) {
      if (!codes.includes(String((cause as NodeJS.ErrnoException).code))) throw cause;
    }
  };
  const inFile = (path: string, flags: string, act: (file: number) => void): void => {
    const file = openSync(path, flags);
    try {
      act(file);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  };
  const write = (file: number, bytes: Uint8Array): void => {
    for (let done = 0; done < bytes.length;) {
      const taken = writeSync(file, bytes, done, bytes.length - done, done);
      if (taken === 0) throw new Error('nothing more was taken');
      done += taken;
    }
  };
  const expectSame = ({ path, identity, links }: Extract<DiskStep, { do: 'expect' }>): void => {
    const found = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (found !== undefined && `${found.dev}:${found.ino}` === identity && found.nlink >= links) return;
    throw Object.assign(new Error(`ESTALE: "${path}" is not what it was`), { code: 'ESTALE' });
  };
  const take = (step: DiskStep): void => {
    if (step.do === 'write') inFile(step.path, 'wx', (file) => write(file, step.bytes));
    else if (step.do === 'rename') renameSync(step.path, step.to);
    else if (step.do === 'sync') mayFailWith(workerData as readonly string[], () => inFile(step.path, 'r', () => {}));
    else if (step.do === 'expect') expectSame(step);
    else mayFailWith(['ENOENT'], () => unlinkSync(step.path));
  };
  port?.on('message', ({ number, steps }: Task) => {
    try {
      for (const step of steps) take(step);
      port.postMessage({ number } satisfies Answer);
    } catch (cause) {
      const { message, code } = cause as NodeJS.ErrnoException;
      port.postMessage({ number, failure: { message, code } } satisfies Answer);
    }
  });
  port?.postMessage({ number: 0 } satisfies Answer);
}
