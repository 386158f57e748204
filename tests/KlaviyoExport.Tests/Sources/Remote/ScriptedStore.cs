using System.Net;
using System.Net.Sockets;
using System.Text;

namespace KlaviyoExport.Tests.Sources.Remote;

/// <summary>An HTTP server whose answers a test decides byte by byte, to try what real stores do rarely.</summary>
internal sealed class ScriptedStore : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<string, byte[]?> _answer;
    private readonly Task _work;
    private int _requests;

    /// <param name="answer">Returns the answer to a request by its first line. Null to stay silent.</param>
    public ScriptedStore(Func<string, byte[]?> answer)
    {
        _answer = answer;
        _listener.Start();
        _work = AcceptAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Requests => _requests;

    public static byte[] Error(int status, string code, string headers = "") =>
        Answer(
            status,
            Encoding.UTF8.GetBytes($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>x</Message></Error>"),
            $"x-ms-error-code: {code}\r\n{headers}"
        );

    /// <param name="length">The length that is stated. Null for the real one.</param>
    public static byte[] Answer(int status, byte[] content, string headers = "", long? length = null) =>
        [
            .. Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {status} x\r\nContent-Type: application/xml\r\nConnection: close\r\nETag: \"00-1\"\r\n{headers}Content-Length: {length ?? content.Length}\r\n\r\n"
            ),
            .. content,
        ];

    /// <summary>The list of a bucket with one object.</summary>
    public static byte[] S3List(string key, long size) =>
        Answer(
            200,
            Encoding.UTF8.GetBytes(
                $"<ListBucketResult><Name>b</Name><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated><Contents><Key>{key}</Key>"
                    + $"<LastModified>2026-11-20T10:00:00.000Z</LastModified><ETag>\"00-1\"</ETag><Size>{size}</Size></Contents></ListBucketResult>"
            )
        );

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var kept = client;
        try
        {
            var stream = client.GetStream();
            using var reader = new StreamReader(stream, leaveOpen: true);
            var first = await reader.ReadLineAsync(_end.Token) ?? "";
            // Other protocols have one line.
            while (first.Contains("HTTP", StringComparison.Ordinal) && await reader.ReadLineAsync(_end.Token) is { Length: > 0 }) { }
            Interlocked.Increment(ref _requests);
            if (_answer(first) is { } answer)
                await stream.WriteAsync(answer, _end.Token);
            else
                await Task.Delay(Timeout.Infinite, _end.Token);
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The client has gone, or the test has ended.
        }
    }
}
