import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kafkaJars } from './kafka-jars.ts';

/** Runs a program in Java beside the jars of Kafka, and answers the lines that it prints. */
export async function runJava(name: string, program: string, given: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-java-'));
  try {
    const path = join(folder, `${name}.java`);
    await writeFile(path, program);
    const { stdout } = await promisify(execFile)('java', ['-cp', `${await kafkaJars()}/*`, path, ...given]);
    return stdout.trim().split('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
