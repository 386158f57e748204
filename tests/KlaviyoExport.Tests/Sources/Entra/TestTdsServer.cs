using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace KlaviyoExport.Tests.Sources.Entra;

/// <summary>What a client sent to sign in to a SQL Server.</summary>
/// <param name="Token">The access token, or null.</param>
internal sealed record TdsLogin(bool IsEncrypted, int UserLength, int PasswordLength, string? Token);

/// <summary>
/// The beginning of SQL Server's protocol over a real socket: it agrees on encryption, performs the TLS handshake inside packets, reads the
/// sign-in and refuses it with error 18456.
/// </summary>
internal sealed class TestTdsServer : IAsyncDisposable
{
    private const byte PreLogin = 0x12;
    private const byte Login7 = 0x10;
    private const byte Answer = 0x04;
    private const byte FedAuth = 0x02;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate = CreateCertificate();
    private readonly bool _encrypts;
    private readonly Task _serving;

    public TestTdsServer(bool encrypts = true)
    {
        _encrypts = encrypts;
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections reached the server.</summary>
    public int Connections { get; private set; }

    /// <summary>The sign-ins that were received.</summary>
    public List<TdsLogin> Logins { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
        _certificate.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connections++;
                await ServeAsync(client.GetStream());
            }
            catch (Exception ended)
                when (ended
                        is IOException
                            or SocketException
                            or OperationCanceledException
                            or AuthenticationException
                            or EndOfStreamException
                )
            {
                // The client has closed the connection, or does not trust the certificate.
            }
        }
    }

    private async Task ServeAsync(NetworkStream network)
    {
        await ReadPacketAsync(network, PreLogin);
        await WritePacketAsync(network, PreLoginAnswer());
        if (!_encrypts)
        {
            Logins.Add(Parsed(await ReadPacketAsync(network, Login7), isEncrypted: false));
            return;
        }
        await using var packets = new HandshakeStream(network);
        await using var encrypted = new SslStream(packets);
        // With TLS 1.3 the server sends tickets after the handshake.
        await encrypted.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = _certificate, EnabledSslProtocols = SslProtocols.Tls12 },
            _stop.Token
        );
        packets.IsOver = true;
        Logins.Add(Parsed(await ReadPacketAsync(encrypted, Login7), isEncrypted: true));
        await WritePacketAsync(encrypted, Refusal());
    }

    /// <summary>The version, the encryption (1 on, 2 not supported), no instance, no MARS, and that tokens are accepted.</summary>
    private byte[] PreLoginAnswer()
    {
        (byte Option, byte[] Value)[] options =
        [
            (0, [16, 0, 0, 0, 0, 0]),
            (1, [(byte)(_encrypts ? 1 : 2)]),
            (2, [0]),
            (3, []),
            (4, [0]),
            (6, [1]),
        ];
        var (table, values) = (new List<byte>(), new List<byte>());
        foreach (var (option, value) in options)
        {
            var at = options.Length * 5 + 1 + values.Count;
            table.AddRange([option, (byte)(at >> 8), (byte)at, 0, (byte)value.Length]);
            values.AddRange(value);
        }
        return [.. table, 0xff, .. values];
    }

    private static TdsLogin Parsed(byte[] login, bool isEncrypted)
    {
        string? token = null;
        var pointer = BinaryPrimitives.ReadUInt16LittleEndian(login.AsSpan(56));
        var at = (login[27] & 0x10) == 0 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(login.AsSpan(pointer));
        while (at >= 0 && login[at] != 0xff)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(login.AsSpan(at + 1));
            // The options are followed by the length and the text of the token.
            if (login[at] == FedAuth && login[at + 5] >> 1 == 1)
                token = Encoding.Unicode.GetString(login, at + 10, BinaryPrimitives.ReadInt32LittleEndian(login.AsSpan(at + 6)));
            at += 5 + length;
        }
        return new TdsLogin(
            isEncrypted,
            BinaryPrimitives.ReadUInt16LittleEndian(login.AsSpan(42)),
            BinaryPrimitives.ReadUInt16LittleEndian(login.AsSpan(46)),
            token
        );
    }

    private static byte[] Refusal()
    {
        var message = Encoding.Unicode.GetBytes("Login failed.");
        byte[] error =
        [
            .. BitConverter.GetBytes(18456),
            1,
            14,
            .. BitConverter.GetBytes((ushort)(message.Length / 2)),
            .. message,
            0,
            0,
            .. BitConverter.GetBytes(1),
        ];
        return [0xaa, .. BitConverter.GetBytes((ushort)error.Length), .. error, 0xfd, 2, 0, 0, 0, .. new byte[8]];
    }

    private static async Task<byte[]> ReadPacketAsync(Stream stream, byte kind)
    {
        var message = new List<byte>();
        var head = new byte[8];
        do
        {
            await stream.ReadExactlyAsync(head);
            if (head[0] != kind)
                throw new EndOfStreamException($"A packet {head[0]} instead of {kind}.");
            var body = new byte[BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)) - head.Length];
            await stream.ReadExactlyAsync(body);
            message.AddRange(body);
        } while ((head[1] & 1) == 0);
        return [.. message];
    }

    private static async Task WritePacketAsync(Stream stream, byte[] body) => await stream.WriteAsync(Packet(Answer, body));

    private static byte[] Packet(byte kind, ReadOnlySpan<byte> body)
    {
        var length = body.Length + 8;
        return [kind, 1, (byte)(length >> 8), (byte)length, 0, 0, 1, 0, .. body];
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>During the handshake, TLS records are inside packets.</summary>
    private sealed class HandshakeStream(NetworkStream network) : Stream
    {
        private int _left;

        public bool IsOver { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (IsOver)
                return await network.ReadAsync(buffer, cancellationToken);
            if (_left == 0)
            {
                var head = new byte[8];
                await network.ReadExactlyAsync(head, cancellationToken);
                _left = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)) - head.Length;
            }
            var read = await network.ReadAsync(buffer[..Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= read;
            return read;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            IsOver ? network.WriteAsync(buffer, cancellationToken) : network.WriteAsync(Packet(PreLogin, buffer.Span), cancellationToken);

        public override Task FlushAsync(CancellationToken cancellationToken) => network.FlushAsync(cancellationToken);

        public override void Flush() => network.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
