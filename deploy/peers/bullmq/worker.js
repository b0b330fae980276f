// Works on the jobs of importer.js until it is stopped, as BullMQ's pages say. It calls by node:http with an agent that
// keeps connections: fetch took three times the processor time.
// usage: node worker.js REDIS_PORT URL TOKEN CONCURRENCY
const http = require('node:http');
const { Worker } = require('bullmq');

const [port, url, token, concurrency] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: Number(concurrency) });

function post(guest) {
  const body = JSON.stringify(guest);
  const headers = {
    Authorization: `Bearer ${token}`,
    'Ocp-Apim-Subscription-Key': 'benchmark',
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const req = http.request(url, { method: 'POST', agent, headers }, (resp) => {
      let answer = '';
      resp.setEncoding('utf8');
      resp.on('data', (part) => (answer += part));
      resp.on('error', reject);
      resp.on('end', () => {
        if (resp.statusCode < 200 || resp.statusCode > 299) {
          reject(new Error(`${resp.statusCode}: ${answer}`));
        }
        resolve();
      });
    });
    req.on('error', reject);
    req.end(body);
  });
}

const connection = { host: '127.0.0.1', port: Number(port) };
const worker = new Worker('guests', (job) => post(job.data), { connection, concurrency: Number(concurrency) });
worker.on('error', (err) => console.error(err));

process.on('SIGTERM', async () => {
  await worker.close();
  process.exit(0);
});
