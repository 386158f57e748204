using System.Net.Http.Headers;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.People;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Forwarding;

/// <summary>
/// Posts entries to an address, signed as the webhooks of alerts are. The receiver has them when it answers with a status of success.
/// </summary>
internal sealed class WebhookTarget(IHttpClientFactory clients, IOptions<ForwardingOptions> options, TimeProvider clock) : IAuditTarget
{
    private readonly AuditWebhookOptions _options = options.Value.Webhook;

    public string Name => "webhook";

    public bool IsConfigured => _options.IsConfigured;

    public async Task SendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        var address = WebhookAddress.Parse(_options.Url)!;
        var body = EntryJson.Of(entries);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address);
            request.Content = new ByteArrayContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") },
            };
            request.Headers.Add(WebhookPoster.DeliveryHeader, $"audit-{entries[0].Sequence}-{entries[^1].Sequence}");
            request.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(_options.Secret, clock.GetUtcNow(), body));
            using var http = clients.CreateClient(WebhookPoster.ClientName);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw new ForwardingException($"The webhook at {address.Host} answered with status {(int)response.StatusCode}.");
        }
        catch (HttpRequestException fault)
        {
            throw new ForwardingException($"The webhook at {address.Host} cannot be reached: {fault.Message}", fault);
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ForwardingException($"The webhook at {address.Host} did not answer in time.", fault);
        }
    }
}
