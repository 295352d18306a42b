import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../core/checkpoint.ts';
import { recover } from '../../../src/job/recovery.ts';

const whole = (id: string, standing: Checkpoint['standing'] = 'committed', positions = { source: {} }): Checkpoint => ({
  id,
  standing,
  finished: false,
  positions,
  snapshot: { version: 1, steps: {}, slots: [] },
  tallies: {},
  sinks: {},
});
const blank = (id: string, standing: Checkpoint['standing']): Checkpoint => ({ ...whole(id, standing), positions: {} });
const torn = (id: string): { id: string; damage: Error } => ({ id, damage: new Error('torn') });
const corrupt = expect.objectContaining({ code: 'ML_CHECKPOINT_CORRUPT' }) as Error;
const nobody = { decided: 'nobody decides', canGoBack: true } as const;

describe('recover, where no sink decides', () => {
  it('begins where there is no checkpoint', () => {
    expect(recover([], nobody)).toBeUndefined();
  });

  it('takes the newest', () => {
    expect(recover([whole('r-2'), whole('r-1')], nobody)).toEqual({ checkpoint: whole('r-2') });
  });

  it('passes over a torn one, and says so, where everything can go back further', () => {
    const found = recover([torn('r-2'), whole('r-1')], nobody);
    expect(found?.checkpoint.id).toBe('r-1');
    expect(found?.warning).toBe('r-2 cannot be read (torn); the job goes on from the older r-1');
  });

  it('refuses to pass over a torn one where something cannot go back further', () => {
    expect(() => recover([torn('r-2'), whole('r-1')], { ...nobody, canGoBack: false })).toThrowError(corrupt);
  });

  it('refuses to begin anew where all are torn', () => {
    expect(() => recover([torn('r-1')], nobody)).toThrowError(corrupt);
  });

  it('takes the newest though an older one is torn', () => {
    expect(recover([whole('r-2'), torn('r-1')], nobody)).toEqual({ checkpoint: whole('r-2') });
  });
});

describe('recover, where a sink decides', () => {
  const decided = (id: string | undefined) => ({ decided: id, canGoBack: false });

  it('takes what the sink has committed, prepared or marked, newer ones or none', () => {
    expect(recover([whole('r-1', 'prepared')], decided('r-1'))?.checkpoint.id).toBe('r-1');
    expect(recover([whole('r-2', 'prepared'), whole('r-1')], decided('r-1'))?.checkpoint.id).toBe('r-1');
    expect(recover([torn('r-2'), whole('r-1')], decided('r-1'))?.checkpoint.id).toBe('r-1');
  });

  it('refuses where that one is lost or torn', () => {
    expect(() => recover([whole('r-1')], decided('r-2'))).toThrowError(corrupt);
    expect(() => recover([torn('r-2'), whole('r-1')], decided('r-2'))).toThrowError(corrupt);
  });

  it('begins where neither the sink nor the store knows of one', () => {
    expect(recover([], decided(undefined))).toBeUndefined();
  });

  it('takes the newest that is marked where the marker has expired', () => {
    expect(recover([whole('r-2'), whole('r-1')], decided(undefined))?.checkpoint.id).toBe('r-2');
  });

  it('refuses where the marker has expired and a newer one is prepared', () => {
    expect(() => recover([whole('r-2', 'prepared'), whole('r-1')], decided(undefined))).toThrowError(corrupt);
    expect(() => recover([torn('r-2'), whole('r-1')], decided(undefined))).toThrowError(corrupt);
  });

  it('takes one that holds nothing, whether it was committed or not', () => {
    expect(recover([blank('r-0', 'prepared')], decided(undefined))?.checkpoint.id).toBe('r-0');
  });
});
