// Enqueues a list by BullMQ, as its pages say: a job for each guest, whose id is the guest's, a thousand by a call.
// usage: node importer.js FILE REDIS_PORT EVENT TEMPLATE
const { createHash } = require('node:crypto');
const { createReadStream } = require('node:fs');
const { createInterface } = require('node:readline');
const { Queue } = require('bullmq');

const [file, port, eventId, commsTemplateId] = process.argv.slice(2);
const batch = 1000;

// id is derived from the guest's address, so that a second run of the importer finds its own jobs.
function id(email) {
  const h = createHash('sha1').update(email).digest('hex');
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-5${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20, 32)}`;
}

async function main() {
  const queue = new Queue('guests', { connection: { host: '127.0.0.1', port: Number(port) } });
  let jobs = [];
  let header = true;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (header) {
      header = false;
      continue;
    }
    const [firstName, lastName, email] = line.split(',');
    const guest = { id: id(email), eventId, commsTemplateId, firstName, lastName, email };
    jobs.push({ name: 'create', data: guest, opts: { jobId: guest.id, removeOnComplete: { age: 24 * 3600 } } });
    if (jobs.length === batch) {
      await queue.addBulk(jobs);
      jobs = [];
    }
  }
  await queue.addBulk(jobs);
  await queue.close();
}

main().catch((err) => {
  console.error(err);
  process.exit(1);
});
