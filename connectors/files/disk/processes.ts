import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { codeOf } from '../file-error.ts';

/** Which process it is, so that another one can find out whether it is still there. Empty: the system does not say. */
export interface ProcessMark {
  readonly host: string;
  /** Changes with every start of the machine. */
  readonly boot: string;
  /** Within which its number counts: a container has one of its own. */
  readonly namespace: string;
  readonly pid: number;
  /** When it began, in the ticks of the machine: the same number may be given again. */
  readonly started: string;
}

export interface Processes {
  readonly self: ProcessMark;
  /** `undefined`: from here nobody can tell. */
  isAlive(mark: ProcessMark): boolean | undefined;
}

/** The processes of this machine. */
export const processes: Processes = {
  self: {
    host: hostname(),
    boot: asked(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: asked(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    started: standing('self')?.started ?? '',
  },
  isAlive(mark) {
    const { host, boot, namespace } = processes.self;
    if (mark.host !== host || mark.boot !== boot || mark.namespace !== namespace) return undefined;
    if (!exists(mark.pid)) return false;
    const found = standing(mark.pid);
    if (found === undefined || mark.started === '') return true;
    return found.started === mark.started && !found.isOver;
  },
};

function asked(question: () => string): string {
  try {
    return question();
  } catch {
    return '';
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // Somebody else's: it is there, and we may not send it anything.
    return codeOf(cause) === 'EPERM';
  }
}

/** What Linux says of a process; of one that has ended, and that nobody has asked for yet, that it is over. */
function standing(pid: number | 'self'): { readonly started: string; readonly isOver: boolean } | undefined {
  const line = asked(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The name in parentheses may hold anything, parentheses and spaces included.
  const [state, ...rest] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const started = rest[18];
  return started === undefined ? undefined : { started, isOver: state === 'Z' || state === 'X' };
}
