import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../free-port.ts';

/** A Mosquitto of a test's own: a process, a folder and a port that nobody else has. */
export interface Mosquitto {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** Starts it where it is not running; kept when it listens. */
  start(): Promise<void>;
  /** SIGTERM: it writes what it is to keep. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/** Lines of its configuration beside the listener's; `{folder}` stands for its folder. */
export async function mosquitto(...lines: readonly string[]): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
  const port = await freePort();
  const anonymous = lines.some((line) => line.startsWith('allow_anonymous')) ? [] : ['allow_anonymous true'];
  const all = [`listener ${port} 127.0.0.1`, 'user root', 'set_tcp_nodelay true', ...anonymous, ...lines];
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(config, `${all.join('\n').replaceAll('{folder}', folder)}\n`);
  let running: { readonly child: ChildProcess; readonly over: Promise<unknown> } | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    running?.child.kill(signal);
    await running?.over;
    running = undefined;
  };
  const broker: Mosquitto = {
    url: `mqtt://127.0.0.1:${port}`,
    port,
    folder,
    start: async () => {
      if (running !== undefined) return;
      const child = spawn('mosquitto', ['-c', config], { stdio: 'ignore' });
      const failed = new Promise<never>((_, reject) => child.once('error', reject));
      const over = new Promise<void>((resolve) => child.once('close', () => resolve()));
      running = { child, over };
      const died = over.then(() => Promise.reject(new Error(`mosquitto ended at once: ${config}`)));
      died.catch(() => {});
      await Promise.race([listens(port), failed, died]);
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
  await broker.start();
  onTestFinished(async () => {
    await broker.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return broker;
}

async function listens(port: number): Promise<void> {
  for (;;) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
