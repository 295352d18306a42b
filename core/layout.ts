import { ArgumentError } from './errors.ts';
import type { Plan, PlanNode } from './plan.ts';
import type { Step } from './recipe.ts';
import { policies, type RejectPolicies, type RejectPolicy } from './reject-policy.ts';
import type { RejectionKind } from './rejection.ts';
import type { Sink } from './sink.ts';

/** A chain as its user wrote it: each link knows the one before. Links are values; a link that two chains share is one. */
export type Link = InputLink | StepLink | PolicyLink | SinkLink;

export interface InputLink {
  readonly kind: 'input';
  readonly name: string;
  /** Whether its records may come with a timestamp. */
  readonly timestamps: boolean;
  /** It goes on for ever and speaks of now. */
  readonly live?: true;
  /** What whoever runs the chain reads from. */
  readonly input: unknown;
}

export interface StepLink {
  readonly kind: 'step';
  readonly before: Link;
  /** Further inputs, of a step that joins several. */
  readonly others: readonly Link[];
  readonly step: Step;
  readonly name?: string;
}

export interface PolicyLink {
  readonly kind: 'policy';
  readonly before: Link;
  readonly policies: RejectPolicies;
}

/** A sink that is handed what passes here. */
export interface SinkLink {
  readonly kind: 'sink';
  readonly before: Link;
  readonly sink: Sink<never>;
}

export type PolicyOf = Readonly<Record<RejectionKind, RejectPolicy>>;

/** A plan and what stands at its ends, each list in the order of the plan's nodes. */
export interface Layout {
  readonly plan: Plan;
  readonly inputs: readonly InputLink[];
  /** The sink of each output node; the rows of a chain that ends in none are for whoever runs it. */
  readonly sinks: readonly (Sink<never> | undefined)[];
  /** By node. */
  readonly policies: readonly PolicyOf[];
}

/**
 * Lays chains out as one plan: names every step after its operator, finds which policy covers it, and gives event time to
 * inputs whose records have timestamps and whose chain names none.
 */
export function layOut(ends: readonly Link[], timestampsAsTheyAre: Step): Layout {
  const layout = new LayoutInProgress(timestampsAsTheyAre);
  for (const end of ends) layout.end(end);
  return layout.done();
}

class LayoutInProgress {
  readonly #asTheyAre: Step;
  readonly #nodes: PlanNode[] = [];
  readonly #inputs: InputLink[] = [];
  readonly #sinks: (Sink<never> | undefined)[] = [];
  /** By node: the policy that covers it, and the one in force behind it. */
  readonly #covers: (PolicyLink | undefined)[] = [];
  readonly #inForce: (PolicyLink | undefined)[] = [];
  readonly #places = new Map<Link, number>();
  readonly #uses = new Map<string, number>();
  /** Whether the records behind a node have event time. */
  readonly #timed: boolean[] = [];
  readonly #namesNoTime = new Set<Link>();

  constructor(asTheyAre: Step) {
    this.#asTheyAre = asTheyAre;
  }

  end(link: Link): void {
    this.#noteTime(link, false);
    const before = this.#place(link);
    if (link.kind === 'sink') return;
    this.#output('output', before, undefined);
  }

  done(): Layout {
    const checked = new Map<PolicyLink | undefined, PolicyOf>();
    const policyOf = (cover: PolicyLink | undefined): PolicyOf => {
      const known = checked.get(cover) ?? policies('onReject', cover?.policies);
      checked.set(cover, known);
      return known;
    };
    return {
      plan: { nodes: this.#nodes },
      inputs: this.#inputs,
      sinks: this.#sinks,
      policies: this.#nodes.map((_, node) => policyOf(this.#covers[node])),
    };
  }

  /** Walks up from an end, and notes the inputs from which it comes without meeting a step that sets the time. */
  #noteTime(link: Link, set: boolean): void {
    if (link.kind === 'input') {
      if (!set) this.#namesNoTime.add(link);
      return;
    }
    const here = set || (link.kind === 'step' && link.step.recipe.time === 'sets');
    this.#noteTime(link.before, here);
    if (link.kind === 'step') for (const other of link.others) this.#noteTime(other, here);
  }

  /** The node behind which the records of a link stand. */
  #place(link: Link): number {
    const known = this.#places.get(link);
    if (known !== undefined) return known;
    const place = this.#placeNew(link);
    this.#places.set(link, place);
    return place;
  }

  #placeNew(link: Link): number {
    if (link.kind === 'input') return this.#input(link);
    const before = this.#place(link.before);
    if (link.kind === 'policy') {
      this.#cover(before, link);
      this.#inForce[before] = link;
      return before;
    }
    if (link.kind === 'sink') {
      this.#output(link.sink.name, before, link.sink);
      return before;
    }
    return this.#step(link, [before, ...link.others.map((other) => this.#place(other))]);
  }

  #input(link: InputLink): number {
    const node = this.#add(
      {
        kind: 'input',
        name: this.#named(link.name),
        timestamps: link.timestamps,
        ...(link.live ? { live: true } : {}),
      },
      undefined,
      false,
    );
    this.#inputs.push(link);
    if (!link.timestamps || !this.#namesNoTime.has(link)) return node;
    const step = this.#asTheyAre;
    return this.#add(
      { kind: 'step', name: `time of ${link.name}`, inputs: [node], step, hidden: true },
      undefined,
      true,
    );
  }

  #step(link: StepLink, inputs: readonly number[]): number {
    const { recipe } = link.step;
    const name = this.#named(link.name ?? recipe.operator);
    const timed = inputs.every((input) => this.#timed[input]);
    if (recipe.time === 'needs' && !timed) {
      throw new ArgumentError(name, 'eventTime', 'called before it', undefined, 'these records have no timestamp yet');
    }
    if (inputs.some((input) => this.#timed[input] !== this.#timed[inputs[0] as number])) {
      const hint = 'or only behind it';
      throw new ArgumentError(name, 'eventTime', 'called on every input', 'some inputs without a time', hint);
    }
    const cover = inputs.map((input) => this.#inForce[input]).find((each) => each !== undefined);
    return this.#add({ kind: 'step', name, inputs, step: link.step }, cover, timed || recipe.time === 'sets');
  }

  #output(name: string, before: number, sink: Sink<never> | undefined): void {
    this.#add(
      { kind: 'output', name: this.#named(name), sink: sink !== undefined, inputs: [before] },
      this.#inForce[before],
      false,
    );
    this.#sinks.push(sink);
  }

  #add(node: PlanNode, cover: PolicyLink | undefined, timed: boolean): number {
    this.#covers.push(cover);
    this.#inForce.push(cover);
    this.#timed.push(timed);
    return this.#nodes.push(node) - 1;
  }

  /** A policy speaks for what comes behind it, and for what stands before it as long as nothing else does. */
  #cover(node: number, link: PolicyLink): void {
    if (this.#covers[node] !== undefined) return;
    this.#covers[node] = link;
    this.#inForce[node] = link;
    const each = this.#nodes[node];
    if (each !== undefined && each.kind !== 'input') for (const input of each.inputs) this.#cover(input, link);
  }

  #named(wanted: string): string {
    const uses = (this.#uses.get(wanted) ?? 0) + 1;
    this.#uses.set(wanted, uses);
    return uses === 1 ? wanted : `${wanted}#${uses}`;
  }
}
