using System.Text;
using System.Text.Json;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// The body of a bulk import: a list to join around the profiles a <see cref="ProfileWriter"/> wrote. Its length is known before it is
/// made: <see cref="Overhead"/>, the profiles, and a comma between each two.
/// </summary>
public static class ImportBody
{
    private const string Start =
        """{"data":{"type":"profile-bulk-import-job","relationships":{"lists":{"data":[{"type":"list","id":""" + "\"";
    private const string Middle = "\"" + """}]}},"attributes":{"profiles":{"data":[""";

    private static ReadOnlySpan<byte> Suffix => "]}}}}"u8;

    /// <summary>Bytes of a body without any profile.</summary>
    public static int Overhead(string listId) => Prefix(listId).Length + Suffix.Length;

    /// <summary>Bytes of a body of so many profiles that are so long together.</summary>
    public static long Length(string listId, int profiles, long profileBytes) =>
        Overhead(listId) + profileBytes + Math.Max(0, profiles - 1);

    /// <summary>Whether a batch within Klaviyo's limits stays within them when one more profile joins it.</summary>
    /// <param name="profiles">How many it has.</param>
    /// <param name="profileBytes">How long those are together.</param>
    /// <param name="next">How long the next one is.</param>
    public static bool HasRoom(string listId, int profiles, long profileBytes, int next) =>
        profiles < KlaviyoLimits.ProfilesPerImport && Length(listId, profiles + 1, profileBytes + next) <= KlaviyoLimits.ImportBytes;

    /// <summary>The whole body.</summary>
    /// <exception cref="ArgumentException">No profile, or more or longer than Klaviyo takes (<see cref="KlaviyoLimits"/>).</exception>
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
                $"An import of {all.Count} profiles and {length} bytes is beyond Klaviyo's limits, or one profile is.",
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
    /// The profiles of a body, in their places, as the bytes that went in; so that those Klaviyo names can be set aside and the rest sent.
    /// </summary>
    /// <exception cref="ArgumentException">Not a body of <see cref="Assemble"/>'s.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Profiles(ReadOnlyMemory<byte> body)
    {
        var marker = "\"profiles\":{\"data\":["u8;
        var start = body.Span.IndexOf(marker);
        if (start < 0)
            throw new ArgumentException("Not the body of an import.", nameof(body));
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

    private static byte[] Prefix(string listId)
    {
        if (!KlaviyoId.IsPossible(listId))
            throw new ArgumentException("Not the id of a Klaviyo list.", nameof(listId));
        return Encoding.UTF8.GetBytes($"{Start}{listId}{Middle}");
    }

    private static int Append(byte[] body, int at, ReadOnlySpan<byte> part)
    {
        part.CopyTo(body.AsSpan(at));
        return at + part.Length;
    }
}
