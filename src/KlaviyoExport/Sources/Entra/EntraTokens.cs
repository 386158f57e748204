using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using KlaviyoExport.Secrets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources.Entra;

/// <summary>
/// Gets access tokens of Microsoft Entra for database servers. Azure's client caches each token in memory until shortly before it expires.
/// </summary>
internal sealed class EntraTokens(IHttpClientFactory clients, IOptions<SourceOptions> options, ILogger<EntraTokens> logger)
{
    private const int MostIdentities = 100;

    /// <summary>How long a sign-in may take. A person may be waiting.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, TokenCredential> _identities = new();

    /// <param name="server">The server, and how to sign in to it.</param>
    /// <param name="secret">The client secret of a service principal. Otherwise empty.</param>
    /// <param name="name">The name of the source in error messages.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SourceException">
    /// The server may not receive a token, the identity of the machine is not permitted, or Entra refuses the sign-in or cannot be reached.
    /// </exception>
    public async Task<string> ReadAsync(SourceServer server, string secret, string name, CancellationToken cancellationToken)
    {
        if (server.SignIn.IsOfMachine() && !options.Value.AllowMachineIdentity)
            throw new SourceException(new LocalizedMessage("Sources.MachineIdentityForbidden"));
        if (server.Tls != ServerTls.Verified)
            throw new SourceException(new LocalizedMessage("Sources.EntraNeedsTls"));
        var scope =
            EntraHosts.ScopeOf(server.Host, options.Value.EntraHosts)
            ?? throw new SourceException(new LocalizedMessage("Sources.EntraHostUnknown", server.Host));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var token = await IdentityOf(server, secret).GetTokenAsync(new TokenRequestContext([scope]), patience.Token);
            return token.Token;
        }
        catch (Exception failed) when (failed is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            var fault = EntraFaults.Explain(failed, server, name);
            Log.EntraRefused(logger, server.SignIn, EntraFaults.CodeOf(failed) ?? failed.GetType().Name);
            if (fault is null)
                throw;
            throw new SourceException(fault);
        }
    }

    private TokenCredential IdentityOf(SourceServer server, string secret)
    {
        if (_identities.Count >= MostIdentities)
            _identities.Clear();
        var print = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        return _identities.GetOrAdd(
            $"{server.SignIn} {server.Tenant} {server.User} {print}",
            (_, wanted) => Create(wanted.server, wanted.secret),
            (server, secret)
        );
    }

    private TokenCredential Create(SourceServer server, string secret) =>
        server.SignIn switch
        {
            ServerSignIn.ServicePrincipal => new ClientSecretCredential(
                server.Tenant,
                server.User,
                secret,
                Over(new ClientSecretCredentialOptions())
            ),
            ServerSignIn.ManagedIdentity => new ManagedIdentityCredential(
                Over(
                    new ManagedIdentityCredentialOptions(
                        server.User.Length == 0 ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(server.User)
                    )
                )
            ),
            _ => new DefaultAzureCredential(Over(new DefaultAzureCredentialOptions())),
        };

    private T Over<T>(T identity)
        where T : TokenCredentialOptions
    {
        identity.Transport = new HttpClientTransport(clients.CreateClient(AzureClient.Name));
        (identity.Retry.MaxRetries, identity.Retry.Delay) = (2, TimeSpan.FromMilliseconds(500));
        return identity;
    }
}
