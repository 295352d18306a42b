import { count, type EngineChoice, max, mean, stream, sum } from 'millrace';

/**
 * Six pipelines over records of other shapes, through the code that the benches measure: in a real program it has seen
 * more than one kind of record, too, and what the compiler knew of the first is lost. The same once more on copies of
 * their own, as jobs run: a copy must learn nothing from another.
 */
export function runOtherPipelines(): void {
  for (const engine of ['shared', 'own'] as const) {
    run({ a: 1, b: 'x' }, 100, engine);
    run({ q: 1.5, z: null }, 101, engine);
    run({ m: [1], n: 2 }, 102, engine);
    run({ x: 1, y: 2, w: 3 }, 103, engine);
    run({ t: 's' }, 104, engine);
    run({ u: 1n }, 105, engine);
  }
}

function run(rest: object, size: number, engine: EngineChoice): void {
  const records = Array.from({ length: 60_000 }, (_, i) => ({ ...rest, i, g: i % 5, text: `${i}` }));
  const changed = stream(records, { engine })
    .map((record) => ({ ...record, j: record }))
    .filter(({ g }) => g < 4)
    .derive({ half: ({ i }) => i / 2 })
    .cast({ text: 'number' });
  let rows = 0;
  changed
    .eventTime('i', { outOfOrderness: size - 100 })
    .keyBy('g')
    .tumblingWindow(size)
    .aggregate({ mean: mean('half'), max: max('i'), sum: sum('text'), count: count() })
    .subscribe(() => rows++);
  changed
    .keyBy('g', 'half')
    .ewma('i', { alpha: 0.5, as: 'smooth' })
    .subscribe(() => rows++);
  changed
    .keyBy('g')
    .ewma('text', { span: size, as: 'smooth' })
    .subscribe(() => rows++);
  if (rows === 0) throw new Error('the other pipelines made no rows');
}
