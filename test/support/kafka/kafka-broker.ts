import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Small, and quick to start: what it does for minutes need not be compiled twice. */
const java = ['-Xmx256m', '-Xshare:auto', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const clusterId = 'AAAAAAAAAAAAAAAAAAAAAA';
const startsWithinMs = 60_000;

export interface BrokerPlace {
  readonly jars: string;
  readonly folder: string;
  readonly port: number;
  readonly properties: Readonly<Record<string, string | number>>;
}

/** One process of Apache Kafka, broker and controller, with a folder of its own. */
export class KafkaBroker {
  readonly address: string;
  readonly #place: BrokerPlace;
  #process: ChildProcess | undefined;
  #exited: Promise<unknown> = Promise.resolve();

  constructor(place: BrokerPlace) {
    this.#place = place;
    this.address = `127.0.0.1:${place.port}`;
  }

  /** Makes the folder ready, once. */
  async format(): Promise<void> {
    const { folder, properties, jars } = this.#place;
    await mkdir(folder, { recursive: true });
    const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}`);
    await writeFile(this.#settings, `${lines.join('\n')}\nlog.dirs=${folder}/data\n`);
    const tool = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', this.#settings];
    await promisify(execFile)('java', [...java, '-cp', `${jars}/*`, ...tool]);
  }

  /** Answers when it takes connections. */
  async start(): Promise<void> {
    const { folder, port, jars } = this.#place;
    const log = openSync(join(folder, 'broker.log'), 'a');
    const child = spawn('java', [...java, '-cp', `${jars}/*`, 'kafka.Kafka', this.#settings], {
      stdio: ['ignore', log, log],
    });
    this.#process = child;
    this.#exited = new Promise((resolve) => child.once('exit', resolve));
    const gone = this.#exited.then(() => 'exited' as const);
    const deadline = Date.now() + startsWithinMs;
    for (;;) {
      const found = await Promise.race([isOpen(port), gone]);
      if (found === true) return;
      if (found === 'exited' || Date.now() > deadline) {
        const told = await readFile(join(folder, 'broker.log'), 'utf8');
        throw new Error(`the Kafka broker at port ${port} did not start:\n${told.slice(-4_000)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** SIGTERM hands its partitions over first; SIGKILL does not. */
  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#process?.kill(signal);
    this.#process = undefined;
    await this.#exited;
  }

  get #settings(): string {
    return join(this.#place.folder, 'server.properties');
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
}
