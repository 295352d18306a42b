import { expect, it } from 'vitest';
import { Silence } from '../../../core/silence.ts';
import { Watermarks } from '../../../core/watermarks.ts';
import { eventTime } from '../../../operators/time/event-time.ts';
import { ManualClock } from '../../../src/testing/manual-clock.ts';
import { applicable, describeOracle } from '../../support/oracles.ts';
import { TestPipeline } from '../../support/pipelines.ts';

type Step = Readonly<Record<string, unknown>>;

interface Case {
  readonly name: string;
  readonly steps: readonly Step[];
}

interface Generator extends Case {
  readonly generator: 'monotonic' | 'bounded_out_of_orderness' | 'idleness_timer';
  readonly max_delay_ms?: number;
  readonly timeout_ms?: number;
  readonly expected_last_watermark?: number;
}

interface Combiner extends Case {
  readonly op: 'combine_watermarks' | 'multiplex_watermarks';
  readonly channels?: number;
}

interface Cases {
  readonly watermark_generators: readonly Generator[];
  readonly watermark_combining: readonly Combiner[];
}

describeOracle<Cases>(
  'watermarks of Flink',
  'windows.json',
  ({ watermark_generators, watermark_combining }, counted) => {
    const generators = counted('watermark generators');
    const combiners = counted('watermark combiners');

    it.each(watermark_generators.filter(({ generator }) => generator !== 'idleness_timer'))('$name', (each) => {
      generators.check(() => expect(lastWatermark(each)).toBe(each.expected_last_watermark));
    });

    it.each(watermark_generators.filter(({ generator }) => generator === 'idleness_timer'))('$name', (each) => {
      generators.check(() => expect(silences(each)).toEqual(asked(each, 'check').filter((check) => check !== null)));
    });

    it.each(applicable(watermark_combining, combiners, elsewhere))('$name', (each) => {
      combiners.check(() => expect(new Combining(each).answers()).toEqual(asked(each, ...questions)));
    });
  },
);

/** What a case says that the answers to its questions are. */
function asked({ steps }: Case, ...names: readonly string[]): unknown[] {
  return steps.flatMap((step) => names.flatMap((name) => (name in step ? [step[name]] : [])));
}

/** A periodic emit says nothing new here: the watermark follows every record. */
function lastWatermark({ max_delay_ms, steps }: Generator): number | undefined {
  const pipeline = new TestPipeline([eventTime<{ t: number }>('t', { outOfOrderness: max_delay_ms ?? 0 })]);
  for (const { event_t } of steps) if (event_t !== undefined) pipeline.push({ t: event_t });
  return pipeline.outcome.watermarks.at(-1);
}

/** A check of nothing only starts the timer there. */
function silences({ timeout_ms, steps }: Generator): unknown[] {
  const clock = new ManualClock();
  let isIdle = false;
  const silence = new Silence(clock, [timeout_ms as number], (isSilent) => (isIdle = isSilent));
  return steps.flatMap(({ check, advance_ms, activity }) => {
    if (advance_ms !== undefined) clock.advanceTo(clock.now() + (advance_ms as number));
    if (activity === true) silence.broken();
    return typeof check === 'boolean' ? [isIdle] : [];
  });
}

/** That a channel is aligned again shows in the watermarks that follow. */
const questions = ['expect', 'expect_idle', 'expect_last_watermark'];

/** Why a case does not apply. */
const elsewhere: Readonly<Record<string, string>> = {
  'flink/WatermarkOutputMultiplexerTest/lowerImmediateUpdateOnSameOutputDoesNotEmitCombinedUpdate':
    'an output with two watermarks, one of them held back; a partition has one',
  'flink/WatermarkOutputMultiplexerTest/testRemoveOfHighestDoesNotRetractWatermark':
    'goes on behind the last output; when every partition has ended, so has the input',
  'flink/WatermarkOutputMultiplexerTest/testNotEmittingIdleAfterAllSplitsRemoved':
    'goes on behind the last output; when every partition has ended, so has the input',
};

/** Channels are partitions: what comes out is a watermark that moved, and whether all are idle. */
class Combining {
  readonly #marks = new Watermarks();
  readonly #slots = new Map<unknown, number>();
  readonly #out: Step[] = [];
  readonly #case: Combiner;
  /** What deferred outputs have said is a record that nobody has taken yet: the next that speaks, or a periodic emit, takes it. */
  readonly #deferred: Step[] = [];

  constructor(each: Combiner) {
    this.#case = each;
    for (let channel = 0; channel < (each.channels ?? 0); channel++) this.#marks.join(this.#slotOf(channel));
    if (each.steps.some((step) => 'register' in step)) return;
    for (const { source } of each.steps) if (source !== undefined) this.#marks.join(this.#slotOf(source));
  }

  answers(): unknown[] {
    return this.#case.steps.flatMap((step): unknown[] => {
      if ('expect' in step) return [this.#out.shift() ?? null];
      if ('expect_idle' in step) return [this.#marks.allIdle];
      if ('expect_last_watermark' in step) return [this.#last];
      if ('register' in step) this.#marks.join(this.#slotOf(step['register']));
      else if ('unregister' in step) this.#marks.advance(this.#slotOf(step['unregister']), Number.POSITIVE_INFINITY);
      else if (step['mode'] === 'deferred') this.#deferred.push(step);
      else {
        for (const each of this.#deferred.splice(0)) this.#tell(each);
        if ('channel' in step || 'source' in step) this.#tell(step);
      }
      return [];
    });
  }

  #tell(step: Step): void {
    const slot = this.#slotOf(step['channel'] ?? step['source']);
    const { watermark } = step;
    const isIdle = step['status'] === 'idle' || step['idle'] === true;
    const wasIdle = this.#marks.allIdle;
    // A multiplexer's output speaks by its watermark, a channel says so itself.
    let moved = false;
    if (watermark === undefined || this.#case.op === 'multiplex_watermarks') moved = this.#marks.idle(slot, isIdle);
    if (watermark !== undefined) moved = this.#marks.advance(slot, watermark as number) || moved;
    if (moved) this.#out.push({ watermark: this.#marks.merged });
    if (this.#marks.allIdle !== wasIdle) this.#out.push({ status: this.#marks.allIdle ? 'idle' : 'active' });
  }

  #slotOf(name: unknown): number {
    const known = this.#slots.get(name) ?? this.#slots.size;
    this.#slots.set(name, known);
    return known;
  }

  get #last(): number | null {
    return this.#marks.merged === Number.NEGATIVE_INFINITY ? null : this.#marks.merged;
  }
}
