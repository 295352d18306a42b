import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { processes } from '../../../../connectors/files/disk/processes.ts';

const { self } = processes;

describe('processes', () => {
  it('know this one, and not another that had its number', () => {
    expect(processes.isAlive(self)).toBe(true);
    expect(self.pid).toBe(process.pid);
    expect(processes.isAlive({ ...self, started: `${self.started}1` })).toBe(self.started === '');
  });

  it('know whether another one is alive', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const mark = { ...self, pid: child.pid as number, started: '' };
    expect(processes.isAlive(mark)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(processes.isAlive(mark)).toBe(false);
  });

  it.skipIf(self.started === '')('take one that has ended and that nobody has asked for yet for dead', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    const stat = (): string => readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1] ?? '';
    await expect.poll(() => stat()[0]).toBe('Z');
    const started = stat().split(' ')[19] ?? '';
    expect(processes.isAlive({ ...self, pid, started })).toBe(false);
    parent.kill('SIGKILL');
  });

  it('do not judge processes of another machine, another container, or before the last start', () => {
    for (const other of [{ host: 'x' }, { namespace: 'x' }, { boot: 'x' }]) {
      expect(processes.isAlive({ ...self, ...other })).toBeUndefined();
    }
  });
});
