using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Sandbox.Journal;

namespace KlaviyoExport.Sandbox.OAuth;

/// <summary>Authorization codes and tokens. Call while holding the state's gate.</summary>
internal sealed class OAuthGrants(SandboxOptions options, ChangeJournal journal)
{
    private readonly Dictionary<string, PendingCode> _codes = [];
    private readonly Dictionary<string, IssuedToken> _tokens = [];

    private DateTimeOffset Now => options.Clock.GetUtcNow();

    public IEnumerable<IssuedToken> Issued => _tokens.Values.Where(t => (t.Expires ?? t.RefreshableUntil ?? DateTimeOffset.MaxValue) > Now);

    public OAuthAppSeed? App(string? clientId) => options.Apps.FirstOrDefault(a => a.ClientId == clientId);

    /// <summary>Creates a code for an app to which a person has agreed. It is valid once, for a short time.</summary>
    public string IssueCode(AuthorizeRequest request, string account)
    {
        var code = NewSecret();
        _codes[code] = new PendingCode(request, account, Now + options.CodeLifetime);
        return code;
    }

    /// <summary>Exchanges a code. If a code is used twice, it has leaked, and the tokens issued for it are revoked.</summary>
    /// <returns>The new tokens. Null when the exchange is not valid.</returns>
    public (IssuedToken Access, IssuedToken Refresh)? Exchange(OAuthAppSeed app, string? code, string? redirectUri, string? verifier)
    {
        if (code is null || !_codes.TryGetValue(code, out var pending) || pending.Request.ClientId != app.ClientId)
            return null;
        if (pending.Grant is { } used)
        {
            End(used);
            return null;
        }
        if (
            pending.Expires <= Now
            || pending.Request.RedirectUri != redirectUri
            || verifier is null
            || Challenge(verifier) != pending.Request.CodeChallenge
        )
            return null;
        var grant = NewSecret();
        _codes[code] = pending with { Grant = grant };
        return Issue(grant, app.ClientId, pending.Account, pending.Request.Scopes);
    }

    /// <summary>Exchanges a refresh token for a new pair. The old one is no longer valid.</summary>
    public (IssuedToken Access, IssuedToken Refresh)? Refresh(OAuthAppSeed app, string? token)
    {
        if (
            token is null
            || !_tokens.TryGetValue(token, out var refresh)
            || refresh.Expires is not null
            || refresh.ClientId != app.ClientId
        )
            return null;
        Remove(token);
        if (refresh.RefreshableUntil <= Now)
            return null;
        return Issue(refresh.Grant, app.ClientId, refresh.Account, refresh.Scopes);
    }

    /// <summary>Revokes the consent that a token belongs to, with all its tokens.</summary>
    public void Revoke(OAuthAppSeed app, string? token)
    {
        if (token is not null && _tokens.TryGetValue(token, out var issued) && issued.ClientId == app.ClientId)
            End(issued.Grant);
    }

    /// <summary>Returns the grant of an access token that has not expired.</summary>
    public IssuedToken? ByAccessToken(string token) => _tokens.TryGetValue(token, out var issued) && issued.Expires > Now ? issued : null;

    public void Restore(IssuedToken token) => _tokens[token.Token] = token;

    public void Remove(string token)
    {
        if (_tokens.Remove(token))
            journal.TokenGone(token);
    }

    private void End(string grant)
    {
        foreach (var token in _tokens.Values.Where(t => t.Grant == grant).ToList())
            Remove(token.Token);
    }

    private (IssuedToken, IssuedToken) Issue(string grant, string clientId, string account, IReadOnlyList<string> scopes)
    {
        var access = new IssuedToken(NewSecret(), grant, clientId, account, scopes, Now + options.AccessTokenLifetime);
        var refresh = new IssuedToken(NewSecret(), grant, clientId, account, scopes, null)
        {
            RefreshableUntil = Now + options.RefreshTokenLifetime,
        };
        foreach (var token in (IssuedToken[])[access, refresh])
        {
            _tokens[token.Token] = token;
            journal.Token(token);
        }
        return (access, refresh);
    }

    private static string Challenge(string verifier) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string NewSecret() => RandomNumberGenerator.GetHexString(48, lowercase: true);

    private sealed record PendingCode(AuthorizeRequest Request, string Account, DateTimeOffset Expires)
    {
        /// <summary>Set once the code was exchanged.</summary>
        public string? Grant { get; init; }
    }
}
