import { ArgumentError } from '../core/errors.ts';
import { type Layout, layOut, type Link } from '../core/layout.ts';
import type { PlanNode } from '../core/plan.ts';
import { isSink, rejectionKinds } from '../core/reject-policy.ts';
import { timestampsAsTheyAre } from '../operators/time/timestamps-as-they-are.ts';
import type { Input } from './input.ts';
import { guaranteeOf } from './job/guarantee.ts';
import { replayOf } from './job/terms.ts';

export type ExplainFormat = 'text' | 'mermaid';

/** Draws chains: one line a node in the order in which records meet them, or a flowchart. */
export function explain(ends: readonly Link[], format: ExplainFormat): string {
  if (format !== 'text' && format !== 'mermaid') {
    throw new ArgumentError('explain', 'format', "'text' or 'mermaid'", format);
  }
  const layout = layOut(ends, timestampsAsTheyAre);
  const shown = [...layout.plan.nodes.map((node, index) => drawn(node, index, layout)), ...deadLetters(layout)];
  return format === 'text' ? asText(shown) : asMermaid(shown);
}

interface Drawn {
  readonly kind: PlanNode['kind'];
  readonly name: string;
  readonly about: string;
  /** The nodes that it reads from, hidden ones passed over. */
  readonly inputs: readonly number[];
  readonly index: number;
  readonly hidden: boolean;
}

function drawn(node: PlanNode, index: number, layout: Layout): Drawn {
  const { nodes } = layout.plan;
  const inputs = node.kind === 'input' ? [] : node.inputs.map((input) => visible(nodes, input));
  const hidden = (node.kind === 'step' && node.hidden === true) || (node.kind === 'output' && !node.sink);
  return { kind: node.kind, name: node.name, about: about(node, index, layout), inputs, index, hidden };
}

/** Sinks of rejections stand behind everything; whose they are, the chain's policies say. */
function deadLetters(layout: Layout): readonly Drawn[] {
  const { plan, policies } = layout;
  const sinks = [...new Set(policies.flatMap((policy) => Object.values(policy)).filter(isSink))];
  return sinks.map((sink, place) => {
    const kinds = rejectionKinds.filter((kind) => policies.some((policy) => policy[kind] === sink));
    const told = `dead letters (${kinds.join(', ')}), ${guaranteeOf(sink, layout)}`;
    return {
      kind: 'output',
      name: sink.name,
      about: told,
      inputs: [],
      index: plan.nodes.length + place,
      hidden: false,
    };
  });
}

function visible(nodes: readonly PlanNode[], index: number): number {
  const node = nodes[index] as PlanNode;
  return node.kind === 'step' && node.hidden === true ? visible(nodes, node.inputs[0] as number) : index;
}

function about(node: PlanNode, index: number, layout: Layout): string {
  const { plan, inputs, sinks } = layout;
  if (node.kind === 'step') {
    const { operator, summary } = node.step.recipe;
    return node.name.replace(/#\d+$/, '') === operator ? summary : `${operator}${summary === '' ? '' : ` ${summary}`}`;
  }
  const place = plan.nodes.slice(0, index).filter(({ kind }) => kind === node.kind).length;
  if (node.kind === 'input') return aboutInput(inputs[place]!.input as Input);
  const sink = sinks[place];
  return sink === undefined ? '' : guaranteeOf(sink, layout);
}

function aboutInput(input: Input): string {
  const again = {
    any: 'can be read again',
    held: 'holds what is not acknowledged',
    none: 'cannot be read again: a crash loses or repeats what came since the last checkpoint',
  }[replayOf(input)];
  if (input.kind === 'source') {
    const { about: rest, warning } = input.source.traits;
    return [again, rest, warning].filter((each) => each !== undefined).join('; ');
  }
  return `${{ list: 'a list', pull: 'an async iterable', push: 'an Observable' }[input.kind]}, ${again}`;
}

/** Joins of several inputs name them; a line by itself reads from the line above. */
function asText(all: readonly Drawn[]): string {
  const lines = all.filter(({ hidden }) => !hidden);
  // Paths may be long: only the names of steps stand in a column.
  const width = Math.max(0, ...lines.map(({ kind, name }) => (kind === 'step' ? name.length : 0)));
  return lines
    .map(({ kind, name, about: told, inputs }, place) => {
      const sign = { input: 'from', step: '  | ', output: '  to' }[kind];
      const above = place > 0 && inputs.length === 1 && inputs[0] === lines[place - 1]?.index;
      const reads = inputs.length === 0 || above ? '' : `  <- ${inputs.map((input) => all[input]?.name).join(', ')}`;
      return `${sign} ${name.padEnd(width)}  ${told}${reads}`.trimEnd();
    })
    .join('\n');
}

function asMermaid(all: readonly Drawn[]): string {
  const nodes = all.filter(({ hidden }) => !hidden);
  const boxes = nodes.map(({ kind, name, about: told, index }) => {
    const [open, close] = { input: ['([', '])'], step: ['[', ']'], output: ['[(', ')]'] }[kind] as [string, string];
    const label = told === '' ? name : `${name}<br/>${told}`;
    return `  n${index}${open}"${label.replaceAll('"', '#quot;')}"${close}`;
  });
  const arrows = nodes.flatMap(({ inputs, index }) => inputs.map((input) => `  n${input} --> n${index}`));
  return ['flowchart TD', ...boxes, ...arrows].join('\n');
}
