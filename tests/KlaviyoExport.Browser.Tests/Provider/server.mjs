// An OpenID Connect provider on the loopback with a few people, to try signing in with; its sign-in page takes any password.
// PROVIDER_TOKEN: the initial access token with which applications register themselves (RFC 7591). PROVIDER_PORT: 0 or unset takes a free one.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const people = {
  'administrator@demo.example': { name: 'Ana Administrator' },
  'operator@demo.example': { name: 'Oriol Operator' },
  'ana@company.example': { name: 'Ana Adminić', roles: ['klaviyo-admins'], groups: ['staff'] },
  'mina@company.example': { name: 'Mina Marketinška', groups: ['staff', 'marketing'] },
  'petar@company.example': { name: 'Petar Bez Uloge' },
};

const key = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' };

const server = createServer((request, response) => callback(request, response));
server.listen(Number(process.env.PROVIDER_PORT ?? 0), '127.0.0.1');
await new Promise(ready => server.once('listening', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  jwks: { keys: [key] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  pkce: { required: () => true },
  scopes: ['openid', 'profile', 'email'],
  claims: { openid: ['sub'], profile: ['name', 'roles', 'groups'], email: ['email', 'email_verified'] },
  features: {
    devInteractions: { enabled: true },
    registration: { enabled: true, initialAccessToken: process.env.PROVIDER_TOKEN ?? randomBytes(32).toString('hex') },
  },
  findAccount: (_, email) => people[email] && { accountId: email, claims: () => ({ sub: email, email, email_verified: true, ...people[email] }) },
});
const callback = provider.callback();
console.log(`Listening at ${issuer}`);

// Whoever started it holds its standard input; without them it has nothing to do.
process.stdin.resume();
process.stdin.on('end', () => process.exit());
