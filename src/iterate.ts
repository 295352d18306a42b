import { type Link, layOut } from '../core/layout.ts';
import { applyPolicy } from '../core/reject-policy.ts';
import { timestampsAsTheyAre } from '../operators/time/timestamps-as-they-are.ts';
import { type EngineChoice, engineFor } from './engine/engine.ts';
import { fieldsRead } from './fields-read.ts';
import type { Input } from './input.ts';
import { type Intake, Pump } from './job/pump.ts';
import { openReader } from './job/reader.ts';
import { isLive, refuseSinks } from './subscribe.ts';
import { systemClock } from './system-clock.ts';

/** Rows that wait for whoever iterates; beyond these the chain waits. */
const waitingRows = 256;

/** Runs a chain for a `for await`: sources are pulled only while there is room for what they give. */
export async function* iterate<T>(link: Link, choice: EngineChoice): AsyncGenerator<T, undefined> {
  const layout = layOut([link], timestampsAsTheyAre);
  refuseSinks(layout);
  const engine = engineFor(layout, choice);
  let rows: T[] = [];
  let wakeReader = (): void => {};
  let wakePump = (): void => {};
  let outcome: { readonly cause?: unknown; readonly failed: boolean } | undefined;
  const settle = (result: typeof outcome): void => {
    outcome ??= result;
    wakeReader();
  };
  const pipeline = new engine.Pipeline(
    layout.plan,
    {
      clock: systemClock,
      outlets: [{ next: (row) => void rows.push(row as T) }],
      reject: (node, rejection) => applyPolicy(layout.policies[node], rejection),
      fail: (cause) => settle({ failed: true, cause }),
      inPieces: true,
      wake: () => pump.wake(),
    },
    engine.parts,
  );
  const stopping = new AbortController();
  const intakes = pipeline.heads.map((head, index): Intake => {
    const input = layout.inputs[index]!.input as Input;
    const fields = fieldsRead(layout, head.index);
    const { signal } = stopping;
    const request = { job: 'iteration', positions: {}, fields, signal, clock: systemClock, notice: () => {} };
    return { head, reader: openReader(input, request, pipeline.idleAfter(head)), live: isLive(input) };
  });
  const credit = (): Promise<void> | undefined => {
    if (rows.length > 0) wakeReader();
    return rows.length < waitingRows ? undefined : new Promise((resolve) => (wakePump = resolve));
  };
  const rest = (): void => {
    if (rows.length > 0) wakeReader();
  };
  const pump: Pump = new Pump({ pipeline, intakes, signal: stopping.signal, credit, creditEvery: waitingRows, rest });
  const ended = pump.run().then((how) => {
    if (how === 'ended') return pump.end();
    return undefined;
  });
  ended.then(
    () => settle({ failed: false }),
    (cause: unknown) => settle({ failed: true, cause }),
  );
  try {
    while (true) {
      if (rows.length > 0) {
        const ready = rows;
        rows = [];
        yield* ready;
        wakePump();
      } else if (outcome?.failed === true) throw outcome.cause;
      else if (outcome !== undefined) return undefined;
      else await new Promise<void>((resolve) => (wakeReader = resolve));
    }
  } finally {
    stopping.abort();
    wakePump();
    pipeline.close();
    await Promise.all(intakes.map(({ reader }) => reader.close()));
  }
}
