using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using KlaviyoExport.Alerts.Sending;
using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Alerts.Webhooks;

/// <summary>Posts alerts to webhooks. Redirects are not followed: they could lead to a receiver that nobody chose.</summary>
internal sealed class WebhookPoster(
    IDbContextFactory<AppDb> stores,
    IHttpClientFactory clients,
    SecretProtector secrets,
    IOptions<AlertOptions> options,
    TimeProvider clock
)
{
    /// <summary>The name of the HTTP client.</summary>
    internal const string ClientName = "AlertWebhooks";

    /// <summary>The id of the message, the same at every attempt.</summary>
    internal const string DeliveryHeader = "X-Klaviyo-Export-Delivery";

    /// <summary>The time after which an attempt is given up.</summary>
    internal static readonly TimeSpan AtMost = TimeSpan.FromSeconds(30);

    /// <returns>Null when the webhook was removed or turned off.</returns>
    public async Task<SendResult?> PostAsync(OutboxMessage message, CancellationToken cancellationToken)
    {
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var webhook = await db.Set<AlertWebhook>()
            .AsNoTracking()
            .SingleOrDefaultAsync(webhook => webhook.Id == message.WebhookId && webhook.IsOn, cancellationToken);
        if (webhook is null)
            return null;
        var culture = (await ReaderCultures.ReadAsync(db, cancellationToken)).Of();
        var alerts = message.Alerts.Select(content => content.Alert).OrderBy(alert => alert.Id).ToList();
        return await PostAsync(webhook, message.Key, alerts, culture, cancellationToken);
    }

    /// <summary>Posts alerts that need not be stored.</summary>
    public async Task<SendResult> PostAsync(
        AlertWebhook webhook,
        string key,
        IReadOnlyList<RaisedAlert> alerts,
        CultureInfo culture,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var body = new WebhookPayload(key, alerts, culture, options.Value.AddressOf).In(webhook.Format);
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(secrets.UnprotectCredential(webhook.Url)));
            request.Content = new ByteArrayContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") },
            };
            request.Headers.Add(DeliveryHeader, key);
            if (webhook.Secret is { } secret)
                request.Headers.Add(
                    WebhookSignature.Header,
                    WebhookSignature.Of(secrets.UnprotectCredential(secret), clock.GetUtcNow(), body)
                );
            using var http = clients.CreateClient(ClientName);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)response.StatusCode;
            return response.IsSuccessStatusCode
                ? new SendResult(status.ToString(CultureInfo.InvariantCulture), null)
                : new SendResult(null, new LocalizedMessage("Alerts.WebhookRefused", webhook.Host, status));
        }
        catch (HttpRequestException fault) when (fault.InnerException is MachineAddressException)
        {
            return new SendResult(null, new LocalizedMessage("Alerts.WebhookForbidden", webhook.Host));
        }
        catch (HttpRequestException)
        {
            return new SendResult(null, new LocalizedMessage("Alerts.WebhookUnreachable", webhook.Host));
        }
        catch (CryptographicException)
        {
            return new SendResult(null, new LocalizedMessage("Alerts.WebhookUnreadable", webhook.Name));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new SendResult(null, new LocalizedMessage("Alerts.WebhookTimedOut", webhook.Host, (long)AtMost.TotalSeconds));
        }
    }
}
