using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using KlaviyoExport.Klaviyo.Resilience;
using KlaviyoExport.Klaviyo.Wire;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace KlaviyoExport.Klaviyo.OAuth;

/// <summary>Posts forms to the token and revocation endpoints. Authenticates as the app with HTTP Basic.</summary>
internal sealed class OAuthTransport(HttpClient http, KlaviyoOAuthOptions options, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Posts a form, with up to two retries.</summary>
    /// <param name="mayArriveTwice">
    /// Whether the request can be repeated safely. When false, it is retried only when no connection was made.
    /// </param>
    /// <returns>The body of a successful response.</returns>
    /// <exception cref="KlaviyoSignInException">Klaviyo refused the request.</exception>
    /// <exception cref="KlaviyoUnavailableException">Klaviyo cannot be reached, or did not return a usable response.</exception>
    public async Task<byte[]> PostAsync(
        Uri address,
        IReadOnlyList<KeyValuePair<string, string>> form,
        bool mayArriveTwice,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await Tries(mayArriveTwice).ExecuteAsync(async token => await TryAsync(address, form, token), cancellationToken);
        }
        catch (TimeoutRejectedException late)
        {
            throw new KlaviyoUnavailableException(UnavailableReason.TimedOut, "Klaviyo did not answer in time.", late);
        }
    }

    private ResiliencePipeline Tries(bool mayArriveTwice) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddTimeout(KlaviyoOAuth.Patience)
            .AddRetry(
                new RetryStrategyOptions
                {
                    MaxRetryAttempts = 2,
                    Delay = Pause,
                    ShouldHandle = new PredicateBuilder().Handle<KlaviyoUnavailableException>(outage =>
                        mayArriveTwice || outage.Reason == UnavailableReason.CannotConnect
                    ),
                }
            )
            .Build();

    private async Task<byte[]> TryAsync(Uri address, IReadOnlyList<KeyValuePair<string, string>> form, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) };
        // RFC 6749, section 2.3.1: the client id and the secret are form-encoded before they are joined.
        var app = $"{Uri.EscapeDataString(options.ClientId)}:{Uri.EscapeDataString(options.ClientSecret)}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(app)));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? body
                : throw (
                    response switch
                    {
                        _ when Outages.IsFault(response) => Outages.Of(response, time),
                        { StatusCode: >= HttpStatusCode.BadRequest } when ErrorOf(body) is { } error => new KlaviyoSignInException(
                            new KlaviyoSignInRefusal((int)response.StatusCode, error)
                        ),
                        _ => AnswerReader.Unreadable(response),
                    }
                );
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && Outages.Of(failure, null) is { } outage)
        {
            throw outage;
        }
    }

    private static string? ErrorOf(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, OAuthJson.Default.TokenError) is { } refusal
                ? KlaviyoSignInRefusal.Known(refusal.Error)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
