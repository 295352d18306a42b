import type { Stream } from '../../src/stream.ts';
import { type Driver, drive } from '../../src/testing/index.ts';

/** The windows that stand on a grid; the others have a test of their own. */
export const gridTypes: readonly string[] = ['tumbling', 'sliding', 'cumulative', 'sliding_per_event'];

/** A scenario of oracles/windows.json: what comes in, and what another engine made of it. */
export interface WindowScenario {
  readonly name: string;
  readonly engine: 'flink-datastream' | 'flink-table' | 'beam' | 'kafka-streams';
  readonly config: {
    readonly window?: {
      readonly type: string;
      readonly size_ms?: number;
      readonly size?: number;
      readonly slide_ms?: number;
      readonly offset_ms?: number;
      readonly max_size_ms?: number;
      readonly step_ms?: number;
      readonly grace_ms?: number;
    };
    readonly time?: 'event' | 'processing';
    readonly trigger?: string;
    readonly allowed_lateness_ms?: number;
    readonly allowed_lateness?: number | 'MAX';
    readonly emit?: string;
  };
  readonly steps?: readonly ScenarioStep[];
  readonly events?: readonly ScenarioEvent[];
  readonly late_events?: readonly ScenarioEvent[];
  readonly expected?: unknown;
  readonly expected_panes?: readonly { readonly window: ScenarioWindow; readonly panes: readonly string[] }[];
  readonly expected_late?: readonly { readonly emit: { readonly timestamp: number } }[];
  readonly late_dropped_count?: number;
  readonly expected_dropped_total?: number;
  readonly must_fail?: string;
}

export type ScenarioWindow = readonly [start: number, end: number];

export interface ScenarioEvent {
  readonly key?: string;
  readonly value: number | string;
  readonly t: number | 'MAX';
}

export interface ScenarioStep {
  readonly event?: ScenarioEvent;
  /** Beam: values that are their own event time. */
  readonly input?: readonly number[];
  readonly bundle?: readonly { readonly event: ScenarioEvent }[];
  readonly watermark?: number | string;
  readonly processingTime?: number;
  readonly advance_processing_time_ms?: number;
  readonly checkpointAndRestore?: true;
  readonly expect?: readonly ScenarioRow[];
  readonly output?: string;
}

/** A row that another engine emitted; what it does not name is not compared. */
export interface ScenarioRow {
  readonly key?: string;
  readonly window?: ScenarioWindow;
  readonly values?: readonly (number | string)[];
  readonly elements?: readonly (number | string)[];
  readonly value?: number;
  readonly timing?: string;
  readonly late?: boolean;
}

/** A record as the chain of a scenario gets it. */
export interface ScenarioRecord {
  readonly key: string;
  readonly value: number | string;
  /** The value, where it is one. */
  readonly number: number | null;
  readonly t: number;
}

/** What came out, and in which step. */
export interface ReplayedRow<Row> {
  readonly row: Row;
  readonly step: number;
}

export type ScenarioChain<Row> = (records: Stream<ScenarioRecord>) => Stream<Row, unknown>;

/** The latest time that there is: who goes by the clock does not look at it. */
const latest = 8.64e15;

/** Plays the steps of a scenario into a chain, one by one; a checkpoint goes on in a fresh chain. */
export class ScenarioReplay<Row> {
  readonly rows: ReplayedRow<Row>[] = [];
  /** Event times of the records that came too late. */
  readonly late: number[] = [];
  readonly #chain: ScenarioChain<Row>;
  #driver: Driver<ScenarioRecord, Row>;
  #now = 0;
  #step = 0;

  constructor(chain: ScenarioChain<Row>) {
    this.#chain = chain;
    this.#driver = this.#start();
  }

  /** Answers the rows of this step. */
  play(step: ScenarioStep): readonly Row[] {
    const { event, input, bundle, watermark, processingTime, advance_processing_time_ms: by } = step;
    if (event !== undefined) this.#push(event);
    for (const at of input ?? []) this.#push({ value: at, t: at });
    for (const each of bundle ?? []) this.#push(each.event);
    if (watermark === 'MAX') this.#driver.end();
    else if (watermark !== undefined) this.#driver.watermark(Number(watermark));
    if (processingTime !== undefined || by !== undefined) {
      this.#now = processingTime ?? this.#now + (by ?? 0);
      this.#driver.advanceTo(this.#now);
    }
    if (step.checkpointAndRestore === true) this.#driver = this.#start().restore(this.#driver.snapshot());
    const rows = this.#driver.take();
    for (const row of rows) this.rows.push({ row, step: this.#step });
    for (const { kind, value } of this.#driver.takeRejections()) {
      if (kind === 'late') this.late.push((value as ScenarioRecord).t);
    }
    this.#step++;
    return rows;
  }

  /** What is left when the input ends. */
  end(): readonly Row[] {
    return this.#driver.end().take();
  }

  /** What is open now: what a copy of all this would give at the end. */
  open(): readonly Row[] {
    return this.#start().restore(this.#driver.snapshot()).end().take();
  }

  #push({ key = 'all', value, t }: ScenarioEvent): void {
    const number = typeof value === 'number' ? value : null;
    this.#driver.push({ key, value, number, t: t === 'MAX' ? latest : t });
  }

  #start(): Driver<ScenarioRecord, Row> {
    return drive<ScenarioRecord, Row>(this.#chain);
  }
}
