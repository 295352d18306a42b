import { ArgumentError } from '../../core/errors.ts';
import type { Layout } from '../../core/layout.ts';
import type { StepNode } from '../../core/plan.ts';
import type { Input } from '../input.ts';
import { neverIdle } from '../never-idle.ts';
import { deciderOf, guaranteeOf } from './guarantee.ts';
import { decides, sinksOf } from './open-sinks.ts';
import type { JobWarning } from './report.ts';
import type { RunSettings } from './run-options.ts';

/** Whether every input can be read again from a position. */
export function canReplay({ inputs }: Pick<Layout, 'inputs'>): boolean {
  return inputs.every(({ input }) => replayOf(input as Input) !== 'none');
}

/** Whether a step of it keeps anything of its records, beside their keys and how late it is. */
export function isStateful(layout: Layout): boolean {
  return steps(layout).some(keepsRecords);
}

export function keepsRecords({ step: { recipe } }: StepNode): boolean {
  const { stateful, time, operator } = recipe;
  return stateful && time !== 'sets' && operator !== 'keyBy' && operator !== 'union';
}

/** Whether every input can be read again from an older position than the last: one that holds what is not committed has forgotten the rest. */
export function canGoBack({ inputs }: Pick<Layout, 'inputs'>): boolean {
  return inputs.every(({ input }) => replayOf(input as Input) === 'any');
}

export function replayOf(input: Input): 'any' | 'held' | 'none' {
  if (input.kind === 'source') return input.source.traits.replay;
  return input.kind === 'list' && Array.isArray(input.list) ? 'any' : 'none';
}

/**
 * What a job cannot do, before anything is opened.
 *
 * @throws ArgumentError
 */
export function refuse(layout: Layout, settings: RunSettings): void {
  const sinks = [...sinksOf(layout).keys()];
  const decider = deciderOf(layout);
  if (settings.store === undefined) {
    const strict = sinks.find((sink) => sink.traits.needsCheckpoint === true);
    if (strict === undefined) return;
    const hint = `${strict.name} was told to be exactly once`;
    throw new ArgumentError('run', 'checkpoint', 'a checkpoint store', undefined, hint);
  }
  const others = sinks.filter((sink) => decides(sink) && sink !== decider);
  if (others.length > 0) {
    const names = [decider, ...others].map((sink) => sink?.name).join(', ');
    throw new ArgumentError(
      'run',
      'to',
      'at most one sink that decides',
      names,
      'one transaction cannot span two systems',
    );
  }
  if (decider !== undefined && !settings.isNamed) {
    const hint = `the transactions of ${decider.name} carry it`;
    throw new ArgumentError('run', 'name', 'a name that stays the same', undefined, hint);
  }
  const longestMs = decider?.traits.transactionTimeoutMs ?? Number.POSITIVE_INFINITY;
  if (settings.everyMs >= longestMs) {
    const expected = `less than the \`transactionTimeout\` of ${decider?.name} (${longestMs} ms)`;
    throw new ArgumentError('run', 'every', expected, settings.everyMs, 'a checkpoint ends a transaction');
  }
  const foreign = steps(layout).find(({ step }) => step.recipe.opaque === true);
  if (foreign !== undefined) {
    const hint = 'nobody can see what it holds: declare it `{ stateless: true }`, or use an operator of ours';
    throw new ArgumentError(
      'run',
      'checkpoint',
      `left out, with the foreign step ${foreign.name}`,
      settings.store.name,
      hint,
    );
  }
}

/** What a person should know before the first record. */
export function warnings(layout: Layout, settings: RunSettings): readonly JobWarning[] {
  return [
    ...layout.inputs.flatMap(({ name, input }) => ofInput(name, input as Input, settings)),
    ...neverIdle(layout.plan).map((step) => ({ code: 'ML_NEVER_IDLE', message: neverIdleText(step), step })),
    ...(settings.store === undefined ? [] : ofSinks(layout)),
    ...countedAgain(layout),
  ];
}

function ofInput(name: string, input: Input, { store }: RunSettings): readonly JobWarning[] {
  const told = input.kind === 'source' ? input.source.traits.warning : undefined;
  const list: JobWarning[] = told === undefined ? [] : [{ code: 'ML_SOURCE', message: told, step: name }];
  if (store !== undefined && replayOf(input) === 'none') {
    const message = `${name} cannot be read again: what it brought between the last checkpoint and a crash is lost, or comes twice`;
    list.push({ code: 'ML_NOT_REPLAYABLE', message, step: name });
  }
  return list;
}

function ofSinks(layout: Layout): readonly JobWarning[] {
  return [...sinksOf(layout)].flatMap(([sink, name]) =>
    sink.traits.guarantee === 'repeats'
      ? [
          {
            code: 'ML_AT_LEAST_ONCE',
            message: `${name} is ${guaranteeOf(sink, layout)}; a restart may write rows again`,
            step: name,
          },
        ]
      : [],
  );
}

/** Steps that keep a sum or an average over rows of which some are corrections of others. */
function countedAgain({ plan }: Layout): readonly JobWarning[] {
  const corrected = new Map<number, string>();
  const found: JobWarning[] = [];
  plan.nodes.forEach((node, index) => {
    if (node.kind !== 'step') return;
    const before = node.inputs.map((input) => corrected.get(input)).find((name) => name !== undefined);
    const { stateful, refires, operator } = node.step.recipe;
    if (before !== undefined && stateful && operator !== 'keyBy') {
      const message = `${node.name} counts a window of ${before} again each time it fires again`;
      found.push({ code: 'ML_COUNTED_AGAIN', message, step: node.name });
    }
    const here = refires === true ? node.name : before;
    if (here !== undefined) corrected.set(index, here);
  });
  return found;
}

function neverIdleText(step: string): string {
  return `${step}: a partition without records holds every window back for ever; \`idleAfter\` says for how long it may`;
}

function steps({ plan }: Layout): readonly StepNode[] {
  return plan.nodes.filter((node) => node.kind === 'step');
}
