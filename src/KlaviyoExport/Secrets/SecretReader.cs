using Microsoft.Extensions.Options;

namespace KlaviyoExport.Secrets;

/// <summary>
/// Reads secrets that are kept outside the store, each time they are used: from Azure Key Vault (cached for five minutes), from
/// environment variables and from files. Only what the options permit can be read, whatever an administrator of the product enters.
/// </summary>
public sealed class SecretReader
{
    private readonly KeyVault _vault;
    private readonly SecretOptions _options;

    internal SecretReader(KeyVault vault, IOptions<SecretOptions> options) => (_vault, _options) = (vault, options.Value);

    /// <summary>The kinds of places that this installation can read.</summary>
    public IReadOnlyList<SecretPlaceKind> Offered =>
        [
            .. new[] { SecretPlaceKind.KeyVault }.Where(_ => _vault.IsConfigured),
            .. new[] { SecretPlaceKind.Environment }.Where(_ => _options.EnvironmentPrefix.Length > 0),
            .. new[] { SecretPlaceKind.File }.Where(_ => _options.AllowedDirectories.Count > 0),
        ];

    /// <summary>The beginning of the names of permitted environment variables.</summary>
    public string EnvironmentPrefix => _options.EnvironmentPrefix;

    /// <summary>The beginning of the names of Key Vault secrets that sources may use. Empty when all are permitted.</summary>
    public string KeyVaultPrefix => _options.KeyVaultPrefix;

    /// <summary>The folders of permitted files.</summary>
    public IReadOnlyList<string> Directories => _options.AllowedDirectories;

    /// <summary>Returns the place that a person entered, after checking that it may be read. Nothing is read.</summary>
    /// <exception cref="SecretException">The name is missing, has another form, or is not permitted.</exception>
    public SecretPlace Check(SecretPlaceKind kind, string? entered, SecretUse use)
    {
        var place = new SecretPlace(kind, entered?.Trim() ?? "");
        Demand(place, use);
        return place;
    }

    /// <summary>Demands that a place may be read.</summary>
    /// <exception cref="SecretException">The name has another form, or is not permitted.</exception>
    public void Demand(SecretPlace place, SecretUse use)
    {
        if (!place.IsWellFormed)
            throw new SecretException(SecretPlace.FormOf(place.Kind));
        switch (place.Kind)
        {
            case SecretPlaceKind.KeyVault when !_vault.IsConfigured:
                throw new SecretException(new LocalizedMessage("Secrets.NoVault", place.Name));
            case SecretPlaceKind.KeyVault
                when use == SecretUse.SourcePassword && !place.Name.StartsWith(KeyVaultPrefix, StringComparison.OrdinalIgnoreCase):
                throw new SecretException(new LocalizedMessage("Secrets.VaultNotAllowed", place.Name, KeyVaultPrefix));
            case SecretPlaceKind.Environment when EnvironmentPrefix.Length == 0:
                throw new SecretException(new LocalizedMessage("Secrets.NoVariables", place.Name));
            case SecretPlaceKind.Environment
                when !place.Name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) || place.Name.Length == EnvironmentPrefix.Length:
                throw new SecretException(new LocalizedMessage("Secrets.VariableNotAllowed", place.Name, EnvironmentPrefix));
            case SecretPlaceKind.File:
                SecretFiles.Demand(place.Name, Directories);
                break;
        }
    }

    /// <summary>Returns a secret, which is not empty.</summary>
    /// <param name="place">Where it is kept.</param>
    /// <param name="use">What it is used for.</param>
    /// <param name="refused">The secret that was just refused, if any. The cache is then not used.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="SecretException">The place is not permitted, or there is no such secret, or it cannot be read.</exception>
    /// <exception cref="SecretUnavailableException">The vault cannot be reached at the moment.</exception>
    public async Task<string> ReadAsync(SecretPlace place, SecretUse use, string? refused, CancellationToken cancellationToken)
    {
        Demand(place, use);
        return place.Kind switch
        {
            SecretPlaceKind.KeyVault => await _vault.ReadAsync(place.Name, refused, cancellationToken) is { } secret
            && !string.IsNullOrWhiteSpace(secret)
                ? secret
                : throw new SecretException(new LocalizedMessage("Secrets.VaultEmpty", place.Name)),
            SecretPlaceKind.Environment => Environment.GetEnvironmentVariable(place.Name)?.TrimEnd('\r', '\n') is { } value
            && !string.IsNullOrWhiteSpace(value)
                ? value
                : throw new SecretException(new LocalizedMessage("Secrets.VariableUnset", place.Name)),
            _ => await SecretFiles.ReadAsync(place.Name, Directories, cancellationToken),
        };
    }

    /// <summary>Reads a secret without the cache, because a person may have just corrected it.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public Task<string> ReadAgainAsync(SecretPlace place, SecretUse use, CancellationToken cancellationToken)
    {
        if (place.Kind == SecretPlaceKind.KeyVault)
            _vault.Forget(place.Name);
        return ReadAsync(place, use, null, cancellationToken);
    }
}
