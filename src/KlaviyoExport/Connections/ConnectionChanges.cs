namespace KlaviyoExport.Connections;

/// <summary>An edit of a connection, as a person is filling it in.</summary>
public sealed record ConnectionChanges
{
    public required int Id { get; init; }

    public required string Name { get; init; }

    public Sharing Sharing { get; init; }

    /// <summary>User ids; heeded where Sharing is ChosenContributors.</summary>
    public IReadOnlyList<string> ChosenContributors { get; init; } = [];

    /// <summary>A new key; null: the stored one stays.</summary>
    public string? ApiKey { get; init; }

    /// <summary>
    /// Name of the Key Vault secret to read the key from in future; null: the key stays where it is. A new key goes before it.
    /// </summary>
    public string? KeyVaultSecret { get; init; }

    /// <summary>The version the edit began with.</summary>
    public int Version { get; init; }

    /// <summary>Without the key.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"connection {Id}");
}
