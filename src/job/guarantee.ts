import type { Layout } from '../../core/layout.ts';
import type { Sink } from '../../core/sink.ts';
import { decides, sinksOf } from './open-sinks.ts';

/** The sink whose transactions decide which checkpoint counts; nothing where there is none. */
export function deciderOf(layout: Layout): Sink<never> | undefined {
  return [...sinksOf(layout).keys()].find(decides);
}

/** What a reader of a sink's output sees after a crash, and why it is no more than that. */
export function guaranteeOf(sink: Sink<never>, layout: Layout): string {
  const decider = deciderOf(layout);
  if (sink.traits.guarantee === 'repeats') {
    return decider === undefined
      ? 'at least once: it cannot take back what it wrote'
      : `at least once: it is not in the transaction of ${decider.name}`;
  }
  if (sink.traits.guarantee === 'decides' && sink !== decider) {
    return `refused under a checkpoint: ${decider?.name} decides, and one transaction cannot span two systems`;
  }
  return 'exactly once under a checkpoint, else at least once';
}
