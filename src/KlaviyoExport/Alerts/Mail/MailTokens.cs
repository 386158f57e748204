using System.Net.Http.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Alerts.Mail;

/// <summary>Gets the access tokens with which the product signs in to the mail server (OAuth 2.0, client credentials).</summary>
internal sealed class MailTokens(IHttpClientFactory clients, IOptions<MailOptions> options, TimeProvider clock) : IDisposable
{
    internal const string ClientName = "MailTokens";

    // A token is not used in the last minutes before it expires.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private string? _token;
    private DateTimeOffset _until;

    /// <exception cref="MailTokenException">The token endpoint cannot be reached or refuses.</exception>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_token is null || clock.GetUtcNow() >= _until)
                await AskAsync(cancellationToken);
            return _token!;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Forgets the token, because the mail server refused it.</summary>
    public void Forget() => _token = null;

    public void Dispose() => _turn.Dispose();

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        var app = options.Value.OAuth2;
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials",
                ["client_id"] = app.ClientId,
                ["client_secret"] = app.ClientSecret,
                ["scope"] = app.Scope,
            }
        );
        try
        {
            using var http = clients.CreateClient(ClientName);
            using var response = await http.PostAsync(app.TokenAddress, form, cancellationToken);
            var answer = response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<Answer>(cancellationToken) : null;
            if (answer?.AccessToken is not { Length: > 0 } token)
                throw new MailTokenException($"{(int)response.StatusCode}");
            (_token, _until) = (token, clock.GetUtcNow() + TimeSpan.FromSeconds(answer.ExpiresIn) - Margin);
        }
        catch (Exception fault) when (fault is HttpRequestException or System.Text.Json.JsonException)
        {
            throw new MailTokenException(fault.GetType().Name);
        }
    }

    private sealed record Answer(
        [property: JsonPropertyName("access_token")] string? AccessToken,
        [property: JsonPropertyName("expires_in")] int ExpiresIn
    );
}

/// <summary>Thrown when there is no token for the mail server.</summary>
internal sealed class MailTokenException(string answer) : Exception("The token endpoint answered " + answer)
{
    public string Answer { get; } = answer;
}
