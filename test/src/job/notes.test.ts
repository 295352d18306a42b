import { describe, expect, it } from 'vitest';
import { ConnectorError, type Sink, type SinkState, stream } from '../../../src/index.ts';
import { directory } from '../../../connectors/files/index.ts';
import { tempFolder } from '../../support/temp-folder.ts';

interface Life {
  /** How many rows it had sent, by its checkpoint. */
  readonly from: number;
  /** What had been noted behind that. */
  readonly found: readonly number[];
  /** What it noted itself. */
  readonly noted: number[];
}

/** A sink that notes with each send how many rows it has sent, and wants a checkpoint with its first. */
function noting(lives: Life[]): Sink<unknown> {
  return {
    name: 'noting',
    traits: { guarantee: 'follows' },
    open: ({ state, notes, note, wantsCheckpoint }) => {
      let [sent, waiting] = [Number(state?.['sent'] ?? 0), 0];
      const life = { from: sent, found: notes.map((each) => Number(each['sent'])), noted: [] as number[] };
      lives.push(life);
      const send = async (): Promise<void> => {
        sent += waiting;
        waiting = 0;
        const noted = sent;
        await note({ sent: noted });
        life.noted.push(noted);
        if (life.noted.length === 1) wantsCheckpoint();
      };
      const cut = async (): Promise<SinkState> => {
        await send();
        return { sent };
      };
      return Promise.resolve({
        ...idle,
        write: () => void waiting++,
        buffered: {
          get records() {
            return waiting;
          },
          bytes: 0,
        },
        send,
        cut,
      });
    },
  };
}

/** A sink whose first cut takes until the other one has noted twice behind it, and that fails when it should commit. */
function slow(lives: readonly Life[]): Sink<unknown> {
  const cut = async (): Promise<SinkState> => {
    const [first] = lives;
    const enough = (first?.noted.length ?? 0) + 3;
    while (lives.length === 1 && (first?.noted.length ?? 0) < enough)
      await new Promise((resolve) => setImmediate(resolve));
    return {};
  };
  const commit = async (): Promise<void> => {
    if (lives.length === 1) throw new ConnectorError('slow', 'is away', { retryable: true });
  };
  return {
    name: 'slow',
    traits: { guarantee: 'follows' },
    open: () => Promise.resolve({ ...idle, cut, commit }),
  };
}

const nothing = (): Promise<void> => Promise.resolve();
const idle = { write: () => {}, buffered: { records: 0, bytes: 0 }, send: nothing, commit: nothing, close: nothing };

describe('what a sink notes while another one is still at a cut', () => {
  it.each([
    ['in memory', {}],
    ['on disk', { checkpoint: directory(tempFolder()), name: 'notes' }],
  ])('stands behind that cut: whoever goes on from there finds it (%s)', async (_, where) => {
    const lives: Life[] = [];
    const { state, restarts } = await stream(Array.from({ length: 1_000 }, (_row, n) => n))
      .alsoTo(noting(lives))
      .to(slow(lives))
      .run({ ...where, every: '1h', maxBuffered: { records: 10 }, restart: { first: 1, longest: 1 } });
    expect([state, restarts]).toEqual(['completed', 1]);
    const [first, second] = lives as [Life, Life];
    const isBehind = (noted: number): boolean => noted > second.from;
    expect(second.from).toBeGreaterThan(0);
    expect(first.noted.filter(isBehind).length).toBeGreaterThanOrEqual(2);
    expect(second.found.filter(isBehind)).toEqual(first.noted.filter(isBehind));
  });
});
