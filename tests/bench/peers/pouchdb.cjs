// PouchDB's replication as a user meets it: a server in memory in a process of its own, a client on LevelDB.
// Prints one JSON object. Not a test.
'use strict';
const { fork } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const PouchDB = require('pouchdb');

const DOCUMENTS = Number(process.argv[2] ?? 20000);
const BATCH = 1000;

/** A document of about 300 bytes, as large as one of our events' facts. */
function document(number) {
  return {
    _id: `figure-${String(number).padStart(8, '0')}`,
    card: number % 10000,
    value: number * 1.25,
    unit: 'people',
    period: '2026-Q3',
    text: 'a text that makes the document as large as the events it is measured against '.repeat(2),
  };
}

async function serve() {
  PouchDB.plugin(require('pouchdb-adapter-memory'));
  const Memory = PouchDB.defaults({ adapter: 'memory' });
  const database = new Memory('log');
  for (let from = 0; from < DOCUMENTS; from += BATCH) {
    const count = Math.min(BATCH, DOCUMENTS - from);
    await database.bulkDocs(Array.from({ length: count }, (_, n) => document(from + n)));
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pouchdb-server-'));
  process.chdir(folder);
  const app = require('express')();
  app.use('/', require('express-pouchdb')(Memory, { mode: 'minimumForPouchDB', inMemoryConfig: true }));
  const server = app.listen(0, '127.0.0.1', () => process.send(server.address().port));
  process.on('disconnect', () => {
    fs.rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  });
}

async function replicate() {
  const server = fork(__filename, [String(DOCUMENTS), 'serve']);
  const port = await new Promise((resolve, reject) => {
    server.once('message', resolve);
    server.once('exit', () => reject(new Error('the server ended')));
  });
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pouchdb-client-'));
  try {
    const local = new PouchDB(path.join(folder, 'copy'));
    const before = process.cpuUsage();
    const started = process.hrtime.bigint();
    const result = await local.replicate.from(`http://127.0.0.1:${port}/log`, { batch_size: BATCH });
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    const used = process.cpuUsage(before);
    if (result.docs_written !== DOCUMENTS) {
      throw new Error(`wrote ${result.docs_written} of ${DOCUMENTS}`);
    }
    await local.close();
    console.log(
      JSON.stringify({
        per_second: DOCUMENTS / seconds,
        cpu_us: (used.user + used.system) / DOCUMENTS,
        documents: DOCUMENTS,
      }),
    );
  } finally {
    server.disconnect();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

(process.argv[3] === 'serve' ? serve() : replicate()).catch((error) => {
  console.error(error);
  process.exit(1);
});
