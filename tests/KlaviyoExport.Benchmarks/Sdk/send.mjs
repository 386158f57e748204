// Sends the addresses of a CSV file to a list with Klaviyo's official SDK: node send.mjs one-by-one|promise-all FILE LIST ADDRESS KEY
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import klaviyo from 'klaviyo-api';

const [how, file, list, address, key] = process.argv.slice(2);
const start = performance.now();
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
// More tries than the default, so that a user who sends in parallel does not lose batches.
const profiles = new klaviyo.ProfilesApi(
    new klaviyo.ApiKeySession(key, new klaviyo.RetryWithExponentialBackoff({ numRetries: 20, maxInterval: 5 })),
);
profiles.basePath = address.replace(/\/$/, '');

const seen = new Set();
const batches = [[]];
for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const email = line.split(',')[1];
    if (!email.includes('@') || seen.has(email.toLowerCase())) continue;
    seen.add(email.toLowerCase());
    if (batches.at(-1).length === 10_000) batches.push([]);
    batches.at(-1).push({ type: 'profile', attributes: { email } });
}

async function send(data) {
    const sent = performance.now();
    const created = await profiles.bulkImportProfiles({
        data: {
            type: 'profile-bulk-import-job',
            attributes: { profiles: { data } },
            relationships: { lists: { data: [{ type: 'list', id: list }] } },
        },
    });
    // Asks first when a short job can be complete, then less and less often.
    for (let pause = 400 - (performance.now() - sent); ; pause = Math.min(Math.max(pause, 400) * 1.5, 10_000)) {
        await sleep(pause);
        const { attributes } = (await profiles.getBulkImportProfilesJob(created.body.data.id)).body.data;
        if (attributes.status === 'complete') return attributes.completedCount - attributes.failedCount;
    }
}

const firstSend = performance.now();
let accepted = 0;
if (how === 'one-by-one') {
    for (const batch of batches) accepted += await send(batch);
} else {
    // Ten a second, as the documentation allows.
    for (let at = 0; at < batches.length; at += 10) {
        const second = sleep(1_000);
        const sent = batches.slice(at, at + 10).map(send);
        accepted += (await Promise.all([...sent, second])).slice(0, -1).reduce((sum, count) => sum + count, 0);
    }
}
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
console.log(
    JSON.stringify({
        whole: (performance.now() - start) / 1_000,
        delivery: (performance.now() - firstSend) / 1_000,
        accepted,
        batches: batches.length,
        cpu: (userCPUTime + systemCPUTime) / 1e6,
        peakMegabytes: Math.round(maxRSS / 1_024),
    }),
);
