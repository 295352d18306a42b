import { describe, expect, it } from 'vitest';
import { start } from '../crash/crash-run.ts';

describe('the example over MQTT', () => {
  it('shows roll-ups of every device while it runs, and stops cleanly at Ctrl-C', async () => {
    const { child, ended } = start('../../../examples/mqtt');
    const devices = ['attic', 'cellar', 'garden', 'kitchen', 'roof'];
    let [printed, isStopped] = ['', false];
    child.stdout?.on('data', (text) => {
      printed += String(text);
      // A second one would have it leave at once.
      if (isStopped || !devices.every((device) => printed.includes(`${device} `))) return;
      isStopped = child.kill('SIGINT');
    });
    const { by, errors } = await ended;
    expect([by, errors]).toEqual([0, '']);
    expect(printed).toMatch(/stopped, balanced; rejected: .*invalid/);
    expect(printed).toMatch(/roof +\d\d:\d\d:\d\d {2}n +\d+ {2}mean \d+\.\d {2}max \d+\.\d {2}smoothed \d+\.\d #+/);
  });
});
