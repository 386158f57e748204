using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using KlaviyoExport.Klaviyo.Resilience;

namespace KlaviyoExport.Klaviyo.OAuth;

/// <summary>A form to the token or the revocation endpoint, signed as the app with HTTP Basic, and what became of it.</summary>
internal sealed class OAuthWire(HttpClient http, KlaviyoOAuthOptions options, TimeProvider time)
{
    private const int Tries = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="mayArriveTwice">Otherwise only what surely never arrived is sent again.</param>
    /// <returns>The body of a success.</returns>
    /// <exception cref="KlaviyoSignInException">Klaviyo refused.</exception>
    /// <exception cref="KlaviyoUnavailableException">Klaviyo could not be asked, or did not answer sensibly.</exception>
    public async Task<byte[]> PostAsync(Uri address, IReadOnlyList<KeyValuePair<string, string>> form, bool mayArriveTwice, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(KlaviyoOAuth.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await TryAsync(address, form, either.Token);
            }
            catch (Exception failure) when (!cancel.IsCancellationRequested && AsOutage(failure, limit.IsCancellationRequested) is { } outage)
            {
                if (tries == Tries || limit.IsCancellationRequested || !(mayArriveTwice || outage.Reason == UnavailableReason.CannotConnect))
                    throw outage;
            }
            await Task.Delay(Pause, time, cancel);
        }
    }

    private static KlaviyoUnavailableException? AsOutage(Exception failure, bool late) =>
        failure as KlaviyoUnavailableException ?? Outages.Of(failure, late, null);

    private async Task<byte[]> TryAsync(Uri address, IReadOnlyList<KeyValuePair<string, string>> form, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) };
        // RFC 6749, 2.3.1: both are encoded as a form would before they are joined.
        var app = $"{Uri.EscapeDataString(options.ClientId)}:{Uri.EscapeDataString(options.ClientSecret)}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(app)));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var response = await http.SendAsync(request, cancel);
        var body = await response.Content.ReadAsByteArrayAsync(cancel);
        if (response.IsSuccessStatusCode)
            return body;
        var status = (int)response.StatusCode;
        throw response.StatusCode switch
        {
            HttpStatusCode.TooManyRequests =>
                Outage(UnavailableReason.TooManyRequests, status, RetryAfter.Of(response, time)),
            >= HttpStatusCode.InternalServerError => Outage(UnavailableReason.ServerFault, status, RetryAfter.Of(response, time)),
            >= HttpStatusCode.BadRequest when ErrorOf(body) is { } error => new KlaviyoSignInException(new KlaviyoSignInRefusal(status, error)),
            _ => Outage(UnavailableReason.UnreadableAnswer, status, null),
        };
    }

    private static KlaviyoUnavailableException Outage(UnavailableReason reason, int status, TimeSpan? retryAfter) =>
        new(reason, $"Klaviyo's OAuth endpoint answers {status}.") { Status = status, RetryAfter = retryAfter };

    private static string? ErrorOf(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, OAuthJson.Default.TokenError) is { } refusal ? KlaviyoSignInRefusal.Known(refusal.Error) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
