import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const version = '4.1.1';

/** The folder with the jars of Apache Kafka, from Maven Central the first time; `MILLRACE_CACHE` is another place to keep them. */
export async function kafkaJars(): Promise<string> {
  const folder = join(process.env['MILLRACE_CACHE'] ?? join(homedir(), '.cache/millrace'), `kafka-${version}`);
  if (await isThere(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}-`);
  await writeFile(join(work, 'pom.xml'), pom);
  const goal = ['-q', '-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', '-DoutputDirectory=libs'];
  await promisify(execFile)('mvn', goal, { cwd: work });
  // Whole or not at all: another run may be looking for it, or may have been quicker.
  await rename(join(work, 'libs'), folder).catch(async (cause: unknown) => {
    if (!(await isThere(folder))) throw cause;
  });
  await rm(work, { recursive: true, force: true });
  return folder;
}

const pom = `<project><modelVersion>4.0.0</modelVersion>
<groupId>millrace</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
<dependencies><dependency>
<groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${version}</version>
</dependency></dependencies></project>
`;

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
