using System.Text;
using System.Text.Json;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Builds the request body of a bulk import: the list, and the profiles that a <see cref="ProfileWriter"/> has written. The length is
/// known in advance: <see cref="Overhead"/>, plus the profiles, plus one comma between two profiles.
/// </summary>
public static class ImportBody
{
    private const string Start =
        """{"data":{"type":"profile-bulk-import-job","relationships":{"lists":{"data":[{"type":"list","id":""" + "\"";
    private const string Middle = "\"" + """}]}},"attributes":{"profiles":{"data":[""";

    /// <summary>What comes after the profiles.</summary>
    internal static ReadOnlySpan<byte> Suffix => "]}}}}"u8;

    /// <summary>Returns the length of a body without profiles, in bytes.</summary>
    /// <exception cref="ArgumentException">The text cannot be the id of a list.</exception>
    public static int Overhead(string listId) => Prefix(listId).Length + Suffix.Length;

    /// <summary>Returns the length of a body, in bytes.</summary>
    /// <param name="profiles">The number of profiles.</param>
    /// <param name="profileBytes">The total length of the profiles, in bytes.</param>
    public static long Length(string listId, int profiles, long profileBytes) =>
        Overhead(listId) + profileBytes + Math.Max(0, profiles - 1);

    /// <summary>Returns whether a batch stays within Klaviyo's limits when one more profile is added to it.</summary>
    /// <param name="profiles">The number of profiles in the batch.</param>
    /// <param name="profileBytes">The total length of these profiles, in bytes.</param>
    /// <param name="next">The length of the next profile, in bytes.</param>
    public static bool HasRoom(string listId, int profiles, long profileBytes, int next) =>
        profiles < KlaviyoLimits.ProfilesPerImport && Length(listId, profiles + 1, profileBytes + next) <= KlaviyoLimits.ImportBytes;

    /// <summary>Returns the complete body.</summary>
    /// <exception cref="ArgumentException">
    /// There is no profile, a limit of <see cref="KlaviyoLimits"/> is exceeded, or the text cannot be the id of a list.
    /// </exception>
    public static byte[] Assemble(string listId, IEnumerable<ReadOnlyMemory<byte>> profiles)
    {
        var all = profiles as IReadOnlyCollection<ReadOnlyMemory<byte>> ?? [.. profiles];
        var bytes = all.Sum(profile => (long)profile.Length);
        var length = Length(listId, all.Count, bytes);
        if (
            all.Count is 0 or > KlaviyoLimits.ProfilesPerImport
            || length > KlaviyoLimits.ImportBytes
            || all.Any(profile => profile.Length > KlaviyoLimits.ProfileBytes)
        )
            throw new ArgumentException(
                $"The import of {all.Count} profiles and {length} bytes, or one of its profiles, exceeds Klaviyo's limits.",
                nameof(profiles)
            );

        var body = new byte[length];
        var end = Append(body, 0, Prefix(listId));
        var first = true;
        foreach (var profile in all)
        {
            if (!first)
                body[end++] = (byte)',';
            first = false;
            end = Append(body, end, profile.Span);
        }

        Append(body, end, Suffix);
        return body;
    }

    /// <summary>
    /// Returns the profiles of a body in their order, each with its original bytes. A caller can then remove the profiles that Klaviyo
    /// rejects and send the others again.
    /// </summary>
    /// <exception cref="ArgumentException">The body was not built by <see cref="Assemble"/>.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Profiles(ReadOnlyMemory<byte> body)
    {
        var marker = "\"profiles\":{\"data\":["u8;
        var start = body.Span.IndexOf(marker);
        if (start < 0)
            throw new ArgumentException("The value is not the body of an import.", nameof(body));
        var array = body[(start + marker.Length - 1)..];
        var json = new Utf8JsonReader(array.Span);
        var profiles = new List<ReadOnlyMemory<byte>>();
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            var from = (int)json.TokenStartIndex;
            json.Skip();
            profiles.Add(array[from..(int)json.BytesConsumed]);
        }

        return profiles;
    }

    /// <summary>What comes before the profiles.</summary>
    /// <exception cref="ArgumentException">The text cannot be the id of a list.</exception>
    internal static byte[] Prefix(string listId)
    {
        if (!KlaviyoId.IsPossible(listId))
            throw new ArgumentException("The value is not the id of a Klaviyo list.", nameof(listId));
        return Encoding.UTF8.GetBytes($"{Start}{listId}{Middle}");
    }

    private static int Append(byte[] body, int at, ReadOnlySpan<byte> part)
    {
        part.CopyTo(body.AsSpan(at));
        return at + part.Length;
    }
}
