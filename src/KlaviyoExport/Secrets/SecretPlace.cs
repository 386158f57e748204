using System.Text.RegularExpressions;

namespace KlaviyoExport.Secrets;

/// <summary>The kinds of places outside the store where a secret can be kept.</summary>
public enum SecretPlaceKind
{
    /// <summary>A secret in Azure Key Vault.</summary>
    KeyVault,

    /// <summary>An environment variable of the server.</summary>
    Environment,

    /// <summary>A file on the server, such as those that container platforms mount in <c>/run/secrets</c>.</summary>
    File,
}

/// <summary>Where a secret is kept when it is not in the store. It never contains the secret itself.</summary>
/// <param name="Kind">The kind of place.</param>
/// <param name="Name">The name of the Key Vault secret or of the variable, or the full path of the file.</param>
public sealed partial record SecretPlace(SecretPlaceKind Kind, string Name)
{
    /// <summary>The maximum length of a name or path.</summary>
    public const int LongestName = 500;

    private const string OfVariable = "env:";
    private const string OfFile = "file:";

    public static SecretPlace InKeyVault(string name) => new(SecretPlaceKind.KeyVault, name);

    public static SecretPlace InEnvironment(string name) => new(SecretPlaceKind.Environment, name);

    public static SecretPlace InFile(string path) => new(SecretPlaceKind.File, path);

    /// <summary>
    /// Returns the place as one text, as it is stored: <c>env:NAME</c>, <c>file:/path</c>, or the bare name of a Key Vault secret, which
    /// has neither colon nor slash.
    /// </summary>
    public override string ToString() =>
        Kind switch
        {
            SecretPlaceKind.Environment => OfVariable + Name,
            SecretPlaceKind.File => OfFile + Name,
            _ => Name,
        };

    /// <summary>Reads the text of <see cref="ToString"/>.</summary>
    public static SecretPlace Parse(string text) =>
        text.StartsWith(OfVariable, StringComparison.Ordinal) ? InEnvironment(text[OfVariable.Length..])
        : text.StartsWith(OfFile, StringComparison.Ordinal) ? InFile(text[OfFile.Length..])
        : InKeyVault(text);

    /// <summary>
    /// Whether the name has the form of names of its kind. Whether this installation may read the place is decided by <see
    /// cref="SecretReader"/>.
    /// </summary>
    public bool IsWellFormed =>
        Kind switch
        {
            SecretPlaceKind.KeyVault => Name is { Length: > 0 and <= 127 } && Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'),
            SecretPlaceKind.Environment => Name.Length <= 100 && Variable().IsMatch(Name),
            _ => Name.Length <= LongestName && Path.IsPathFullyQualified(Name) && !Name.Contains('\0', StringComparison.Ordinal),
        };

    /// <summary>Returns the message that says which form the names of a kind have.</summary>
    public static LocalizedMessage FormOf(SecretPlaceKind kind) =>
        new(
            kind switch
            {
                SecretPlaceKind.KeyVault => "Secrets.VaultNameMalformed",
                SecretPlaceKind.Environment => "Secrets.VariableMalformed",
                _ => "Secrets.FileMalformed",
            }
        );

    /// <summary>Returns the place for people: where it is and its name. Null means the store.</summary>
    public static LocalizedMessage MessageOf(SecretPlace? place) =>
        place is null ? new LocalizedMessage("Secrets.PlaceStore") : new LocalizedMessage($"Secrets.Place{place.Kind}", place.Name);

    // Double underscores belong to the settings of the product.
    [GeneratedRegex(@"\A[A-Z][A-Z0-9]*(_[A-Z0-9]+)*\z")]
    private static partial Regex Variable();
}
