// Starts an S3-compatible store, a Blob-compatible store and OpenSSH's sshd on loopback, in the folder of this file. Writes where they are
// to stores.json and ends, with all of them, when its standard input ends.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import S3rver from 's3rver';

const folder = dirname(fileURLToPath(import.meta.url));
const children = [];
const end = code => {
    for (const child of children) child.kill('SIGKILL');
    process.exit(code);
};
process.stdin.on('end', () => end(0)).resume();

const freePort = () =>
    new Promise((found, failed) => {
        const server = createServer().once('error', failed);
        server.listen(0, '127.0.0.1', () => {
            const { port } = server.address();
            server.close(() => found(port));
        });
    });

const start = (file, parameters) => {
    const child = spawn(file, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
    child.once('exit', code => {
        console.log(`${file} ended with ${code}`);
        end(1);
    });
    children.push(child);
    return child;
};

const startS3 = async () => {
    const server = new S3rver({ address: '127.0.0.1', port: 0, silent: true, directory: join(folder, 's3'), vhostBuckets: false });
    return `http://127.0.0.1:${(await server.run()).port}`;
};

const startAzurite = () =>
    new Promise(found => {
        const blob = join(folder, 'node_modules/azurite/dist/src/blob/main.js');
        const parameters = ['--blobHost', '127.0.0.1', '--blobPort', '0', '--inMemoryPersistence', '--skipApiVersionCheck', '--silent'];
        let said = '';
        start(process.execPath, [blob, ...parameters]).stdout.on('data', text => {
            said += text;
            const address = /listens on (http:\S+)/.exec(said);
            if (address) found(`${address[1]}/devstoreaccount1`);
        });
    });

// Keys only: passwords would need users of the machine.
const startSshd = async () => {
    const ssh = join(folder, 'ssh');
    mkdirSync(ssh);
    for (const [name, passphrase] of [['host', ''], ['user', ''], ['locked', 'open sesame'], ['stranger', '']])
        execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-C', name, '-f', join(ssh, name)]);
    execFileSync('sh', ['-c', 'cat user.pub locked.pub > authorized'], { cwd: ssh });
    const port = await freePort();
    const settings = `ListenAddress 127.0.0.1:${port}
HostKey ${join(ssh, 'host')}
AuthorizedKeysFile ${join(ssh, 'authorized')}
PidFile none
StrictModes no
UsePAM no
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
`;
    writeFileSync(join(ssh, 'config'), settings);
    if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
    start('/usr/sbin/sshd', ['-D', '-e', '-f', join(ssh, 'config')]);
    return { port, user: userInfo().username, keys: ssh };
};

const [s3, azure, sftp] = await Promise.all([startS3(), startAzurite(), startSshd()]);
writeFileSync(join(folder, 'stores.new'), JSON.stringify({ s3, azure, sftp }));
renameSync(join(folder, 'stores.new'), join(folder, 'stores.json'));
console.log('Ready');
