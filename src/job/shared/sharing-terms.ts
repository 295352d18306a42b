import type { CheckpointStore } from '../../../core/checkpoint.ts';
import { ArgumentError } from '../../../core/errors.ts';
import type { Layout } from '../../../core/layout.ts';
import type { StepNode } from '../../../core/plan.ts';
import type { Sharing } from '../../../core/source.ts';
import type { Input } from '../../input.ts';
import { sinksOf } from '../open-sinks.ts';
import type { RunSettings } from '../run-options.ts';
import { keepsRecords } from '../terms.ts';

const where = 'run';
/** They hold records for a while, and nothing of a key: what a partition has is enough for them. */
const perRecord = ['mapAsync', 'sortByTime'];

/** How processes share an input of this chain; nothing where they do not. */
export function sharingOf({ inputs }: Layout): Sharing<unknown> | undefined {
  return inputs.map(({ input }) => sharingOfInput(input as Input)).find((each) => each !== undefined);
}

/**
 * What a job cannot do whose shares are runs by themselves, here or in other processes.
 *
 * @throws ArgumentError
 */
export function refuseSharing(layout: Layout, settings: RunSettings, sharing: Sharing<unknown>): CheckpointStore {
  const { option } = sharing;
  if (layout.inputs.length > 1) {
    const names = layout.inputs.map(({ name }) => name).join(', ');
    throw new ArgumentError(
      where,
      'input',
      `the only one, with ${option}`,
      names,
      'one source can read several topics',
    );
  }
  if (settings.store === undefined) {
    const hint = 'the state of a partition moves with it: all processes need the same store';
    throw new ArgumentError(where, 'checkpoint', `a checkpoint store, with ${option}`, undefined, hint);
  }
  if (!settings.isNamed) {
    throw new ArgumentError(
      where,
      'name',
      `a name that stays the same, with ${option}`,
      undefined,
      'its processes share it',
    );
  }
  const file = [...sinksOf(layout).keys()].find((sink) => sink.traits.guarantee === 'follows');
  if (file !== undefined) {
    const hint = 'it goes back with one checkpoint, and each partition has its own: write to a topic';
    throw new ArgumentError(where, 'to', `no sink that follows, with ${option}`, file.name, hint);
  }
  refuseKeys(layout, sharing);
  return settings.store;
}

/** State is kept by share: every key must lie in one, and so must all that a step without keys takes together. */
function refuseKeys({ plan }: Layout, { partitionedBy, option }: Sharing<unknown>): void {
  const keys: (readonly string[] | undefined)[] = [];
  const written: ReadonlySet<string>[] = [];
  plan.nodes.forEach((node, place) => {
    if (node.kind === 'input') {
      written[place] = new Set();
      return;
    }
    const [before = 0] = node.inputs;
    const changed = new Set(node.inputs.flatMap((input) => [...(written[input] ?? [])]));
    written[place] = changed;
    keys[place] = keys[before];
    if (node.kind !== 'step') return;
    const { recipe } = node.step;
    if (recipe.key === 'drops') keys[place] = undefined;
    if (recipe.key === 'sets') {
      keys[place] = fieldsOf(node);
      refuseKey(node, partitionedBy, changed);
    }
    for (const field of recipe.fields.writes) changed.add(field);
    if (keepsRecords(node) && !perRecord.includes(recipe.operator) && !follows(keys[place], partitionedBy)) {
      const hint =
        'a partition has its own state: name in `partitionedBy` by what producers choose it, and key by that';
      throw new ArgumentError(
        node.name,
        'keyBy',
        `called before it with \`partitionedBy\`, with ${option}`,
        undefined,
        hint,
      );
    }
  });
}

function refuseKey(node: StepNode, partitionedBy: readonly string[], changed: ReadonlySet<string>): void {
  const fields = fieldsOf(node);
  if (partitionedBy.length === 0) return;
  const hint =
    'records of one key lie in several partitions; write them to a topic by the other key, and read that with a second job';
  const expected = `a key with ${partitionedBy.map((field) => `\`${field}\``).join(', ')} (\`partitionedBy\`)`;
  if (!follows(fields, partitionedBy)) throw new ArgumentError(node.name, 'key', expected, fields.join(', '), hint);
  const other = partitionedBy.find((field) => changed.has(field));
  if (other === undefined) return;
  throw new ArgumentError(
    node.name,
    'key',
    `${expected} as it was in the message`,
    `\`${other}\` of a step before it`,
    hint,
  );
}

function follows(key: readonly string[] | undefined, partitionedBy: readonly string[]): boolean {
  return key !== undefined && partitionedBy.length > 0 && partitionedBy.every((field) => key.includes(field));
}

/** Fields that are in the key as they are in the record. */
function fieldsOf({ step }: StepNode): readonly string[] {
  const { fields = [], functions } = step.recipe.options as { fields?: readonly string[]; functions?: unknown };
  return functions === undefined ? fields : [];
}

function sharingOfInput(input: Input): Sharing<unknown> | undefined {
  return input.kind === 'source' ? input.source.sharing : undefined;
}
