using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace KlaviyoExport.Web.Security.OpenIdConnect;

/// <summary>
/// The authorization code flow with PKCE (the framework's OAuth handler: state, correlation cookie, code exchange) made OpenID Connect: addresses
/// from the provider's metadata, a nonce, and an ID token that has to be believed.
/// </summary>
internal sealed class OpenIdConnectHandler(
    IOptionsMonitor<OAuthOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ProviderMetadata metadata, IdTokens tokens, CarriedNotices notices)
    : OAuthHandler<OAuthOptions>(options, loggers, encoder)
{
    public const string Name = "OpenIdConnect";

    /// <summary>A property of a challenge: the person is to show the provider anew who they are, even with a session there.</summary>
    public const string Anew = "anew";
    private const string Nonce = "nonce";
    private OpenIdConnectConfiguration? _provider;

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        try
        {
            _provider = await metadata.GetAsync(Context.RequestAborted);
        }
        catch (ProviderException exception)
        {
            Log.ProviderFailed(Logger, exception);
            Response.Redirect(notices.Carry(ProviderSignIn.PlaceOf(properties)?.Page ?? ProviderSignIn.SignInPage, exception.Notice));
            return;
        }
        await base.HandleChallengeAsync(properties);
    }

    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
    {
        var nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        // Kept in the state, which is encrypted and good for the browser alone that holds its cookie.
        properties.Items[Nonce] = nonce;
        var more = new Dictionary<string, string?> { ["nonce"] = nonce };
        if (properties.Items.ContainsKey(Anew))
            (more["prompt"], more["max_age"]) = ("login", "0");
        var asked = new Uri(base.BuildChallengeUrl(properties, redirectUri)).Query;
        var query = QueryHelpers.ParseQuery(asked).ToDictionary(pair => pair.Key, pair => (string?)pair.Value);
        return QueryHelpers.AddQueryString(QueryHelpers.AddQueryString(_provider!.AuthorizationEndpoint, query), more);
    }

    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        var provider = await metadata.GetAsync(Context.RequestAborted);
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = context.Code,
            ["redirect_uri"] = context.RedirectUri,
            ["code_verifier"] = context.Properties.Items[OAuthConstants.CodeVerifierKey] ?? "",
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, provider.TokenEndpoint);
        // client_secret_basic is what a provider takes that does not say (Discovery 1.0, section 3).
        if (provider.TokenEndpointAuthMethodsSupported.Contains("client_secret_post"))
            (form["client_id"], form["client_secret"]) = (Options.ClientId, Options.ClientSecret);
        else
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(Options.ClientId)}:{Uri.EscapeDataString(Options.ClientSecret)}")));
        request.Content = new FormUrlEncodedContent(form);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            using var response = await Backchannel.SendAsync(request, Context.RequestAborted);
            if (!response.IsSuccessStatusCode)
                throw ProviderException.Unbelievable($"The provider answered {(int)response.StatusCode} for the code.");
            return OAuthTokenResponse.Success(JsonDocument.Parse(await response.Content.ReadAsStringAsync(Context.RequestAborted)));
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException || (exception is OperationCanceledException && !Context.RequestAborted.IsCancellationRequested))
        {
            throw ProviderException.Unreachable(exception);
        }
    }

    protected override async Task<AuthenticationTicket> CreateTicketAsync(ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse response)
    {
        var answer = response.Response!.RootElement;
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("id_token", out var idToken) || idToken.GetString() is not { } text)
            throw ProviderException.Unbelievable("The provider gave no ID token.");
        var token = await tokens.ValidateAsync(text, properties.Items[Nonce] ?? "", Context.RequestAborted);
        return new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(ProvenPerson.Claims(token), Name)), properties, Name);
    }
}
