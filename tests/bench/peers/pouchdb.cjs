// PouchDB's replication as a user meets it: a server in memory in a process of its own, a client on LevelDB.
// Arguments: a log of events as lines, how many documents. Prints one JSON object. Not a test.
'use strict';
const { fork } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const PouchDB = require('pouchdb');

const LOG = process.argv[2];
const DOCUMENTS = Number(process.argv[3] ?? 20000);
const BATCH = 1000;

/**
 * The first measured figures of the log, each a document of its own: replication brings only the newest revision of a
 * document, so documents that follow each other under one key would not be applied at all.
 */
function documents() {
  const found = [];
  for (const line of fs.readFileSync(LOG, 'utf8').split('\n')) {
    if (found.length === DOCUMENTS) {
      break;
    }
    const event = JSON.parse(line).event;
    if (event.kind === 'figure.measured') {
      found.push({ _id: `${event.body.figure.key}/${String(event.seq).padStart(8, '0')}`, ...event.body.figure });
    }
  }
  return found;
}

async function serve() {
  PouchDB.plugin(require('pouchdb-adapter-memory'));
  const Memory = PouchDB.defaults({ adapter: 'memory' });
  const database = new Memory('log');
  const all = documents();
  for (let from = 0; from < all.length; from += BATCH) {
    await database.bulkDocs(all.slice(from, from + BATCH));
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
  const server = fork(__filename, [LOG, String(DOCUMENTS), 'serve']);
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

(process.argv[4] === 'serve' ? serve() : replicate()).catch((error) => {
  console.error(error);
  process.exit(1);
});
