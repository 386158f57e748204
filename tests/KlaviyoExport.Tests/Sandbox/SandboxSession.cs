using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Tests.OpenApi;

namespace KlaviyoExport.Tests.Sandbox;

/// <summary>A running sandbox with a clock of its own, and a client that checks every answer with Klaviyo's description.</summary>
internal sealed class SandboxSession : IAsyncDisposable
{
    public const string MediaType = "application/vnd.api+json";

    private readonly ContractHandler _contract;
    private readonly HttpClient _client;

    private SandboxSession(SandboxServer server, TestClock clock)
    {
        (Server, Clock) = (server, clock);
        _contract = new ContractHandler(new SocketsHttpHandler { ConnectCallback = Connect })
        {
            CheckRequests = false,
            Undescribed = ["POST /api/profiles"],
        };
        _client = new HttpClient(_contract) { BaseAddress = server.BaseAddress };
    }

    public SandboxServer Server { get; }

    public TestClock Clock { get; }

    public SandboxState State => Server.State;

    /// <summary>How often the client opened a connection.</summary>
    public int Connections { get; private set; }

    public string Key { get; set; } = PracticeStore.FullKey;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SandboxSession> Start(Action<SandboxOptions>? change = null)
    {
        var clock = new TestClock();
        var options = new SandboxOptions { Url = "http://127.0.0.1:0", Clock = clock };
        change?.Invoke(options);
        return new SandboxSession(await SandboxServer.StartAsync(options, Cancellation), clock);
    }

    public static HttpContent Json(string body)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(MediaType);
        return content;
    }

    public Task<HttpResponseMessage> Send(string method, string path, string? body = null, Action<HttpRequestMessage>? change = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        request.Headers.TryAddWithoutValidation("Authorization", $"Klaviyo-API-Key {Key}");
        request.Headers.Add("revision", "2026-07-15");
        if (body is not null)
            request.Content = Json(body);
        change?.Invoke(request);
        return _client.SendAsync(request, Cancellation);
    }

    public async Task<JsonElement> Get(string path, int status = 200) => await Read(await Send("GET", path), status);

    public async Task<JsonElement> Post(string path, string body, int status) => await Read(await Send("POST", path, body), status);

    public Task<JsonElement> Import(string body, int status = 202) => Post("/api/profile-bulk-import-jobs", body, status);

    /// <summary>Imports the addresses to the list and lets the job end.</summary>
    /// <returns>The job's id.</returns>
    public async Task<string> Deliver(string list, params IEnumerable<string> emails)
    {
        var job = (await Import(Imports.Of(list, emails))).GetProperty("data").GetProperty("id").GetString()!;
        State.FinishJobs();
        return job;
    }

    public static async Task<JsonElement> Read(HttpResponseMessage response, int status)
    {
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} instead of {status}: {body}");
        return body.Length == 0 ? default : JsonElement.Parse(body);
    }

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        Connections++;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(context.DnsEndPoint, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Server.DisposeAsync();
        Assert.Empty(_contract.Faults);
    }
}
