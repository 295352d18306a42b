import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { toFile } from '../../connectors/files/sink.ts';
import type { ToFileOptions } from '../../connectors/files/to-file-options.ts';
import type { SinkRequest, SinkState, SinkWriter } from '../../core/sink.ts';
import { sinkRequestOf } from './connector-contract.ts';

/** Every file below a folder with its content, unpacked; locks left out. */
export function filesIn(folder: string, below = ''): Record<string, string> {
  return Object.fromEntries(
    readdirSync(join(folder, below))
      .filter((name) => !name.endsWith('.lock'))
      .toSorted()
      .flatMap((name) => {
        const path = join(below, name);
        const full = join(folder, path);
        if (statSync(full).isDirectory()) return Object.entries(filesIn(folder, path));
        const content = readFileSync(full);
        return [[path, (path.includes('.gz') && content.length > 0 ? gunzipSync(content) : content).toString()]];
      }),
  );
}

export interface Written<T> {
  readonly writer: SinkWriter<T>;
  /** What it noted, as the store would have it. */
  readonly notes: readonly SinkState[];
  write(...rows: readonly T[]): void;
  /** A whole checkpoint. */
  checkpoint(): Promise<SinkState>;
}

/** Opens a sink of files; closed with the test. */
export async function opened<T>(
  path: string | ((row: T) => string),
  options: ToFileOptions<T>,
  request: Partial<SinkRequest> = {},
): Promise<Written<T>> {
  const notes: SinkState[] = [];
  const note = async (state: SinkState): Promise<void> => void notes.push(structuredClone(state));
  const writer = await toFile<T>(path, options).open(sinkRequestOf({ note, ...request }));
  onTestFinished(() => writer.close().catch(() => undefined));
  return {
    writer,
    notes,
    write: (...rows) => rows.forEach((row) => writer.write(row, 0)),
    checkpoint: async () => {
      const state = structuredClone(await writer.cut('1'));
      await writer.commit('1');
      return state;
    },
  };
}
