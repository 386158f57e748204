using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.ConfigurationFiles.Document;
using KlaviyoExport.Data;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.ConfigurationFiles.Planning;

/// <summary>
/// The environment variables to which files refer: those that were named in an applied file, or else names made from the names of the
/// items. The secrets themselves are stored, encrypted; variables are read only while a file is planned or applied.
/// </summary>
internal static class SecretNames
{
    private const string Start = "SecretReference:";
    private const int LongestWords = 60;
    private const string ApiKey = "API_KEY";
    private const string Password = "PASSWORD";
    private const string WebhookUrl = "WEBHOOK_URL";
    private const string WebhookSecret = "WEBHOOK_SECRET";

    public static string OfConnection(int id) => string.Create(CultureInfo.InvariantCulture, $"{Start}Connections:{id}");

    public static string OfSource(int id) => string.Create(CultureInfo.InvariantCulture, $"{Start}Sources:{id}");

    public static string OfWebhookUrl(int id) => string.Create(CultureInfo.InvariantCulture, $"{Start}WebhookUrls:{id}");

    public static string OfWebhookSecret(int id) => string.Create(CultureInfo.InvariantCulture, $"{Start}WebhookSecrets:{id}");

    /// <summary>Reads the variables that were named in applied files.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(AppDb db, CancellationToken cancellationToken) =>
        await db.Set<Setting>()
            .AsNoTracking()
            .Where(setting => setting.Name.StartsWith(Start))
            .ToDictionaryAsync(setting => setting.Name, setting => setting.Value, cancellationToken);

    /// <summary>Stores the variable that a file names, or forgets it when there is none.</summary>
    public static async Task KeepAsync(AppDb db, string name, SecretReference? reference, CancellationToken cancellationToken)
    {
        await db.Set<Setting>().Where(setting => setting.Name == name).ExecuteDeleteAsync(cancellationToken);
        if (reference?.Env is { } variable)
            db.Set<Setting>().Add(new Setting { Name = name, Value = variable });
        await db.SaveAsync(cancellationToken);
    }

    public static string ForConnection(string name, ISet<string> taken) => Free(name, ApiKey, taken);

    public static string ForSource(string name, ISet<string> taken) => Free(name, Password, taken);

    public static string ForWebhookUrl(string name, ISet<string> taken) => Free(name, WebhookUrl, taken);

    public static string ForWebhookSecret(string name, ISet<string> taken) => Free(name, WebhookSecret, taken);

    /// <summary>Returns the value of a variable of this process, without line ends behind it. Null when it is not set.</summary>
    public static string? ValueOf(string variable) =>
        Environment.GetEnvironmentVariable(variable)?.TrimEnd('\r', '\n') is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;

    /// <summary>
    /// Whether the stored password cannot be used for a source: none is stored, or it was entered for another server or user.
    /// </summary>
    public static bool NeedsPassword(DeclaredSource wanted, Source? stored) =>
        wanted.Kind.IsRemoteFiles()
            ? wanted.ToDraft().NeedsSecret(stored?.Password is null ? null : stored.Remote)
            : wanted.Kind.IsServer() && wanted.ToDraft().NeedsPassword(stored?.Password is null ? null : stored.Server);

    /// <summary>
    /// Makes a name of capital letters, digits and underscores. Names with other letters, and equal ones, get a fingerprint of the item's
    /// name.
    /// </summary>
    private static string Free(string name, string ending, ISet<string> taken)
    {
        var letters = string.Concat(name.ToUpperInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
        var words = string.Join('_', letters.Split('_', StringSplitOptions.RemoveEmptyEntries));
        words = words[..Math.Min(words.Length, LongestWords)].TrimEnd('_');
        var isWhole = name.Length <= LongestWords && !name.Any(letter => char.IsLetter(letter) && !char.IsAscii(letter));
        var variable = $"{words}_{ending}";
        if (!isWhole || !SecretReference.CanBeVariable(variable) || !taken.Add(variable))
            taken.Add(variable = $"ITEM_{Fingerprint(name)}_{ending}");
        return variable;
    }

    private static string Fingerprint(string name) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 4));
}
