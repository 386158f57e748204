using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Klaviyo.Resilience;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Klaviyo.Wire;

/// <summary>Sends requests to Klaviyo's API and reads the responses. Also reads all pages of a collection.</summary>
internal sealed class KlaviyoWire(HttpClient http, KlaviyoOptions options, TimeProvider time, ILogger log)
{
    private readonly Uri _base = options.BaseAddress;

    public async Task<KlaviyoAnswer<T>> GetAsync<T>(
        KlaviyoCredential credential,
        KlaviyoEndpoint endpoint,
        string address,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    ) =>
        await AskAsync(
            credential,
            endpoint,
            HttpMethod.Get,
            await AtAsync(credential, address, cancellationToken),
            null,
            type,
            cancellationToken
        );

    /// <param name="body">Creates the body of a request. A call may need several.</param>
    /// <param name="place">The place of the first attempt. Null to wait for one.</param>
    public async Task<KlaviyoAnswer<T>> PostAsync<T>(
        KlaviyoCredential credential,
        KlaviyoEndpoint endpoint,
        string address,
        Func<HttpContent> body,
        JsonTypeInfo<T> type,
        CallAttempts attempts,
        CallPlace? place,
        CancellationToken cancellationToken
    ) =>
        await AskAsync(
            new KlaviyoCall(endpoint, credential, null, attempts) { Place = place },
            HttpMethod.Post,
            await AtAsync(credential, address, cancellationToken),
            body,
            type,
            cancellationToken
        );

    /// <summary>Sends a change that Klaviyo answers without content.</summary>
    /// <returns>Null, or why Klaviyo refused it.</returns>
    public async Task<KlaviyoRefusal?> ChangeAsync(
        KlaviyoCredential credential,
        KlaviyoEndpoint endpoint,
        HttpMethod method,
        string address,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken
    )
    {
        var call = new KlaviyoCall(endpoint, credential, null, new CallAttempts());
        using var response = await SendAsync(
            call,
            method,
            await AtAsync(credential, address, cancellationToken),
            () => new ReadOnlyMemoryContent(body),
            cancellationToken
        );
        return response.StatusCode == HttpStatusCode.NoContent ? null
            : response.IsSuccessStatusCode ? throw AnswerReader.Unreadable(response)
            : await RefusalReader.ReadAsync(response, cancellationToken);
    }

    /// <summary>Returns the resources of all pages. Follows Klaviyo's links from page to page.</summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a page.</exception>
    public async IAsyncEnumerable<Resource<T>> GetPagesAsync<T>(
        KlaviyoCredential credential,
        KlaviyoEndpoint endpoint,
        string address,
        JsonTypeInfo<Page<T>> type,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var seen = new HashSet<Uri>();
        for (var next = await AtAsync(credential, address, cancellationToken); next is not null; )
        {
            seen.Add(next);
            var page = (await AskAsync(credential, endpoint, HttpMethod.Get, next, null, type, cancellationToken)).ValueOrThrow();
            foreach (var resource in page.Data)
                yield return resource;
            next = page.Links?.Next is { } link ? Follow(link, next, seen) : null;
        }
    }

    /// <summary>
    /// Returns the URL of the next page. The URL must have the scheme and host of the page before it, because the secret is sent with the
    /// request. It must not be a page that was already read, because the loop would never end.
    /// </summary>
    private static Uri Follow(string link, Uri page, HashSet<Uri> seen)
    {
        if (
            !Uri.TryCreate(page, link, out var next)
            || Uri.Compare(next, page, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) != 0
        )
            throw new KlaviyoUnavailableException(
                UnavailableReason.UnreadableAnswer,
                "The link to the next page is not below Klaviyo:BaseUrl."
            );
        return seen.Contains(next)
            ? throw new KlaviyoUnavailableException(UnavailableReason.UnreadableAnswer, "The links to the next page run in a circle.")
            : next;
    }

    private async ValueTask<Uri> AtAsync(KlaviyoCredential credential, string address, CancellationToken cancellationToken) =>
        new(credential.BaseAddress is { } own ? await own(cancellationToken) : _base, address);

    private Task<KlaviyoAnswer<T>> AskAsync<T>(
        KlaviyoCredential credential,
        KlaviyoEndpoint endpoint,
        HttpMethod method,
        Uri address,
        Func<HttpContent>? body,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    ) => AskAsync(new KlaviyoCall(endpoint, credential, null, new CallAttempts()), method, address, body, type, cancellationToken);

    private async Task<KlaviyoAnswer<T>> AskAsync<T>(
        KlaviyoCall call,
        HttpMethod method,
        Uri address,
        Func<HttpContent>? body,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
    {
        using var response = await SendAsync(call, method, address, body, cancellationToken);
        return response.IsSuccessStatusCode
            ? KlaviyoAnswer.Given(await AnswerReader.ReadAsync(response, type, cancellationToken))
            : KlaviyoAnswer.Refused<T>(await RefusalReader.ReadAsync(response, cancellationToken));
    }

    /// <exception cref="KlaviyoCallNotSentException">The call was canceled before a request can have reached Klaviyo.</exception>
    private async Task<HttpResponseMessage> SendAsync(
        KlaviyoCall call,
        HttpMethod method,
        Uri address,
        Func<HttpContent>? body,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await RenewingAsync(call, method, address, body, cancellationToken);
        }
        catch (OperationCanceledException canceled) when (cancellationToken.IsCancellationRequested && !call.Attempts.MayHaveArrived)
        {
            throw new KlaviyoCallNotSentException(canceled, cancellationToken);
        }
    }

    /// <summary>
    /// Sends the request. When Klaviyo refuses a secret that can be renewed, such as a revoked token or a replaced key, gets another
    /// secret and sends the request once more.
    /// </summary>
    private async Task<HttpResponseMessage> RenewingAsync(
        KlaviyoCall call,
        HttpMethod method,
        Uri address,
        Func<HttpContent>? body,
        CancellationToken cancellationToken
    )
    {
        var response = await AttemptAsync(call, method, address, body, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized || !call.Credential.IsRenewable)
            return response;
        var refused = response.RequestMessage!.Headers.Authorization!.Parameter;
        response.Dispose();
        return await AttemptAsync(call with { Refused = refused }, method, address, body, cancellationToken);
    }

    private async Task<HttpResponseMessage> AttemptAsync(
        KlaviyoCall call,
        HttpMethod method,
        Uri address,
        Func<HttpContent>? body,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Accept.Add(KlaviyoMedia.Accepted);
        request.Headers.Add("revision", options.Revision);
        if (body is not null)
        {
            request.Content = body();
            request.Content.Headers.ContentType = KlaviyoMedia.Sent;
        }

        call.Mark(request);
        try
        {
            // When this returns, the handlers have read the whole response, within the time-out of the attempt.
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return Outages.IsFault(response) ? throw Outages.Of(response, time) : response;
        }
        catch (Exception failure) when (Outages.OutOfTime(failure, call.Attempts, options.Retry) is { } outage)
        {
            outage.MayHaveArrived = call.Attempts.MayHaveArrived;
            Log.Unavailable(log, call.Endpoint.Name, outage.Reason, outage.Status);
            throw outage;
        }
    }
}
