import type { Step } from './recipe.ts';

/** A chain, or several that share parts, laid out so that every node stands behind the nodes it reads from. */
export interface Plan {
  readonly nodes: readonly PlanNode[];
}

export type PlanNode = InputNode | StepNode | OutputNode;

/** Where records enter. */
export interface InputNode {
  readonly kind: 'input';
  readonly name: string;
  /** Whether its records may come with a timestamp. */
  readonly timestamps: boolean;
  /** It goes on for ever and speaks of now: a clock that is ahead is a danger. */
  readonly live?: true;
}

export interface StepNode {
  readonly kind: 'step';
  readonly name: string;
  readonly inputs: readonly number[];
  readonly step: Step;
  /** Put in by the plan, not by the user: not shown. */
  readonly hidden?: true;
}

/** Where records leave. */
export interface OutputNode {
  readonly kind: 'output';
  readonly name: string;
  /** Whether a sink stands there; else whoever runs the chain takes the rows. */
  readonly sink: boolean;
  readonly inputs: readonly number[];
}
