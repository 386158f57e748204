using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Tests.Telemetry;

/// <summary>A collector of OpenTelemetry data, which receives OTLP over HTTP with protocol buffers and over gRPC.</summary>
internal sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(bool AreSpans, byte[] Body)> _received = new();
    private readonly ConcurrentDictionary<string, byte> _authorizations = new();

    private OtlpCollector(WebApplication app) => _app = app;

    /// <summary>The base address for HTTP with protocol buffers.</summary>
    public string HttpAddress => Addresses[0];

    /// <summary>The base address for gRPC.</summary>
    public string GrpcAddress => Addresses[1];

    public IReadOnlyList<OtlpSpan> Spans =>
        [.. _received.Where(request => request.AreSpans).SelectMany(request => OtlpSpan.Read(request.Body))];

    /// <summary>The last value of each series.</summary>
    public IReadOnlyList<OtlpPoint> Points =>
        [
            .. _received
                .Where(request => !request.AreSpans)
                .SelectMany(request => OtlpPoint.Read(request.Body))
                .GroupBy(point => (point.Name, string.Join(',', point.Attributes.OrderBy(pair => pair.Key, StringComparer.Ordinal))))
                .Select(series => series.Last()),
        ];

    /// <summary>The attributes of the resource that has sent the data.</summary>
    public IReadOnlyDictionary<string, string> Resource =>
        OtlpAttributes.Of(new ProtoMessage(_received.First().Body).Message(1)!.Message(1)!, 1);

    /// <summary>The Authorization headers of the requests.</summary>
    public IEnumerable<string> Authorizations => _authorizations.Keys;

    /// <summary>All bytes that were received, one character for each.</summary>
    public string Everything => string.Concat(_received.Select(request => Encoding.Latin1.GetString(request.Body)));

    private string[] Addresses => [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var app = builder.Build();
        var collector = new OtlpCollector(app);
        app.MapPost("/v1/traces", context => collector.KeepAsync(context, areSpans: true, isGrpc: false));
        app.MapPost("/v1/metrics", context => collector.KeepAsync(context, areSpans: false, isGrpc: false));
        const string Grpc = "/opentelemetry.proto.collector";
        app.MapPost($"{Grpc}.trace.v1.TraceService/Export", context => collector.KeepAsync(context, areSpans: true, isGrpc: true));
        app.MapPost($"{Grpc}.metrics.v1.MetricsService/Export", context => collector.KeepAsync(context, areSpans: false, isGrpc: true));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task KeepAsync(HttpContext context, bool areSpans, bool isGrpc)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _authorizations.TryAdd(context.Request.Headers.Authorization.ToString(), 0);
        // A gRPC message has a byte that says whether it is compressed, and its length in four.
        _received.Enqueue((areSpans, isGrpc ? Message(body.ToArray()) : body.ToArray()));
        if (!isGrpc)
        {
            context.Response.ContentType = "application/x-protobuf";
            return;
        }
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static byte[] Message(byte[] frame)
    {
        Assert.Equal((0, frame.Length - 5), (frame[0], BinaryPrimitives.ReadInt32BigEndian(frame.AsSpan(1))));
        return frame[5..];
    }
}
