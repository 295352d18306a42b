import type { Checkpoint, OpenCheckpointStore } from '../../core/checkpoint.ts';
import { StreamError } from '../../core/errors.ts';

/** What a job goes on from. */
export interface Recovered {
  readonly checkpoint: Checkpoint;
  /** A person should know how it was chosen. */
  readonly warning?: string;
}

export interface RecoveryRules {
  /** What the deciding sink has committed last; `'nobody decides'` where there is none. */
  readonly decided: string | undefined | 'nobody decides';
  /** Whether every source can be read again from an older checkpoint, and every sink go back to it. */
  readonly canGoBack: boolean;
}

type Listed = Awaited<ReturnType<OpenCheckpointStore['list']>>[number];

/**
 * Which of the stored checkpoints, the newest first, a job goes on from; none where it begins.
 *
 * @throws StreamError (`ML_CHECKPOINT_CORRUPT`), where choosing one would lose or repeat something in silence.
 */
export function recover(listed: readonly Listed[], { decided, canGoBack }: RecoveryRules): Recovered | undefined {
  if (decided === 'nobody decides') return newestWhole(listed, canGoBack);
  if (decided !== undefined) return theDecided(listed, decided);
  return withoutMarker(listed);
}

function newestWhole(listed: readonly Listed[], canGoBack: boolean): Recovered | undefined {
  const place = listed.findIndex(isWhole);
  const passed = place < 0 ? listed : listed.slice(0, place);
  const checkpoint = listed[place] as Checkpoint | undefined;
  if (passed.length === 0) return checkpoint === undefined ? undefined : { checkpoint };
  if (checkpoint === undefined) throw corrupt(`no checkpoint can be read: ${told(passed)}`);
  if (!canGoBack) {
    throw corrupt(
      `${told(passed)}; the older ${checkpoint.id} is whole, but a source cannot be read again from it or a sink cannot go back to it`,
    );
  }
  return { checkpoint, warning: `${told(passed)}; the job goes on from the older ${checkpoint.id}` };
}

function theDecided(listed: readonly Listed[], decided: string): Recovered {
  const found = listed.find(({ id }) => id === decided);
  if (found === undefined) throw corrupt(`the sink has committed ${decided}, which the store does not have`);
  if (!isWhole(found)) throw corrupt(`the sink has committed ${decided}: ${told([found])}`);
  return { checkpoint: found };
}

/** The sink knows of none: it never committed, or its marker has expired. The first checkpoint holds nothing, so it can do no harm. */
function withoutMarker(listed: readonly Listed[]): Recovered | undefined {
  const damaged = listed.filter((each) => !isWhole(each));
  if (damaged.length > 0) throw corrupt(`the sink knows of no commit, and ${told(damaged)}`);
  const [newest] = listed as readonly Checkpoint[];
  if (newest === undefined) return undefined;
  if (newest.standing === 'committed' || isBlank(newest)) return { checkpoint: newest };
  throw corrupt(
    `the sink knows of no commit any more, and nobody can tell whether ${newest.id} was committed: it was prepared, not marked`,
  );
}

/** Nothing had been read when it was taken. */
export function isBlank({ positions }: Checkpoint): boolean {
  return Object.keys(positions).length === 0;
}

function isWhole(listed: Listed): listed is Checkpoint {
  return !('damage' in listed);
}

function told(damaged: readonly Listed[]): string {
  const each = damaged.map((one) => {
    const damage = 'damage' in one ? one.damage : undefined;
    return `${one.id} cannot be read (${damage instanceof Error ? damage.message : String(damage)})`;
  });
  return each.join('; ');
}

function corrupt(what: string): StreamError {
  const choices =
    'restore the store from a copy, or begin anew with another name or an empty store and decide what becomes of the output';
  return new StreamError('ML_CHECKPOINT_CORRUPT', `run: ${what}; ${choices}`);
}
