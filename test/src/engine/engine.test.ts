import type { Observable } from 'rxjs';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { engineText } from '#engine-text';
import { describe, expect, it } from 'vitest';
import { layOut, type Layout } from '../../../core/layout.ts';
import { Pipeline } from '../../../core/pipeline.ts';
import { timestampsAsTheyAre } from '../../../operators/time/timestamps-as-they-are.ts';
import { mean, stream } from '../../../src/index.ts';
import { engineFor } from '../../../src/engine/engine.ts';
import { linkOfStream } from '../../../src/stream.ts';

const layoutOf = (chain: Observable<unknown>): Layout => layOut([linkOfStream(chain)!], timestampsAsTheyAre);
const doubled = (): Layout => layoutOf(stream([1]).map((x) => x * 2));

describe('the text of the engine', () => {
  it('has no private names: they make bytecode long, and what is long is not compiled into one piece', () => {
    expect(engineText).toContain('class');
    expect(engineText).not.toContain('#');
  });
});

describe('the engine of a chain', () => {
  it('is the one that everybody has, where it is shared', () => {
    expect(engineFor(doubled(), 'shared').Pipeline).toBe(Pipeline);
  });

  it('is a copy, and the same for chains of the same shape', () => {
    const engine = engineFor(doubled(), 'own');
    expect(engine.Pipeline).not.toBe(Pipeline);
    expect(engineFor(layoutOf(stream([2]).map((x) => x + 1)), 'own')).toBe(engine);
    expect(engineFor(layoutOf(stream([{ a: 1 }]).select('a')), 'own')).not.toBe(engine);
  });

  it('is kept for a few shapes, the one used longest ago goes first', () => {
    const engine = engineFor(doubled(), 'own');
    const others = (from: number, to: number): void => {
      for (let i = from; i < to; i++) engineFor(layoutOf(stream([{ a: 1 }]).derive({ [`f${i}`]: () => i })), 'own');
    };
    others(0, 10);
    expect(engineFor(doubled(), 'own')).toBe(engine);
    others(10, 25);
    expect(engineFor(doubled(), 'own')).toBe(engine);
    others(25, 45);
    expect(engineFor(doubled(), 'own')).not.toBe(engine);
  });

  it('is the shared one where text may not be evaluated, with the same rows', async () => {
    const rows = [
      { k: 'a', at: 1, v: 1 },
      { k: 'b', at: 2, v: 5 },
      { k: 'a', at: 70_000, v: 2 },
    ];
    const chain = `stream(${JSON.stringify(rows)}, { engine: 'own' }).eventTime('at').keyBy('k').derive({ d: (r) => r.v * 2 })
      .tumblingWindow('1m').aggregate({ m: mean('d') }).ewma('m', { alpha: 0.5, as: 's' }).rename({ s: 't' }).select('k', 't')`;
    const program = `import { mean, stream } from 'millrace'; console.log(JSON.stringify(await ${chain}.toArray()));`;
    const printed = await new Promise<string>((resolve, reject) => {
      const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', program];
      const cwd = fileURLToPath(new URL('../../../', import.meta.url));
      execFile(process.execPath, flags, { cwd }, (error, stdout) => (error === null ? resolve(stdout) : reject(error)));
    });
    const here = await stream(rows, { engine: 'own' })
      .eventTime('at')
      .keyBy('k')
      .derive({ d: (r) => r.v * 2 })
      .tumblingWindow('1m')
      .aggregate({ m: mean('d') })
      .ewma('m', { alpha: 0.5, as: 's' })
      .rename({ s: 't' })
      .select('k', 't')
      .toArray();
    expect(JSON.parse(printed)).toEqual(here);
  });
});
