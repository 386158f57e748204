// Klaviyo's own SDK (klaviyo-api) against a sandbox: node contract.mjs <address> [<scenario>].
// Prints a line for each scenario: its name and, if it failed, why. No scenario depends on another.
import assert from 'node:assert/strict';
import sdk from 'klaviyo-api';

const [address, only] = process.argv.slice(2);
const key = 'pk_practice00000000000000000000full01';
const winBack = 'WbK4t9';

// The SDK takes its base address from a property of each API, not from the session. It tries a 429 again by itself.
const at = api => Object.assign(api, { basePath: address.replace(/\/$/, '') });
const session = new sdk.ApiKeySession(key);
const accounts = at(new sdk.AccountsApi(session));
const lists = at(new sdk.ListsApi(session));
const profiles = at(new sdk.ProfilesApi(session));

// The SDK finds the cursor in a link itself only when the link is https.
const cursorOf = body => (body.links?.next ? new URL(body.links.next).searchParams.get('page[cursor]') : undefined);

/** All pages of a call. */
async function all(call) {
  const pages = [];
  for (let pageCursor; pages.length === 0 || pageCursor; ) {
    const { body } = await call(pageCursor ? { pageCursor } : {});
    pages.push(body.data);
    pageCursor = cursorOf(body);
  }
  return pages;
}

const newList = async name => (await lists.createList({ data: { type: 'list', attributes: { name } } })).body.data.id;

const importBody = (list, emails) => ({
  data: {
    type: 'profile-bulk-import-job',
    attributes: {
      profiles: {
        data: emails.map((email, number) => ({
          type: 'profile',
          attributes: { email, firstName: 'Ана', location: { city: 'Niš' }, properties: { Points: number } },
        })),
      },
    },
    relationships: { lists: { data: [{ type: 'list', id: list }] } },
  },
});

/** Imports the addresses and polls their job until it is complete. */
async function deliver(list, emails) {
  const started = await profiles.bulkImportProfiles(importBody(list, emails));
  assert.equal(started.response.status, 202);
  const id = started.body.data.id;
  for (let poll = 0; poll < 100; poll++) {
    const { attributes } = (await profiles.getBulkImportProfilesJob(id)).body.data;
    assert.equal(attributes.totalCount, emails.length);
    if (attributes.status === 'complete') return { id, ...attributes };
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  assert.fail('The job did not end.');
}

const emails = (count, domain) => Array.from({ length: count }, (_, number) => `p${number}@${domain}`);

/** The failed answer of a call, which must fail. */
async function refusal(call) {
  try {
    await call;
  } catch (error) {
    assert.ok(error.response, `No answer: ${error}`);
    return error.response;
  }
  return assert.fail('The call should have failed.');
}

/** The tokens of a person who has let the sandbox's app in, as the SDK gets them. */
async function authorize() {
  const kept = new Map();
  const storage = { retrieve: async who => kept.get(who), save: async (who, tokens) => void kept.set(who, tokens) };
  const app = new sdk.OAuthApi('practice-client-0001', 'practice-secret-0001', storage);
  Object.assign(app, { authorizeUrl: new URL('/oauth/authorize', address).href, tokenUrl: new URL('/oauth/token', address).href });
  const redirect = 'http://127.0.0.1/connections/klaviyo/callback';
  const { codeVerifier, codeChallenge } = sdk.Pkce.generateCodes();
  const page = app.generateAuthorizeUrl('a state', 'accounts:read lists:read', codeChallenge, redirect);
  const shown = await fetch(page);
  assert.equal(shown.status, 200);
  const form = new URLSearchParams(new URL(page).searchParams);
  form.set('account', 'Pract1');
  form.set('decision', 'allow');
  const decided = await fetch(new URL('/oauth/authorize', address), { method: 'POST', body: form, redirect: 'manual' });
  const back = new URL(decided.headers.get('location'));
  assert.equal(back.searchParams.get('state'), 'a state');
  await app.createTokens('someone', codeVerifier, back.searchParams.get('code'), redirect);
  return { app, kept };
}

const scenarios = {
  async accounts() {
    const { body } = await accounts.getAccounts();
    assert.equal(body.data[0].attributes.contactInformation.organizationName, 'Practice Store');
    assert.equal(body.data[0].attributes.timezone, 'Europe/Belgrade');
  },

  async lists() {
    const pages = await all(page => lists.getLists({ ...page, sort: 'name', fieldsList: ['name', 'opt_in_process'] }));
    assert.equal(pages[0].length, 10);
    assert.ok(pages.length > 1);
    assert.ok(pages.flat().some(list => list.id === winBack && list.attributes.optInProcess === 'single_opt_in'));
    const one = await lists.getList(winBack, { additionalFieldsList: ['profile_count'] });
    assert.ok(one.body.data.attributes.profileCount >= 0);
  },

  async 'create-list'() {
    const id = await newList('Made by the SDK');
    assert.equal((await lists.getList(id)).body.data.attributes.name, 'Made by the SDK');
  },

  async import() {
    const list = await newList('Imported');
    const job = await deliver(list, emails(250, 'import.example'));
    assert.deepEqual([job.completedCount, job.failedCount], [250, 0]);
    const pages = await all(page =>
      lists.getProfilesForList(list, { ...page, pageSize: 100, fieldsProfile: ['email', 'first_name', 'location.city'] }),
    );
    assert.deepEqual(
      pages.map(page => page.length),
      [100, 100, 50],
    );
    assert.deepEqual(
      pages
        .flat()
        .map(profile => profile.attributes.email)
        .sort(),
      emails(250, 'import.example').sort(),
    );
    assert.deepEqual([pages[0][0].attributes.firstName, pages[0][0].attributes.location.city], ['Ана', 'Niš']);
  },

  async errors() {
    const list = await newList('Refused');
    const job = await deliver(list, [...emails(5, 'errors.example'), ...emails(45, 'async-fail.example')]);
    assert.deepEqual([job.completedCount, job.failedCount], [5, 45]);
    const pages = await all(page => profiles.getErrorsForBulkImportProfilesJob(job.id, page));
    assert.deepEqual(
      pages.map(page => page.length),
      [20, 20, 5],
    );
    assert.equal(pages[0][0].attributes.source.pointer, '/data/attributes/profiles/data/5/attributes/email');
    const answer = await refusal(profiles.bulkImportProfiles(importBody(list, ['good@errors.example', 'bad'])));
    assert.equal(answer.status, 400);
    assert.equal(answer.data.errors[0].source.pointer, '/data/attributes/profiles/data/1/attributes/email');
  },

  async jobs() {
    const list = await newList('Many jobs');
    const ids = [];
    for (let job = 0; job < 3; job++) ids.unshift((await deliver(list, [`p${job}@jobs.example`])).id);
    const filter = new sdk.FilterBuilder().any('status', ['queued', 'processing', 'complete']).build();
    const { body } = await profiles.getBulkImportProfilesJobs({ filter, sort: '-created_at', pageSize: 100 });
    assert.deepEqual(
      body.data.map(job => job.id).filter(id => ids.includes(id)),
      ids,
    );
    const pages = await all(page => profiles.getBulkImportProfilesJobs({ ...page, sort: '-created_at', pageSize: 2 }));
    assert.deepEqual(
      pages
        .flat()
        .map(job => job.id)
        .filter(id => ids.includes(id)),
      ids,
    );
    const answer = await refusal(profiles.getBulkImportProfilesJobs({ filter: "equals(status,'cancelled')" }));
    assert.deepEqual([answer.status, answer.data.errors[0].source.parameter], [400, 'filter']);
  },

  async membership() {
    const list = await newList('Come and go');
    await deliver(list, emails(3, 'membership.example'));
    const ids = (await all(page => lists.getProfileIdsForList(list, page))).flat().map(profile => profile.id);
    const data = [{ type: 'profile', id: ids[0] }];
    assert.equal((await lists.removeProfilesFromList(list, { data })).response.status, 204);
    assert.deepEqual((await lists.getProfileIdsForList(list)).body.data.map(profile => profile.id).sort(), ids.slice(1).sort());
    assert.equal((await lists.addProfilesToList(list, { data })).response.status, 204);
    assert.equal((await lists.getProfileIdsForList(list)).body.data.length, 3);
  },

  async profiles() {
    const made = { data: { type: 'profile', attributes: { email: 'made@profiles.example', firstName: 'Made' } } };
    const created = await profiles.createProfile(made);
    assert.equal(created.response.status, 201);
    const again = await refusal(profiles.createProfile(made));
    assert.equal(again.status, 409);
    assert.equal(again.data.errors[0].meta.duplicate_profile_id, created.body.data.id);
    const upsert = await profiles.createOrUpdateProfile({
      data: { type: 'profile', attributes: { email: 'made@profiles.example', lastName: 'Again' } },
    });
    assert.deepEqual([upsert.response.status, upsert.body.data.id], [200, created.body.data.id]);
    const filter = new sdk.FilterBuilder()
      .any('email', ['made@profiles.example', 'subscribed@practice.example', 'nobody@profiles.example'])
      .build();
    const { body } = await profiles.getProfiles({ filter, additionalFieldsProfile: ['subscriptions'], pageSize: 100 });
    const consent = Object.fromEntries(body.data.map(one => [one.attributes.email, one.attributes.subscriptions.email.marketing.consent]));
    assert.deepEqual(consent, { 'made@profiles.example': 'NEVER_SUBSCRIBED', 'subscribed@practice.example': 'SUBSCRIBED' });
  },

  async oauth() {
    const { app, kept } = await authorize();
    const own = at(new sdk.ListsApi(new sdk.OAuthSession('someone', app)));
    const first = kept.get('someone');
    assert.equal((await own.getLists()).response.status, 200);
    // A token that is about to expire is replaced before the call.
    kept.set('someone', { ...first, expiresAt: new Date(Date.now() + 5_000) });
    assert.equal((await own.getLists()).response.status, 200);
    const second = kept.get('someone');
    assert.notEqual(second.accessToken, first.accessToken);
    assert.notEqual(second.refreshToken, first.refreshToken);
    // A token that the sandbox refuses is replaced, and the call repeated.
    kept.set('someone', { ...second, accessToken: 'revoked' });
    assert.equal((await own.getLists()).response.status, 200);
    assert.notEqual(kept.get('someone').accessToken, second.accessToken);
    const basic = at(new sdk.ProfilesApi(new sdk.OAuthBasicSession(kept.get('someone').accessToken)));
    assert.equal((await refusal(basic.getProfiles())).status, 403);
  },

  async limits() {
    const once = new sdk.RetryWithExponentialBackoff({ numRetries: 1 });
    const impatient = at(new sdk.AccountsApi(new sdk.ApiKeySession(key, once)));
    // One call a second: of three at once, at least one is refused, even where a second begins between them.
    const answers = await Promise.all(
      [1, 2, 3].map(() =>
        impatient.getAccounts().then(
          given => given.response,
          error => error.response,
        ),
      ),
    );
    const refused = answers.filter(answer => answer.status === 429);
    assert.ok(refused.length > 0);
    for (const answer of refused) {
      assert.equal(answer.headers['retry-after'], '1');
      assert.equal(answer.headers['ratelimit-limit'], undefined);
    }
    for (const answer of answers.filter(given => given.status === 200)) assert.equal(answer.headers['ratelimit-limit'], '15');
    // The SDK waits as long as Retry-After says, and succeeds.
    assert.equal((await accounts.getAccounts()).response.status, 200);
  },
};

for (const name of only ? [only] : Object.keys(scenarios)) {
  let why;
  try {
    await scenarios[name]();
  } catch (error) {
    why = error.stack + (error.response ? ` ${error.response.status} ${JSON.stringify(error.response.data)}` : '');
    process.exitCode = 1;
  }
  console.log(JSON.stringify({ name, why }));
}
