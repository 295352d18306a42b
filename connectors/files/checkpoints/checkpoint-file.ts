import { endianness } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import type { Checkpoint } from '../../../core/checkpoint.ts';
import { ValueDecoder } from '../../../core/encoding/value-decoder.ts';
import { ValueEncoder } from '../../../core/encoding/value-encoder.ts';
import { ConnectorError } from '../../../core/errors.ts';
import type { Piece, PipelineSnapshot, StepSnapshot } from '../../../core/snapshot.ts';
import type { Disk } from '../disk/disk.ts';
import { FrameReader, FrameWriter } from './frames.ts';

const title = 'millrace checkpoint 1';
/** After so much time others have a turn. */
const sliceMs = 10;

/** What of a step comes in front of its pieces. */
type StepHead = Omit<StepSnapshot, 'state'> & { readonly name: string };

/**
 * A checkpoint as it stands in its file, in blocks, of which a small one has one. Values follow each other: all but the
 * snapshot, the snapshot without its steps, then each step and its pieces, with a `null` behind the last piece, and one
 * behind the last step.
 */
export function* checkpointBlocks(
  encoder: ValueEncoder,
  job: string,
  checkpoint: Checkpoint,
): Generator<Uint8Array, void, undefined> {
  const writer = new FrameWriter();
  const { id, finished } = checkpoint;
  const facts = { job, id, finished, written: new Date().toISOString(), byteOrder: endianness() };
  writer.head({ title, facts });
  for (const { of, value } of valuesOf(checkpoint)) {
    for (const chunk of chunksOf(encoder, of, value)) {
      writer.frame(chunk);
      if (writer.isFull) yield* writer.take();
    }
  }
  writer.frame(new Uint8Array());
  yield* writer.take();
}

/**
 * Reads a checkpoint, every byte of it, and lets others have a turn meanwhile. Its snapshot is read again when it is asked
 * for: of several checkpoints a job goes on from one.
 *
 * @throws ConnectorError that says what is wrong with the file.
 */
export async function readCheckpoint(
  disk: Disk,
  path: string,
  job: string,
  standing: Checkpoint['standing'],
): Promise<Checkpoint> {
  const frames = new FrameReader(path, disk.openNow(path));
  try {
    const { rest } = begun(frames, job);
    let since = performance.now();
    while (frames.next() !== undefined) {
      if (performance.now() - since < sliceMs) continue;
      await setImmediate();
      since = performance.now();
    }
    if (frames.at < frames.size) throw frames.damage('goes on behind its end');
    let snapshot: PipelineSnapshot | undefined;
    return {
      ...(rest as Omit<Checkpoint, 'snapshot'>),
      standing,
      get snapshot() {
        return (snapshot ??= readSnapshot(disk, path, job));
      },
    };
  } finally {
    frames.close();
  }
}

function readSnapshot(disk: Disk, path: string, job: string): PipelineSnapshot {
  const frames = new FrameReader(path, disk.openNow(path));
  try {
    const { values } = begun(frames, job);
    const next = <V>(): V => decoded(frames, values) as V;
    const head = next<Omit<PipelineSnapshot, 'steps'>>();
    const steps: [name: string, step: StepSnapshot][] = [];
    for (let step = next<StepHead | null>(); step !== null; step = next()) {
      const state: Piece[] = [];
      for (let piece = next<Piece | null>(); piece !== null; piece = next()) state.push(piece);
      const { name, ...rest } = step;
      steps.push([name, { ...rest, state }]);
    }
    return { ...head, steps: Object.fromEntries(steps) };
  } finally {
    frames.close();
  }
}

/** Each value, and whose it is. */
function* valuesOf({ snapshot, ...rest }: Checkpoint): Generator<{ of: string; value: unknown }, void, undefined> {
  const { steps, ...head } = snapshot;
  yield { of: 'the positions and sinks', value: rest };
  yield { of: 'the snapshot', value: head };
  for (const [name, { state, ...step }] of Object.entries(steps)) {
    const of = `the state of "${name}"`;
    yield { of, value: { ...step, name } satisfies StepHead };
    for (const value of state) yield { of, value };
    yield { of, value: null };
  }
  yield { of: 'the snapshot', value: null };
}

function* chunksOf(encoder: ValueEncoder, of: string, value: unknown): Generator<Uint8Array, void, undefined> {
  try {
    yield* encoder.encode(value);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new ConnectorError('directory', `${of}: ${cause.message}`, { cause, retryable: false });
  }
}

/** The first value, and what reads the others. */
function begun(frames: FrameReader, job: string): { readonly rest: unknown; readonly values: ValueDecoder } {
  const facts = frames.head(title);
  if (facts['job'] !== job) throw frames.damage(`is of the job "${String(facts['job'])}", and this one is "${job}"`);
  if (facts['byteOrder'] !== endianness()) {
    throw frames.damage(`was written on a machine with the byte order ${String(facts['byteOrder'])}`);
  }
  const values = new ValueDecoder(() => frames.next(), frames.size);
  return { rest: decoded(frames, values), values };
}

function decoded(frames: FrameReader, values: ValueDecoder): unknown {
  try {
    return values.decode();
  } catch (cause) {
    throw cause instanceof RangeError ? frames.damage('holds what cannot be read', cause) : cause;
  }
}
