import { describe, expect, it } from 'vitest';
import { Silences } from '../../../../connectors/files/input/silences.ts';

describe('silences of partitions', () => {
  const watched = (): { clock: { at: number }; silences: Silences<string> } => {
    const clock = { at: 1_000, now: () => clock.at, wakeAt: () => () => undefined };
    return { clock, silences: new Silences<string>(clock) };
  };

  it('add up while they are asked, and not while they are not', () => {
    const { clock, silences } = watched();
    silences.ask(['a', 'b']);
    clock.at += 500;
    silences.ask(['a']);
    clock.at += 500;
    expect(silences.longest()).toBe('a');
    expect([silences.take('a'), silences.take('b'), silences.take('a')]).toEqual([1_000, 500, 0]);
  });

  it('are no longer for a clock that is set, in whichever direction, or for a process that was suspended', () => {
    for (const jump of [-3_600_000, 3_600_000]) {
      const { clock, silences } = watched();
      silences.ask(['a']);
      clock.at += jump;
      silences.ask(['a']);
      clock.at += 500;
      expect(silences.take('a')).toBeLessThanOrEqual(10_500);
    }
  });
});
