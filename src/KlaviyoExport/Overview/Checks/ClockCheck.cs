using KlaviyoExport.Klaviyo;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Overview.Checks;

/// <summary>Compares the clock of this machine with that of Klaviyo. Schedules and access tokens depend on it.</summary>
internal sealed class ClockCheck(IHttpClientFactory clients, IOptions<KlaviyoOptions> options, TimeProvider clock)
{
    private const string Area = "clock";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        const string time = "Run NTP, such as systemd-timesyncd or chrony.";
        try
        {
            using var client = clients.CreateClient(nameof(ClockCheck));
            client.Timeout = Patience;
            using var request = new HttpRequestMessage(HttpMethod.Head, options.Value.BaseUrl);
            using var answer = await client.SendAsync(request, cancellationToken);
            if (answer.Headers.Date is not { } there)
                return Finding.Warning(Area, null, "Klaviyo does not tell its time.", time);
            var difference = (clock.GetUtcNow() - there).Duration();
            return difference > Tolerance
                ? Finding.Warning(Area, null, $"It differs from Klaviyo's by {difference.TotalSeconds:0} seconds.", time)
                : Finding.Ok(Area, null, "It is that of Klaviyo.");
        }
        catch (Exception fault)
            when (fault is HttpRequestException || (fault is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Finding.Warning(
                Area,
                null,
                $"It could not be compared: {options.Value.BaseUrl} does not answer.",
                "Check that this machine reaches Klaviyo."
            );
        }
    }
}
