import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Positions } from '../../../../core/batch.ts';
import type { Source } from '../../../../core/source.ts';
import { type Following, following } from '../../../support/following.ts';
import { follow } from '../../../support/log-files.ts';
import { openFilesIn, tempFolder } from '../../../support/temp-folder.ts';

const root = tempFolder();

/** A log as a program and its rotation write it; every second of it is a second of the file system. */
class Log {
  readonly folder: string = mkdtempSync(join(root, 'log-'));
  readonly path: string = join(this.folder, 'app.log');
  readonly written: string[] = [];
  #half = '';
  #second = 1;

  constructor() {
    writeFileSync(this.path, '');
    this.#touch(this.path);
  }

  append(lines: number): void {
    for (let line = 0; line < lines; line++) {
      const whole = `line ${this.written.length}`;
      this.#write(`${whole.slice(this.#half.length)}\n`);
      this.written.push(whole);
      this.#half = '';
    }
  }

  appendHalf(): void {
    if (this.#half !== '') return;
    this.#half = 'li';
    this.#write(this.#half);
  }

  rename(): void {
    this.#rotate((to) => renameSync(this.path, to));
    writeFileSync(this.path, '');
    this.#touch(this.path);
  }

  copyAndTruncate(): void {
    this.#rotate((to) => {
      const second = this.#second;
      copyFileSync(this.path, to);
      utimesSync(to, second, second);
    });
    truncateSync(this.path);
    this.#touch(this.path);
  }

  /** Packs the oldest that is not packed, and leaves the two youngest as they are. */
  pack(): void {
    for (let number = 20; number > 2; number--) {
      const path = `${this.path}.${number}`;
      if (!existsSync(path)) continue;
      const { atime, mtime } = statSync(path);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
      utimesSync(`${path}.gz`, atime, mtime);
      unlinkSync(path);
      return;
    }
  }

  #rotate(how: (to: string) => void): void {
    // A line is not torn by a rotation: what the writer holds back is whole before the file is moved.
    if (this.#half !== '') this.append(1);
    for (let number = 20; number > 0; number--) {
      for (const packing of ['', '.gz']) {
        const from = `${this.path}.${number}${packing}`;
        if (existsSync(from)) renameSync(from, `${this.path}.${number + 1}${packing}`);
      }
    }
    how(`${this.path}.1`);
  }

  #write(content: string): void {
    appendFileSync(this.path, content);
    this.#touch(this.path);
  }

  #touch(path: string): void {
    this.#second++;
    utimesSync(path, this.#second, this.#second);
  }
}

type Step = 'append' | 'half' | 'rename' | 'copy' | 'pack' | 'look' | 'event' | 'checkpoint' | 'crash';
const step = fc.constantFrom<Step>(
  ...([
    'append',
    'append',
    'append',
    'half',
    'rename',
    'copy',
    'pack',
    'look',
    'event',
    'checkpoint',
    'crash',
  ] as const),
);

/** What a job has of the log: what it has taken, and what its last checkpoint holds. */
class Reading {
  readonly got: string[] = [];
  readonly #source: Source<string>;
  #following: Following<string>;
  #checkpoint: { readonly positions: Positions; readonly count: number } = { positions: {}, count: 0 };

  constructor(path: string) {
    this.#source = follow(path);
    this.#following = following(this.#source);
  }

  async open(): Promise<void> {
    await this.#following.next();
    this.checkpoint();
  }

  async look(looks?: number): Promise<void> {
    this.got.push(...(await this.#following.take(looks)));
  }

  async event(): Promise<void> {
    const event = await this.#following.next();
    if (event.kind === 'batch') this.got.push(...event.batch.records);
  }

  checkpoint(): void {
    this.#checkpoint = { positions: { ...this.#following.positions }, count: this.got.length };
  }

  async crash(): Promise<void> {
    await this.close();
    this.got.length = this.#checkpoint.count;
    this.#following = following(this.#source, this.#checkpoint.positions);
    await this.#following.next();
  }

  close(): Promise<void> {
    return this.#following.reader.close();
  }
}

describe('rotations of all kinds, and crashes between them', () => {
  it('lose no line, and give none twice', async () => {
    const steps = fc.array(step, { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(steps, async (given) => {
        const log = new Log();
        const reading = new Reading(log.path);
        await reading.open();
        const acts: Record<Step, () => void | Promise<void>> = {
          append: () => log.append(3),
          half: () => log.appendHalf(),
          rename: () => log.rename(),
          copy: () => log.copyAndTruncate(),
          pack: () => log.pack(),
          look: () => reading.look(),
          event: () => reading.event(),
          checkpoint: () => reading.checkpoint(),
          crash: () => reading.crash(),
        };
        for (const each of given) await acts[each]();
        await reading.look(12);
        log.append(1);
        await reading.look(12);
        await reading.close();
        expect(reading.got).toEqual(log.written);
        expect(openFilesIn(log.folder)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
